/** `postlude load` and what reads a store, as processes: what they say, and how they end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { build, cliPath, postlude } from '../cli/postlude.ts';
import { day } from '../generate/day.ts';
import { ndjson } from '../generate/shapes/json.ts';
import { stateOfFile } from './stores.ts';

let folder: string;
let exports: string;
let db: string;
const { entries } = day(1, 4, ['silent', 'sharedProfile']);
const count = entries.length;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-store-cli-'));
  exports = join(folder, 'exports');
  db = join(folder, 'events.duckdb');
  await mkdir(exports);
  await writeFile(join(exports, 'a.ndjson'), ndjson(entries));
  await writeFile(join(exports, 'notes.txt'), 'bought milk\n');
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const plain = (text: string) => text.replaceAll(`${folder}/`, '').replaceAll(/\d+\.\d s/g, '0.0 s');
const load = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await postlude(['load', ...args]);
  return { code, stdout, lines: plain(stderr).trimEnd().split('\n') };
};

describe('postlude load', () => {
  it('says what it read, what was new, and what it passed over', { timeout: 60_000 }, async () => {
    const passedOver = 'postlude: exports/notes.txt: passed over: text of no known shape.';
    expect(await load(exports, '--db', db)).toEqual({
      code: 0,
      stdout: '',
      lines: [
        passedOver,
        `postlude: events.duckdb: 2 files read; ${count} entries added, 0 duplicate, 0 rejected (0.0 s)`,
      ],
    });
    expect(await load(exports, '--db', db)).toEqual({
      code: 0,
      stdout: '',
      lines: ['postlude: events.duckdb: 0 files read, 2 unchanged; 0 entries added, 0 duplicate, 0 rejected (0.0 s)'],
    });
    expect(await load(join(exports, 'notes.txt'), '--db', db)).toEqual({
      code: 2,
      stdout: '',
      lines: [
        'postlude: exports/notes.txt: not an export that postlude knows: text of no known shape.',
        'postlude: events.duckdb: 1 file read; 0 entries added, 0 duplicate, 0 rejected (0.0 s)',
      ],
    });
    // Nothing else lies beside it.
    expect((await readdir(folder)).sort()).toEqual(['events.duckdb', 'exports']);
  });

  it('ends with 2 for rejected lines only where it is strict', { timeout: 60_000 }, async () => {
    const torn = join(folder, 'torn.ndjson');
    const file = (name: string) => join(folder, name);
    await writeFile(torn, `${ndjson(entries.slice(0, 3))}{"logId": "1\n`);
    const rejected = /^postlude: torn\.ndjson:4: 1 record rejected: /;
    for (const [args, code] of [
      [[], 0],
      [['--strict'], 2],
    ] as const) {
      const ended = await load(torn, '--db', file(`torn-${code}.duckdb`), ...args);
      expect(ended).toEqual({
        code,
        stdout: '',
        lines: [
          expect.stringMatching(rejected),
          expect.stringMatching(/: 1 file read; 3 entries added, 0 duplicate, 1 rejected/),
        ],
      });
    }
    // A file that is not read again has lost no less.
    for (const [args, code] of [
      [[], 0],
      [['--strict'], 2],
    ] as const) {
      expect(await load(torn, '--db', file('torn-2.duckdb'), ...args)).toEqual({
        code,
        stdout: '',
        lines: [
          expect.stringMatching(rejected),
          expect.stringMatching(/: 0 files read, 1 unchanged; 0 entries added, 0 duplicate, 0 rejected/),
        ],
      });
    }
    for (const name of ['torn.ndjson', 'torn-0.duckdb', 'torn-2.duckdb']) await rm(file(name));
  });

  it('reads standard input, and keeps tables and payloads where it is told to', { timeout: 60_000 }, async () => {
    const piped = join(folder, 'piped.duckdb');
    const ended = await postlude(['load', '-', '--db', piped, '--bodies', '--tables'], { input: ndjson(entries) });
    expect([ended.code, ended.stdout]).toEqual([0, '']);
    const sql = await postlude([
      'sql',
      '--db',
      piped,
      '--format',
      'csv',
      '-c',
      'SELECT count(*) AS n, count(body) AS bodies FROM events',
    ]);
    expect([sql.code, sql.stdout.trim().split(/\r?\n/)]).toEqual([0, ['n,bodies', `${count},${count}`]]);
    await rm(piped);
  });
});

describe('a store is told like its files', () => {
  it('by audit, trace and sql', { timeout: 120_000 }, async () => {
    const file = join(folder, 'told.duckdb');
    await load(exports, '--db', file);
    const conversation = String(entries.find(({ eventType }) => eventType === 'conversation.created')?.body.id);
    const question = [
      '--format',
      'json',
      '-c',
      'SELECT event_type, count(*) AS n FROM events GROUP BY ALL ORDER BY ALL',
    ];
    for (const [one, other] of [
      [
        ['audit', exports],
        ['audit', '--db', file],
      ],
      [
        ['audit', exports, '--format', 'json', '--to', '2026-09-14T08:30:00Z'],
        ['audit', '--db', file, '--format', 'json', '--to', '2026-09-14T08:30:00Z'],
      ],
      [
        ['trace', conversation, exports],
        ['trace', conversation, '--db', file],
      ],
      [
        ['sql', exports, ...question],
        ['sql', '--db', file, ...question],
      ],
    ] as const) {
      const [files, stored] = [await postlude(one), await postlude(other)];
      // How long it took, and in which phases, is last in a report for people.
      const same = (text: string) => text.replaceAll(/"durationMs": \d+/g, '"durationMs": 0').replace(/^took .*/ms, '');
      expect(files.stdout.length).toBeGreaterThan(100);
      expect([stored.code, same(stored.stdout)]).toEqual([files.code, same(files.stdout)]);
    }
    await rm(file);
  });

  it('and payloads that it lacks are missed in one line', { timeout: 60_000 }, async () => {
    const rules = join(folder, 'rules');
    await mkdir(rules);
    await writeFile(
      join(rules, 'looks.sql'),
      `/*
title: Looks
severity: info
subject: account
reference: https://example.org/
causes:
  mine: { message: "{subject_id}", fix: f }
*/
SELECT account_id, account_id AS subject_id, 'mine' AS cause FROM events WHERE body IS NOT NULL`,
    );
    const { code, stdout, stderr } = await postlude(['audit', '--db', db, '--rules-dir', rules, '--rules', 'looks']);
    expect([code, stdout]).toEqual([2, '']);
    expect(plain(stderr)).toBe(
      'postlude: rules of this run look into payloads, which events.duckdb does not hold: load the exports with --bodies into another one, or choose rules with --rules\n',
    );
    await rm(rules, { recursive: true });
  });
});

describe('a wrong call is one line, and changes nothing', () => {
  const text = () => join(folder, 'text.duckdb');
  const cases: readonly [string, () => readonly string[], string | RegExp][] = [
    [
      'load without --db',
      () => ['load', exports],
      'name the store that exports are loaded into: postlude load PATH… --db FILE',
    ],
    [
      'load without PATH',
      () => ['load', '--db', db],
      'load needs a file or folder of exported events: postlude load PATH… --db FILE',
    ],
    ['load with an empty --db', () => ['load', exports, '--db', ' '], '--db is empty; give it a value'],
    ['load with two stores', () => ['load', exports, '--db', db, '--db', db], /--db/],
    ['load with a wrong zone', () => ['load', exports, '--db', db, '--timezone', 'Mars'], /--timezone|zone/],
    [
      'load into a missing folder',
      () => ['load', exports, '--db', join(folder, 'no/such.duckdb')],
      /^cannot write no\/such\.duckdb: there is no folder no; create it first$/,
    ],
    [
      'load into a folder',
      () => ['load', exports, '--db', exports],
      /^cannot write exports: it is a folder; name a file in it$/,
    ],
    ['load into a text', () => ['load', exports, '--db', text()], 'text.duckdb is not a DuckDB file'],
    ['load into a device', () => ['load', exports, '--db', '/dev/null'], /^\/dev\/null is no ordinary file/],
    [
      'load with --bodies into a store without',
      () => ['load', exports, '--db', db, '--bodies'],
      /^events\.duckdb was made without --bodies/,
    ],
    [
      'audit of files and a store',
      () => ['audit', exports, '--db', db],
      'files and a store are not looked at together: add exports to the store (postlude load PATH… --db events.duckdb), or leave out --db',
    ],
    [
      'audit of a store in a zone',
      () => ['audit', '--db', db, '--timezone', 'UTC'],
      '--timezone says how to read files, and those of a store are read: give it to postlude load',
    ],
    ['audit of nothing', () => ['audit'], /^audit needs a file or folder of exported events, or a store: /],
    [
      'audit of a store that is not there',
      () => ['audit', '--db', join(folder, 'none.duckdb')],
      /^there is no file none\.duckdb; write one with postlude load/,
    ],
    ['audit of a text', () => ['audit', '--db', text()], 'text.duckdb is not a DuckDB file'],
    [
      'trace in files and a store',
      () => ['trace', 'CA1', exports, '--db', db],
      /^files and a store are not looked at together/,
    ],
    [
      'sql of a store that is not there',
      () => ['sql', '--db', join(folder, 'none.duckdb'), '-c', 'SELECT 1'],
      /^there is no file none\.duckdb/,
    ],
  ];
  beforeAll(() => writeFile(text(), 'mine'));

  it.each(cases)('%s', { timeout: 30_000 }, async (_, args, message) => {
    const there = async () => [
      (await readdir(folder)).sort(),
      existsSync(db) && (await stateOfFile(db)),
      await readFile(text(), 'utf8'),
    ];
    const before = await there();
    const { code, stdout, stderr } = await postlude(args());
    expect([code, stdout]).toEqual([2, '']);
    const [said, ...more] = plain(stderr).replaceAll(folder, '.').split('\n');
    expect(more).toEqual(['']);
    expect(said?.replace(/^postlude: /, '')).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
    expect(await there()).toEqual(before);
  });
});

describe('a load that is stopped', () => {
  let running: ChildProcess | null = null;
  afterEach(() => running?.kill('SIGKILL'));

  it('ends with 130, and leaves a store that the next load completes', { timeout: 60_000 }, async () => {
    const file = join(folder, 'stopped.duckdb');
    const temp = join(folder, 'temp');
    await mkdir(temp);
    // It waits for what comes through the pipe, and so long nothing is added.
    const child = spawn(process.execPath, [cliPath, 'load', exports, '-', '--db', file], {
      env: { ...process.env, TMPDIR: temp },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    running = child;
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.write('{"logId":');
    const isWaiting = async () => (await readdir(temp, { recursive: true })).some((name) => name.endsWith('stream-0'));
    for (let tries = 0; tries < 1500 && !(await isWaiting()); tries++) await wait(20);
    const ended = once(child, 'close');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(stderr).toMatch(/^postlude: stopped while /);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(await readdir(temp)).toEqual([]);

    const empty = await postlude(['sql', '--db', file, '--format', 'csv', '-c', 'SELECT count(*) AS n FROM events']);
    expect([empty.code, empty.stdout.trim().split(/\r?\n/)]).toEqual([0, ['n', '0']]);
    expect((await load(exports, '--db', file)).lines.at(-1)).toContain(`${count} entries added`);
    expect((await stat(file)).isFile()).toBe(true);
  });
});
