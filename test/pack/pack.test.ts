import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, call, install, otherThanLocked, pack, path, root, type Surroundings } from './pack.ts';

/** Everything is tried in here: packed once, installed once. */
let folder: string;
let tarball: string;
/** The installation. */
let home: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'postlude-pack-')));
  // Others than its owner look into it, too.
  await chmod(folder, 0o755);
  tarball = await pack(folder);
  home = join(folder, 'installed');
  await install(tarball, home);
}, 300_000);
afterAll(async () => {
  await writable(home, true);
  await rm(folder, { recursive: true, force: true });
});

/** Files below a folder, relative to it. */
async function filesIn(start: string): Promise<readonly string[]> {
  const entries = await readdir(start, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(start, join(entry.parentPath, entry.name)))
    .sort();
}

async function writable(start: string, yes: boolean): Promise<void> {
  const { code, stderr } = await call('chmod', ['-R', yes ? 'u+w' : 'a-w', start], { cwd: folder });
  if (code !== 0) throw new Error(stderr);
}

describe('the tarball', () => {
  const packed = () => join(home, 'node_modules/postlude');

  test('holds what is built, rules, schemas and samples, and nothing else', async () => {
    const files = await filesIn(packed());
    const kinds = new Set(files.map((file) => (file.includes('/') ? file.replace(/\/.*$/u, '/') : file)));
    expect([...kinds].sort()).toEqual([
      'LICENSE',
      'README.md',
      'THIRD-PARTY.md',
      'dist/',
      'fixtures/',
      'package.json',
      'rules/',
      'schemas/',
    ]);
    // Of code there is what runs and its types, not what it was written as; a rule is run as it was written.
    const ends = new Set(
      files.filter((file) => file.startsWith('dist/')).map((file) => /\.(?:d\.)?\w+$/u.exec(file)?.[0]),
    );
    expect([...ends].sort()).toEqual(['.css', '.d.ts', '.js', '.json', '.sql']);
    expect(files.filter((file) => /\.test\.|\.map$|tsbuildinfo|stale|(?:^|\/)\./u.test(file))).toEqual([]);
  });

  test('holds all rules and samples of the project', async () => {
    for (const part of ['rules', 'fixtures', 'schemas']) {
      expect(await filesIn(join(packed(), part))).toEqual(await filesIn(join(root, part)));
    }
  });

  test('names no folder of the machine that built it, and no map of the sources', async () => {
    // A path that is relative to here need not hold our own folder, but then it leads to that of the dependencies.
    const telling = [folder, root, `${homedir()}/`, '// ../', 'sourceMappingURL=', 'file:///'];
    const dist = join(packed(), 'dist');
    for (const file of await filesIn(dist)) {
      const text = await readFile(join(dist, file), 'utf8');
      expect(telling.filter((word) => text.includes(word)).map((word) => `${file}: ${word}`)).toEqual([]);
    }
  });

  test('is small', async () => {
    const { size } = await stat(tarball);
    console.log(`The tarball has ${(size / 1e6).toFixed(2)} MB.`);
    expect(size).toBeLessThan(1_500_000);
  });
});

describe('the installation', () => {
  test('says which of its packages are newer than those of the lock file', async () => {
    const other = await otherThanLocked(home);
    console.log(`Installed other than locked: ${other.join(', ') || 'nothing'}`);
    // Its other half is built into dist.
    expect(other.filter((name) => name.startsWith('@duckdb/'))).toEqual([]);
  });

  test('is called with npx', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(await call('npx', ['--no-install', 'postlude', '--version'], { cwd: home })).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
    });
  });

  test('lists the rules that came with it', async () => {
    const ids = (await filesIn(join(root, 'rules'))).filter((file) => file.endsWith('.sql'));
    const { code, stdout } = await call(join(home, 'node_modules/.bin/postlude'), ['rules', 'list'], { cwd: home });
    expect(code).toBe(0);
    expect(ids.filter((id) => !stdout.includes(id.replace(/\.sql$/u, '')))).toEqual([]);
  });

  test('finds in every shape of export what is in it', { timeout: 60_000 }, async () => {
    const answer = await call(
      join(home, 'node_modules/.bin/postlude'),
      ['audit', 'node_modules/postlude/fixtures/mixed', '--format', 'json', '--format', 'html=mixed.html'],
      { cwd: home },
    );
    expect(found(answer)).toEqual({
      code: 1,
      rules: [
        'errors/invalid-phone-number',
        'errors/terms-not-accepted',
        'merge/profile-merged-upstream',
        'merge/shared-profile',
        'operations/failed',
        'voice/silent-call',
        'voice/stuck-active',
      ],
    });
    expect(await readFile(join(home, 'mixed.html'), 'utf8')).toContain('silent-call');
  });

  test('is imported as a library', async () => {
    await writeFile(
      join(home, 'use.mjs'),
      `import { predicate, toE164 } from 'postlude';
console.log(toE164('(555) 010-1000', { country: 'US' }), typeof predicate(() => true).decide);\n`,
    );
    expect(await call('node', ['use.mjs'], { cwd: home })).toEqual({
      code: 0,
      stdout: '+15550101000 function\n',
      stderr: '',
    });
  });

  // What the compiler says does not depend on the Node that runs it.
  test.skipIf(process.env.MODE === 'nodes')('has types that hold by themselves', { timeout: 120_000 }, async () => {
    await writeFile(join(home, 'right.ts'), ownPredicate);
    await writeFile(
      join(home, 'wrong.ts'),
      `import { sharesAddress } from 'postlude';\nexport const shared: string = sharesAddress(['a'], 1);\n`,
    );
    const options = ['--strict', '--noEmit', '--module', 'NodeNext', '--target', 'ES2023', '--skipLibCheck', 'false'];
    const tsc = [join(root, 'node_modules/typescript/bin/tsc'), ...options, 'right.ts', 'wrong.ts'];
    const { stdout } = await call('node', tsc, { cwd: home });
    expect(
      stdout
        .replaceAll(/: error .*/gu, '')
        .trim()
        .split('\n'),
    ).toEqual(['wrong.ts(2,14)', 'wrong.ts(2,52)']);
  });
});

/** What an audit found, and its exit code. */
function found({ code, stdout, stderr }: Answer): { code: number; rules: readonly string[] } {
  if (code > 1) throw new Error(`${stderr}${stdout}`);
  const { findings }: { findings: readonly { readonly ruleId: string }[] } = JSON.parse(stdout);
  return { code, rules: findings.map(({ ruleId }) => ruleId).sort() };
}

const ownPredicate = `import { present, predicate } from 'postlude';
type Row = { readonly addresses: readonly ({ readonly address: string | null } | null)[] | null };
export default predicate<Row>((row) => present(row.addresses).some(({ address }) => address === '+15550101000'));
`;

const ownRule = `/*
title: Somebody joined
severity: error
subject: participant
reference: https://www.example.com/joined
causes:
  joined: { message: "{subject_id} joined.", fix: Greet them. }
*/
SELECT account_id, participant_id AS subject_id, created_at AS first_seen, created_at AS last_seen, event_keys, addresses
FROM participants WHERE participant_type = 'CUSTOMER'
`;

/** Root may write everywhere; the installation is tried by a user whom the system does not even know, as in a container. */
const uid = process.getuid?.() === 0 ? 54_321 : undefined;

describe('works', () => {
  /** Where results go. */
  let work: string;
  let before: readonly string[];
  beforeAll(async () => {
    work = join(folder, 'work');
    await cp(home, join(folder, 'Prüfung – 通話 of today'), { recursive: true, verbatimSymlinks: true });
    await mkdir(join(work, 'rules/own'), { recursive: true });
    await mkdir(join(work, 'tmp'));
    await mkdir(join(folder, 'locked-home'), { mode: 0o555 });
    await writeFile(join(work, 'rules/own/joined.sql'), ownRule);
    await writeFile(join(work, 'rules/own/joined.ts'), ownPredicate);
    await chmod(work, 0o777);
    await chmod(join(work, 'tmp'), 0o777);
    await writable(home, false);
    before = await state(home);
  }, 60_000);

  const env = { PATH: path, TMPDIR: '' };
  const places: Readonly<Record<string, () => Partial<Surroundings> & { readonly at?: string }>> = {
    'where it is installed read-only': () => ({ uid, env: { ...env, HOME: join(work, 'tmp') } }),
    'without a home': () => ({ uid, env }),
    'with an empty name for the home': () => ({ uid, env: { ...env, HOME: '' } }),
    'with a home that cannot be written': () => ({ uid, env: { ...env, HOME: join(folder, 'locked-home') } }),
    'in a folder with spaces and letters of other scripts': () => ({ at: join(folder, 'Prüfung – 通話 of today') }),
  };

  test.each(Object.keys(places))('%s', { timeout: 120_000 }, async (name) => {
    const { at = home, ...surroundings } = places[name]?.() ?? {};
    const cwd = at === home ? work : at;
    const env = { ...(surroundings.env ?? { ...process.env, PATH: path }), TMPDIR: join(work, 'tmp') };
    const run = (...args: readonly string[]) =>
      call(join(at, 'node_modules/.bin/postlude'), args, { cwd, ...surroundings, env });
    const sample = join(at, 'node_modules/postlude/fixtures/shared-profile');
    const expected = { code: 1, rules: ['merge/shared-profile'] };

    expect(found(await run('audit', sample, '--format', 'json'))).toEqual(expected);
    const own = ['--rules-dir', join(work, 'rules'), '--rules', 'own', '--format', 'json'];
    expect(found(await run('audit', sample, ...own)).rules).toEqual(['own/joined']);
    expect(await run('load', sample, '--db', 'events.duckdb', '--tables')).toMatchObject({ code: 0 });
    expect(found(await run('audit', '--db', 'events.duckdb', '--format', 'json'))).toEqual(expected);

    expect((await readdir(cwd)).filter((entry) => entry.startsWith('.'))).toEqual([]);
    await rm(join(cwd, 'events.duckdb'));
  });

  test('and what was read-only could not be written at all, nor was', async () => {
    const write = (file: string) => ['-e', 'require("fs").writeFileSync(process.argv[1], "")', file];
    for (const place of [join(home, 'x'), join(home, 'node_modules/postlude/dist/x'), join(folder, 'locked-home/x')]) {
      expect((await call('node', write(place), { cwd: work, uid, env })).stderr).toContain('EACCES');
    }
    expect(await state(home)).toEqual(before);
  });
});

/** Every file of a folder with its size and the time of its last change. */
async function state(start: string): Promise<readonly string[]> {
  return Promise.all(
    (await filesIn(start)).map(async (file) => {
      const { size, mtimeMs } = await stat(join(start, file));
      return `${file} ${size} ${mtimeMs}`;
    }),
  );
}
