import { z } from 'zod';
import type { Part } from './audit-run.ts';
import { checkJson, type JsonSource, parseJsonText } from './engine/checked-json.ts';
import type { AuditResult } from './findings/result.ts';
import { jsonReport } from './report/json.ts';
import { readResult } from './report/read-result.ts';

/*
 * A part of an audit as a file: all of it, so that a report of parts that were kept is the report of parts that were just made. That is more
 * than the JSON contract, which neither tells whom findings hit, nor what happened around them.
 */

const text = z.string().nullable();

const person = z.object({
  accountId: z.string(),
  participantId: z.string(),
  conversationId: text,
  type: text,
  addresses: z.array(z.string()),
});

/** Keys in the order in which an audit makes them: a page prints the events as they are. */
const timelineEvent = z.object({
  accountId: z.string(),
  logId: z.string(),
  eventTime: z.string(),
  eventType: z.string(),
  level: text,
  errorCode: z.number().nullable(),
  errorReason: text,
  status: text,
  requestId: text,
  file: z.string(),
  line: z.number().nullable(),
  source: text,
  conversationId: text,
  participantId: text,
  communicationId: text,
  resourceId: text,
  participantType: text,
  name: text,
  profileId: text,
  channel: text,
  address: text,
});

const timeline = z.object({ events: z.array(z.int().nonnegative()), total: z.int().nonnegative() });

const timelines = z.object({
  begin: text,
  end: text,
  events: z.array(timelineEvent),
  ofFindings: z.array(z.tuple([z.string(), timeline])).transform((entries) => new Map(entries)),
  leftOut: z.int().nonnegative(),
});

/** `result` is what `--format json` writes, as text. */
const partSchema = z.object({
  requirements: z.array(z.tuple([z.string(), z.array(z.string())])),
  result: z.string(),
  people: z.array(person).optional(),
  timelines: timelines.optional(),
});

export function keptPartText({ result, requirements }: Part): string {
  const { people, timelines } = result;
  const kept: z.input<typeof partSchema> = {
    requirements: [...requirements].map(([table, accounts]) => [table, [...accounts]]),
    result: [...jsonReport(result, { leastSeverity: 'info' })].join(''),
    ...(people === undefined ? {} : { people: people.map((each) => ({ ...each, addresses: [...each.addresses] })) }),
    ...(timelines === undefined ? {} : { timelines: timelinesRecord(timelines) }),
  };
  return JSON.stringify(kept);
}

function timelinesRecord({ begin, end, events, ofFindings, leftOut }: NonNullable<AuditResult['timelines']>) {
  return {
    begin,
    end,
    events: [...events],
    ofFindings: [...ofFindings].map(([print, { events, total }]): [string, z.input<typeof timeline>] => [
      print,
      { events: [...events], total },
    ]),
    leftOut,
  };
}

/** @throws UserError where it is no such file, or is damaged */
export function readKeptPart(source: JsonSource): Part {
  const { requirements, result, people, timelines } = checkJson(
    source.name,
    'a part of an audit',
    parseJsonText(source),
    partSchema,
  );
  return {
    requirements: new Map(requirements.map(([table, accounts]) => [table, new Set(accounts)])),
    result: {
      ...readResult({ name: source.name, text: result }),
      ...(people === undefined ? {} : { people }),
      ...(timelines === undefined ? {} : { timelines }),
    },
  };
}
