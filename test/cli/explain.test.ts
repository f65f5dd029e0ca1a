import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-explain-'));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const explain = (...args: readonly string[]) => postlude(['explain', ...args]);
const records = async (...args: readonly string[]) => JSON.parse((await explain(...args, '--format', 'json')).stdout);
const idsOf = (rules: readonly { readonly id: string }[]) => rules.map(({ id }) => id);

describe('postlude explain', () => {
  test('tells what a code means, what to do, and which rules look at it', async () => {
    const { code, stdout, stderr } = await explain('530004');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^530004: Profile creation failed\nERROR, logged by conversation-orchestrator\n/);
    expect(stdout).toMatch(/^What it means\n {2}\S/m);
    expect(stdout).toMatch(/^What to do\n {2}\S/m);
    expect(stdout).toMatch(/^Rules that look at it\n( {2}\S+ +\S.*\n)+/m);
    expect(stdout).toContain('  profile/creation-failed ');
    expect(stdout).toMatch(/^Where no other rule tells of it\n {2}errors\/failed-request /m);
    expect(stdout).toMatch(/https:\/\/www\.twilio\.com\/docs\/api\/errors\/530004\n$/);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('tells of several, each once', async () => {
    const { stdout } = await explain('530001', '530003', '530001');
    expect(stdout.match(/^\d+: .+/gm)).toEqual(['530001: Profile resolution skipped', '530003: Profile lookup failed']);
  });

  test('lists all codes where none is named', async () => {
    const { code, stdout } = await explain();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ 21614 {2}ERROR {4}api +Invalid phone number$/m);
    expect(stdout).toMatch(/^530003 {2}WARNING {2}conversation-orchestrator {2}Profile lookup failed$/m);
  });

  test('is a list of records as JSON', async () => {
    const [record, ...more] = await records('20003');
    expect(more).toEqual([]);
    expect(Object.keys(record)).toEqual([
      'code',
      'title',
      'level',
      'source',
      'httpStatus',
      'meaning',
      'advice',
      'reference',
      'rules',
      'residualRules',
    ]);
    expect(record).toMatchObject({ code: 20_003, level: 'ERROR', source: 'api', httpStatus: 401 });
    expect(idsOf(record.rules)).toEqual(['errors/authentication-failed', 'errors/terms-not-accepted']);
    expect((await records()).length).toBeGreaterThan(15);
  });

  test.each([
    ['its number', '21614', ['errors/invalid-phone-number']],
    ['the HTTP status of the answer', '20404', ['errors/resource-not-found']],
    ['nothing', '20001', []],
  ])('finds rules by %s', async (_, code, ids) => {
    expect(idsOf((await records(code))[0].rules)).toEqual(ids);
  });

  test('names the residual rules that are left for a code', async () => {
    const [answer, warning, told] = await records('20001', '530003', '21614');
    expect(idsOf(answer.residualRules)).toEqual(['errors/api-error', 'errors/failed-request']);
    expect(idsOf(warning.residualRules)).toEqual([]);
    expect(idsOf(told.residualRules)).toEqual(['errors/failed-request']);
  });

  test('knows the rules of a folder, and not their comments', async () => {
    const head = '/*\ntitle: Mine\nseverity: info\nsubject: account\ncauses: { one: { message: m, fix: f } }\n*/\n';
    const select = 'SELECT account_id, account_id AS subject_id FROM events WHERE error_code =';
    await writeFile(join(folder, 'mine.sql'), `${head}${select} 95407`);
    await writeFile(join(folder, 'other.sql'), `${head}-- not 95407\n${select} 954071`);
    const { stdout } = await explain('95407', '--rules-dir', folder);
    expect(stdout).toMatch(/^ {2}mine +Mine$/m);
    expect(stdout).not.toMatch(/^ {2}other /m);
  });

  test('has help with examples', async () => {
    const { code, stdout } = await explain('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^postlude explain \[CODE…\]/);
    expect(stdout).toMatch(/Examples:\n {2}postlude explain 530004/);
  });
});

describe('what it cannot explain', () => {
  test.each([
    ['an unknown code', '53004', /^postlude: 53004 is not in the dictionary: the nearest is 530004; .*errors\/53004$/],
    [
      'an unknown code of Conversation Orchestrator',
      '530002',
      /the nearest are 530001, 530003, 530004; .*; errors\/unrecognised-code tells where it was logged$/,
    ],
    [
      'a code like no other',
      '11200',
      /^postlude: 11200 is not in the dictionary: postlude explain lists those it knows; /,
    ],
    ['an HTTP status', '404', /^postlude: 404 is an HTTP status, not an error code: postlude rules list errors/],
    [
      'a rule',
      'voice/silent-call',
      /^postlude: "voice\/silent-call" is a rule, not an error code: see postlude rules list/,
    ],
    ['a word', 'E53o004', /^postlude: "E53o004" is not an error code: codes are numbers, such as 530004; /],
  ])('%s is one line and exit code 2', async (_, text, message) => {
    const { code, stdout, stderr } = await explain(text);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('does not keep it from what it can', async () => {
    const { code, stdout, stderr } = await explain('530002', '530001');
    expect(stdout).toContain('530001: Profile resolution skipped');
    expect(stderr).toMatch(/^postlude: 530002 is not/);
    expect(code).toBe(2);
  });

  test.each([
    [
      'an unknown format',
      ['530001', '--format', 'xml'],
      /^postlude: explain --format must be terminal or json, not "xml"/,
    ],
    ['an unknown option', ['530001', '--frmat', 'json'], /^postlude: unknown option --frmat: did you mean --format\?/],
  ])('%s is refused', async (_, args, message) => {
    const { code, stdout, stderr } = await explain(...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
