/** Shares of the accounts, audited one by one and merged, tell what one run over all accounts tells. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { AuditOptions } from '../../src/audit-options.ts';
import { parseConfig } from '../../src/config/config-file.ts';
import { mergeResults } from '../../src/findings/merge.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { folderOf, ruleText } from '../rules/rule-folder.ts';
import { comparable, findingsText } from './comparable.ts';

const rules = {
  'rules/team/old.sql': ruleText({
    header: 'explains: [team/idle]\n',
    causes: '  old: { message: "{subject_id} is {age} old", fix: Look. }',
    sql: "SELECT account_id, conversation_id AS subject_id, as_of - created_at AS age, event_keys FROM conversations WHERE as_of - created_at >= INTERVAL '2 hours'",
  }),
  'rules/team/idle.sql': ruleText({
    causes: '  idle: { message: "{subject_id}", fix: Look. }',
    sql: 'SELECT account_id, conversation_id AS subject_id, event_keys FROM conversations',
  }),
  'rules/team/rest.sql': ruleText({
    header: 'residual: true\n',
    causes: '  rest: { message: "{subject_id}", fix: Look. }',
    sql: 'SELECT account_id, account_id AS subject_id, list(conversations.event_keys).flatten() AS event_keys FROM conversations GROUP BY account_id',
  }),
  // Of side files alone; when it was seen only the end of the whole run tells.
  'rules/team/desk.sql': ruleText({
    header: 'requires: [configurations]\n',
    causes: '  desk: { message: "{subject_id}", fix: Look. }',
    sql: 'SELECT account_id, configuration_id AS subject_id FROM current_configurations',
  }),
  'rules/team/never.sql': ruleText({
    header: 'requires: [operations, stores]\n',
    causes: '  never: { message: "{subject_id}", fix: Look. }',
    sql: 'SELECT account_id, operation_id AS subject_id FROM operations',
  }),
};

const start = Date.parse('2026-09-14T08:00:00.000Z');
const hour = 3_600_000;

type Account = {
  readonly id: string;
  /** Hours after the start at which a conversation begins; none: only side files tell of the account. */
  readonly hours: readonly number[];
  readonly desks: number;
  /** Entries that do not say whose they are, about conversations that others tell of. */
  readonly nameless: boolean;
  /** The level and type of the account's entries are narrow, so that its export cannot show everything. */
  readonly filtered: boolean;
  readonly off: boolean;
};

function entriesOf({ id, hours, nameless, filtered }: Account, at: number): readonly object[] {
  return hours.flatMap((after, n) => {
    const time = new Date(start + after * hour).toISOString();
    const entry = (event: string, accountId: string | null) => ({
      logId: `${start + after * hour}-${at}-${n}-${event}`,
      eventTime: time,
      source: 'conversation-orchestrator',
      eventType: `conversation.${event}`,
      level: filtered ? 'WARNING' : 'INFO',
      errorCode: 0,
      accountId,
      body: { id: `conv_${at}_${n}`, status: 'ACTIVE' },
    });
    return [entry('created', id), ...(nameless ? [entry('updated', null)] : [])];
  });
}

const desk = (accountId: string, at: number, n: number) => ({
  id: `conv_configuration_${at}_${n}`,
  accountId,
  displayName: 'Desk',
  conversationGroupingType: 'GROUP_BY_PROFILE',
  channelSettings: {},
});

const ndjson = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** Everything in so many files, some lines twice, and a file of entries that nothing gives an account. */
function folder(accounts: readonly Account[], spread: number, orphans: number): Readonly<Record<string, string>> {
  const entries = accounts.flatMap((account, at) => entriesOf(account, at).map((entry) => ({ entry, at })));
  const files: Record<string, string> = {};
  for (let part = 0; part < spread; part++) {
    const own = entries.filter(({ at }, n) => (at + n) % spread === part).map(({ entry }) => entry);
    if (own.length > 0) files[`exports/part-${part}.ndjson`] = ndjson([...own, ...own.slice(0, 1)]);
  }
  const desks = accounts.flatMap(({ id, desks }, at) => Array.from({ length: desks }, (_, n) => desk(id, at, n)));
  if (desks.length > 0) files['exports/desks.json'] = JSON.stringify({ configurations: desks.slice(0, -1) });
  if (desks.length > 0) files['exports/one-more.json'] = JSON.stringify(desks.at(-1));
  const lost = { ...entriesOf({ ...none, id: '', hours: [1] }, 99)[0], accountId: undefined };
  if (orphans > 0) files['exports/orphans.ndjson'] = ndjson(Array.from({ length: orphans }, () => lost));
  return { ...files, 'exports/README.txt': 'About this export.' };
}

const none = { desks: 0, nameless: false, filtered: false, off: false } as const;

function configOf(accounts: readonly Account[]): string {
  const off = accounts.filter(({ off }) => off).map(({ id }) => `  ${id}: { rules: { team/idle: off } }`);
  return `packs: [./rules]
accounts:${off.length === 0 ? ' {}' : `\n${off.join('\n')}`}
suppressions:
  - { rule: team/old, account: "*1", reason: Known }
  - { rule: team/idle, subject: conv_0_0, reason: Until the run ends, expires: "2026-09-14T13:00:00Z" }`;
}

beforeAll(async () => {
  vi.stubEnv('XDG_CACHE_HOME', await mkdtemp(join(tmpdir(), 'postlude-cache-')));
});
afterAll(async () => {
  await rm(process.env.XDG_CACHE_HOME ?? '', { recursive: true, force: true });
  vi.unstubAllEnvs();
});

type Runs = { readonly whole: AuditResult; readonly parts: readonly AuditResult[] };

async function runs(
  accounts: readonly Account[],
  of: number,
  { spread = 1, orphans = 0, ...more }: Partial<AuditOptions> & { spread?: number; orphans?: number } = {},
): Promise<Runs> {
  const root = await folderOf({ ...rules, ...folder(accounts, spread, orphans) });
  const config = parseConfig(join(root, 'postlude.config.yaml'), configOf(accounts));
  const options = { paths: [join(root, 'exports')], config, rules: ['team/*'], people: false, ...more };
  const whole = await audit(options);
  const parts: AuditResult[] = [];
  for (let index = 1; index <= of; index++) parts.push(await audit({ ...options, shard: { index, of } }));
  return { whole, parts };
}

const sid = (n: number) => `AC${String(n).padStart(32, '0')}`;

const account = fc.record({
  hours: fc.array(fc.nat(6), { maxLength: 3 }),
  desks: fc.nat(2),
  nameless: fc.boolean(),
  filtered: fc.boolean(),
  off: fc.boolean(),
});

/** A rule is off for an account of which only side files tell, as they do of all others. */
const onlySideFiles: [Omit<Account, 'id'>[], number, { spread: number; orphans: number }] = [
  [none, { ...none, desks: 1, off: true }, { ...none, desks: 1 }].map((each) => ({ ...each, hours: [] })),
  3,
  { spread: 1, orphans: 0 },
];

const numRuns = process.env.MODE === 'all' ? 25 : 4;

describe('shards, merged', () => {
  it('are one run, whatever is in the files', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(account, { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 4 }),
        fc.record({ spread: fc.integer({ min: 1, max: 3 }), orphans: fc.nat(2) }),
        async (drawn, of, layout) => {
          const accounts = drawn.map((each, at) => ({ ...each, id: sid(at) }));
          const { whole, parts } = await runs(accounts, of, layout);
          const merged = mergeResults(parts);
          expect(findingsText(merged)).toBe(findingsText(whole));
          expect(comparable(merged)).toBe(comparable(whole));
        },
      ),
      { numRuns, examples: [onlySideFiles] },
    );
  });

  const early: Account = { ...none, id: sid(1), hours: [0] };
  const late: Account = { ...none, id: sid(2), hours: [0, 6] };
  /** Of it only side files tell. */
  const silent: Account = { ...none, id: sid(3), hours: [], desks: 1 };

  it('end when the whole run ends: by that suppressions expire, and what has no time of its own was seen', async () => {
    const { whole, parts } = await runs([early, late, silent], 4);
    expect(new Set(parts.map(({ run }) => run.asOf))).toEqual(new Set(['2026-09-14T14:00:00.000Z']));
    expect(whole.suppressions.at(-1)?.status).toBe('expired');
    const desk = parts.flatMap(({ findings }) => findings).find(({ ruleId }) => ruleId === 'team/desk');
    expect(desk?.firstSeen).toBe('2026-09-14T14:00:00.000Z');
    expect(findingsText(mergeResults(parts))).toBe(findingsText(whole));
  });

  it('find in an account what they find wherever it is: what others lack does not matter', async () => {
    const { whole, parts } = await runs([early, late, silent], 4);
    const about = ({ findings }: AuditResult) => findings.filter(({ ruleId }) => ruleId === 'team/desk');
    expect(about(whole).map(({ accountId }) => accountId)).toEqual([silent.id]);
    expect(parts.flatMap(about)).toEqual(about(whole));
    expect(whole.accounts?.map(({ skippedRules }) => skippedRules.includes('team/desk'))).toEqual([true, true, false]);
  });

  it('tell of the whole input the same: its files, duplicates, and entries without account', async () => {
    const { whole, parts } = await runs([early, late, silent], 3, { orphans: 2, spread: 2 });
    expect(whole.issues.map(({ message }) => message)).toContainEqual(expect.stringContaining('without any account'));
    for (const part of parts) {
      expect(part.files).toEqual(whole.files);
      expect(part.run.duplicates).toBe(whole.run.duplicates);
    }
    expect(parts.map(({ run }) => run.shard)).toEqual([1, 2, 3].map((index) => ({ index, of: 3 })));
    expect(parts.reduce((sum, { run }) => sum + run.events, 0)).toBe(whole.run.events);
  });

  it('say nothing of the accounts of others, as --account does', async () => {
    const { whole, parts } = await runs([early, late, silent], 2);
    const told = new Set(whole.issues.map(({ message }) => message));
    expect(parts.flatMap(({ issues }) => issues).filter(({ message }) => / left out/.test(message))).toEqual([]);
    expect([...told].some((message) => / left out/.test(message))).toBe(false);
  });

  it('are so of accounts that are called anything', async () => {
    const ids = [
      '',
      ' ',
      "AC'",
      'AC"',
      'AC\n',
      'AC%',
      '..',
      '../../x',
      '__proto__',
      'AC\u0000',
      'ACé',
      'x'.repeat(5000),
    ];
    const accounts = ids.map((id, at): Account => ({ ...none, id, hours: [at % 6], desks: 1 }));
    const { whole, parts } = await runs(accounts, 3);
    expect(whole.accounts?.length).toBeGreaterThan(5);
    expect(parts.filter(({ findings }) => findings.length > 0)).toHaveLength(3);
    expect(comparable(mergeResults(parts))).toBe(comparable(whole));
  });

  it('go together with a choice of accounts', async () => {
    const { whole, parts } = await runs([early, late, silent], 2, { account: '*2' });
    expect(whole.accounts?.map(({ id }) => id)).toEqual([late.id]);
    expect(comparable(mergeResults(parts))).toBe(comparable(whole));
  });
});
