import { z } from 'zod';
import type { Issue } from '../engine/issue.ts';
import { inFront } from '../engine/issue-accounts.ts';
import type { Session } from '../engine/session.ts';

const coverage = z.object({
  account_id: z.string(),
  shows_conversations: z.boolean(),
  shows_participants: z.boolean(),
  shows_communications: z.boolean(),
  shows_info: z.boolean(),
  shows_profiles: z.boolean(),
  shows_channels: z.boolean(),
});

type Coverage = z.infer<typeof coverage>;

/** What an export may lack, the weightiest first, and what follows from it for the reader. */
const limits: readonly { readonly holds: (shown: Coverage) => boolean; readonly message: string }[] = [
  {
    holds: (shown) => !shown.shows_info,
    message:
      'only warnings and errors are in the export: what is missing from it, conversations without communications or customers without profiles, cannot be seen.',
  },
  {
    holds: (shown) => shown.shows_info && !shown.shows_conversations,
    message: 'no conversation events are in the export: silent calls and stuck conversations cannot be seen.',
  },
  {
    holds: (shown) => shown.shows_info && !shown.shows_participants,
    message: 'no participant events are in the export: merges and missing profiles cannot be seen.',
  },
  {
    holds: (shown) => shown.shows_info && !shown.shows_communications,
    message: 'no communication events are in the export: that a conversation has none is at most possible.',
  },
  {
    holds: (shown) => shown.shows_participants && !shown.shows_profiles,
    message: 'no profile ids are in the export: missing or shared profiles cannot be seen.',
  },
  {
    holds: (shown) => shown.shows_info && !shown.shows_channels,
    message:
      'no channels and addresses are in the export (it is lean): voice is guessed, and customers cannot be compared by address.',
  },
];

/**
 * What the export of the orchestrator's events cannot show, one notice a limit with the accounts it holds for: the first
 * thing that a reader of findings, or of their absence, has to know.
 */
export async function exportLimits(session: Session): Promise<readonly Issue[]> {
  const shown = await session.rows(
    coverage,
    `SELECT account_id, shows_conversations, shows_participants, shows_communications, shows_info, shows_profiles, shows_channels
    FROM coverage WHERE "source" = 'conversation-orchestrator' ORDER BY account_id`,
  );
  return limits.flatMap(({ holds, message }) => {
    const accounts = shown.filter(holds).map((row) => row.account_id);
    if (accounts.length === 0) return [];
    return [
      {
        severity: 'notice' as const,
        accounts,
        message: `${inFront(accounts, accounts.length === shown.length)}${message}`,
      },
    ];
  });
}
