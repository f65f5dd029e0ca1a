import { type Document, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import { z } from 'zod';
import { didYouMean } from '../engine/suggest.ts';
import { valueAt } from '../engine/value-at.ts';
import { type Position, type Problem, positionAt, shortened } from './position.ts';

/** YAML that people write: a file, or a part of one. */
export type YamlSource = {
  /** The file as the user would type it. */
  readonly file: string;
  /** The whole text of the file. Places are told in it. */
  readonly text: string;
  /** Where in the text the YAML begins and ends, in characters; without them it is all of it. */
  readonly start?: number;
  readonly end?: number;
  /** What messages call it: `the header`. */
  readonly name: string;
};

/** Finds the place of a key, or of an item of a list; of the nearest one above where there is no such key. */
export type Locate = (path: readonly PropertyKey[]) => Position;

export type CheckedYaml<Value> = {
  readonly locate: Locate;
  /** By their places. */
  readonly problems: readonly Problem[];
} & (
  | { readonly ok: true; readonly value: Value }
  /** Something is wrong with it, and `problems` says what. */
  | { readonly ok: false }
);

/**
 * Reads YAML and checks it against a schema. Everything that the schema finds wrong is a problem at its place, not only the first;
 * where the YAML itself is broken, that alone is told. Never throws.
 *
 * Messages of the schema are phrases that go on where the name of a key ended (`must be text`); keys that a strict object does not
 * know, words that an enum does not know, and what is missing or of another kind is put into words here.
 */
export function checkYaml<Schema extends z.ZodType>(source: YamlSource, schema: Schema): CheckedYaml<z.output<Schema>> {
  const { file, name } = source;
  const document = parse(source);
  const at = placeIn(source);
  const locate: Locate = (path) => at(offsetOf(document, path));
  const wrong = (problems: readonly Problem[]) => ({ ok: false, locate, problems }) as const;

  const broken = [...document.errors, ...document.warnings].map((error) => ({
    file,
    ...at(error.pos[0]),
    message:
      error.code === 'MULTIPLE_DOCS'
        ? `${name} holds a second YAML document: take away the line --- and what does not belong there`
        : `${name} is not valid YAML: ${shortened(error.message.replaceAll(/\s+/gu, ' '))}`,
  }));
  // After the first the parser is out of step, and the others follow from it.
  if (broken.length > 0) return wrong(broken.slice(0, 1));
  const plain = plainValue(document);
  if ('reason' in plain) {
    return wrong([{ file, ...at(0), message: `${name} is not valid YAML: ${plain.reason}` }]);
  }
  const checked = schema.safeParse(plain.value);
  if (checked.success) return { ok: true, value: checked.data, locate, problems: [] };
  const told = { name, root: plain.value, schema };
  return wrong(
    checked.error.issues
      .flatMap((issue) => describe(issue, issue.path, told))
      .map(({ path, message }) => ({ file, ...locate(path), message }))
      .sort((a, b) => a.line - b.line || a.column - b.column),
  );
}

/** The places of YAML that is known to be right; it is taken apart only when somebody asks for one. */
export function lazyLocate(source: YamlSource): Locate {
  let document: Document | undefined;
  const at = placeIn(source);
  return (path) => {
    document ??= parse(source);
    return at(offsetOf(document, path));
  };
}

function parse({ text, start, end }: YamlSource): Document {
  // Errors without a message of their own name a line and quote it; the place is told separately here.
  return parseDocument(text.slice(start ?? 0, end), { prettyErrors: false, version: '1.2' });
}

function placeIn({ text, start }: YamlSource): (offset: number) => Position {
  return (offset) => positionAt(text, (start ?? 0) + offset);
}

/** Aliases that multiply are refused by the parser only when they are resolved. */
function plainValue(document: Document): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: document.toJS() };
  } catch (thrown) {
    return { reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

type Complaint = { readonly path: readonly PropertyKey[]; readonly message: string };

type Told = { readonly name: string; readonly root: unknown; readonly schema: z.core.$ZodType };

/** @param path from the root; that of an issue inside of a union begins at the union */
function describe(issue: z.core.$ZodIssue, path: readonly PropertyKey[], told: Told): Complaint[] {
  const name = path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(told.schema, path);
      const where = name === '' ? '' : ` in ${name}`;
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key "${key}"${where}${didYouMean(key, known) || `: known are ${known.join(', ')}`}`,
      }));
    }
    case 'invalid_key': {
      const reason = issue.issues.map((inner) => inner.message).join(', ');
      const map = path.length === 1 ? '' : `${path.slice(0, -1).join('.')}: `;
      return [{ path, message: `${map}the name "${String(path.at(-1))}" ${reason}` }];
    }
    default: {
      const given = valueAt(told.root, path);
      if (path.length === 0) return [{ path, message: `${told.name} is not a list of keys and values` }];
      if (given === undefined) return [{ path, message: `${name} is missing${allowed(issue)}` }];
      if (issue.code === 'invalid_union') return describeUnion(issue, path, told);
      if (issue.code === 'invalid_value') {
        const options = issue.values.map(String);
        return [{ path, message: `${name} must be one of ${options.join(', ')}, not ${misspelt(given, options)}` }];
      }
      if (issue.code === 'invalid_type') {
        const wanted = kindOf(issue.expected);
        if (wanted !== undefined) return [{ path, message: `${name} must be ${wanted}` }];
        if (isUnworded(issue)) return [{ path, message: `${name} must be ${toldKind(issue)}: ${shown(given)}` }];
      }
      if (issue.code === 'too_small' && isUnworded(issue) && Number(issue.minimum) === 1) {
        return [{ path, message: `${name} must not be empty` }];
      }
      // A message that names the value already, such as that of a param's default, needs no more.
      const said = issue.message.includes(': ') || given === '' || typeof given === 'object';
      return [{ path, message: `${name} ${issue.message}${said ? '' : `: ${shown(given)}`}` }];
    }
  }
}

/** What is wrong in the one form that was meant, where the kind of value tells which; else what would have been allowed. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[], told: Told): Complaint[] {
  const isOfKind = (issues: readonly z.core.$ZodIssue[]) =>
    !issues.some(({ code, path }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value'));
  const meant = issue.errors.filter(isOfKind).sort((a, b) => a.length - b.length)[0];
  if (meant !== undefined) return meant.flatMap((inner) => describe(inner, [...path, ...inner.path], told));

  const given = valueAt(told.root, path);
  const outer = issue.errors.flat().filter((inner) => inner.path.length === 0);
  const words = outer.flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []));
  const kinds = outer.flatMap((inner) =>
    inner.code === 'invalid_type' ? [kindOf(inner.expected) ?? toldKind(inner)] : [],
  );
  const options = [...new Set([...words, ...kinds])];
  const list = [options.slice(0, -1).join(', '), ...options.slice(-1)].filter((part) => part !== '').join(' or ');
  return [{ path, message: `${path.join('.')} must be ${list}, not ${misspelt(given, words)}` }];
}

/** Says only what Zod says by itself. */
function isUnworded({ message }: z.core.$ZodIssue): boolean {
  return /^(?:Invalid|Too) /u.test(message);
}

function kindOf(expected: unknown): string | undefined {
  return { array: 'a list', object: 'a map', record: 'a map' }[String(expected)];
}

/** What a schema has no words of its own for; else those, from where `must be` ends. */
function toldKind({ expected, message }: z.core.$ZodIssueInvalidType): string {
  const plain = { string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false' }[
    String(expected)
  ];
  return /^must be /u.test(message) ? message.replace(/^must be /u, '') : (plain ?? String(expected));
}

function allowed(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_value' ? `: one of ${issue.values.map(String).join(', ')}` : '';
}

function misspelt(given: unknown, options: readonly string[]): string {
  return `${shown(given)}${typeof given === 'string' ? didYouMean(given, options) : ''}`;
}

function shown(value: unknown): string {
  return shortened(JSON.stringify(value) ?? String(value));
}

/** The keys that a schema knows at a place, those of every form that the place may have. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [key, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    if (key === undefined) return Object.keys(schema.shape);
    const inner: z.core.$ZodType | undefined = Object.getOwnPropertyDescriptor(schema.shape, key)?.value;
    return inner === undefined ? [] : keysAt(inner, rest);
  }
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((option) => keysAt(option, path)))];
  if (schema instanceof z.ZodRecord) return key === undefined ? [] : keysAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return key === undefined ? [] : keysAt(schema.element, rest);
  if (schema instanceof z.ZodPipe) return keysAt(schema.in, path);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodLazy
  ) {
    return keysAt(schema.unwrap(), path);
  }
  return [];
}

/** Where a key stands; for the items of a list, the item. Where the path ends early, the last part that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      if (pair === undefined || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof key === 'number') {
      node = node.items[key];
      offset = isNode(node) ? (node.range?.[0] ?? offset) : offset;
    } else break;
  }
  return offset;
}
