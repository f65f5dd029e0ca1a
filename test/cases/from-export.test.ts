/** Rules that begin from an export, and whether they pass their own cases. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logEntries } from '../../src/cases/log-entries.ts';
import { createNames } from '../../src/cases/names.ts';
import { hasPassed } from '../../src/cases/run.ts';
import type { RuleTexts } from '../../src/cases/template.ts';
import { testRules } from '../../src/cases/test.ts';
import { ruleFromExport } from '../../src/new-rule.ts';
import { findRules } from '../../src/rules/discover.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-from-export-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Plays the cases of new rules together, and gives those that do not pass. */
async function failing(texts: ReadonlyMap<string, RuleTexts>) {
  const own = await mkdtemp(join(folder, 'rules-'));
  await mkdir(join(own, 'new'));
  for (const [name, { sql, cases }] of texts) {
    await writeFile(join(own, 'new', `${name}.sql`), sql);
    await writeFile(join(own, 'new', `${name}.cases.yaml`), cases);
  }
  const { rules, problems } = await findRules([own]);
  const results = await testRules(rules, { rules, code: true });
  expect([problems, results.problems]).toEqual([[], []]);
  expect(results.outcomes).toHaveLength(2 * texts.size);
  return results.outcomes.filter((outcome) => !hasPassed(outcome));
}

describe.each([
  ['silent-call-lean', 6],
  ['shared-number', 8],
  ['store-outage', 8],
])('%s', (fixture, most) => {
  it('a rule from any of its conversations, participants and requests passes its cases', {
    timeout: 120_000,
  }, async () => {
    const path = join('fixtures', fixture);
    const files = (await readdir(path)).filter((file) => /\.(?:nd)?json$/u.test(file));
    const text = (await Promise.all(files.map((file) => readFile(join(path, file), 'utf8')))).join('\n');
    const idsLike = (pattern: RegExp, count: number) =>
      [...new Set([...text.matchAll(pattern)].map(([, id = '']) => id))].slice(0, count);
    const subjects = [
      ...idsLike(/"id": ?"(conv_(?:conversation|participant)_\w+)"/gu, most),
      ...idsLike(/"requestId": ?"([0-9a-f-]{36})"/gu, 3),
    ];
    expect(subjects.length).toBeGreaterThan(8);
    const texts = new Map<string, RuleTexts>();
    for (const subject of subjects) texts.set(subject, await ruleFromExport(subject, { paths: [path] }));
    expect(await failing(texts)).toEqual([]);
  });
});

it('expects of others of the same type what the rule finds of them, and says why', async () => {
  const start = Date.parse('2026-09-14T08:00:00Z');
  const account = { number: 5, sid: 'AC00000000000000000000000000000005' };
  const names = createNames(account, start);
  const arrival = (participant: string) =>
    ({
      type: 'participant.created',
      conversation: 'talk',
      participant,
      participantType: 'CUSTOMER',
      request: 'arriving',
    }) as const;
  const entries = logEntries(
    [
      { type: 'conversation.created', conversation: 'talk' },
      arrival('ann'),
      arrival('bob'),
      { ...arrival('bob'), type: 'participant.updated', at: '+1m' },
      { ...arrival('eve'), participantType: 'HUMAN_AGENT' },
    ],
    { names, accountId: account.sid, number: account.number, start, lean: false },
  );
  const file = join(folder, 'log.ndjson');
  await writeFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));

  const ann = await ruleFromExport(names.id('participant', 'ann'), { paths: [file] });
  expect(ann.sql).toContain("WHERE len(event_keys) >= $min_events AND participant_type = 'CUSTOMER'\n");
  expect(ann.cases).toContain(`    expect:
      - subject: customer
        cause: as-in-the-export
      # The rule as it begins finds these, too: take them away when it says what is odd.
      - subject: customer-2
        cause: as-in-the-export
`);
  const bob = await ruleFromExport(names.id('participant', 'bob'), { paths: [file] });
  expect(bob.cases).not.toContain('take them away');
  expect(
    await failing(
      new Map([
        ['ann', ann],
        ['bob', bob],
      ]),
    ),
  ).toEqual([]);
});
