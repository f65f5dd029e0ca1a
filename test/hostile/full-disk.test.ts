/**
 * Disks that are full: whatever is written there, the program ends with one line that names it and says what to do, and leaves what was
 * there as it was. A disk is a file system of a few kilobytes in memory, which only the program and what looks at it afterwards see.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answer, build, postlude } from '../cli/postlude.ts';
import { idOf, line, lines } from './entries.ts';

let folder: string;
/** How a file system is made that others do not see. */
let apart: readonly string[];

// Some call the program several times, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  await build();
  apart = wayToMount();
}, 180_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-full-'));
  for (const name of ['disk', 'before', 'after', 'temp']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function wayToMount(): readonly string[] {
  const probe = 'mkdir -p "$0" && mount -t tmpfs -o size=4k tmpfs "$0" && umount "$0" && rmdir "$0"';
  const place = join(tmpdir(), `postlude-full-probe-${process.pid}`);
  const ways = [
    ['unshare', '-rm'],
    ['unshare', '-m'],
  ];
  const way = ways.find(([command = '', ...args]) => {
    return spawnSync(command, [...args, 'sh', '-c', probe, place]).status === 0;
  });
  // Passing without a try would say that full disks are taken care of.
  if (way === undefined)
    throw new Error('no file system can be mounted here, so full disks cannot be tried: run as root');
  return way;
}

const page = 4096;

type Disk = {
  /** In bytes, more than the files that are there before. */
  readonly room: number;
  readonly before?: Readonly<Record<string, string | Uint8Array>>;
  /** Further options of the file system. */
  readonly options?: string;
};

/** What stands on the disk afterwards, by path. */
type After = Answer & { readonly left: Readonly<Record<string, Buffer>> };

/** Calls the program in the folder of the test, where `disk` is that disk. */
async function call(args: readonly string[], { room, before = {}, options = '' }: Disk, input = ''): Promise<After> {
  const seed = join(folder, 'before');
  // One without any space takes as much as it likes.
  const filler = '.filler';
  writeFileSync(join(seed, filler), 'x');
  let size = page + room;
  for (const [name, content] of Object.entries(before)) {
    const path = join(seed, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    size += Math.ceil(statSync(path).size / page) * page;
  }
  const script =
    'mount -t tmpfs -o "$0" tmpfs disk && cp -r before/. disk && { "$@"; code=$?; cp -r disk/. after; exit $code; }';
  const answer = await postlude(args, {
    cwd: folder,
    input,
    through: [...apart, 'sh', '-c', script, `size=${size}${options}`],
    env: { TMPDIR: join(folder, 'temp') },
  });
  expect(answer.stderr).not.toMatch(/bug in postlude|^\s+at .*:\d+:\d+\)?$/m);
  expect(readdirSync(join(folder, 'temp'))).toEqual([]);
  const { [filler]: _, ...left } = filesIn(join(folder, 'after'));
  return { ...answer, left };
}

function filesIn(place: string): Readonly<Record<string, Buffer>> {
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.flatMap((name) => (statSync(join(place, name)).isFile() ? [[name, readFileSync(join(place, name))]] : [])),
  );
}

/** One file in the folder of the test. */
function make(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const fixture = resolve('fixtures/silent-call');
const cheap = ['--no-config', '--rules', 'voice/silent-call'];
const old = 'the old one';
const noRoom = (file: string) => `cannot write ${file}: no space left there; make room, or name another file`;
const noTemp =
  'cannot write temporary files in disk: no space left there; make room, or name another folder with --temp-dir';

describe('no room for outputs', () => {
  const formats = [
    'json',
    'ndjson',
    'csv',
    'markdown',
    'html',
    'sarif',
    'junit',
    'github',
    'arrow',
    'parquet',
    'terminal',
  ];

  test('reports of all formats', async () => {
    const { code, stderr, left } = await call(
      ['audit', fixture, ...cheap, ...formats.flatMap((name) => ['--format', `${name}=disk/${name}`])],
      { room: 0, before: Object.fromEntries(formats.map((name) => [name, old])) },
    );
    expect(stderr).toBe(`${formats.map((name) => noRoom(`disk/${name}`)).join('\n')}\n`);
    expect(code).toBe(2);
    expect(left).toEqual(Object.fromEntries(formats.map((name) => [name, Buffer.from(old)])));
  });

  test('for all of a report', async () => {
    const { code, stderr, left } = await call(['audit', fixture, ...cheap, '--format', 'html=disk/report'], {
      room: page,
      before: { report: old },
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noRoom('disk/report')}\n` });
    expect(left).toEqual({ report: Buffer.from(old) });
  });

  test('one report of two', async () => {
    const { code, stderr, left } = await call(
      ['audit', fixture, ...cheap, '--format', 'html=disk/report', '--format', 'json=report.json'],
      { room: page },
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noRoom('disk/report')}\n` });
    expect(left).toEqual({});
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toMatchObject({
      findings: expect.anything(),
    });
  });

  test('reports of accounts', async () => {
    const { code, stderr, left } = await call(
      ['audit', fixture, ...cheap, '--by', 'account', '--format', 'json=disk/report.json'],
      { room: 0 },
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^postlude: cannot write disk\/report\.json: no space left there; .*\n$/);
    expect(left).toEqual({});
  });

  test('a merged result', async () => {
    await postlude(['audit', fixture, ...cheap, '--format', `json=${join(folder, 'one.json')}`]);
    const { code, stderr, left } = await call(['merge', 'one.json', '--format', 'json=disk/report.json'], { room: 0 });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noRoom('disk/report.json')}\n` });
    expect(left).toEqual({});
  });

  test('rejected records', async () => {
    make('a.ndjson', `${lines(3)}${'no record\n'.repeat(200)}`);
    const { code, stderr, stdout, left } = await call(
      ['audit', 'a.ndjson', ...cheap, '--format', 'json', '--rejects', 'disk/rejects'],
      { room: page, before: { rejects: old } },
    );
    expect({ code, stderr, stdout }).toEqual({ code: 2, stderr: `postlude: ${noRoom('disk/rejects')}\n`, stdout: '' });
    expect(left).toEqual({ rejects: Buffer.from(old) });
  });

  test('rejected records of a store', async () => {
    make('a.ndjson', `${lines(3)}${'no record\n'.repeat(200)}`);
    const { code, stderr, left } = await call(['load', 'a.ndjson', '--db', 'a.duckdb', '--rejects', 'disk/rejects'], {
      room: page,
      before: { rejects: old },
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noRoom('disk/rejects')}\n` });
    expect(left).toEqual({ rejects: Buffer.from(old) });
  });

  test('a baseline', async () => {
    const { code, stderr, left } = await call(
      ['audit', fixture, ...cheap, '--format', 'json', '--baseline', 'disk/known.json', '--update-baseline'],
      { room: 0 },
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noRoom('disk/known.json')}\n` });
    expect(left).toEqual({});
  });

  test('profiles of rules', async () => {
    const profile = 'voice/silent-call.json';
    const { code, stderr, left } = await call(['audit', fixture, ...cheap, '--profile', 'disk', '--format', 'json'], {
      room: 0,
      before: { [profile]: old },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^rule voice\/silent-call failed: .*Cannot write profiles: ENOSPC.* \(--profile disk\/voice\/silent-call\.json\)\. Name another folder\.\n$/,
    );
    expect(left).toEqual({ [profile]: Buffer.from(old) });
  });

  test('a key for masks', async () => {
    const { code, stderr, left } = await call(
      ['audit', fixture, ...cheap, '--format', 'json', '--redact', '--redact-key', 'disk/key'],
      { room: 0, before: { other: old } },
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/^postlude: cannot write a key to disk\/key: ENOSPC.*\n$/);
    expect(left).toEqual({ other: Buffer.from(old) });
  });
});

describe('/dev/full', () => {
  const full = ['sh', '-c', 'exec "$@" > /dev/full', 'sh'];
  const message = 'postlude: cannot write to standard output: no space left there\n';

  test.each([
    ['a report for programs', ['audit', fixture, ...cheap, '--format', 'json']],
    ['a report for people', ['audit', fixture, ...cheap]],
    ['a result in bytes', ['audit', fixture, ...cheap, '--format', 'parquet']],
    ['rows', ['sql', fixture, '-c', 'FROM events']],
    ['help', ['--help']],
    ['a list of rules', ['rules', 'list']],
  ])('as standard output of %s', async (_, args) => {
    const { code, stderr } = await postlude(args, { through: full });
    expect({ code, stderr }).toEqual({ code: 2, stderr: message });
  });

  test('as standard output: what nobody was told does not become known', async () => {
    const known = join(folder, 'known.json');
    const { code } = await postlude(
      ['audit', fixture, ...cheap, '--format', 'json', '--baseline', known, '--update-baseline'],
      { through: full },
    );
    expect(code).toBe(2);
    expect(readdirSync(folder)).not.toContain('known.json');
  });

  test('as a file', async () => {
    const { code, stderr } = await postlude(['audit', fixture, ...cheap, '--format', 'json=/dev/full']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noRoom('/dev/full')}\n` });
  });

  test('as standard error', async () => {
    const { code } = await postlude(['audit', 'nowhere'], { through: ['sh', '-c', 'exec "$@" 2> /dev/full', 'sh'] });
    expect(code).toBe(2);
  });
});

describe('no room for temporary files', () => {
  test('that are read record by record', async () => {
    make('a.gz', gzipSync(lines(8000)));
    const { code, stderr, left } = await call(
      ['audit', 'a.gz', ...cheap, '--temp-dir', 'disk', '--format', 'json=report.json'],
      { room: 1 << 20 },
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noTemp}\n` });
    expect(left).toEqual({});
    expect(readdirSync(folder)).not.toContain('report.json');
  });

  test('of so little that it shows only at their end', async () => {
    make('a.gz', gzipSync(lines(20)));
    const { code, stderr, left } = await call(['audit', 'a.gz', ...cheap, '--temp-dir', 'disk'], { room: page });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noTemp}\n` });
    expect(left).toEqual({});
  });

  test.each([
    ['an audit', ['audit', '-', ...cheap]],
    ['a load', ['load', '-', '--db', 'a.duckdb']],
    ['a trace', ['trace', 'CA00000000000000000000000000000001', '-']],
    ['a question', ['sql', '-', '-c', 'FROM events']],
  ])('for standard input of %s', async (_, args) => {
    const { code, stderr, left } = await call([...args, '--temp-dir', 'disk'], { room: 1 << 20 }, lines(8000));
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noTemp}\n` });
    expect(left).toEqual({});
  });

  test('as not even a folder can be made', async () => {
    make('a.ndjson', lines(2));
    const { code, stderr, left } = await call(['audit', 'a.ndjson', ...cheap, '--temp-dir', 'disk'], {
      room: page,
      options: ',nr_inodes=2',
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noTemp}\n` });
    expect(left).toEqual({});
  });

  test('of a report that DuckDB writes', async () => {
    await postlude(['audit', fixture, ...cheap, '--format', `json=${join(folder, 'one.json')}`]);
    const { code, stderr, left } = await call(
      ['audit', fixture, ...cheap, '--temp-dir', 'disk', '--format', 'parquet=report.parquet'],
      { room: 0, before: { other: old } },
    );
    expect({ code, stderr }).toEqual({ code: 2, stderr: `postlude: ${noTemp}\n` });
    expect(left).toEqual({ other: Buffer.from(old) });
    expect(readdirSync(folder)).not.toContain('report.parquet');
  });

  test('of a load that does not fit into memory', async () => {
    make('a.ndjson', lines(100_000));
    const { code, stderr, left } = await call(
      ['load', 'a.ndjson', '--db', 'a.duckdb', '--temp-dir', 'disk', '--memory-limit', '40MB'],
      { room: 1 << 20 },
    );
    expect(code).toBe(2);
    // Which of both is met first is DuckDB's.
    expect([
      `postlude: ${noTemp}\n`,
      expect.stringMatching(/^postlude: this needs more memory than .*\n$/),
    ]).toContainEqual(stderr);
    expect(left).toEqual({});
  });

  test('of a question that does not fit into memory', async () => {
    make('a.ndjson', lines(2));
    const { code, stderr, left } = await call(
      [
        ...['sql', 'a.ndjson', '--temp-dir', 'disk', '--memory-limit', '60MB'],
        ...[
          '-c',
          'SELECT count(*) FROM (SELECT x, hash(x) h FROM range(9000000) r (x) ORDER BY hash(x), x) WHERE h % 3 = 1',
        ],
      ],
      { room: 1 << 20 },
    );
    expect(code).toBe(2);
    expect([
      `postlude: ${noTemp}\n`,
      expect.stringMatching(/^postlude: this needs more memory than .*\n$/),
    ]).toContainEqual(stderr);
    expect(left).toEqual({});
  });
});

describe('no room for a store', () => {
  const of = (count: number, from = 1) => make(`from-${from}.ndjson`, lines(count, from));

  async function stored(...paths: readonly string[]): Promise<Buffer> {
    const { code } = await postlude(['load', ...paths, '--db', 'there.duckdb'], { cwd: folder });
    expect(code).toBe(0);
    return readFileSync(join(folder, 'there.duckdb'));
  }

  /** How many entries the store has that is left, which any other call can open; and that says of a load that was cut off, if it was to. */
  async function entriesLeft(cutOff: RegExp | null = null): Promise<number> {
    const { stdout, stderr } = await postlude(
      ['sql', '--db', 'after/a.duckdb', '-c', 'SELECT count(*) AS n FROM events', '--format', 'csv'],
      { cwd: folder },
    );
    if (cutOff === null) expect(stderr).toBe('');
    else expect(stderr).toMatch(cutOff);
    return Number(stdout.trim().split('\n').at(-1));
  }

  test('that is new', async () => {
    const { code, stderr, left } = await call(['load', of(10), '--db', 'disk/a.duckdb'], { room: 1 << 19 });
    expect(stderr).toBe(
      'postlude: cannot write disk/a.duckdb: no space left there; make room, or name another file with --db\n',
    );
    expect(code).toBe(2);
    expect(left).toEqual({});
  });

  test.each([0, 16, 256].map((pages) => pages * page))(
    'that is there, and grows by more than %i bytes',
    async (room) => {
      const before = await stored(of(100));
      const more = of(20_000, 1000);
      const { code, stderr, left } = await call(['load', more, '--db', 'disk/a.duckdb'], {
        room,
        before: { 'a.duckdb': before },
      });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr:
          'postlude: cannot write disk/a.duckdb: no space left there; make room, or load into another one with --db; what it holds is whole, and a load goes on from there\n',
      });
      expect(Object.keys(left).filter((name) => name !== 'a.duckdb.wal')).toEqual(['a.duckdb']);
      // Where there was no room even for a word of it, the load has not begun.
      expect(await entriesLeft(room === 0 ? null : /a load into the store was cut off before .* was in/)).toBe(100);
      // With room it goes on.
      const again = await postlude(['load', more, '--db', 'after/a.duckdb'], { cwd: folder });
      expect(again.stderr).toMatch(/1 file read; 20,000 entries added, 0 duplicate, 0 rejected/);
      expect(await entriesLeft()).toBe(20_100);
      expect(readdirSync(join(folder, 'after')).sort()).toEqual(['.filler', 'a.duckdb']);
    },
  );

  test('that keeps tables', async () => {
    const before = await stored(of(3000));
    const { code, stderr, left } = await call(['load', 'from-1.ndjson', '--db', 'disk/a.duckdb', '--tables'], {
      room: page,
      before: { 'a.duckdb': before },
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'postlude: cannot write disk/a.duckdb: no space left there; make room, or leave out --tables: what was loaded is in it\n',
    });
    expect(Object.keys(left).filter((name) => name !== 'a.duckdb.wal')).toEqual(['a.duckdb']);
    expect(await entriesLeft()).toBe(3000);
  });

  test.each([
    ['new', false],
    ['there', true],
  ])('of a question (%s)', async (_, isThere) => {
    const before = isThere ? { 'a.duckdb': await stored(of(10)) } : {};
    const { code, stderr, left } = await call(['sql', of(100, 50), '--db', 'disk/a.duckdb', '-c', 'FROM events'], {
      room: 3 << 20,
      before,
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'postlude: cannot write disk/a.duckdb: no space left there; make room, or name another file with --db\n',
    });
    expect(left).toEqual(before);
  });

  test('with the parts of an audit that are kept', async () => {
    make(
      'accounts.ndjson',
      Array.from({ length: 40 }, (_, at) => {
        const body = { id: idOf('conversation', at), accountId: `AC${String(at).padStart(32, '0')}`, status: 'ACTIVE' };
        return `${line(at, { body })}\n`;
      }).join(''),
    );
    const before = { 'a.duckdb': await stored('accounts.ndjson') };
    const { code, stderr, left } = await call(
      ['audit', '--db', 'disk/a.duckdb', '--resume', ...cheap, '--format', 'json=report.json'],
      { room: 0, before },
    );
    expect(stderr).toMatch(/^postlude: cannot write disk\/a\.duckdb\.parts\/\w+\.json: no space left there; .*\n$/);
    expect(code).toBe(2);
    expect(left).toEqual(before);
  });
});
