import type { z } from 'zod';
import { messageOf, UserError } from './errors.ts';
import { valueAt } from './value-at.ts';

/** JSON from a file: its text, and what messages call it: its path, or `standard input`. */
export type JsonSource = { readonly name: string; readonly text: string };

/** @throws UserError in one line: whether the text is cut off, or where it stops being JSON */
export function parseJsonText(source: JsonSource): unknown {
  const { name } = source;
  const text = source.text.replace(/^\uFEFF/u, '');
  try {
    return JSON.parse(text);
  } catch (thrown) {
    if (text.trim() === '') throw new UserError(`${name} is empty`);
    const at = /at position (\d+)/u.exec(messageOf(thrown))?.[1];
    // V8 names no place where the text ends too early, but for a text between quotes; there it names the end.
    const isCut = at === undefined ? /end of JSON|Unterminated/u.test(messageOf(thrown)) : Number(at) >= text.length;
    if (isCut) throw new UserError(`${name} is cut off: it ends in the middle of its JSON; write it again`);
    throw new UserError(`${name} is not JSON${at === undefined ? '' : `: ${placeOf(text, Number(at))}`}`);
  }
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `it stops being so in line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}

/**
 * A value as a schema has it. Of what is wrong the first is told, with the path of its key; how many more there are is told, too.
 * @param what completes `X is not `: `a result of postlude audit --format json`
 * @throws UserError in one line
 */
export function checkJson<Schema extends z.ZodType>(
  name: string,
  what: string,
  value: unknown,
  schema: Schema,
): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [first, ...more] = checked.error.issues;
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  throw new UserError(`${name} is not ${what}: ${first === undefined ? 'it does not fit' : told(first, value)}${rest}`);
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  map: 'an object',
};

function told(issue: z.core.$ZodIssue, root: unknown): string {
  const path = pathOf(issue.path);
  const given = valueAt(root, issue.path);
  if (given === undefined) return `${path} is missing`;
  const shown = kindOf(given);
  if (issue.code === 'invalid_type') return `${path} must be ${kinds[issue.expected] ?? issue.expected}, not ${shown}`;
  if (issue.code === 'invalid_value') {
    return `${path} must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}, not ${shown}`;
  }
  return `${path} ${/^must /u.test(issue.message) ? issue.message : 'is not as it should be'}, not ${shown}`;
}

/** `findings[3].subject.type`, as in JavaScript; the whole where it is empty. */
function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'it';
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`))
    .join('');
}

/** What a value is: short ones as they are, for a message is one line. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…"`;
}
