/** Log entries of Conversation Memory, the neighbouring product: full event names, bodies in snake_case. */
import { typeId } from './ids.ts';
import { intBetween } from './random.ts';
import { type Body, type Entry, emit, type World } from './world.ts';

export function newProfile(world: World): string {
  return typeId(world.random, 'mem_profile', world.now);
}

export function memoryEvent(world: World, eventType: string, body: Body): Entry {
  return emit(world, {
    source: 'conversation-memory',
    eventType: `com.twilio.memory.${eventType}`,
    body: {
      created_by: world.accountId,
      error_code: null,
      interface_type: 'API',
      latency_ms: intBetween(world.random, 40, 400),
      ...body,
    },
  });
}

/** Two profiles became one: whoever carried `merged` carries `surviving` from here on. */
export function profilesMerged(
  world: World,
  options: { readonly storeId: string; readonly surviving: string; readonly merged: string },
): Entry {
  return memoryEvent(world, 'profiles.merged', {
    store_id: options.storeId,
    profile_id: options.surviving,
    merged_profile_ids: [options.merged],
  });
}

export function observationCreated(
  world: World,
  options: { readonly storeId: string; readonly profileId: string; readonly conversationId: string },
): Entry {
  return memoryEvent(world, 'observation.created', {
    store_id: options.storeId,
    profile_id: options.profileId,
    conversation_id: options.conversationId,
    observation_id: typeId(world.random, 'mem_observation', world.now),
  });
}

export function summaryCreated(
  world: World,
  options: { readonly storeId: string; readonly profileId: string; readonly conversationId: string },
): Entry {
  return memoryEvent(world, 'summary.created', {
    store_id: options.storeId,
    profile_id: options.profileId,
    conversation_id: options.conversationId,
    summary_id: typeId(world.random, 'mem_summary', world.now),
  });
}
