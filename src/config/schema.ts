import { z } from 'zod';
import { severities } from '../rules/vocabulary.ts';

/*
 * What stands in `postlude.config.yaml`, as a closed schema: a key that is not here is an error. Without transforms, so that a JSON
 * Schema for editors can be made of it; that patterns match rules and params are of their types is checked where rules are known.
 */

const expected = {
  // YAML reads +15550100001, and a fingerprint of digits alone, as numbers.
  text: 'must be text, in quotes where it looks like a number',
  time: 'must be a day or a time with its zone, such as 2026-12-31 or 2026-12-31T18:00:00Z',
};

const text = z.string(expected.text).trim().min(1, 'must not be empty');
const pattern = text.regex(/^[^!]/u, 'must not begin with !; write a later entry that says otherwise');

const ruleSetting = z.union([
  z.enum(['on', 'off']),
  z.strictObject({
    severity: z
      .enum(severities)
      .optional()
      .describe('In place of the severity of its findings; possible ones stay info'),
    params: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('By name, in place of the defaults in the header of the rule'),
  }),
]);

const ruleSettings = z
  .record(pattern, ruleSetting)
  .describe(
    'By rule id, folder or glob, as for --rules: on, off, or a map, which turns on as well. A later entry wins over earlier ones',
  );

const suppression = z
  .strictObject({
    rule: pattern.describe('Id, folder or glob of rules'),
    account: text.optional().describe('Account SID or glob; every account without it'),
    subject: text.optional().describe('Id of what the finding is about'),
    fingerprint: z
      .string(expected.text)
      .regex(/^[0-9a-f]{16}$/u, 'must be 16 hexadecimal digits, as findings have them')
      .optional()
      .describe('The fingerprint of one finding, in place of its subject'),
    reason: text.describe('Why nobody has to look at it'),
    expires: z
      .union([z.iso.date(expected.time), z.iso.datetime({ offset: true, error: expected.time })])
      .optional()
      .describe(
        'Until the end of this day (UTC), or this time; compared with the end of the export, not with the clock',
      ),
  })
  .refine(
    ({ subject, fingerprint }) => subject === undefined || fingerprint === undefined,
    'has both a subject and a fingerprint: either is enough',
  );

export const configSchema = z.strictObject({
  packs: z
    .array(text)
    .default([])
    .describe('Rules to add: folders or .sql files below this one (./rules), or names of npm packages'),
  rules: ruleSettings.default({}),
  accounts: z
    .record(text, z.strictObject({ rules: ruleSettings.default({}) }))
    .default({})
    .describe('By account SID or glob: what is different there'),
  suppressions: z.array(suppression).default([]).describe('Findings that are known and not to be told'),
});

/** What a configuration file says. */
export type Config = z.output<typeof configSchema>;
export type RuleEntries = Config['rules'];
export type SuppressionEntry = Config['suppressions'][number];
