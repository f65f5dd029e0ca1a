import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { AuditOptions } from '../../src/audit-options.ts';
import { parseConfig } from '../../src/config/config-file.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { folderOf, ruleText } from '../rules/rule-folder.ts';

const A = 'AC00000000000000000000000000000001';
const B = 'AC00000000000000000000000000000002';
/** Only a side file tells of it. */
const C = 'AC00000000000000000000000000000003';

const created = (account: string, name: string, time: string) => ({
  logId: `${Date.parse(time)}-${name}`,
  eventTime: time,
  source: 'conversation-orchestrator',
  eventType: 'conversation.created',
  level: 'INFO',
  errorCode: 0,
  body: { id: `conv_${name}`, accountId: account, status: 'ACTIVE' },
});

/** In each account a conversation at ten and one at eleven, when the export ends. */
const events = [A, B].flatMap((account) => {
  const name = account === A ? 'a' : 'b';
  return [
    created(account, `${name}_old`, '2026-09-14T10:00:00.000Z'),
    created(account, `${name}_new`, '2026-09-14T11:00:00.000Z'),
  ];
});

const files = {
  'exports/events.ndjson': `${events.map((event) => JSON.stringify(event)).join('\n')}\n`,
  'exports/configuration.json': JSON.stringify({
    id: 'conv_configuration_1',
    accountId: C,
    displayName: 'Desk',
    conversationGroupingType: 'GROUP_BY_PROFILE',
    channelSettings: {},
  }),
  'rules/team/old.sql': ruleText({
    params: '  min_age: { type: interval, default: 30 minutes, description: how old }',
    causes: '  old: { message: "{subject_id} is {age} old, {min_age} or more", fix: Look. }',
    sql: `SELECT account_id, conversation_id AS subject_id, as_of - created_at AS age, event_keys
FROM conversations WHERE as_of - created_at >= $min_age`,
  }),
  'rules/team/desk.sql': ruleText({
    params: '  least: { type: integer, default: 0, description: how many }',
    causes: '  desk: { message: "{subject_id} of {least}", fix: Look. }',
    sql: 'SELECT account_id, configuration_id AS subject_id FROM current_configurations WHERE $least < 10',
  }),
  'rules/team/maybe.sql': ruleText({
    causes:
      '  maybe: { message: "{subject_id}", fix: Look., certainty: possible }\n  sure: { message: "{subject_id}", fix: Look. }',
    sql: "SELECT account_id, conversation_id AS subject_id, CASE WHEN conversation_id LIKE '%old' THEN 'maybe' ELSE 'sure' END AS cause FROM conversations",
  }),
  'rules/team/outage.sql': ruleText({
    header: 'explains: [team/old]\n',
    causes: '  out: { message: "{subject_id}", fix: Look. }',
    sql: "SELECT account_id, conversation_id AS subject_id, TIMESTAMPTZ '2026-09-14 10:00:00Z' AS first_seen FROM conversations WHERE conversation_id LIKE '%old'",
  }),
  'rules/team/rest.sql': ruleText({
    header: 'residual: true\n',
    causes: '  rest: { message: "{subject_id}", fix: Look. }',
    sql: "SELECT account_id, account_id AS subject_id, event_keys FROM conversations WHERE conversation_id LIKE '%old'",
  }),
};

beforeAll(async () => {
  vi.stubEnv('XDG_CACHE_HOME', await mkdtemp(join(tmpdir(), 'postlude-cache-')));
});
afterAll(async () => {
  await rm(process.env.XDG_CACHE_HOME ?? '', { recursive: true, force: true });
  vi.unstubAllEnvs();
});

type More = Partial<AuditOptions> & { readonly extra?: Readonly<Record<string, string>> };

/**
 * The audit of the files above by some rules of the pack, all of them named `team/…`. They are chosen by a pattern: a rule that is
 * named by its id runs even where it is off.
 */
async function audited(
  rules: readonly string[],
  text: string,
  { extra = {}, ...more }: More = {},
): Promise<AuditResult> {
  const folder = await folderOf({ ...files, ...extra });
  const config = parseConfig(join(folder, 'postlude.config.yaml'), `packs: [./rules]\n${text}`);
  const patterns = rules.map((name) => `team/{${name},none}`);
  return audit({ paths: [join(folder, 'exports')], config, rules: patterns, people: false, ...more });
}

const told = ({ findings }: AuditResult) =>
  findings.map(({ accountId, subject, severity }) => `${accountId.slice(-1)} ${subject.id} ${severity}`);
const outcomes = ({ rules }: AuditResult) =>
  Object.fromEntries(rules.map(({ id, status, reason, findings }) => [id, [status, reason, findings]]));

describe('a rule', () => {
  it('of a pack runs as any other, and the run names the configuration', async () => {
    const result = await audited(['old'], '');
    expect(told(result)).toEqual(['1 conv_a_old warning', '2 conv_b_old warning']);
    expect(outcomes(result)).toEqual({ 'team/old': ['matched', null, 2] });
    expect(result.run.config).toMatch(/postlude\.config\.yaml$/u);
    expect(result.suppressions).toEqual([]);
  });

  it('takes params and severity from the configuration, and what the command line says over them', async () => {
    const text = 'rules: { team/old: { severity: critical, params: { min_age: 0 seconds } } }';
    const result = await audited(['old'], text);
    expect(told(result)).toEqual(
      ['a_new', 'a_old', 'b_new', 'b_old'].map((n) => `${n[0] === 'a' ? 1 : 2} conv_${n} critical`),
    );
    const called = await audited(['old'], text, { params: { 'team/old': { min_age: '1 hour' } } });
    expect(told(called)).toEqual(['1 conv_a_old critical', '2 conv_b_old critical']);
  });

  it('runs for each account with its own params and severity, and for no account twice', async () => {
    const result = await audited(
      ['old'],
      `accounts:
  ${A}: { rules: { team/old: { severity: error, params: { min_age: 0 seconds } } } }
  "*9": { rules: { team/old: { params: { min_age: 10 seconds } } } }`,
    );
    expect(told(result)).toEqual(['1 conv_a_new error', '1 conv_a_old error', '2 conv_b_old warning']);
    expect(result.findings.map(({ message }) => message.replace(/^.*old, /u, ''))).toEqual([
      '0 seconds or more',
      '0 seconds or more',
      '30 minutes or more',
    ]);
    expect(outcomes(result)).toEqual({ 'team/old': ['matched', null, 3] });
  });

  it('also runs for an account of which only side files tell', async () => {
    const result = await audited(['desk'], `accounts: { ${C}: { rules: { team/desk: { params: { least: 5 } } } } }`);
    expect(result.findings.map(({ message }) => message)).toEqual(['conv_configuration_1 of 5']);
  });

  it('keeps a possible finding at info, whatever severity is set', async () => {
    const result = await audited(['maybe'], 'rules: { team/maybe: { severity: critical } }');
    expect(told(result)).toEqual([
      '1 conv_a_new critical',
      '2 conv_b_new critical',
      '1 conv_a_old info',
      '2 conv_b_old info',
    ]);
  });

  it('that is off is skipped with the reason, also where its header is wrong', async () => {
    const result = await audited(['old', 'broken'], 'rules: { team/old: off, team/broken: off }', {
      extra: { 'rules/team/broken.sql': ruleText().replace('title', 'titel') },
    });
    expect(result.findings).toEqual([]);
    const off = ['skipped', 'off in postlude.config.yaml', 0];
    expect(outcomes(result)).toEqual({ 'team/old': off, 'team/broken': off });
  });

  it('that is off for some accounts says for which', async () => {
    const off = `{ rules: { team/old: off } }`;
    const one = await audited(['old'], `accounts: { ${A}: ${off} }`);
    expect(told(one)).toEqual(['2 conv_b_old warning']);
    expect(outcomes(one)).toEqual({ 'team/old': ['matched', `skipped for ${A}: off in postlude.config.yaml`, 1] });
    expect(one.accounts).toMatchObject([
      { id: A, skippedRules: ['team/old'] },
      { id: B, skippedRules: [] },
      // Of which only side files tell.
      { id: C, events: 0, skippedRules: [] },
    ]);
    const all = await audited(['old'], `accounts: { "AC*": ${off} }`);
    expect(outcomes(all)).toEqual({ 'team/old': ['skipped', 'off in postlude.config.yaml', 0] });
    const otherwise = await audited(
      ['old'],
      `rules: { team/old: off }\naccounts: { ${B}: { rules: { team/old: on } } }`,
    );
    expect(told(otherwise)).toEqual(['2 conv_b_old warning']);
  });

  it('tells both for which accounts it is off and which lack what it requires', async () => {
    const needy = files['rules/team/old.sql'].replace('causes:', 'requires: [stores]\ncauses:');
    const result = await audited(['old'], `accounts: { ${A}: { rules: { team/old: off } } }`, {
      extra: { 'rules/team/old.sql': needy },
    });
    expect(outcomes(result)['team/old']).toEqual([
      'skipped',
      `skipped for ${A}: off in postlude.config.yaml; skipped for ${B}: needs stores: add an export of them to the folder of the logs`,
      0,
    ]);
  });

  it('that fails with one set of params keeps what it finds with others', async () => {
    const failing = files['rules/team/old.sql'].replace(
      'WHERE',
      "WHERE CASE WHEN $min_age > INTERVAL 1 DAY THEN CAST('x' AS INT) > 0 ELSE true END AND",
    );
    const result = await audited(
      ['old'],
      `accounts: { ${A}: { rules: { team/old: { params: { min_age: 2 days } } } } }`,
      {
        extra: { 'rules/team/old.sql': failing },
      },
    );
    expect(result.findings.map(({ accountId }) => accountId)).toEqual([B]);
    expect(outcomes(result)['team/old']).toEqual(['failed', expect.stringContaining('rules/team/old.sql: '), 1]);
  });

  it('of a pack brings code, unless that is refused', async () => {
    const extra = {
      'rules/team/old.ts':
        "import { predicate } from 'postlude';\nexport default predicate<{ subject_id: string }>((row) => row.subject_id === 'conv_b_old');\n",
    };
    expect(told(await audited(['old'], '', { extra }))).toEqual(['2 conv_b_old warning']);
    const refused = await audited(['old'], '', { extra, code: false });
    expect(refused.findings).toEqual([]);
    expect(outcomes(refused)['team/old']).toEqual(['failed', expect.stringContaining('has code'), 0]);
  });

  it('comes from an npm package with its predicate and what that imports', async () => {
    const folder = 'node_modules/@acme/postlude-rules/rules/acme';
    const extra = {
      'node_modules/@acme/postlude-rules/package.json': '{"name": "@acme/postlude-rules", "version": "1.0.0"}',
      [`${folder}/known.sql`]: ruleText({ sql: 'SELECT account_id, conversation_id AS subject_id FROM conversations' }),
      [`${folder}/known.ts`]:
        "import { predicate } from 'postlude';\nimport { wanted } from './wanted.ts';\nexport default predicate<{ subject_id: string }>((row) => row.subject_id === wanted);\n",
      [`${folder}/wanted.ts`]: "export const wanted: string = 'conv_a_new';\n",
    };
    const root = await folderOf({ ...files, ...extra });
    const config = parseConfig(join(root, 'postlude.config.yaml'), 'packs: ["@acme/postlude-rules"]');
    const result = await audit({ paths: [join(root, 'exports')], config, rules: ['acme'], people: false });
    expect(told(result)).toEqual(['1 conv_a_new warning']);
  });
});

describe('a suppression', () => {
  const summary = { account: null, subject: null, fingerprint: null, expires: null, reason: 'Known' };

  it('takes findings away, and says how many', async () => {
    const result = await audited(
      ['old'],
      `suppressions:
  - { rule: team/*, account: "*1", reason: Known }
  - { rule: team, subject: conv_b_new, reason: Known }
  - { rule: team/old, reason: Known }`,
    );
    expect(result.findings).toEqual([]);
    // Its findings are known, not gone.
    expect(outcomes(result)).toEqual({ 'team/old': ['matched', null, 0] });
    expect(result.suppressions).toEqual([
      { ...summary, rule: 'team/*', account: '*1', status: 'used', findings: 1, accounts: [{ id: A, findings: 1 }] },
      { ...summary, rule: 'team', subject: 'conv_b_new', status: 'unused', findings: 0, accounts: [] },
      { ...summary, rule: 'team/old', status: 'used', findings: 1, accounts: [{ id: B, findings: 1 }] },
    ]);
  });

  it('may be for one finding alone, by its fingerprint', async () => {
    const [first] = (await audited(['old'], '')).findings;
    const fingerprint = first?.fingerprint ?? '';
    const result = await audited(
      ['old'],
      `suppressions: [{ rule: team, fingerprint: "${fingerprint}", reason: Known }]`,
    );
    expect(told(result)).toEqual(['2 conv_b_old warning']);
    expect(result.suppressions).toMatchObject([{ ...summary, rule: 'team', fingerprint, status: 'used', findings: 1 }]);
  });

  it.each([
    // The export ends at 2026-09-14T11:00:00Z.
    ['2026-09-14T11:00:00.001Z', undefined, 'used'],
    ['2026-09-14T11:00:00Z', undefined, 'expired'],
    ['2026-09-14T13:00:01+02:00', undefined, 'used'],
    ['2026-09-14', undefined, 'used'],
    ['2026-09-13', undefined, 'expired'],
    ['2026-09-14', '2026-09-14T23:59:59.999Z', 'used'],
    ['2026-09-14', '2026-09-15T00:00:00.000Z', 'expired'],
  ])('until %s, as of %s, is %s', async (expires, asOf, status) => {
    const subject = 'conv_a_old';
    const more = asOf === undefined ? {} : { asOf: new Date(asOf) };
    const entry = `{ rule: team, subject: ${subject}, reason: Known, expires: "${expires}" }`;
    const result = await audited(['old'], `suppressions: [${entry}]`, more);
    const findings = status === 'used' ? 1 : 0;
    expect(result.suppressions).toMatchObject([{ ...summary, rule: 'team', subject, expires, status, findings }]);
    expect(result.findings.filter((finding) => finding.subject.id === subject)).toHaveLength(1 - findings);
  });

  it('that has expired leaves findings to those that have not', async () => {
    const result = await audited(
      ['old'],
      `suppressions:
  - { rule: team, reason: Known, expires: 2026-09-13 }
  - { rule: team, reason: Known }`,
    );
    expect(result.suppressions.map(({ status, findings }) => [status, findings])).toEqual([
      ['expired', 0],
      ['used', 2],
    ]);
  });

  it('of a cause leaves what is below it, as something by itself', async () => {
    const known = await audited(['old', 'outage'], '');
    const symptoms = ({ findings }: AuditResult) => findings.filter(({ ruleId }) => ruleId === 'team/old');
    expect(symptoms(known).map(({ causedBy }) => causedBy.length)).toEqual([1, 1]);
    const result = await audited(['old', 'outage'], 'suppressions: [{ rule: team/outage, reason: Known }]');
    expect(result.findings.map(({ ruleId, causedBy }) => [ruleId, causedBy])).toEqual([
      ['team/old', []],
      ['team/old', []],
    ]);
  });

  it('lets no residual rule tell instead what it took away', async () => {
    const result = await audited(['old', 'rest'], 'suppressions: [{ rule: team/old, reason: Known }]');
    expect(result.findings).toEqual([]);
    expect(result.suppressions[0]?.findings).toBe(2);
  });
});
