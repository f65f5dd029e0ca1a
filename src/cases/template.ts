import { Document, isMap, isScalar, isSeq, type Node, visit } from 'yaml';
import { sqlFile } from '../engine/sql-file.ts';
import type { EventForm } from './event-forms.ts';
import type { RetoldEvents } from './from-export.ts';
import type { FoundAgain } from './retold.ts';

/** What a new rule and its cases begin as: texts that work as they stand, for somebody to change. */
export type RuleTexts = { readonly sql: string; readonly cases: string };

/** A rule about conversations that were left open, with a case on each side of its edge. */
export async function ruleTexts(): Promise<RuleTexts> {
  const events: readonly EventForm[] = [
    { type: 'conversation.created', at: '+0s', conversation: 'talk', configuration: 'desk' },
    {
      type: 'participant.created',
      at: '+0s',
      conversation: 'talk',
      participant: 'ann',
      participantType: 'CUSTOMER',
      channel: 'SMS',
      address: '+15550100001',
    },
    { type: 'communication.created', at: '+1s', conversation: 'talk', participant: 'ann', text: 'Hello?' },
  ];
  const found = {
    subject: 'talk',
    cause: 'left-open',
    severity: 'warning',
    message: 'Conversation talk was still open after 1 hour.',
  };
  return {
    sql: await sqlFile(import.meta.url, './template-open.sql'),
    cases: casesText({ events }, [
      { name: 'a conversation that is still open after an hour', asOf: '+1h', expect: [found] },
      { name: 'a conversation that is just too young', asOf: '+59m59.999s', expect: [] },
      {
        name: 'a conversation that was closed',
        asOf: '+2h',
        events: [{ type: 'conversation.updated', at: '+30m', conversation: 'talk', status: 'CLOSED' }],
        expect: [],
      },
    ]),
  };
}

/** What a rule can be about that is made from an export, and where its table tells how many events there are about it. */
const subjects = {
  conversation: { table: 'conversations', id: 'conversation_id', count: 'len(event_keys)', times: 'event_keys' },
  participant: { table: 'participants', id: 'participant_id', count: 'len(event_keys)', times: 'event_keys' },
  request: {
    table: 'requests',
    id: 'request_id',
    count: 'events',
    times: 'began_at AS first_seen,\n  ended_at AS last_seen',
  },
} as const;
export type RetoldSubject = keyof typeof subjects;

export const retoldSubjects: readonly RetoldSubject[] = ['conversation', 'participant', 'request'];

/** A rule that finds what was seen in an export by how many events there are about it, and by the type of a participant where that is known. */
export async function retoldSql(
  type: RetoldSubject,
  { events, participantType }: { readonly events: number; readonly participantType: string | null },
): Promise<string> {
  const { table, id, count: counted, times } = subjects[type];
  const ofType = participantType === null ? '' : ` AND participant_type = '${participantType.replaceAll("'", "''")}'`;
  return (await sqlFile(import.meta.url, './template-found.sql'))
    .replaceAll('{{subject}}', type)
    .replaceAll('{{Subject}}', type.charAt(0).toUpperCase() + type.slice(1))
    .replaceAll('{{events}}', String(events))
    .replaceAll('{{table}}', table)
    .replaceAll('{{id}}', id)
    .replaceAll('{{count}}', counted)
    .replaceAll('{{times}}', times)
    .replace('{{ofType}}', () => ofType);
}

/**
 * Cases that such a rule passes: what the export shows, and the same with an edge that nobody reaches.
 * @param found all that the rule finds in them whatever its edge
 */
export function retoldCases(
  { events, subject, asOf, lean }: RetoldEvents,
  found: readonly FoundAgain[],
  edge: number,
): string {
  const story = { asOf, ...(lean ? { lean } : {}) };
  const others = found.filter((each) => each.subject !== subject && each.events >= edge);
  const most = Math.max(edge, ...found.map((each) => each.events));
  const expected = [subject, ...others.map((each) => each.subject)];
  return casesText({ events }, [
    {
      name: 'what the export shows',
      ...story,
      expect: expected.map((each) => ({ subject: each, cause: 'as-in-the-export' })),
    },
    { name: 'one event too few', ...story, params: { min_events: most + 1 }, expect: [] },
  ]);
}

/** A file of cases that share how they begin, with each event on a line of its own. */
function casesText(given: object, cases: readonly object[]): string {
  const document = new Document({ given, cases }, { aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, pair) {
      const { key } = pair;
      if (isScalar(key) && key.value === 'cases') key.spaceBefore = true;
      if (!isScalar(key) || !isSeq<Node>(pair.value)) return;
      if (key.value === 'events') for (const item of pair.value.items) if (isMap(item)) item.flow = true;
    },
  });
  const list = document.get('cases');
  if (isSeq<Node>(list)) for (const item of list.items.slice(1)) item.spaceBefore = true;
  const other = document.getIn(['cases', 0, 'expect', 1], true);
  if (isMap(other))
    other.commentBefore = ' The rule as it begins finds these, too: take them away when it says what is odd.';
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A predicate that keeps every row, typed by what the SQL returns. */
export function predicateText(name: string): string {
  return `import { predicate } from 'postlude';
import type { Params, Row } from './${name}.types.ts';

// Called for each row of the SELECT. true keeps it as it is, false drops it, and an object changes the finding:
// { severity: 'error' }, { cause: 'other-cause' }, { data: { seen: 3 } }. For its events: { events: true, decide: (row, { events }) => … }.
export default predicate<Row, Params>((row) => row.subject_id !== '');
`;
}
