import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The Node that runs the tests, with its npm or, where it has none, with that of the machine. */
export const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type Surroundings = {
  readonly cwd: string;
  /** All of the environment, not only what differs. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Only root can call a program as somebody else. */
  readonly uid?: number | undefined;
};

export function call(
  file: string,
  args: readonly string[],
  { cwd, env = { ...process.env, PATH: path }, uid }: Surroundings,
): Promise<Answer> {
  const user = uid === undefined ? {} : { uid, gid: uid };
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd, env: { ...env }, ...user, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ code, stdout, stderr });
      else reject(error);
    });
  });
}

/** What a call prints, where nothing else than success will do. */
async function succeed(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await call('npm', args, { cwd });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Packs the project as it is published, build included, and names the tarball. In a copy, as other tests run what is in `dist` meanwhile.
 */
export async function pack(folder: string): Promise<string> {
  const copy = join(folder, 'project');
  await mkdir(copy);
  const notCopied = new Set(['node_modules', 'dist', '.git', 'docs']);
  for (const name of (await readdir(root)).filter((entry) => !notCopied.has(entry))) {
    await cp(join(root, name), join(copy, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  // Of an earlier build, such as a developer has.
  await mkdir(join(copy, 'dist'));
  await writeFile(join(copy, 'dist/chunk-stale.js'), '');
  await succeed(['pack', '--pack-destination', folder], copy);
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack wrote no tarball');
  return join(folder, tarball);
}

/** As a user does it: what postlude depends on is whatever its ranges mean to the registry today. */
export async function install(tarball: string, folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"private": true}\n');
  await succeed(['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], folder);
}

type Lock = { readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>> };

/** Packages of an installation whose version is not that of our lock file, which all other tests run with. */
export async function otherThanLocked(folder: string): Promise<readonly string[]> {
  const [ours, theirs] = await Promise.all(
    [join(root, 'package-lock.json'), join(folder, 'node_modules/.package-lock.json')].map(
      async (file): Promise<Lock> => JSON.parse(await readFile(file, 'utf8')),
    ),
  );
  const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const locked = new Set(
    Object.entries(ours?.packages ?? {}).flatMap(([at, { version, dev }]) => (dev ? [] : `${nameOf(at)}@${version}`)),
  );
  return Object.entries(theirs?.packages ?? {})
    .map(([at, { version }]) => `${nameOf(at)}@${version}`)
    .filter((name) => !locked.has(name) && !name.startsWith('postlude@'));
}
