import { messageOf, UserError } from '../engine/errors.ts';
import { guardMemory, type MemoryGuard, watchMemory } from '../engine/process-memory.ts';
import type { Session } from '../engine/session.ts';
import { stillRunning, tellUnstoppable } from '../engine/stop.ts';
import { NotStopped, withTimeout } from '../engine/timeout.ts';
import type { Rule } from './rule.ts';
import { isShipped } from './shipped.ts';

/** Longer than any sound rule takes, also over tens of millions of events: what is still not done then is not going to be. */
export const defaultTimeoutMs = 600_000;

const guards = new WeakMap<Session, Promise<MemoryGuard>>();

/**
 * Does work with SQL of a rule that was found right, and stops it where it takes too long or, unless the rule is a shipped one, too
 * much memory: this is what keeps a rule from taking the process with it. Ask the session for its connection inside of `work`.
 * @throws UserError where it was stopped, without the file of the rule
 */
export async function withinLimits<Result>(
  session: Session,
  rule: Rule,
  timeoutMs: number | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const ms = timeoutMs ?? defaultTimeoutMs;
  if (isShipped(rule)) return withTimeout(session.connection, ms, work);
  // It keeps a core busy, and one of the few threads that Node has for everything, reading files among it.
  const [left] = stillRunning();
  if (left !== undefined) throw new UserError(`not run: ${left} cannot be stopped`);
  const guard = await guardOf(session);
  const { connection } = session;
  let tookTooMuch = false;
  const unwatch = watchMemory(guard, () => {
    tookTooMuch = true;
    connection.interrupt();
  });
  try {
    return await withTimeout(connection, ms, work);
  } catch (thrown) {
    if (thrown instanceof NotStopped) {
      const end = tellUnstoppable(`the query of ${rule.id}`);
      thrown.work.then(end, end);
      await session.abandonConnection();
    }
    // DuckDB's own limit says `Out of Memory Error` too; this is what it says where the system has no more.
    if (tookTooMuch || /bad.alloc/iu.test(messageOf(thrown))) {
      throw new UserError(`stopped as the process took more than ${gigabytes(guard.bytes)}: its values are too large`, {
        cause: thrown,
      });
    }
    throw thrown;
  } finally {
    unwatch();
  }
}

/** One for all rules of a session, since asking the system takes some milliseconds each time. */
function guardOf(session: Session): Promise<MemoryGuard> {
  const known = guards.get(session);
  if (known !== undefined) return known;
  const guard = guardMemory(session);
  guards.set(session, guard);
  session.beforeClose(async () => (await guard).lift());
  return guard;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB of memory`;
}
