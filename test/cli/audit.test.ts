import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from './postlude.ts';

const silentCall = 'fixtures/silent-call';
let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-cli-'));
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The rules of one folder alone: what others find, or fail with, is not the business of these tests. */
const voice = ['--rules', 'voice'];

describe('results', () => {
  test('go to standard output as a report for people, without colours and without progress', async () => {
    const { stdout, stderr } = await postlude(['audit', silentCall, ...voice]);
    expect(stdout).toMatch(/^postlude \d/);
    expect(stdout).toContain('voice/silent-call');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(stderr).toBe('');
  });

  test('have colours where they are forced, and not where they are refused', async () => {
    const coloured = await postlude(['audit', silentCall, ...voice], { env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[');
    const refused = await postlude(['audit', silentCall, ...voice, '--no-color'], { env: { FORCE_COLOR: '1' } });
    expect(refused.stdout).not.toContain('\u001b[');
  });

  test('as JSON are the contract, and nothing else is on standard output', async () => {
    const { stdout } = await postlude(['audit', silentCall, ...voice, '--format', 'json']);
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual([
      'tool',
      'run',
      'files',
      'issues',
      'rules',
      'findings',
      'suppressions',
      'accounts',
    ]);
    expect(result.findings.map(({ ruleId }: { ruleId: string }) => ruleId)).toContain('voice/silent-call');
  });

  test('can go to several files at once', async () => {
    const json = join(folder, 'report.json');
    const text = join(folder, 'report.txt');
    const { stdout } = await postlude([
      'audit',
      silentCall,
      ...voice,
      '--format',
      `json=${json}`,
      '--format',
      `terminal=${text}`,
    ]);
    expect(stdout).toBe('');
    expect(JSON.parse(await readFile(json, 'utf8')).tool.name).toBe('postlude');
    expect(await readFile(text, 'utf8')).toContain('voice/silent-call');
    expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  test('can go to pipelines in all their formats at once, and a format of bytes to a pipe', async () => {
    const formats = ['ndjson', 'csv', 'markdown', 'sarif', 'junit', 'github', 'arrow', 'parquet'];
    const into = formats.flatMap((name) => ['--format', `${name}=${join(folder, `all.${name}`)}`]);
    const { code, stdout, stderr } = await postlude(['audit', silentCall, ...voice, ...into, '--format', 'arrow']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.startsWith('ARROW1')).toBe(true);
    expect(stdout.trimEnd().endsWith('ARROW1')).toBe(true);
    const written = (await readdir(folder)).filter((name) => name.startsWith('all.'));
    expect(written.sort()).toEqual(formats.map((name) => `all.${name}`).sort());
    expect(await readFile(join(folder, 'all.sarif'), 'utf8')).toContain('voice/silent-call');
    expect((await readFile(join(folder, 'all.parquet'))).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('are the same for the same input, apart from how long it took', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => postlude(['audit', silentCall, ...voice, '--format', 'json'])),
    );
    const timeless = (text = '') => text.replaceAll(/"durationMs": \d+/g, '');
    expect(timeless(one?.stdout)).toBe(timeless(two?.stdout));
  });

  test('come from standard input as well', async () => {
    const input = await readFile(
      `${silentCall}/${(await readdir(silentCall)).find((name) => name.endsWith('.ndjson'))}`,
      'utf8',
    );
    const { stdout } = await postlude(['audit', '-', ...voice, '--format', 'json'], { input });
    expect(JSON.parse(stdout).run.events).toBeGreaterThan(0);
  });
});

describe('exit code', () => {
  const codeOf = async (...args: string[]) => (await postlude(['audit', ...args, '--quiet'])).code;

  test('is 1 where something was found at the level that fails, and 0 below it', async () => {
    expect(await codeOf(silentCall, ...voice, '--fail-on', 'warning')).toBe(1);
    expect(await codeOf(silentCall, ...voice)).toBe(0);
    expect(await codeOf(silentCall, ...voice, '--fail-on', 'never')).toBe(0);
  });

  test('does not depend on what is shown', async () => {
    const { code, stdout } = await postlude([
      'audit',
      silentCall,
      ...voice,
      '--fail-on',
      'warning',
      '--severity',
      'critical',
    ]);
    expect(stdout).toContain('Nothing found at critical or above.');
    expect(code).toBe(1);
  });

  test('is 2 where a named input does not exist, and says which', async () => {
    const { code, stdout, stderr } = await postlude(['audit', '/nowhere/at-all.ndjson', '--format', 'json']);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain('/nowhere/at-all.ndjson');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('is 2 where a pattern matches no rule', async () => {
    expect(await codeOf(silentCall, '--rules', 'voise')).toBe(2);
  });

  test('is 2 for rejected lines only with --strict', async () => {
    const file = join(folder, 'broken.ndjson');
    const entry = {
      logId: '1789372800003-67cbb62a',
      eventTime: '2026-09-14T08:00:00Z',
      source: 'conversation-orchestrator',
      eventType: 'conversation.created',
      level: 'INFO',
      errorCode: 0,
      body: {
        id: 'conv_conversation_01k4zzzzzzzzzzzzzzzzzzzzzz',
        accountId: 'AC00000000000000000000000000000001',
        status: 'ACTIVE',
      },
    };
    await writeFile(file, `${JSON.stringify(entry)}\n{"logId": "cut\n`);
    expect(await codeOf(file, ...voice)).toBe(0);
    expect(await codeOf(file, ...voice, '--strict')).toBe(2);
  });
});

test('--profile writes how DuckDB carried out the query of each rule, and nothing of it to standard output', async () => {
  const profiles = join(folder, 'profiles', 'new');
  const { code, stdout, stderr } = await postlude([
    'audit',
    silentCall,
    ...voice,
    '--profile',
    profiles,
    '--format',
    'json',
  ]);
  const { rules, findings } = JSON.parse(stdout);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(findings).toEqual(
    JSON.parse((await postlude(['audit', silentCall, ...voice, '--format', 'json'])).stdout).findings,
  );
  const ran = rules.filter(({ status }: { status: string }) => status === 'matched' || status === 'clean');
  expect(await readdir(join(profiles, 'voice'))).toEqual(
    ran.map(({ id }: { id: string }) => `${id.slice('voice/'.length)}.json`),
  );
  const profile = JSON.parse(await readFile(join(profiles, 'voice/silent-call.json'), 'utf8'));
  expect(profile.query_name).toContain('silent_conversations');
  expect(profile.latency).toBeGreaterThan(0);
});

test('a folder for profiles that cannot be made is told before anything is loaded', async () => {
  const file = join(folder, 'not-a-folder');
  await writeFile(file, '');
  const { code, stdout, stderr } = await postlude(['audit', silentCall, ...voice, '--profile', file]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/Cannot write profiles: .*--profile/);
});

test('leaves nothing behind in the folder for temporary files', async () => {
  const temp = await mkdtemp(join(folder, 'temp-'));
  await postlude(['audit', silentCall, ...voice, '--temp-dir', temp]);
  expect(await readdir(temp)).toEqual([]);
});
