/**
 * Files that change while they are read. What is read of them depends on the moment, but not that it is told: whoever got less or other
 * than what stands in the file afterwards hears of it, and nothing crashes or hangs.
 */
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Answer, build, postlude } from '../cli/postlude.ts';
import { lines } from './entries.ts';

let folder: string;
beforeAll(build, 180_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-changing-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Enough that reading it takes longer than noticing that it is read. */
const many = 15_000;

const kinds = [
  { kind: 'read by DuckDB', name: 'a.ndjson', pack: (text: string) => Buffer.from(text) },
  { kind: 'read record by record', name: 'a.ndjson.gz', pack: (text: string) => gzipSync(text) },
] as const;

const resultSchema = z.object({
  files: z.array(z.object({ path: z.string(), rows: z.number(), rejected: z.number(), duplicates: z.number() })),
  issues: z.array(z.object({ severity: z.string(), file: z.string().nullable(), message: z.string() })),
});

/** Calls the program and changes a file once it has it open; it stands still meanwhile, so that it cannot be done before. */
async function meanwhile(args: readonly string[], file: string, change: () => Promise<void>): Promise<Answer> {
  const answer = await postlude(args, {
    cwd: folder,
    async meanwhile(child) {
      await opened(child, file);
      child.kill('SIGSTOP');
      try {
        await change();
      } finally {
        child.kill('SIGCONT');
      }
    },
  });
  expect(answer.stderr).not.toMatch(/bug in postlude|^\s+at .*:\d+:\d+\)?$/m);
  return answer;
}

async function opened(child: ChildProcess, file: string): Promise<void> {
  while (child.exitCode === null) {
    if (filesOf(child).includes(file)) return;
    await wait(1);
  }
  throw new Error('the file was never seen open');
}

function filesOf(child: ChildProcess): readonly string[] {
  const place = `/proc/${child.pid}/fd`;
  try {
    return readdirSync(place).map((fd) => readlinkSync(join(place, fd)));
  } catch {
    // Closed between the two, or there is no such list yet.
    return [];
  }
}

describe.each(kinds)('a file that is $kind', ({ name, pack }) => {
  // Made before: it takes as long as the reading.
  const more = pack(lines(many, many + 1));
  const changes = [
    ['grows', (path: string) => appendFile(path, more), 2 * many],
    ['is cut', (path: string) => truncate(path, 10_001), null],
    ['is emptied', (path: string) => truncate(path, 0), 0],
    ['is taken away', (path: string) => rm(path), null],
    [
      'is replaced',
      async (path: string) => {
        await writeFile(`${path}.new`, pack(lines(5, 3 * many)));
        await rename(`${path}.new`, path);
      },
      5,
    ],
    ['is replaced by another kind', (path: string) => writeFile(path, '\u007fELF no export'), 0],
  ] as const;

  test.each(changes)(
    '%s',
    async (_, change, rowsAfter) => {
      const path = join(folder, name);
      await writeFile(path, pack(lines(many)));
      const { code, stdout } = await meanwhile(
        ['audit', name, '--format', 'json', '--no-config', '--rules', 'voice/silent-call', '--fail-on', 'never'],
        path,
        () => change(path),
      );
      const { files, issues } = resultSchema.parse(JSON.parse(stdout));
      const told = issues.filter(({ file }) => file === name);
      const [read] = files;
      // What stands there afterwards can be all that was read, where the change came first.
      if (read === undefined || read.rows !== rowsAfter) expect(told).not.toEqual([]);
      if (read === undefined) expect(told.map(({ severity }) => severity)).toContain('error');
      expect(read?.rows ?? 0).toBeLessThanOrEqual(2 * many);
      expect(told.every(({ message }) => /^[^\n]+$/.test(message))).toBe(true);
      expect(code).toBe(told.some(({ severity }) => severity === 'error') ? 2 : 0);
    },
    120_000,
  );

  test('is loaded into a store, grows meanwhile, and is whole once it is loaded again', async () => {
    const path = join(folder, name);
    await writeFile(path, pack(lines(many)));
    const first = await meanwhile(['load', name, '--db', 'a.duckdb'], path, () => appendFile(path, more));
    expect(first.code).toBe(0);
    const again = await postlude(['load', name, '--db', 'a.duckdb'], { cwd: folder });
    const added = (stderr: string) => Number(/ ([\d,]+) entries added/.exec(stderr)?.[1]?.replaceAll(',', ''));
    expect(added(first.stderr) + added(again.stderr)).toBe(2 * many);
    if (added(again.stderr) > 0) expect(first.stderr).toContain('changed while it was read');
  }, 120_000);

  test('is loaded into a store, is written over by as much meanwhile, and is whole once it is loaded again', async () => {
    const path = join(folder, name);
    await writeFile(path, Buffer.concat([pack(lines(many))]));
    const { length } = await readFile(path);
    const other = pack(lines(10, 3 * many));
    // Blanks at the end are no records; behind gzip they are padding.
    const padded = Buffer.concat([other, Buffer.alloc(length - other.length, name.endsWith('.gz') ? 0 : 0x0a)]);
    await meanwhile(['load', name, '--db', 'a.duckdb'], path, () => writeFile(path, padded));
    await postlude(['load', name, '--db', 'a.duckdb'], { cwd: folder });
    const { stdout } = await postlude(
      [
        'sql',
        '--db',
        'a.duckdb',
        '--format',
        'csv',
        '-c',
        `SELECT count(*) AS n FROM events WHERE log_id >= 'hostile-${3 * many}' AND log_id < 'hostile-${3 * many}a'`,
      ],
      { cwd: folder },
    );
    expect(stdout).toContain('1');
  }, 120_000);
});
