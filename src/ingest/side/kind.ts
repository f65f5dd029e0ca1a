import type { InputRecord } from '../entry.ts';
import { list, object, text } from '../fields.ts';
import { recogniseEntry } from '../shapes/index.ts';
import { apiErrorIn } from './api-error-fields.ts';
import { type SideView, sideViewOfRecord } from './names.ts';

export type SideKind =
  | 'configuration'
  | 'store'
  | 'operation'
  | 'intelligence-configuration'
  | 'message'
  | 'call'
  | 'api-error'
  | 'conversation'
  | 'participant'
  | 'communication'
  | 'observation';

/** What a record is a record of, or `null`. Log entries are none, although they can carry the same resources. */
export function kindOf(record: InputRecord): SideKind | null {
  if (recogniseEntry(record) !== null) return null;
  const view = sideViewOfRecord(record);
  return kindOfId(view) ?? kindOfKeys(view) ?? kindOfList(view, record.listKey);
}

const kindsOfIds: readonly (readonly [string, SideKind])[] = [
  ['conv_configuration_', 'configuration'],
  ['conv_conversation_', 'conversation'],
  ['conv_participant_', 'participant'],
  ['conv_communication_', 'communication'],
  ['mem_store_', 'store'],
  ['mem_service_', 'store'],
  ['mem_observation_', 'observation'],
  // A summary shows as well as an observation that extraction has worked.
  ['mem_summary_', 'observation'],
  ['intelligence_configuration_', 'intelligence-configuration'],
];

function kindOfId(view: SideView): SideKind | null {
  const operationId = text(view.operationId);
  if (operationId !== null) return text(view.status) === null ? null : 'operation';
  const id = text(view.id);
  if (id !== null) {
    if (id.startsWith('proc_job_') && text(view.status) !== null) return 'operation';
    return kindsOfIds.find(([prefix]) => id.startsWith(prefix))?.[1] ?? null;
  }
  const sid = text(view.sid);
  if (sid === null || (text(view.from) === null && text(view.to) === null)) return null;
  if (/^(?:SM|MM)/.test(sid)) return 'message';
  return sid.startsWith('CA') ? 'call' : null;
}

/** Test doubles and older products have ids of other forms; what they hold tells them apart. */
function kindOfKeys(view: SideView): SideKind | null {
  if (apiErrorIn(view) !== null) return 'api-error';
  if (text(view.conversationGroupingType) !== null || object(view.channelSettings) !== null) return 'configuration';
  if (text(view.id) === null) return null;
  if (object(view.author) !== null && text(view.conversationId) !== null) return 'communication';
  if (list(view.addresses).length > 0 && text(view.conversationId) !== null) return 'participant';
  if (text(view.configurationId) !== null && text(view.status) !== null) return 'conversation';
  return null;
}

/** Lists of the API are named after what they hold. */
const kindsOfLists: ReadonlyMap<string, SideKind> = new Map([
  ['conversations', 'conversation'],
  ['participants', 'participant'],
  ['communications', 'communication'],
  ['stores', 'store'],
  ['observations', 'observation'],
  ['summaries', 'observation'],
]);

function kindOfList(view: SideView, listKey: string | null): SideKind | null {
  if (listKey === null || text(view.id) === null) return null;
  return kindsOfLists.get(listKey) ?? null;
}
