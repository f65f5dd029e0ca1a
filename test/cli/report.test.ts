import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonReport } from '../../src/report/json.ts';
import { plainReport } from '../../src/report/options.ts';
import { hostile } from '../report/hostile-known.ts';
import { build, postlude } from './postlude.ts';

let folder: string;
let findings: { readonly fingerprint: string; readonly ruleId: string; readonly evidence: { logId: string }[] }[];

beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-report-'));
  await cp('fixtures/store-outage', join(folder, 'logs'), { recursive: true });
  await call('audit', 'logs', '--format', 'json=findings.json');
  findings = JSON.parse(await readFile(join(folder, 'findings.json'), 'utf8')).findings;
  await writeFile(join(folder, 'hostile.json'), [...jsonReport(hostile(), plainReport)].join(''));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const call = (...args: readonly string[]) => postlude(args, { cwd: folder });
const report = (...args: readonly string[]) => call('report', ...args);
const timeless = (text: string) => text.replaceAll(/"durationMs": \d+/g, '').replaceAll(/^took .*(?:\n {9}.*)*/gm, '');
const printOf = (ruleId: string) => findings.find((finding) => finding.ruleId === ruleId)?.fingerprint ?? '';

/** Nothing that a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202a-\u202e\u2066-\u2069]/;

async function expectRefused(args: readonly string[], message: RegExp | string): Promise<void> {
  const answer = await report(...args);
  expect(answer).toMatchObject({ code: 2, stdout: '' });
  expect(answer.stderr.trimEnd().split('\n')).toEqual([
    typeof message === 'string' ? `postlude: ${message}` : expect.stringMatching(message),
  ]);
}

describe('a result told again', () => {
  test('as JSON is the same, from a file and from standard input', async () => {
    const text = await readFile(join(folder, 'findings.json'), 'utf8');
    expect((await report('findings.json', '--format', 'json')).stdout).toBe(text);
    const piped = await postlude(['report', '-', '--format', 'json'], { input: text });
    expect(piped.stdout).toBe(text);
  });

  test('for people is what the audit tells, but for whom it hit', async () => {
    const hits = /^.*\b(?:hit|customers|×)\b.*$/gm;
    const [audited, told] = await Promise.all([
      call('audit', 'logs', '--tree', 'flat'),
      report('findings.json', '--tree', 'flat'),
    ]);
    const plain = (text: string) => timeless(text).replaceAll(hits, '');
    expect(plain(told.stdout)).toBe(plain(audited.stdout));
    expect(told.stdout).toContain('profile/store-outage');
    expect({ ...told, stdout: '' }).toEqual({ ...audited, stdout: '' });
  });

  test('has the exit codes of an audit, and the findings that were asked for', async () => {
    const codeOf = async (...args: string[]) => (await report('findings.json', ...args)).code;
    expect(await codeOf()).toBe(1);
    expect(await codeOf('--fail-on', 'never')).toBe(0);
    const { stdout } = await report('findings.json', '--severity', 'critical', '--format', 'json');
    expect(JSON.parse(stdout).findings).toHaveLength(1);
  });

  test('can go to several files at once, and in colour where that is forced', async () => {
    await report('findings.json', '--format', 'json=again.json', '--format', 'terminal=again.txt');
    expect(JSON.parse(await readFile(join(folder, 'again.json'), 'utf8')).findings).toHaveLength(33);
    expect(await readFile(join(folder, 'again.txt'), 'utf8')).toContain('33 findings under 1 root');
    const coloured = (...more: string[]) =>
      postlude(['report', 'findings.json', ...more], { cwd: folder, env: { FORCE_COLOR: '1' } });
    expect((await coloured()).stdout).toContain('\u001b[');
    expect((await coloured('--no-color')).stdout).not.toContain('\u001b[');
  });

  test('can be one that is older, without suppressions and accounts', async () => {
    const {
      suppressions: _,
      accounts: _accounts,
      ...older
    } = JSON.parse(await readFile(join(folder, 'findings.json'), 'utf8'));
    await writeFile(join(folder, 'older.json'), JSON.stringify(older));
    const [old, young] = await Promise.all([report('older.json'), report('findings.json')]);
    expect(old).toEqual(young);
  });

  test('tells of failed rules on standard error where no report for people does', async () => {
    const result = JSON.parse(await readFile(join(folder, 'findings.json'), 'utf8'));
    result.rules[0] = { ...result.rules[0], status: 'failed', reason: 'out of ideas' };
    await writeFile(join(folder, 'failed.json'), JSON.stringify(result));
    const { code, stderr } = await report('failed.json', '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 2, stderr: `rule ${result.rules[0].id} failed: out of ideas\n` });
  });

  test('that is hostile steers no terminal', async () => {
    for (const args of [
      ['--tree', 'full'],
      ['--format', 'json'],
    ]) {
      const { stdout, stderr } = await report('hostile.json', ...args);
      expect(stdout.length).toBeGreaterThan(1000);
      expect(stdout + stderr).not.toMatch(steering);
    }
  });
});

describe('is refused in one line:', () => {
  test('a file that is cut off, is something else, or is not there', async () => {
    const text = await readFile(join(folder, 'findings.json'), 'utf8');
    await writeFile(join(folder, 'cut.json'), text.slice(0, text.length / 2));
    await expectRefused(['cut.json'], 'cut.json is cut off: it ends in the middle of its JSON; write it again');
    await expectRefused(['logs/configuration.json'], /configuration\.json is no result of postlude; report reads/);
    await expectRefused(
      ['logs/debugger.ndjson'],
      /debugger\.ndjson is not JSON: it stops being so in line 2, column 1$/,
    );
    await expectRefused(['nowhere.json'], 'no such file: nowhere.json');
    await expectRefused(['logs'], /logs is a folder/);
    await expectRefused(['-'], 'standard input is empty');
  });

  test.each([
    ['no file', [], /report needs the file that audit --format json=FILE wrote/],
    ['two files', ['a.json', 'b.json'], /report reads one result, so b\.json is one too many/],
    ['an unknown option', ['findings.json', '--suport', 'x'], /unknown option --suport: did you mean --support\?/],
    ['an option of audits alone', ['findings.json', '--rules', 'voice'], /unknown option --rules/],
    ['an unknown format', ['findings.json', '--format', 'jsn'], /unknown format "jsn"/],
    ['--logs without a finding', ['findings.json', '--logs', 'logs'], /--logs is for a ticket: it needs --support/],
    [
      'a format with a finding',
      ['findings.json', '--support', '123456', '--format', 'json'],
      /--format is for reports/,
    ],
    [
      'a file for each account with a finding',
      ['findings.json', '--support', '123456', '--by', 'account'],
      /--by is for reports/,
    ],
    ['what is no fingerprint', ['findings.json', '--support', 'voice/x'], /16 hexadecimal digits .*not "voice\/x"/],
    ['one that is too short', ['findings.json', '--support', 'abcde'], /--support abcde is too short/],
    [
      'an unknown one',
      ['findings.json', '--support', '000000'],
      /findings\.json has no finding 000000: there are [0-9a-f]{16} \(profile\/store-outage\), .* and 30 more$/,
    ],
    [
      'to replace the result',
      ['findings.json', '--support', '000000', '--output', './findings.json'],
      /would replace the result/,
    ],
    [
      'a folder that is not there',
      ['findings.json', '--support', '000000', '--output', 'no/where.txt'],
      /there is no folder/,
    ],
  ])('%s', async (_, args, message) => {
    await expectRefused(args, message);
  });

  test('a beginning that several findings share, and one that only the baseline knows', async () => {
    const result = JSON.parse(await readFile(join(folder, 'findings.json'), 'utf8'));
    const [one, two] = ['abcdef0000000001', 'abcdef0000000002'];
    result.findings = result.findings.slice(0, 2);
    Object.assign(result.findings[0], { fingerprint: one });
    Object.assign(result.findings[1], { fingerprint: two, causedBy: [one] });
    await writeFile(join(folder, 'alike.json'), JSON.stringify(result));
    await expectRefused(
      ['alike.json', '--support', 'abcdef'],
      `2 findings begin with abcdef: ${one} (profile/store-outage), ${two} (profile/creation-failed); give more of it`,
    );
    const [{ ruleId, accountId, subject, severity, firstSeen, title, fingerprint }] = result.findings;
    const known = [{ ruleId, accountId, subject, severity, firstSeen, title, fingerprint }];
    await writeFile(join(folder, 'known.json'), JSON.stringify({ version: 1, findings: known }));
    await report('alike.json', '--baseline', 'known.json', '--format', 'json=new.json');
    await expectRefused(
      ['new.json', '--support', one],
      `finding ${one} is known from known.json, so new.json does not hold it: audit without --baseline`,
    );
    const ticket = await report('new.json', '--support', two);
    expect(ticket.stdout).toMatch(
      /explained by 1 finding of profile\/store-outage:\n {4}store \S+, finding abcdef0000000001\n/,
    );
  });

  test('a finding that is almost one', async () => {
    const print = printOf('profile/store-outage');
    const almost = `${print.slice(0, 6)}${print[7]}${print[6]}${print.slice(8)}`;
    await expectRefused(
      ['findings.json', '--support', almost],
      `findings.json has no finding ${almost}: did you mean ${print} (profile/store-outage)?`,
    );
  });
});

describe('a ticket', () => {
  test('holds the log entries as they stand in the files of the evidence', async () => {
    const print = printOf('profile/store-outage');
    const { code, stdout, stderr } = await report('findings.json', '--support', print.slice(0, 6).toUpperCase());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`finding ${print}.`);
    const [, entries = ''] = stdout.split(/^Raw log entries.*: \d+ of \d+\n/m);
    const lines = (await readFile('fixtures/store-outage/debugger.ndjson', 'utf8')).split('\n');
    const evidence = findings.find(({ fingerprint }) => fingerprint === print)?.evidence ?? [];
    expect(evidence.length).toBeGreaterThan(10);
    const told = entries.trimEnd().split('\n');
    expect(told.map((line) => JSON.parse(line).logId)).toEqual(evidence.map(({ logId }) => logId));
    expect(told.filter((line) => !lines.includes(line))).toEqual([]);
  });

  test('takes them from other places, compressed ones too, and says where they are missing', async () => {
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    const print = printOf('profile/unresolved-customer');
    const support = (...more: string[]) =>
      postlude(['report', '../findings.json', '--support', print, ...more], { cwd: elsewhere });

    const without = await support();
    expect(without.stdout).toContain('None: the logs were not at hand');
    expect(without.stderr).toMatch(/^postlude: the files of the evidence are not here: name them with --logs/);
    expect(without.code).toBe(0);

    const { stdout, stderr } = await support('--logs', '../logs');
    expect(stdout).toMatch(/^Raw log entries, as they stand in the export: (\d+) of \1$/m);
    expect(stderr).toBe('');

    const wrong = await support('--logs', '../logs/configuration.json', '--logs', '../missing');
    expect(wrong.stdout).toMatch(/^Not found in the logs: \d+ log entr/m);
    expect(wrong.stderr).toMatch(
      /^\.\.\/missing: no such file or folder: check the path\.\npostlude: \d+ of \d+ log entr/,
    );
    expect(wrong.code).toBe(2);

    await writeFile(join(elsewhere, 'notes.txt'), 'Called them at noon.\n');
    const beside = await support('--logs', '../logs', '--logs', 'notes.txt');
    expect(beside.stdout).toBe(stdout);
    expect(beside.stderr).toBe('notes.txt: not an export that postlude knows: text of no known shape.\n');
    expect(beside.code).toBe(2);
  });

  test('holds entries without an id and a zone, whatever --timezone was at the audit or at the load into a store', async () => {
    const cwd = join(folder, 'zones');
    await mkdir(cwd);
    const row = (time: string, status: string) =>
      `"${time}",INFO,conversation.updated,"${JSON.stringify({ id: 'conv_conversation_01m2fp1m4vfv0a7vh5vk49e0s8', accountId: 'AC00000000000000000000000000000001', status }).replaceAll('"', '""')}"`;
    // They differ in nothing but their times, and the first is the second on a clock of UTC.
    const header = 'Timestamp,Level,Event type,Log properties';
    const rows = [
      row('2026-10-25 02:10:00', 'ACTIVE'),
      row('2026-10-25 03:10:00', 'ACTIVE'),
      row('2026-10-25 04:10:00', 'CLOSED'),
      row('2026-10-25 05:10:00', 'ACTIVE'),
    ];
    await writeFile(join(cwd, 'console.csv'), [header, ...rows, ''].join('\n'));
    const reopened = ['--rules', 'lifecycle/illegal-transition', '--fail-on', 'never', '--format'];
    const berlin = ['--timezone', 'Europe/Berlin'];
    await postlude(['audit', 'console.csv', ...berlin, ...reopened, 'json=files.json'], { cwd });
    await postlude(['load', 'console.csv', '--db', 'events.duckdb', ...berlin], { cwd });
    await postlude(['audit', '--db', 'events.duckdb', ...reopened, 'json=store.json'], { cwd });
    await postlude(['audit', 'console.csv', '--timezone', '-09:30', ...reopened, 'json=offset.json'], { cwd });
    for (const result of ['files.json', 'store.json', 'offset.json']) {
      const [{ fingerprint }] = JSON.parse(await readFile(join(cwd, result), 'utf8')).findings;
      const { code, stdout, stderr } = await postlude(['report', result, '--support', fingerprint], { cwd });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const [, entries = ''] = stdout.split(/^Raw log entries.*: 4 of 4\n/m);
      expect(entries.match(/2026-10-25 \d\d/g)).toEqual(['02', '03', '04', '05'].map((hour) => `2026-10-25 ${hour}`));
    }

    // Another export of the same, in which they stand in other lines.
    await writeFile(join(cwd, 'later.csv'), [header, row('2026-10-25 06:30:00', 'CLOSED'), ...rows, ''].join('\n'));
    const [{ fingerprint }] = JSON.parse(await readFile(join(cwd, 'files.json'), 'utf8')).findings;
    const later = await postlude(['report', 'files.json', '--support', fingerprint, '--logs', 'later.csv'], { cwd });
    expect(later.stdout).toMatch(/^Raw log entries.*: 4 of 4$/m);
  });

  test('goes whole into a file, and leaves nothing else', async () => {
    const before = await readdir(folder);
    const { stdout } = await report(
      'findings.json',
      '--support',
      printOf('profile/creation-failed'),
      '--output',
      't.txt',
    );
    expect(stdout).toBe('');
    expect(await readFile(join(folder, 't.txt'), 'utf8')).toMatch(/^Profile creation failed\n=+\nAccount AC/);
    expect((await readdir(folder)).filter((name) => !before.includes(name))).toEqual(['t.txt']);
  });

  test('about hostile text steers no terminal', async () => {
    const [{ fingerprint = '' } = {}] = hostile().findings;
    const { stdout } = await report('hostile.json', '--support', fingerprint);
    expect(stdout).toContain('<script>');
    expect(stdout).not.toMatch(steering);
  });
});
