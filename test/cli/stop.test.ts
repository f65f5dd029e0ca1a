import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { build, cliPath } from './postlude.ts';

let folder: string;
/** Where the program puts what is temporary, and nobody else does. */
let temp: string;
let running: ChildProcess[] = [];

beforeAll(build, 180_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-stop-'));
  temp = join(folder, 'temp');
  for (const each of ['temp', 'out', 'rules']) await mkdir(join(folder, each));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  await rm(folder, { recursive: true, force: true });
});

type Started = {
  readonly child: ChildProcess;
  /** Sends a signal, and tells how the program ended and how long that took. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null; ms: number; stderr: string }>;
};

function start(args: readonly string[], input: 'pipe' | 'ignore' = 'ignore'): Started {
  const child = spawn(process.execPath, [cliPath, ...args], {
    env: { ...process.env, TMPDIR: temp },
    stdio: [input, 'ignore', 'pipe'],
  });
  running.push(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    child,
    async stop(signal) {
      const ended = once(child, 'close');
      const sent = performance.now();
      child.kill(signal);
      const [code, by] = await ended;
      return { code, signal: by, ms: performance.now() - sent, stderr };
    },
  };
}

/** Waits until it holds, for a machine under any load. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    if (await holds()) return;
    await wait(20);
  }
  throw new Error('it never came so far');
}

const isAtWork = async () => (await readdir(temp)).length > 0;

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(temp)).toEqual([]);
  expect(await readdir(join(folder, 'out'))).toEqual([]);
}

const header = (name: string) => `/*
title: ${name}
severity: info
subject: conversation
reference: https://example.org/
causes:
  mine: { message: "{subject_id}", fix: f }
*/
`;

/** Rules run in the order of their ids: the first leaves a mark, and the second never ends. */
async function endlessRule(): Promise<{ readonly isRunning: () => boolean }> {
  const mark = join(folder, 'mark');
  const rows = "SELECT account_id, conversation_id AS subject_id, 'mine' AS cause FROM conversations";
  await writeFile(join(folder, 'rules/a-mark.sql'), `${header('Mark')}${rows}`);
  await writeFile(
    join(folder, 'rules/a-mark.ts'),
    `import { writeFileSync } from 'node:fs';
import { predicate } from 'postlude';
export default predicate(() => {
  writeFileSync(${JSON.stringify(mark)}, '');
  return false;
});`,
  );
  await writeFile(join(folder, 'rules/b-endless.sql'), `${header('Endless')}${endless}`);
  return { isRunning: () => existsSync(mark) };
}

const endless = `SELECT a.account_id, a.conversation_id AS subject_id, 'mine' AS cause
FROM events a, range(100000000) b (x), range(100000000) c (y)
WHERE a.conversation_id IS NOT NULL AND hash(a.log_id, x, y) = 42`;

/** Reads a pipe into which nobody ever writes: a thread waits for it, and nothing ends that. */
async function stuck(): Promise<Started> {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const started = start(['audit', pipe]);
  const writer = createWriteStream(pipe);
  onTestFinished(() => {
    writer.destroy();
  });
  // It is open when somebody reads it.
  await once(writer, 'open');
  await wait(100);
  return started;
}

describe('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    '%s stops a rule that never ends, and leaves nothing behind',
    async (signal, code) => {
      const rule = await endlessRule();
      const { stop } = start([
        ...['audit', 'fixtures/silent-call', '--no-config', '--rules-dir', join(folder, 'rules')],
        ...['--rules', 'a-mark', '--rules', 'b-endless', '--format', `json=${join(folder, 'out/report.json')}`],
      ]);
      await until(rule.isRunning);
      await wait(300);
      const ended = await stop(signal);
      expect(ended).toMatchObject({
        code,
        stderr: 'postlude: stopped while running rules (1 of 2): nothing was written\n',
      });
      expect(ended.ms).toBeLessThan(1000);
      await expectNothingLeft();
    },
    60_000,
  );

  test('stops a load, and a report that was there stays as it was', async () => {
    const lines = await readFile('fixtures/silent-call/debugger.ndjson', 'utf8');
    const export_ = createWriteStream(join(folder, 'big.ndjson'));
    for (let written = 0; written < 100e6; written += lines.length) export_.write(lines);
    export_.end();
    await once(export_, 'close');
    const report = join(folder, 'report.json');
    await writeFile(report, 'the old one');
    const { stop } = start(['audit', join(folder, 'big.ndjson'), '--format', `json=${report}`]);
    await until(isAtWork);
    await wait(500);
    const ended = await stop('SIGINT');
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/^postlude: stopped while [a-z0-9 ]+(?: \(.*\))?: nothing was written\n$/);
    expect(ended.ms).toBeLessThan(1000);
    expect(await readFile(report, 'utf8')).toBe('the old one');
    await expectNothingLeft();
    expect((await readdir(folder)).sort()).toEqual(['big.ndjson', 'out', 'report.json', 'rules', 'temp']);
  }, 60_000);

  test('stops waiting for standard input', async () => {
    const { stop, child } = start(['trace', 'CA00000000000000000000000000000001', '-'], 'pipe');
    child.stdin?.write('{"logId":');
    // What comes is copied, as it is read more than once.
    await until(async () => (await readdir(temp, { recursive: true })).some((name) => name.endsWith('stream-0')));
    expect(await stop('SIGTERM')).toMatchObject({
      code: 143,
      stderr: 'postlude: stopped while reading standard input: nothing was written\n',
    });
    await expectNothingLeft();
  }, 60_000);

  test('stops a statement', async () => {
    const { stop } = start([
      ...['sql', 'fixtures/silent-call', '--db', join(folder, 'out/kept.duckdb')],
      ...['-c', 'SELECT count(*) FROM range(100000000) a (x), range(100000000) b (y) WHERE hash(x, y) = 42'],
    ]);
    // Tables are kept before they are asked.
    await until(() => existsSync(join(folder, 'out/kept.duckdb')));
    await until(isAtWork);
    await wait(1000);
    const { code, stderr, ms } = await stop('SIGINT');
    expect(code).toBe(130);
    expect(stderr).toContain(
      `postlude: stopped while running statements: ${join(folder, 'out/kept.duckdb')} was written; nothing`,
    );
    expect(ms).toBeLessThan(1000);
    expect(await readdir(temp)).toEqual([]);
    expect(await readdir(join(folder, 'out'))).toEqual(['kept.duckdb']);
  }, 60_000);

  test.each([
    [
      'rules test',
      ['rules', 'test'],
      /while (?:putting cases on stage|playing cases \(0 of 2\)): nothing was written\n$/,
    ],
    [
      'rules run',
      ['rules', 'run', 'b-endless', 'fixtures/silent-call'],
      /while (?:running b-endless|[a-z0-9 ]+(?: \(.*\))?): nothing was written\n$/,
    ],
  ] as const)(
    'stops %s',
    async (_, args, message) => {
      await endlessRule();
      for (const name of ['a-mark.sql', 'a-mark.ts']) await rm(join(folder, 'rules', name));
      await writeFile(
        join(folder, 'rules/b-endless.cases.yaml'),
        'cases:\n  - name: one\n    events: &events\n      - { type: conversation.created, conversation: talk }\n    expect: [{ subject: talk }]\n  - { name: two, events: *events, expect: [] }\n',
      );
      const { stop } = start([...args, '--rules-dir', join(folder, 'rules')]);
      await until(isAtWork);
      await wait(2500);
      const ended = await stop('SIGINT');
      expect(ended.stderr).toMatch(message);
      expect(ended.code).toBe(130);
      expect(ended.ms).toBeLessThan(1000);
      await expectNothingLeft();
    },
    60_000,
  );

  test('that comes a second time ends at once what does not come to rest', async () => {
    const { stop, child } = await stuck();
    const sent = performance.now();
    child.kill('SIGINT');
    await wait(100);
    const ended = await stop('SIGINT');
    // For a shell that is exit code 130.
    expect(ended).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(performance.now() - sent).toBeLessThan(600);
    await expectNothingLeft();
  }, 60_000);

  test('ends what does not come to rest within a second, too', async () => {
    const { stop } = await stuck();
    const ended = await stop('SIGTERM');
    expect(ended).toMatchObject({ signal: 'SIGTERM', stderr: expect.stringMatching(/^postlude: stopped while /) });
    expect(ended.ms).toBeLessThan(1000);
    await expectNothingLeft();
  }, 60_000);
});
