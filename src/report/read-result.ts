import { z } from 'zod';
import { checkJson, type JsonSource, parseJsonText } from '../engine/checked-json.ts';
import { UserError } from '../engine/errors.ts';
import { issueSchema } from '../engine/issue-schema.ts';
import { fingerprintSchema, knownFindingSchema, timeSchema } from '../findings/baseline-file.ts';
import { type AuditResult, ruleStatuses } from '../findings/result.ts';
import { loadedFileSchema } from '../ingest/loaded-file-schema.ts';
import { mostShards } from '../ingest/shard.ts';
import { certainties, severities, subjectTypes } from '../rules/vocabulary.ts';

/*
 * What `--format json` of an audit writes. Keys that are not here are passed over, so that results of later versions can be read;
 * what is here is checked, because reports print some of it as it is: a fingerprint and a time cannot steer a terminal.
 */

const text = z.string();

/** `z.record` leaves out a key `__proto__`, and a rule or a column can be called that. */
function recordOf<Value extends z.ZodType>(value: Value) {
  return z
    .preprocess((given) => (isObject(given) ? new Map(Object.entries(given)) : given), z.map(text, value))
    .transform((entries): Readonly<Record<string, z.output<Value>>> => Object.fromEntries(entries));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const texts = z.array(text);
const count = z.int().nonnegative();
const time = timeSchema;
const print = fingerprintSchema;
const severity = z.enum(severities);
const related = z.object({ type: z.enum(subjectTypes), id: text });

const evidence = z.object({
  logId: text,
  eventTime: time,
  eventType: text,
  level: text.nullable(),
  errorCode: z.number().nullable(),
  errorReason: text.nullable(),
  status: text.nullable(),
  requestId: text.nullable(),
  file: text,
  line: count.nullable(),
});

const finding = z.object({
  ruleId: text,
  title: text,
  severity,
  certainty: z.enum(certainties),
  cause: text,
  accountId: text,
  subject: related,
  related: z.array(related),
  message: text,
  fix: text,
  reference: text,
  requestIds: texts,
  correlationIds: texts,
  firstSeen: time,
  lastSeen: time,
  ongoing: z.boolean(),
  evidence: z.array(evidence),
  data: recordOf(z.unknown()),
  causedBy: z.array(print),
  fingerprint: print,
});

const shard = z
  .object({ index: z.int().positive(), of: z.int().positive() })
  .refine(({ index, of }) => index <= of && of <= mostShards, { error: `must be one of at most ${mostShards} shards` });

/** Parts of an account that older versions did not write are left out, not `undefined`. */
const account = z
  .object({
    id: text,
    events: count.optional(),
    skippedRules: texts,
    findings: z.object({ critical: count, error: count, warning: count, info: count }).optional(),
    byRule: recordOf(count).optional(),
    knownByRule: recordOf(count).optional(),
  })
  .transform(({ id, events, skippedRules, findings, byRule, knownByRule }) => ({
    id,
    ...(events === undefined ? {} : { events }),
    skippedRules,
    ...(findings === undefined ? {} : { findings }),
    ...(byRule === undefined ? {} : { byRule }),
    ...(knownByRule === undefined ? {} : { knownByRule }),
  }));

const suppression = z
  .object({
    rule: text,
    account: text.nullable(),
    subject: text.nullable(),
    fingerprint: text.nullable(),
    reason: text,
    expires: text.nullable(),
    status: z.enum(['used', 'unused', 'expired']),
    findings: count,
    accounts: z.array(z.object({ id: text, findings: count })).optional(),
  })
  .transform(({ accounts, ...rest }) => ({ ...rest, ...(accounts === undefined ? {} : { accounts }) }));

const step = z.object({ name: text, ms: z.number().nonnegative() });

const resultSchema = z.object({
  tool: z.object({ name: text, version: text }),
  run: z
    .object({
      asOf: time.nullable(),
      events: count,
      duplicates: count,
      accounts: count,
      durationMs: z.number().nonnegative(),
      shard: shard.optional(),
      asked: texts.optional(),
      config: text.optional(),
      redacted: z.literal(true).optional(),
      timing: z
        .object({ phases: z.array(step), tables: z.array(step), memoryLimit: count.optional() })
        .transform(({ memoryLimit, ...times }) => ({ ...times, ...(memoryLimit === undefined ? {} : { memoryLimit }) }))
        .optional(),
    })
    .transform(({ shard, asked, config, redacted, timing, ...run }) => ({
      ...run,
      ...(shard === undefined ? {} : { shard }),
      ...(asked === undefined ? {} : { asked }),
      ...(config === undefined ? {} : { config }),
      ...(redacted === undefined ? {} : { redacted }),
      ...(timing === undefined ? {} : { timing }),
    })),
  files: z.array(loadedFileSchema),
  issues: z.array(issueSchema),
  rules: z.array(
    z.object({
      id: text,
      status: z.enum(ruleStatuses),
      reason: text.nullable(),
      findings: count,
      durationMs: z.number().nonnegative(),
    }),
  ),
  findings: z.array(finding),
  // Older versions knew none of what follows.
  suppressions: z.array(suppression).default([]),
  accounts: z.array(account).optional(),
  baseline: z
    .object({
      file: text,
      known: count,
      gone: z.array(knownFindingSchema),
      worse: z.array(z.object({ fingerprint: print, was: severity })),
      causes: z.array(knownFindingSchema),
    })
    .optional(),
});

/**
 * A result that an audit wrote as JSON. What only the audit knows, whom findings hit, is not in it.
 * @param command who reads it, for errors
 * @throws UserError in one line, for what is no JSON, none of an audit, or wrong at some place
 */
export function readResult(source: JsonSource, command = 'report'): AuditResult {
  const value = parseJsonText(source);
  const other = whatElse(value);
  if (other !== null)
    throw new UserError(`${source.name} is ${other}; ${command} reads what audit --format json wrote`);
  const { accounts, baseline, ...result } = checkJson(
    source.name,
    'a result of audit --format json',
    value,
    resultSchema,
  );
  return {
    ...result,
    ...(accounts === undefined ? {} : { accounts }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

/** What was given by mistake, where that can be told. */
function whatElse(value: unknown): string | null {
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object' || value === null) return 'no JSON object';
  if (!('tool' in value)) return 'findings' in value && 'version' in value ? 'a baseline' : 'no result of postlude';
  if ('stories' in value) return 'a result of trace';
  return null;
}
