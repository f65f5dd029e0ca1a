import { z } from 'zod';
import { certainties, severities, subjectTypes } from '../rules/vocabulary.ts';
import { eventForm, timeSchema } from './event-forms.ts';
import { listNames, sideForms } from './side-records.ts';

const id = z.string().min(1).describe('A name of the case, account, or an id.');

const expectationSchema = z
  .strictObject({
    subject: id,
    subjectType: z.enum(subjectTypes).optional(),
    cause: z.string().optional(),
    certainty: z.enum(certainties).optional(),
    severity: z.enum(severities).optional(),
    message: z.string().optional().describe('With names in place of ids and times from the start of the case.'),
    fix: z.string().optional(),
    related: z.array(z.string()).optional().describe('type and name of each, in any order: participant ann'),
    evidence: z.array(z.string()).optional().describe('time and type of each, in time order: +5s participant.created'),
    firstSeen: timeSchema.optional(),
    lastSeen: timeSchema.optional(),
    ongoing: z.boolean().optional(),
    data: z.record(z.string(), z.unknown()).optional().describe('Only the keys that are given are compared.'),
  })
  .describe('What a finding has to be like; what is not given is not compared.');

const params = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const caseSchema = z
  .strictObject({
    name: z.string().trim().min(1).describe('What is the case, so that it reads well behind the name of the rule.'),
    given: z.literal(false).optional().describe('The case begins with nothing, not with what the file gives to all.'),
    lean: z.boolean().optional().describe('Entries hold only the fields that the Debugger documents as queryable.'),
    asOf: timeSchema.optional().describe('When the export ends; its last event where it is left out.'),
    params: params.optional().describe('Params of the rule that are not as in its header.'),
    alongside: z.array(z.string()).optional().describe('Other rules that run too, for a residual rule.'),
    events: z.array(eventForm).optional(),
    ...sideForms,
    incomplete: z
      .array(z.enum(listNames))
      .optional()
      .describe('Lists that are pages of longer ones, the rest of which is not there.'),
    expect: z.array(expectationSchema).optional().describe('All findings of the rule; [] where it must stay silent.'),
    ctes: z
      .record(z.string(), z.array(z.record(z.string(), z.unknown())))
      .optional()
      .describe('The rows of steps of the SQL, in any order; of each only the columns that are given are compared.'),
  })
  .describe('A case: what is in the export, and what the rule must find in it.');

const given = z
  .strictObject({ events: z.array(eventForm).optional(), ...sideForms })
  .describe('What every case of the file begins with.');

/** The closed schema of a `.cases.yaml` file. */
export const caseFileSchema = z.strictObject({
  start: z.iso
    .datetime('must be a time such as 2026-09-14T08:00:00Z')
    .optional()
    .describe('What +0s means; 2026-09-14T08:00:00Z where it is left out.'),
  given: given.optional(),
  cases: z.array(caseSchema).min(1, 'must not be empty: write a case that must match and one that must not'),
});

export type CaseFile = z.infer<typeof caseFileSchema>;
export type Case = CaseFile['cases'][number];
export type Given = NonNullable<CaseFile['given']>;
export type Expectation = z.infer<typeof expectationSchema>;

export const defaultStart = '2026-09-14T08:00:00Z';
