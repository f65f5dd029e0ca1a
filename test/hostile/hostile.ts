/**
 * The corpus of broken and hostile exports: each case is a few files that are made when it is tried, what is read of them, and what is
 * said. A case is tried as a user would, by the built program in a process of its own, so that its memory can be measured.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Answer, build, postlude } from '../cli/postlude.ts';

/** Bytes, text (written as UTF-8), or whatever makes the file at a path: one of hundreds of megabytes, a link, a folder. */
export type Content = string | Uint8Array | ((path: string) => Promise<void> | void);

/** Of one file: what was loaded, what was there already, and what was rejected. Together they are all that it holds. */
export type Counts = {
  readonly rows?: number;
  readonly duplicates?: number;
  readonly rejected?: number;
};

export type HostileCase = {
  /** What is wrong with it, as a phrase. */
  readonly name: string;
  /** By path in the folder of the case, which is where the program is called. */
  readonly files: Readonly<Record<string, Content>>;
  /** What the program is told to read; the files by name otherwise. */
  readonly paths?: readonly string[];
  /** By path as it is shown, every file that counts as read. */
  readonly counts?: Readonly<Record<string, Counts>>;
  /** What is said of each rejected record, in the order of files and lines: `path:line: reason`, or a pattern of that. */
  readonly rejects?: readonly (string | RegExp)[];
  /** In place of `rejects` where they are too many to be listed: a pattern of each, in the form of those. */
  readonly eachReject?: RegExp;
  /** Every issue but those of rejected records and notices, as `severity: path[:line]: message`, in order, or patterns of that. */
  readonly issues?: readonly (string | RegExp)[];
  /** Every notice but those of what is not in the export, in the form of `issues`; they are not looked at otherwise. */
  readonly notices?: readonly (string | RegExp)[];
  /** What `postlude sql` answers to a statement about the same files: the first column of every row, as text. */
  readonly answers?: Readonly<Record<string, readonly (string | null)[]>>;
  /** 0, or 2 where something that was named could not be read at all. */
  readonly code?: 0 | 2;
  /** More of what the program is told. */
  readonly args?: readonly string[];
  /** The command that starts the program, in front of it, where it is not started as it is. */
  readonly through?: readonly string[];
  /** Undoes what would keep the folder from being removed. */
  readonly after?: (folder: string) => Promise<void> | void;
};

/** Of every case: seconds from start to exit (or on the processor, if that is less), and bytes of resident memory at the most. */
const mostSeconds = 10;
const mostBytes = 1.5e9;

const tellUsage = fileURLToPath(new URL('../report-usage.mjs', import.meta.url));
const usageSchema = z.object({ peak: z.number(), busy: z.number() });

const resultSchema = z.object({
  run: z.object({ events: z.number(), duplicates: z.number() }),
  files: z.array(z.object({ path: z.string(), rows: z.number(), rejected: z.number(), duplicates: z.number() })),
  issues: z.array(
    z.object({ severity: z.string(), file: z.string().nullable(), line: z.number().nullable(), message: z.string() }),
  ),
});
const rejectSchema = z.object({ file: z.string(), line: z.number(), reason: z.string(), text: z.string() });

/** Registers a test for each case. */
export function hostile(theme: string, cases: readonly HostileCase[]): void {
  describe(theme, () => {
    let root: string;
    beforeAll(async () => {
      await build();
      root = await mkdtemp(join(tmpdir(), 'postlude-hostile-'));
    }, 180_000);
    afterAll(() => rm(root, { recursive: true, force: true }));

    // Making a large file takes a while, too; how long the program may take is told below.
    it.each(cases.map((one, at) => [one.name, one, at] as const))('%s', { timeout: 60_000 }, async (_, one, at) => {
      const folder = join(root, String(at));
      await make(folder, one);
      try {
        await check(folder, join(root, `${at}.`), one);
      } finally {
        await one.after?.(folder);
      }
    });
  });
}

async function make(folder: string, { files }: HostileCase): Promise<void> {
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    if (typeof content === 'function') await content(path);
    else await writeFile(path, content);
  }
}

/** @param beside begins the names of what is written, outside of the folder that is read */
async function check(folder: string, beside: string, one: HostileCase): Promise<void> {
  const paths = one.paths ?? Object.keys(one.files);
  const rejectsFile = `${beside}rejects.ndjson`;
  const usageFile = `${beside}usage`;
  const started = performance.now();
  const answer = await postlude(
    // One cheap rule, which finds nothing: what is tried is the reading.
    [
      'audit',
      ...paths,
      '--format',
      'json',
      '--rejects',
      rejectsFile,
      '--rules',
      'merge/multiple-customers',
      '--strict',
      '--no-config',
      '--fail-on',
      'never',
      ...(one.args ?? []),
    ],
    { cwd: folder, through: one.through ?? [], env: { USAGE_FILE: usageFile, NODE_OPTIONS: `--import ${tellUsage}` } },
  );
  const seconds = (performance.now() - started) / 1000;

  expect(answer.stderr).not.toMatch(/bug in postlude|^\s+at .*:\d+:\d+\)?$/m);
  expect(answer.stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
  const { files, issues } = resultSchema.parse(parsed(answer));
  const rejects = (await readFile(rejectsFile, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => rejectSchema.parse(JSON.parse(line)));

  const counted = Object.fromEntries(
    files.map(({ path, rows, duplicates, rejected }) => [path, { rows, duplicates, rejected }]),
  );
  const none = { rows: 0, duplicates: 0, rejected: 0 };
  expect(counted).toEqual(
    Object.fromEntries(Object.entries(one.counts ?? {}).map(([path, counts]) => [path, { ...none, ...counts }])),
  );
  const told = rejects.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
  const { eachReject } = one;
  if (eachReject === undefined) expect(told).toEqual((one.rejects ?? []).map(pattern));
  else expect(told.filter((reject) => !eachReject.test(reject))).toEqual([]);
  // What was counted is what was told.
  const lost = files.reduce((sum, { rejected }) => sum + rejected, 0);
  expect(rejects).toHaveLength(lost);
  expect(rejects.filter(({ text }) => text.length > 500)).toEqual([]);

  const isAboutRejects = (message: string) => /^[\d,]+ records? rejected/.test(message);
  const others = issues.filter(({ severity, message }) => severity !== 'notice' && !isAboutRejects(message));
  expect(others.map(shown)).toEqual((one.issues ?? []).map(pattern));
  if (one.notices !== undefined) {
    const notices = issues.filter(
      ({ severity, message }) => severity === 'notice' && !/^no .+ are in the export/.test(message),
    );
    expect(notices.map(shown)).toEqual(one.notices.map(pattern));
  }
  expect(issues.every(({ message }) => !/\p{Cc}/u.test(message))).toBe(true);
  // With --strict a loss is 2 as well.
  const isLossy = issues.some(({ severity }) => severity === 'data_loss');
  expect(isLossy).toBe(lost > 0 || others.some(({ severity }) => severity === 'data_loss'));
  expect(answer.code).toBe(isLossy ? 2 : (one.code ?? 0));

  const usage = usageSchema.parse(JSON.parse(await readFile(usageFile, 'utf8')));
  // Where others keep the machine busy, what counts is how busy the program was itself.
  const taken = Math.min(seconds, usage.busy);
  const peak = usage.peak * 1024;
  // What comes near the limits shows in the output of a run.
  if (taken > mostSeconds / 4 || peak > mostBytes / 2)
    console.info(`${one.name}: ${taken.toFixed(1)} s, ${Math.round(peak / 1e6)} MB`);
  expect(taken).toBeLessThan(mostSeconds);
  expect(peak).toBeLessThan(mostBytes);

  for (const [statement, rows] of Object.entries(one.answers ?? {})) {
    const asked = await postlude(['sql', ...paths, '--format', 'json', '--quiet', '-c', statement], { cwd: folder });
    const found = z.array(z.record(z.string(), z.unknown())).parse(parsed(asked));
    const first = found.map((row) => Object.values(row)[0]);
    expect(first.map((value) => (value === null ? null : String(value)))).toEqual(rows);
  }
}

function shown({ severity, file, line, message }: z.infer<typeof resultSchema>['issues'][number]): string {
  return `${severity}: ${file ?? ''}${line === null ? '' : `:${line}`}: ${message}`;
}

function pattern(expected: string | RegExp): unknown {
  return typeof expected === 'string' ? expected : expect.stringMatching(expected);
}

function parsed({ code, stdout, stderr }: Answer): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`no result: exit code ${code}, ${stderr}`);
  }
}
