import { readFile, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';
import { displayPath } from '../rules/position.ts';
import { filesBelow } from '../rules/rule-files.ts';
import { type ConfigFile, problemsError } from './config-file.ts';

/**
 * The folders and files of rules that a configuration adds, in its order, for `findRules`.
 *
 * A configuration may come with somebody else's repository, so it reaches only what lies beside it, and packages that were
 * installed: whoever wants rules from elsewhere says so on the command line.
 * @throws UserError with everything that is wrong with the packs, a line each
 */
export async function packPaths({ file, folder, config, locate }: ConfigFile): Promise<readonly string[]> {
  const found = await Promise.all(
    config.packs.map(async (pack, at) => {
      const path = /^[./~\\]|^[a-z]:|\.sql$|\.\./iu.test(pack)
        ? await ownPath(folder, pack)
        : await packagePath(folder, pack);
      return 'path' in path
        ? path
        : { problem: { file, ...locate(['packs', at]), message: `packs.${at} "${pack}" ${path.reason}` } };
    }),
  );
  const problems = found.flatMap((each) => ('problem' in each ? [each.problem] : []));
  if (problems.length > 0) throw problemsError(problems);
  return found.flatMap((each) => ('path' in each ? [displayPath(each.path)] : []));
}

/** A path, or a phrase that says why there is none. */
type Found = { readonly path: string } | { readonly reason: string };

const outside = 'leads out of the folder of this file; give it on the command line: --rules-dir';

async function ownPath(folder: string, pack: string): Promise<Found> {
  if (!pack.startsWith('.')) {
    return /^([/~\\]|[a-z]:)|\.\./iu.test(pack)
      ? { reason: outside }
      : { reason: `must begin with ./ where it is a path: ./${pack}` };
  }
  return within(folder, pack, {
    outside,
    missing: `does not exist: there is no ${displayPath(resolve(folder, pack))}`,
    noRules: 'is neither a folder nor a .sql file',
  });
}

const packageName = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/u;

const manifest = z.object({
  postlude: z.object({ rules: z.string('must be text').default('rules') }).optional(),
});

/** What Node would find of that name from the folder on; its main file does not matter, and need not be there. */
async function packagePath(folder: string, name: string): Promise<Found> {
  if (!packageName.test(name)) {
    return { reason: 'must be a path that begins with ./, or the name of an npm package' };
  }
  const places = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? [];
  for (const place of places) {
    const text = await readFile(join(place, name, 'package.json'), 'utf8').catch((thrown: unknown) => {
      if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return null;
      throw new UserError(`cannot read ${displayPath(join(place, name, 'package.json'))}: ${messageOf(thrown)}`);
    });
    if (text !== null) return packageRules(join(place, name), text);
  }
  const meant = (await isThere(join(folder, name))) ? `; for the folder beside this file write ./${name}` : '';
  return { reason: `is not installed: no package of that name is found from ${displayPath(folder)}${meant}` };
}

async function packageRules(root: string, text: string): Promise<Found> {
  const file = displayPath(join(root, 'package.json'));
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (thrown) {
    return { reason: `has a package.json that is not valid JSON: ${file}: ${messageOf(thrown)}` };
  }
  const checked = manifest.safeParse(given);
  if (!checked.success) {
    const reason = checked.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join(', ');
    return { reason: `has a package.json that is wrong: ${file}: ${reason}` };
  }
  const rules = checked.data.postlude?.rules ?? 'rules';
  return within(root, rules, {
    outside: `has rules outside of itself: ${file} says ${rules}`,
    missing: `has no rules: there is no ${displayPath(join(root, rules))} (a package says where they are in its package.json: "postlude": {"rules": "DIR"})`,
    noRules: `has rules that are neither a folder nor a .sql file: ${displayPath(join(root, rules))}`,
  });
}

type Words = { readonly outside: string; readonly missing: string; readonly noRules: string };

/** A path below a folder; a link that leads out of it counts as what it leads to. */
async function within(folder: string, path: string, words: Words): Promise<Found> {
  const full = resolve(folder, path);
  if (isOutside(folder, full)) return { reason: words.outside };
  if (!(await isThere(full))) return { reason: words.missing };
  const home = await realpath(folder);
  if (isOutside(home, await realpath(full))) return { reason: words.outside };
  const info = await stat(full);
  for (const inner of info.isDirectory() ? await foldersBelow(full) : []) {
    if (isOutside(home, await realpath(inner))) return { reason: `${words.outside} (${displayPath(inner)} does)` };
  }
  return info.isDirectory() || (info.isFile() && full.endsWith('.sql')) ? { path: full } : { reason: words.noRules };
}

/** Rules are looked for behind links, too. */
async function foldersBelow(folder: string): Promise<ReadonlySet<string>> {
  const { files } = await filesBelow(folder);
  return new Set(files.map((file) => dirname(file)));
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (thrown: unknown) => {
      if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return false;
      throw thrown;
    },
  );
}
