/** Log entries for tests of what a store keeps: small, each at a time and with ids of its own, and whose account is a choice. */
import { accountSid } from '../generate/ids.ts';
import type { Body, Entry } from '../generate/world.ts';

export const account = accountSid;

/** The same number is the same conversation. */
export function conversationId(number: number): string {
  return `conv_conversation_01k4qy00000000000000000${String(number).padStart(3, '0')}`;
}

export type Maker = (
  of: { readonly account: number | null; readonly conversation: number | null },
  body?: Body,
) => Entry;

/** Makes conversations that begin, one a second. */
export function entryMaker(): Maker {
  let count = 0;
  return ({ account, conversation }, body = {}) => {
    count++;
    const time = Date.parse('2026-09-14T08:00:00Z') + count * 1000;
    const requestId = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    return {
      logId: `${time}-${count.toString(16).padStart(8, '0')}`,
      eventTime: new Date(time).toISOString(),
      source: 'conversation-orchestrator',
      eventType: 'conversation.created',
      level: 'INFO',
      errorCode: 0,
      errorReason: null,
      requestId,
      correlationId: requestId,
      body: {
        ...(conversation === null ? {} : { id: conversationId(conversation) }),
        ...(account === null ? {} : { accountId: accountSid(account) }),
        status: 'ACTIVE',
        ...body,
      },
    };
  };
}
