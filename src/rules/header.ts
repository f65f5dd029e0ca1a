import { type Document, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import { z } from 'zod';
import { didYouMean } from '../engine/suggest.ts';
import { sideTables } from '../ingest/entry.ts';
import { hashOfHeader, type KnownHeaders } from './known-headers.ts';
import { paramFromYaml, paramTypes, yamlTypeOf } from './params.ts';
import { type Position, type Problem, positionAt } from './position.ts';
import { certainties, severities, subjectTypes } from './vocabulary.ts';

const line = z.string('must be text').trim().min(1, 'must not be empty');
const url = line.regex(/^https?:\/\/\S+$/u, 'must be an http or https address');
const severity = z.enum(severities);

// What is said of a key here is what editors show: the JSON Schema of the header is made from this one (test/schemas).
const cause = z.strictObject({
  message: line.describe('What happened, for people. {column} is filled from the row.'),
  fix: line.describe('What to do about it. {column} is filled too.'),
  severity: severity.optional().describe('In place of the severity of the rule.'),
  certainty: z
    .enum(certainties)
    .optional()
    .describe(
      'confirmed: the log shows it (the default). likely: the innocent explanation is exotic. possible: it is ordinary; the severity is then at most info.',
    ),
  reference: url.optional().describe('In place of the reference of the rule.'),
});

const param = z
  .strictObject({
    type: z.enum(paramTypes),
    default: z.unknown().describe('A value of that type; an interval is text such as 5 minutes or PT5M.'),
    description: line.describe('What the param decides, for those who set it.'),
  })
  .meta({
    anyOf: paramTypes.map((type) => ({
      type: 'object',
      properties: { type: { const: type }, default: yamlTypeOf(type) },
    })),
  })
  .transform((given, context) => {
    const parsed = paramFromYaml(given.type, given.default);
    if ('value' in parsed) return { ...given, default: parsed.value };
    context.issues.push({ code: 'custom', message: parsed.reason, path: ['default'], input: given.default });
    return z.NEVER;
  });

const ruleId = z
  .string('must be a rule id')
  .regex(/^[\w.-]+(\/[\w.-]+)*$/u, 'must be a rule id such as voice/silent-call');

/** Side tables, and what the model puts together from events and side tables alike. */
const requirable = [...sideTables, 'observations'];

const requirement = z
  .string('must be the name of a side table')
  .superRefine((given, context) => {
    for (const name of given.split('|').map((part) => part.trim())) {
      if (requirable.includes(name)) continue;
      context.issues.push({
        code: 'custom',
        message: `is not a side table${didYouMean(name, requirable)}`,
        input: given,
      });
    }
  })
  .meta({
    pattern: String.raw`^\s*(${requirable.join('|')})(\s*\|\s*(${requirable.join('|')}))*\s*$`,
    examples: requirable,
  });

/** The closed schema of a rule's header: a key that is not here is an error. */
export const headerSchema = z.strictObject({
  title: line.describe('What the rule finds, in a few words and without a full stop.'),
  severity: severity.describe('How bad a finding is, unless its cause or its row says otherwise.'),
  subject: z
    .enum(subjectTypes)
    .describe('What a finding is about, which is what subject_id holds. A column subject_type can say otherwise.'),
  reference: url.default('').describe('The page that documents what the rule finds.'),
  requires: z
    .array(requirement)
    .default([])
    .describe('Side tables without which the rule is skipped for an account; `messages|calls` is either.'),
  explains: z.array(ruleId).default([]).describe('Rules whose findings this one can be the cause of.'),
  params: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/u, 'must be lower case letters, digits and _'), param)
    .default({})
    .describe('What --param RULE.NAME=VALUE can set, by name. The SQL has it as $name.'),
  causes: z
    .record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/u, 'must be lower case words joined by -'), cause)
    .refine((causes) => Object.keys(causes).length > 0, 'must name at least one cause')
    .meta({ minProperties: 1 })
    .describe('Why it happens, by what the column cause holds. Of several for one subject the first here is told.'),
  falsePositives: z.array(line).default([]).describe('What looks like this and is not, for those who judge a finding.'),
  residual: z
    .boolean('must be true or false')
    .default(false)
    .describe('A finding is dropped where all its evidence is evidence of other findings.'),
});

export type Header = z.infer<typeof headerSchema>;
export type CauseSpec = Header['causes'][string];
export type ParamSpec = Header['params'][string];

const knownKeys = {
  root: Object.keys(headerSchema.shape),
  params: Object.keys(param.in.shape),
  causes: Object.keys(cause.shape),
};

/** Finds the place of a key of the header, or of the nearest key above it. */
export type Locate = (path: readonly PropertyKey[]) => Position;

export type ParsedRule = {
  /** Null where something is wrong with it. */
  readonly header: Header | null;
  /** What follows the header, and where in the file's text it begins. */
  readonly sql: string;
  readonly sqlOffset: number;
  readonly locate: Locate;
  readonly problems: readonly Problem[];
};

/** Parts a rule file into its header and its SQL. Every problem of the header is reported, each at its place in the file. */
export function parseRuleText(file: string, text: string, known: KnownHeaders = new Map()): ParsedRule {
  const start = /^\s*\/\*/u.exec(text);
  const end = start === null ? -1 : text.indexOf('*/', start[0].length);
  if (start === null || end < 0) {
    const message =
      start === null
        ? 'a rule begins with a comment /* … */ that holds its header: title, severity, subject, causes'
        : 'the comment that holds the header is never closed: */ is missing';
    const nowhere = { line: 1, column: 1 };
    return { header: null, sql: '', sqlOffset: 0, locate: () => nowhere, problems: [{ file, ...nowhere, message }] };
  }
  const yamlStart = start[0].length;
  const yaml = text.slice(yamlStart, end);
  // Errors without a message of their own name a line and quote it; the place is told separately here.
  const parse = () => parseDocument(yaml, { prettyErrors: false, version: '1.2' });
  const at = (offset: number) => positionAt(text, yamlStart + offset);
  const sql = { sql: text.slice(end + 2), sqlOffset: end + 2 };

  const checkedBefore = headerSchema.safeParse(known.get(hashOfHeader(yaml)));
  if (checkedBefore.success) {
    return { header: checkedBefore.data, ...sql, locate: (path) => at(offsetOf(parse(), path)), problems: [] };
  }
  const document = parse();
  const locate: Locate = (path) => at(offsetOf(document, path));
  const body = { ...sql, locate };

  const broken = [...document.errors, ...document.warnings].map((error) => ({
    file,
    ...at(error.pos[0]),
    message: `the header is not valid YAML: ${error.message.replaceAll(/\s+/gu, ' ')}`,
  }));
  if (broken.length > 0) return { header: null, ...body, problems: broken };

  const plain = plainValue(document);
  if ('reason' in plain) return { header: null, ...body, problems: [{ file, ...at(0), message: plain.reason }] };
  const checked = headerSchema.safeParse(plain.value);
  if (checked.success) return { header: checked.data, ...body, problems: [] };
  const problems = checked.error.issues.flatMap((issue) => describe(issue, plain.value));
  return {
    header: null,
    ...body,
    problems: problems.map(({ path, message }) => ({ file, ...locate(path), message })),
  };
}

/** Aliases that multiply are refused by the parser only when they are resolved. */
function plainValue(document: Document): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: document.toJS() };
  } catch (thrown) {
    return { reason: `the header is not valid YAML: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

type Complaint = { readonly path: readonly PropertyKey[]; readonly message: string };

function describe(issue: z.core.$ZodIssue, header: unknown): Complaint[] {
  const { path } = issue;
  const name = path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = path[0] === 'params' ? knownKeys.params : path[0] === 'causes' ? knownKeys.causes : knownKeys.root;
      const where = name === '' ? '' : ` in ${name}`;
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key "${key}"${where}${didYouMean(key, known) || `: known are ${known.join(', ')}`}`,
      }));
    }
    case 'invalid_key': {
      const reason = issue.issues.map((inner) => inner.message).join(', ');
      return [{ path, message: `${path.slice(0, -1).join('.')}: the name "${String(path.at(-1))}" ${reason}` }];
    }
    default: {
      const given = valueAt(header, path);
      if (path.length === 0) return [{ path, message: 'the header is not a list of keys and values' }];
      if (given === undefined) return [{ path, message: `${name} is missing${allowed(issue)}` }];
      if (issue.code === 'invalid_value') {
        const options = issue.values.map(String);
        const near = typeof given === 'string' ? didYouMean(given, options) : '';
        return [{ path, message: `${name} must be one of ${options.join(', ')}, not ${shown(given)}${near}` }];
      }
      if (issue.code === 'invalid_type') {
        const wanted = { array: 'a list', object: 'a map', record: 'a map' }[String(issue.expected)];
        if (wanted !== undefined) return [{ path, message: `${name} must be ${wanted}` }];
      }
      // A message that names the value already, such as that of a param's default, needs no more.
      const said = issue.message.includes(': ') || given === '' || typeof given === 'object';
      return [{ path, message: `${name} ${issue.message}${said ? '' : `: ${shown(given)}`}` }];
    }
  }
}

function allowed(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_value' ? `: one of ${issue.values.map(String).join(', ')}` : '';
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null) return undefined;
    inner = Object.getOwnPropertyDescriptor(inner, key)?.value;
  }
  return inner;
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
