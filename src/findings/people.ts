import { z } from 'zod';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import type { Finding } from './finding.ts';

/** A participant that findings are about, as the model knows it. */
export type Person = {
  readonly accountId: string;
  readonly participantId: string;
  readonly conversationId: string | null;
  /** CUSTOMER, HUMAN_AGENT, … */
  readonly type: string | null;
  /** Every address it ever carried, as logged. */
  readonly addresses: readonly string[];
};

const row = z.object({
  account_id: z.string(),
  participant_id: z.string(),
  conversation_id: z.string().nullable(),
  participant_type: z.string().nullable(),
  addresses: z.array(z.string()).nullable(),
});

/**
 * The participants that findings name, and those of the conversations that they name: whom an incident hit, which the
 * findings themselves often do not say. Empty where no rule of the run reads participants, and so their table was not made.
 */
export async function fetchPeople(session: Session, findings: readonly Finding[]): Promise<readonly Person[]> {
  const named = { participant: new Set<string>(), conversation: new Set<string>() };
  for (const { subject, related } of findings) {
    for (const { type, id } of [subject, ...related]) {
      if (type === 'participant' || type === 'conversation') named[type].add(id);
    }
  }
  if (named.participant.size + named.conversation.size === 0 || !(await hasParticipants(session))) return [];
  const sql = await sqlFile(import.meta.url, './people.sql');
  const rows = await session.rows(row, sql, {
    participants: JSON.stringify([...named.participant]),
    conversations: JSON.stringify([...named.conversation]),
  });
  return rows.map((found) => ({
    accountId: found.account_id,
    participantId: found.participant_id,
    conversationId: found.conversation_id,
    type: found.participant_type,
    addresses: found.addresses ?? [],
  }));
}

async function hasParticipants(session: Session): Promise<boolean> {
  const tables = await session.rows(
    z.object({ table_name: z.string() }),
    "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database() AND table_name = 'participants'",
  );
  return tables.length > 0;
}
