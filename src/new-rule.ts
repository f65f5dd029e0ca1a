import { z } from 'zod';
import { auditThen } from './audit.ts';
import type { AuditOptions } from './audit-options.ts';
import { retellEvents } from './cases/from-export.ts';
import { findAgain } from './cases/retold.ts';
import { type RetoldSubject, type RuleTexts, retoldCases, retoldSql, retoldSubjects } from './cases/template.ts';
import { UserError } from './engine/errors.ts';
import type { Session } from './engine/session.ts';
import type { Wanted } from './model/build.ts';
import { followId, wantedForStories } from './trace/follow.ts';
import { typeOfId } from './trace/id-type.ts';

const wanted: Wanted = {
  tables: new Set([...wantedForStories.tables, 'requests', 'communications']),
  // Only the payload tells whether a participant shows that it has no profile.
  columns: new Set([...wantedForStories.columns, 'body']),
};

/**
 * The texts of a new rule that finds what an export shows of a conversation, participant or request, with a case that tells of it in other words:
 * other ids, numbers, names and texts.
 * @throws UserError where the export does not know the subject, or knows it in several accounts
 */
export function ruleFromExport(subject: string, options: AuditOptions): Promise<RuleTexts> {
  const type = retoldSubjects.find((each) => each === typeOfId(subject)) ?? (isUuid(subject) ? 'request' : undefined);
  if (type === undefined) {
    throw new UserError(`a rule can begin from a ${retoldSubjects.join(', a ')}; "${subject}" is none of them`);
  }
  return auditThen({ ...options, rules: ['!**'] }, wanted, async (session, audit) => {
    const stories = await followId(session, subject, audit);
    const [story, ...others] = stories;
    if (story === undefined || others.length > 0) {
      const accounts = stories.map(({ accountId }) => accountId).join(', ');
      throw new UserError(`"${subject}" occurs in several accounts, ${accounts}: name one with --account`);
    }
    const asOf = new Date(story.asOf ?? audit.run.asOf ?? 0);
    const retold = await retellEvents(session, { subject, account: story.accountId, asOf });
    const shown = await shownOf(session, type, subject, story.accountId);
    const found = await findAgain(await retoldSql(type, shown), retold);
    const again = found.find((each) => each.subject === retold.subject);
    if (again === undefined) {
      throw new UserError(
        `what the export shows of "${subject}" is too little for a case: its own events are not there`,
      );
    }
    const edge = Math.min(shown.events, again.events);
    return { sql: await retoldSql(type, { ...shown, events: edge }), cases: retoldCases(retold, found, edge) };
  });
}

const shownIn: Readonly<Record<RetoldSubject, string>> = {
  conversation:
    'SELECT len(event_keys) AS n, NULL AS type FROM conversations WHERE conversation_id = $subject AND account_id = $account',
  participant:
    'SELECT len(event_keys) AS n, participant_type AS type FROM participants WHERE participant_id = $subject AND account_id = $account',
  request: 'SELECT events AS n, NULL AS type FROM requests WHERE request_id = $subject AND account_id = $account',
};

/** By what a new rule finds it. */
async function shownOf(session: Session, type: RetoldSubject, subject: string, account: string) {
  const [row] = await session.rows(z.object({ n: z.bigint().nullable(), type: z.string().nullable() }), shownIn[type], {
    subject,
    account,
  });
  // Some are known only from what others say of them.
  if (row === undefined || row.n === null || row.n === 0n) {
    throw new UserError(`no event of the export is about ${type} ${subject} itself`);
  }
  return { events: Number(row.n), participantType: row.type };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(text);
}
