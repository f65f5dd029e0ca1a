import { afterEach, expect, test } from 'vitest';
import { openSession, type Session } from '../../src/engine/session.ts';
import { findRules, shippedRulesDir } from '../../src/rules/discover.ts';
import type { RuleOutcome } from '../../src/rules/run.ts';
import { runEach } from '../../src/rules/run-each.ts';

const { rules } = await findRules([shippedRulesDir()]);
const outcome: Omit<RuleOutcome, 'ruleId'> = { status: 'ran', candidates: [], skippedAccounts: [], durationMs: 0 };
const sessions: Session[] = [];

async function lanes(): Promise<readonly Session[]> {
  const session = await openSession();
  sessions.push(session);
  return [session, await session.beside()];
}

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

test('runs two rules at a time, each once, and keeps their order', async () => {
  let running = 0;
  let most = 0;
  const ran = await runEach(await lanes(), rules, async (_, { id }) => {
    most = Math.max(most, ++running);
    await new Promise((done) => setTimeout(done, id.length % 5));
    running--;
    return { ...outcome, ruleId: id };
  });
  expect(most).toBe(2);
  expect(ran.map(({ run }) => run.ruleId)).toEqual(rules.map(({ id }) => id));
});

test('a rule that failed beside another is run again by itself, but not for its rows', async () => {
  const tries: string[] = [];
  let running = 0;
  const [first, second, third] = rules.map(({ id }) => id);
  const ran = await runEach(await lanes(), rules.slice(0, 3), async (_, { id }) => {
    running++;
    tries.push(id);
    await new Promise((done) => setTimeout(done, 5));
    const isAlone = running === 1 && tries.length > 3;
    running--;
    if (id === first && !isAlone) return { ...outcome, ruleId: id, status: 'failed', failedOver: 'select' };
    if (id === second) return { ...outcome, ruleId: id, status: 'failed', failedOver: 'rows' };
    return { ...outcome, ruleId: id };
  });
  expect(tries).toEqual([first, second, third, first]);
  expect(ran.map(({ run }) => run.status)).toEqual(['ran', 'failed', 'ran']);
});

test('with one lane, what failed has failed', async () => {
  const tries: string[] = [];
  const [alone] = await lanes();
  const ran = await runEach(alone === undefined ? [] : [alone], rules.slice(0, 2), async (_, { id }) => {
    tries.push(id);
    return { ...outcome, ruleId: id, status: 'failed', failedOver: 'select' };
  });
  expect(tries.length).toBe(2);
  expect(ran.map(({ run }) => run.status)).toEqual(['failed', 'failed']);
});

test('throws what one lane throws, once all have come to rest', async () => {
  let running = 0;
  const failed = runEach(await lanes(), rules, async (_, { id }) => {
    running++;
    await new Promise((done) => setTimeout(done, id === rules[0]?.id ? 1 : 20));
    running--;
    if (id === rules[0]?.id) throw new Error('cut off');
    return { ...outcome, ruleId: id };
  });
  await expect(failed).rejects.toThrow('cut off');
  expect(running).toBe(0);
});
