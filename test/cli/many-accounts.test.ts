import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { accountFile } from '../../src/report/by-account.ts';
import { build, postlude } from './postlude.ts';

let folder: string;
const exports = resolve('fixtures');
const outage = 'AC00000000000000000000000000000004';

const call = (...args: readonly string[]) => postlude(args, { cwd: folder });
const textOf = (name: string) => readFile(join(folder, name), 'utf8');
const resultOf = async (name: string) => JSON.parse(await textOf(name));
const timeless = (text: string) => text.replaceAll(/"durationMs": \d+/g, '');

async function expectRefused(args: readonly string[], message: string): Promise<void> {
  expect(await call(...args)).toEqual({ code: 2, stdout: '', stderr: `postlude: ${message}\n` });
}

beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-many-'));
  await call('audit', exports, '--format', 'json=whole.json');
  for (const n of [1, 2, 3]) await call('audit', exports, '--shard', `${n}/3`, '--format', `json=${n}.json`);
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('audit --shard', () => {
  it('looks at a share of the accounts, and says so', async () => {
    const parts = await Promise.all([1, 2, 3].map((n) => resultOf(`${n}.json`)));
    expect(parts.map(({ run }) => run.shard)).toEqual([1, 2, 3].map((index) => ({ index, of: 3 })));
    const ids = parts.flatMap(({ accounts }) => accounts.map(({ id }: { id: string }) => id));
    expect(ids.toSorted()).toEqual((await resultOf('whole.json')).accounts.map(({ id }: { id: string }) => id));
    expect(parts.filter(({ accounts }) => accounts.length > 0).length).toBeGreaterThan(1);
    const { stdout } = await call('report', '2.json');
    expect(stdout).toMatch(/^postlude \S+: [\d,]+ events of \d+ accounts? \(shard 2\/3\), as of 2026-09-18/);
  });

  test.each([
    ['0/4', ''],
    ['5/4', ''],
    ['3', ''],
    ['a/b', ''],
    ['1/4/2', ''],
    ['-1/4', ''],
    ['1/20000', '; more than 10000 are too many'],
  ])('is refused as %s', async (text, why) => {
    await expectRefused(
      ['audit', exports, `--shard=${text}`],
      `--shard must be a share such as 3/16, from 1/16 to 16/16, not "${text}"${why}`,
    );
  });

  it('updates no baseline, of which it would see a part', async () => {
    await expectRefused(
      ['audit', exports, '--shard', '1/3', '--baseline', 'known.json', '--update-baseline'],
      '--update-baseline writes what all shards found, and --shard sees one of them: update it where they are merged (postlude merge)',
    );
  });
});

describe('merge', () => {
  it('gives what one run gives, in any order of its parts', async () => {
    const { code, stdout, stderr } = await call('merge', '3.json', '1.json', '2.json', '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(timeless(stdout)).toBe(timeless(await textOf('whole.json')));
  });

  it('tells it in any format, with the exit codes of an audit', async () => {
    const parts = ['1.json', '2.json', '3.json'];
    const { code, stdout } = await call(
      'merge',
      ...parts,
      '--fail-on',
      'never',
      '--format',
      'csv=all.csv',
      '--format',
      'terminal',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('44 findings under 9 roots: 1 critical, 23 error, 18 warning, 2 info');
    expect(stdout).toContain('Accounts by findings ');
    expect((await textOf('all.csv')).split('\n')).toHaveLength(46);
    const [first, ...others] = await Promise.all([1, 2, 3].map((n) => textOf(`${n}.json`)));
    const piped = await postlude(['merge', '-', '2.json', '3.json', '--format', 'json'], {
      cwd: folder,
      input: first ?? '',
    });
    expect(others).toHaveLength(2);
    expect(timeless(piped.stdout)).toBe(timeless(await textOf('whole.json')));
  });

  it('goes on without the shards that are missing where it is told to, and says so', async () => {
    await expectRefused(
      ['merge', '1.json', '3.json'],
      'shard 2/3 is missing; name its result, or merge without with --partial',
    );
    const { code, stdout } = await call('merge', '1.json', '3.json', '--partial', '--strict');
    expect(code).toBe(2);
    expect(stdout).toContain('shard 2/3 is not among the merged results: nothing is known about the accounts in it.');
  });

  test.each<[string, readonly string[], string]>([
    [
      'nothing',
      [],
      'merge needs the files that audit --format json=FILE wrote: postlude merge RESULT.json… (see postlude merge --help)',
    ],
    [
      'a shard twice',
      ['1.json', '2.json', '3.json', '1.json'],
      '1.json and 1.json are both shard 1/3: name each shard once',
    ],
    ['no such file', ['1.json', 'x.json'], 'no such file: x.json'],
    ['standard input twice', ['-', '-'], 'standard input (-) can be read only once'],
    [
      'what is whole, and a part of it',
      ['whole.json', '1.json'],
      'whole.json is not the result of a shard and 1.json is shard 1/3: merge the shards by themselves first',
    ],
  ])('refuses %s', async (_, paths, message) => {
    await expectRefused(['merge', ...paths], message);
  });

  it('tells of shards of a folder that another night was added to, and refuses those of another folder', async () => {
    const night = (name: string, story: string) =>
      copyFile(join(exports, story, 'debugger.ndjson'), join(folder, 'nights', name));
    const shard = (n: number, ...more: readonly string[]) =>
      call('audit', 'nights', '--shard', `${n}/2`, '--format', `json=night-${n}.json`, ...more);
    await mkdir(join(folder, 'nights'));
    await night('day-1.ndjson', 'shared-profile');
    await shard(1);
    await night('day-2.ndjson', 'store-outage');
    await shard(2);
    const { code, stdout } = await call('merge', 'night-1.json', 'night-2.json', '--strict', '--format', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).issues.slice(0, 2)).toEqual([
      expect.objectContaining({ severity: 'data_loss', message: expect.stringContaining('end at different times') }),
      expect.objectContaining({ severity: 'data_loss', message: expect.stringContaining('nights/day-2.ndjson') }),
    ]);
    await rm(join(folder, 'nights/day-1.ndjson'));
    await shard(2);
    await expectRefused(
      ['merge', 'night-1.json', 'night-2.json'],
      'night-1.json and night-2.json are shards of different inputs (nights/day-1.ndjson is in night-1.json and not in night-2.json, and no other file is in all shards): make all shards of the same files',
    );
  });

  it.each<[string, readonly string[], string]>([
    [
      'a time',
      ['--from', '2026-09-14T10:00Z'],
      'x.json was made with --from=2026-09-14T10:00:00.000Z and 2.json was made without --from=2026-09-14T10:00:00.000Z: make all shards with the same options',
    ],
    [
      'a severity',
      ['--severity', 'critical'],
      'x.json was made with --severity=critical and 2.json was made without --severity=critical: make all shards with the same options',
    ],
    [
      'a param',
      ['--param', 'voice/silent-call.min_age=9 minutes'],
      'x.json was made with --param=voice/silent-call.min_age=9 minutes and 2.json was made without --param=voice/silent-call.min_age=9 minutes: make all shards with the same options',
    ],
    [
      'some rules',
      ['--rules', 'voice'],
      'x.json and 2.json were made with other rules (capture/delivery-failed is in 2.json alone): make all shards with the same rules',
    ],
  ])('refuses a shard that was asked for %s and one that was not', async (_, more, message) => {
    await call('audit', join(exports, 'clean-day'), '--shard', '1/3', '--format', 'json=x.json', ...more);
    await expectRefused(['merge', 'x.json', '2.json', '3.json'], message);
  });

  it('takes shards that were all asked for the same, and keeps what was left out when one is told again', async () => {
    const asked = ['--severity', 'error', '--from', '2026-09-14T09:00Z'];
    for (const n of [1, 2]) {
      const story = join(exports, 'shared-profile');
      await call('audit', story, '--shard', `${n}/2`, '--format', `json=x${n}.json`, ...asked);
    }
    expect((await call('merge', 'x1.json', 'x2.json')).code).toBe(1);
    await call('report', 'x1.json', '--severity', 'warning', '--format', 'json=again.json');
    const [one, again] = await Promise.all(['x1.json', 'again.json'].map(resultOf));
    expect(one.run.asked).toEqual(['--from=2026-09-14T09:00:00.000Z', '--severity=error']);
    expect(again.run.asked).toEqual(one.run.asked);
  });

  it('refuses what is no result', async () => {
    await writeFile(join(folder, 'baseline.json'), '{"version":1,"findings":[]}');
    await expectRefused(
      ['merge', '1.json', 'baseline.json'],
      'baseline.json is a baseline; merge reads what audit --format json wrote',
    );
    await writeFile(join(folder, 'wrong.json'), (await textOf('1.json')).replace('"index": 1', '"index": 4'));
    const { code, stderr } = await call('merge', 'wrong.json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^postlude: wrong\.json is not a result .*: run\.shard must be one of at most 10000 shards/);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('tells only what is new, once, at the end', async () => {
    const parts = ['1.json', '2.json', '3.json'];
    const first = await call('merge', ...parts, '--baseline', 'known.json', '--update-baseline');
    expect(first.stderr).toBe('known.json: 44 findings written, 44 of them new; 0 gone\n');
    const second = await call('merge', ...parts, '--baseline', 'known.json', '--format', 'json');
    expect(second.code).toBe(0);
    const result = JSON.parse(second.stdout);
    expect(result).toMatchObject({ findings: [], baseline: { known: 44, gone: [] } });
    const of = (id: string) => result.accounts.find((account: { id: string }) => account.id === id);
    expect(of(outage)).toMatchObject({ findings: { critical: 0 }, knownByRule: { 'profile/store-outage': 1 } });
    // Of what no shard looked at nothing is gone.
    const partly = await call('merge', '1.json', '--partial', '--baseline', 'known.json', '--format', 'json');
    expect(JSON.parse(partly.stdout).baseline.gone).toEqual([]);
  });
});

describe('--by account', () => {
  it('writes beside every file one for each account', async () => {
    await mkdir(join(folder, 'out'));
    const formats = ['json=out/result.json', 'markdown=out/result.md', 'csv'];
    const { code, stdout } = await call(
      'audit',
      exports,
      '--by',
      'account',
      ...formats.flatMap((format) => ['--format', format]),
    );
    expect(code).toBe(1);
    expect(stdout.split('\n')).toHaveLength(46);
    const whole = await resultOf('whole.json');
    const ids: readonly string[] = whole.accounts.map(({ id }: { id: string }) => id);
    expect((await readdir(join(folder, 'out'))).toSorted()).toEqual(
      ['result.json', 'result.md', ...ids.flatMap((id) => [`result.${id}.json`, `result.${id}.md`])].toSorted(),
    );
    expect(timeless(await textOf('out/result.json'))).toBe(timeless(await textOf('whole.json')));
    for (const id of ids) {
      const own = await resultOf(`out/result.${id}.json`);
      expect(own.findings).toEqual(whole.findings.filter(({ accountId }: { accountId: string }) => accountId === id));
      expect(own.accounts).toEqual(whole.accounts.filter((account: { id: string }) => account.id === id));
    }
    const alone = await resultOf(`out/result.${outage}.json`);
    expect(alone.run).toMatchObject({ accounts: 1, events: 220 });
    expect(await textOf(`out/result.${outage}.md`)).toContain('# 33 findings under 1 root');
  });

  it('is there for results that were written before, too', async () => {
    await mkdir(join(folder, 'told'));
    await call('report', 'whole.json', '--by', 'account', '--format', 'html=told/page.html');
    await call('merge', '1.json', '2.json', '3.json', '--by', 'account', '--format', 'junit=told/j.xml');
    const written = await readdir(join(folder, 'told'));
    expect(written).toHaveLength(16);
    expect(written).toContain(`page.${outage}.html`);
    expect(written).toContain('j.unknown.xml');
  });

  it('names the files of accounts that this run knows nothing of', async () => {
    await mkdir(join(folder, 'again'));
    const others = ['r.AC9.json', 'r.AC9.csv', 'r.old.json', 'q.AC9.json', 'r.AC.x.json'];
    for (const name of others) await writeFile(join(folder, 'again', name), '');
    const again = () => call('report', '2.json', '--by', 'account', '--format', 'json=again/r.json');
    expect((await again()).stderr).toBe(
      'postlude: again/r.AC9.json was not written by this run, which has no such account: remove it, or write into an empty folder\n',
    );
    for (const id of ['6', '7', '8']) await writeFile(join(folder, 'again', `r.AC${id}.json`), '');
    expect((await again()).stderr).toBe(
      'postlude: again/r.AC6.json, again/r.AC7.json, again/r.AC8.json and 1 more were not written by this run, which has no such accounts: remove them, or write into an empty folder\n',
    );
    expect(await readdir(join(folder, 'again'))).toEqual(expect.arrayContaining(others));
  });

  it('needs a file to stand beside', async () => {
    await expectRefused(
      ['report', 'whole.json', '--by', 'account'],
      '--by account writes a file for each account beside that of --format NAME=FILE, and no file is named: --format json=result.json',
    );
    await expectRefused(
      ['audit', exports, '--by', 'account', '--format', 'csv'],
      '--by account writes a file for each account beside that of --format NAME=FILE, and no file is named: --format csv=result.csv',
    );
    await symlink('/dev/null', join(folder, 'device'));
    await expectRefused(
      ['audit', exports, '--by', 'account', '--format', 'json=device'],
      '--by account needs a file that others can stand beside, and device is a pipe or device',
    );
    await expectRefused(['audit', exports, '--by', 'rule'], '--by must be one of account, not "rule"');
  });

  it('writes the others where one cannot be written', async () => {
    await mkdir(join(folder, 'taken', `r.${outage}.json`), { recursive: true });
    const clash = `taken/r.unknown.json`;
    const { code, stderr } = await call(
      ...['report', 'whole.json', '--by', 'account'],
      ...['--format', 'json=taken/r.json', '--format', `csv=${clash}`],
    );
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      `cannot write taken/r.${outage}.json: it is a folder; name a file in it`,
      `cannot write ${clash} for an account: another --format goes there; give that another name`,
    ]);
    // Two of the whole, seven of accounts beside each, and the one that is a folder; nothing is half written.
    expect(await readdir(join(folder, 'taken'))).toHaveLength(2 + 7 + 6);
    expect((await textOf(clash)).split('\n')).toHaveLength(46);
  });

  it('keeps what ids are called in the folder', async () => {
    const ids = ['..', '../../etc/x', 'AC/../y', 'a%2fb', 'line\nbreak', 'z'.repeat(3000), 'AC1', 'ac1', 'Ac1'];
    const result = await resultOf('whole.json');
    result.accounts = ids.map((id) => ({ id, skippedRules: [] }));
    result.findings = [];
    await mkdir(join(folder, 'hostile', 'in'), { recursive: true });
    await writeFile(join(folder, 'hostile.json'), JSON.stringify(result));
    const { code, stderr } = await call(
      'report',
      'hostile.json',
      '--by',
      'account',
      '--format',
      'json=hostile/in/r.json',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(await readdir(join(folder, 'hostile'))).toEqual(['in']);
    expect(await readdir(join(folder, 'hostile', 'in'))).toEqual(
      expect.arrayContaining([
        'r.json',
        'r.%2e%2e.json',
        'r.%2e%2e%2f%2e%2e%2fetc%2fx.json',
        'r.AC%2f%2e%2e%2fy.json',
        'r.%61%252fb.json',
        'r.line%0abreak.json',
        expect.stringMatching(/^r\.z{40}%-[0-9a-f]{32}\.json$/),
        'r.AC1.json',
        'r.%61c1.json',
        'r.%41c1.json',
      ]),
    );
    expect(await readdir(join(folder, 'hostile', 'in'))).toHaveLength(1 + ids.length);
  });
});

describe('the file of an account', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom('a', 'A', 'c', 'C', '.', '/', '%', '-', '1', '\n', 'é'), maxLength: 120 }),
  );

  it('lies beside the other, with a name that every system takes', () => {
    fc.assert(
      fc.property(hostile, (id) => {
        const file = accountFile('out/result.tar.gz', id);
        expect(file).toMatch(/^out\/result\.tar\.(?:AC)?[a-z0-9_%-]*\.gz$/);
        expect(file.length).toBeLessThan(120);
      }),
    );
    expect(accountFile('result', 'AC12')).toBe('result.AC12');
    expect(accountFile('/x/r.json', '')).toBe('/x/r.%.json');
  });

  it('is another for every account, even where case does not matter', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        // UTF-8 has no half characters, and neither have the ids of a log.
        fc.pre(one !== other && Buffer.from(one).toString() === one && Buffer.from(other).toString() === other);
        expect(accountFile('r.json', one).toLowerCase()).not.toBe(accountFile('r.json', other).toLowerCase());
      }),
      { numRuns: 2000 },
    );
  });
});
