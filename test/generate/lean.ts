import { isFields } from './fields.ts';
import type { Body, Entry } from './world.ts';

/** The entry with nothing in its body but the fields that the Debugger documents as queryable. */
export function lean(entry: Entry): Entry {
  return { ...entry, body: queryable(entry) };
}

function queryable({ eventType, body }: Entry): Body {
  if (eventType.startsWith('conversation.')) return { id: body.id, status: body.status };
  if (eventType.startsWith('participant.')) {
    return { id: body.id, conversationId: body.conversationId, participantType: body.type };
  }
  if (eventType.startsWith('communication.')) {
    const author = isFields(body.author) ? { participantId: body.author.participantId } : {};
    return { id: body.id, conversationId: body.conversationId, author };
  }
  if (eventType === 'diagnostic') {
    return { resourceSid: body.resourceSid, errorCode: body.errorCode, status: body.status };
  }
  // Nothing is documented about other sources: they keep what they have.
  return body;
}
