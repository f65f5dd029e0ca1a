import { z } from 'zod';
import type { NamedKind, Names } from './names.ts';
import { filled } from './placeholders.ts';
import { parseCaseTime } from './times.ts';

const records = z.array(z.record(z.string(), z.unknown())).optional();

/** Side records of a case, as the API returns them, by what a list of them is called. */
export const sideForms = {
  configurations: records.describe(
    'As the API returns them; ids can be names, times count from the start of the case.',
  ),
  stores: records.describe('Memory stores; ACTIVE where no status is given.'),
  operations: records.describe('operationId, status, createdAt, completedAt, error, related, result'),
  intelligenceConfigurations: records,
  messages: records.describe('sid, from, to, direction, status, date_created'),
  calls: records.describe('sid, from, to, direction, status, start_time, end_time, duration'),
  apiErrors: records.describe('timestamp, requestId, method, path, response'),
  conversations: records.describe('Snapshots, as the API returns them.'),
  participants: records.describe('Snapshots, as the API returns them.'),
  communications: records.describe('Snapshots, as the API returns them.'),
  observations: records.describe('id, storeId, profileId, conversationIds, createdAt'),
};

export type SideList = keyof typeof sideForms;
export const sideLists = [
  'configurations',
  'stores',
  'operations',
  'intelligenceConfigurations',
  'messages',
  'calls',
  'apiErrors',
  'conversations',
  'participants',
  'communications',
  'observations',
] as const satisfies readonly SideList[];

type SideRecord = Readonly<Record<string, unknown>>;
/** Lists of which a case can say that pages are missing. */
export const listNames = ['events', ...sideLists] as const;

export type SideForms = { readonly [list in SideList]?: readonly SideRecord[] | undefined };

/** The kind of a list's own id, and what its records usually say. */
const lists: Readonly<Record<SideList, { readonly own: NamedKind; readonly usual: SideRecord }>> = {
  configurations: {
    own: 'configuration',
    usual: { displayName: 'Desk', description: '', channelSettings: {}, createdAt: '-1d' },
  },
  stores: { own: 'store', usual: { displayName: 'Customers', status: 'ACTIVE' } },
  operations: { own: 'operation', usual: { createdAt: '+0s' } },
  intelligenceConfigurations: { own: 'intelligence-configuration', usual: { displayName: 'Summary', version: 1 } },
  messages: { own: 'message', usual: { direction: 'inbound', status: 'received', date_created: '+0s' } },
  calls: { own: 'call', usual: { direction: 'inbound', status: 'completed', start_time: '+0s' } },
  apiErrors: { own: 'request', usual: {} },
  conversations: { own: 'conversation', usual: { status: 'ACTIVE' } },
  participants: { own: 'participant', usual: {} },
  communications: { own: 'communication', usual: {} },
  observations: { own: 'observation', usual: { createdAt: '+0s' } },
};

/** Keys that hold ids, whatever record they are in. */
const idKeys: ReadonlyMap<string, NamedKind> = new Map([
  ['configurationId', 'configuration'],
  ['conversationId', 'conversation'],
  ['conversationIds', 'conversation'],
  ['participantId', 'participant'],
  ['communicationId', 'communication'],
  ['profileId', 'profile'],
  ['memoryStoreId', 'store'],
  ['storeId', 'store'],
  ['operationId', 'operation'],
  ['intelligenceConfigurationIds', 'intelligence-configuration'],
  ['requestId', 'request'],
]);

const timeKeys: ReadonlySet<string> = new Set([
  'createdAt',
  'updatedAt',
  'completedAt',
  'occurredAt',
  'timestamp',
  'date_created',
  'date_sent',
  'date_updated',
  'start_time',
  'end_time',
]);

/**
 * The side records of a case, by list.
 * @throws CaseError for a `{name}` that the case does not know
 */
export function sideRecords(
  forms: SideForms,
  { names, accountId, start }: { readonly names: Names; readonly accountId: string; readonly start: number },
): ReadonlyMap<SideList, readonly SideRecord[]> {
  return new Map(
    sideLists.map((list) => [
      list,
      (forms[list] ?? []).map((form) => {
        const { own, usual } = lists[list];
        const account = { [list === 'messages' || list === 'calls' ? 'account_sid' : 'accountId']: accountId };
        return { ...account, ...resolved({ ...usual, ...form }, own) };
      }),
    ]),
  );

  function resolved(record: SideRecord, own: NamedKind | null): SideRecord {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, resolvedValue(key, value, own)]));
  }

  function resolvedValue(key: string, value: unknown, own: NamedKind | null): unknown {
    const kind = own !== null && (key === 'id' || key === 'sid') ? own : idKeys.get(key);
    if (kind !== undefined) return ids(kind, value);
    if (typeof value === 'string' && timeKeys.has(key)) return timeOf(value);
    if (key === 'id' && typeof value === 'string') return knownId(value);
    if (key === 'channelId' && typeof value === 'string') return knownId(value);
    if (Array.isArray(value)) return value.map((each: unknown) => resolvedValue('', each, null));
    if (isRecord(value)) return resolved(value, null);
    return filled(value, names);
  }

  function ids(kind: NamedKind, value: unknown): unknown {
    if (typeof value === 'string') return names.id(kind, value);
    return Array.isArray(value) ? value.map((each: unknown) => ids(kind, each)) : value;
  }

  function timeOf(text: string): string {
    const time = parseCaseTime(text, start);
    return time === null ? text : new Date(time).toISOString();
  }

  /** Of what kind it is, only the case knows. */
  function knownId(name: string): string {
    const [id] = names.idsOf(name).values();
    return id ?? name;
  }
}

function isRecord(value: unknown): value is SideRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
