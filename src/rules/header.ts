import { z } from 'zod';
import { didYouMean } from '../engine/suggest.ts';
import { sideTables } from '../ingest/entry.ts';
import { checkYaml, type Locate, lazyLocate } from './checked-yaml.ts';
import { explained } from './explains.ts';
import { hashOfHeader, type KnownHeaders } from './known-headers.ts';
import { paramFromYaml, paramTypes, yamlTypeOf } from './params.ts';
import type { Problem } from './position.ts';
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

const explainedRule = z
  .string('must be a rule id')
  .regex(
    /^[\w.-]+(\/[\w.-]+)*(:[a-z0-9]+(-[a-z0-9]+)*)?$/u,
    'must be a rule id such as voice/silent-call, or RULE:CAUSE for its findings of one cause',
  )
  .transform(explained);

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
  explains: z
    .array(explainedRule)
    .prefault([])
    .describe('Rules whose findings this one can be the cause of; `RULE:CAUSE` for those of one cause alone.'),
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
  const yaml = { file, text, start: start[0].length, end, name: 'the header' };
  const sql = { sql: text.slice(end + 2), sqlOffset: end + 2 };

  const checkedBefore = headerSchema.safeParse(known.get(hashOfHeader(text.slice(yaml.start, end))));
  if (checkedBefore.success) {
    return { header: checkedBefore.data, ...sql, locate: lazyLocate(yaml), problems: [] };
  }
  const { locate, problems, ...checked } = checkYaml(yaml, headerSchema);
  return { header: checked.ok ? checked.value : null, ...sql, locate, problems };
}
