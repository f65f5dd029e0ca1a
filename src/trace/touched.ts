import type { TracedEvent } from './events.ts';
import { typeOfId } from './id-type.ts';
import { idTypes, type NamedId, type StoryRequest, type Touched } from './story.ts';

/** What one event names, each once; requests are told apart from it. */
export function idsOf({ event, channelIds }: TracedEvent): readonly NamedId[] {
  const named = new Map<string, NamedId>();
  const add = (id: string | null, type?: NamedId['type']) => {
    if (id !== null && !named.has(id)) named.set(id, { type: type ?? typeOfId(id), id });
  };
  add(event.conversationId, 'conversation');
  add(event.participantId, 'participant');
  add(event.communicationId, 'communication');
  add(event.profileId, 'profile');
  add(event.configurationId, 'configuration');
  add(event.storeId, 'store');
  add(event.channelId);
  for (const id of channelIds) add(id);
  add(event.resourceId);
  return [...named.values()];
}

/** What the events of a story name, with what the whole export tells of it. */
export function touchedBy(
  events: readonly TracedEvent[],
  dataOf: (id: string) => Readonly<Record<string, unknown>> | undefined,
): readonly Touched[] {
  const counts = new Map<string, { readonly named: NamedId; events: number }>();
  for (const event of events) {
    for (const named of idsOf(event)) {
      const there = counts.get(named.id);
      if (there === undefined) counts.set(named.id, { named, events: 1 });
      else there.events++;
    }
  }
  return [...counts.values()]
    .map(({ named, events }) => ({ ...named, events, data: dataOf(named.id) ?? {} }))
    .sort((a, b) => idTypes.indexOf(a.type) - idTypes.indexOf(b.type));
}

/** The requests of a story, by their first events. */
export function requestsOf(events: readonly TracedEvent[]): readonly StoryRequest[] {
  const requests = new Map<string, TracedEvent['event'][]>();
  for (const { event } of events) {
    if (event.requestId === null) continue;
    const there = requests.get(event.requestId);
    if (there === undefined) requests.set(event.requestId, [event]);
    else there.push(event);
  }
  const told = [...requests].map(
    ([requestId, own]): StoryRequest => ({
      requestId,
      correlationIds: [...new Set(own.flatMap(({ correlationId }) => correlationId ?? []))].sort(),
      events: own.length,
      errors: own.filter(({ level }) => level === 'ERROR').length,
      warnings: own.filter(({ level }) => level === 'WARNING').length,
      began: own[0]?.eventTime ?? '',
      ended: own.at(-1)?.eventTime ?? '',
    }),
  );
  // The order of events is that of time and log id; a stable order of requests needs more where the first events share a time.
  return told.sort((a, b) => (a.began < b.began ? -1 : a.began > b.began ? 1 : a.requestId < b.requestId ? -1 : 1));
}
