import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { loadConfig } from 'rolldown/config';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Licences that let anybody use, change and pass on what is under them, and ask for their notices at most. */
const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
]);

export type Package = {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Parts of the build that hold code of it. */
  readonly builtInto: readonly string[];
  /** True where `npm install postlude` installs it. */
  readonly installed: boolean;
};

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string(), license: z.string().default('unknown'), dev: z.boolean().default(false) }),
  ),
});
const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().default('unknown') });

/** What comes with postlude: installed beside it, those for other systems too, or built into `dist`. */
export async function packages(): Promise<readonly Package[]> {
  const all = new Map<string, Package>();
  const lock = lockFile.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
  for (const [place, { version, license, dev }] of Object.entries(lock.packages)) {
    if (place === '' || dev) continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    all.set(`${name}@${version}`, { name, version, licence: license, builtInto: [], installed: true });
  }
  for (const { folder, part } of await builtIn()) {
    const { name, version, license } = manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
    const { builtInto, installed } = all.get(`${name}@${version}`) ?? { builtInto: [], installed: false };
    const parts = [...new Set([...builtInto, part])];
    all.set(`${name}@${version}`, { name, version, licence: license, builtInto: parts, installed });
  }
  return [...all.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Folders of packages of which code went into a part of the build: only the bundler knows. */
async function builtIn(): Promise<readonly { readonly folder: string; readonly part: string }[]> {
  const config = await loadConfig(join(root, 'rolldown.config.mjs'));
  if (!Array.isArray(config)) throw new Error('rolldown.config.mjs is a list no more');
  const found = new Map<string, { folder: string; part: string }>();
  for (const each of config) {
    const bundle = await rolldown({ ...each, cwd: root });
    const { output } = await bundle.generate(Array.isArray(each.output) ? each.output[0] : each.output);
    await bundle.close();
    const part = each.platform === 'browser' ? 'HTML report' : 'dist';
    for (const chunk of output) {
      for (const id of chunk.type === 'chunk' ? chunk.moduleIds : []) {
        const folder = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/u.exec(id)?.[1];
        if (folder !== undefined) found.set(`${folder} ${part}`, { folder, part });
      }
    }
  }
  return [...found.values()];
}

export function notPermissive(all: readonly Pick<Package, 'name' | 'licence'>[]): readonly string[] {
  return all.filter(({ licence }) => !permissive.has(licence)).map(({ name, licence }) => `${name}: ${licence}`);
}

/** What `THIRD-PARTY.md` says. Texts are of what is built in: what is installed brings its own. */
export async function thirdParty(): Promise<string> {
  const all = await packages();
  const rows = all.map(({ name, version, licence, builtInto, installed }) => {
    const where = [...(installed ? ['installed'] : []), ...builtInto.map((part) => `built into ${part}`)];
    return `| ${name} | ${version} | ${licence} | ${where.join(', ')} |`;
  });
  const namesByText = new Map<string, string[]>();
  for (const { folder } of await builtIn()) {
    const { name, version } = manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
    const text = await licenceText(folder);
    const names = namesByText.get(text) ?? [];
    namesByText.set(text, [...new Set([...names, `${name} ${version}`])].sort(compare));
  }
  const texts = [...namesByText]
    .map(([text, names]) => ({ text, title: names.join(', ') }))
    .sort((a, b) => compare(a.title, b.title))
    .map(({ text, title }) => `### ${title}\n\n\`\`\`text\n${text}\n\`\`\`\n`);
  return `# Third-party packages

Written by \`npm run licences\`. What comes with postlude: packages that \`npm install postlude\` installs (of those for other systems, the one that fits), and
packages of which code is in postlude's own files.

| package | version | licence | where |
|---|---|---|---|
${rows.join('\n')}

## Licences of what is built in

${texts.join('\n')}`;
}

/** Of licences and notices that a package comes with, in one text. */
async function licenceText(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /^(?:licen[cs]e|copying|notice|copyrightnotice)/iu.test(name));
  if (names.length === 0) throw new Error(`${folder} comes without a licence`);
  const texts = await Promise.all(names.sort(compare).map((name) => readFile(join(folder, name), 'utf8')));
  return texts
    .map((text) =>
      text
        .replaceAll('\r\n', '\n')
        .replaceAll(/[ \t]+$/gmu, '')
        .replaceAll('```', "'''")
        .trim(),
    )
    .join('\n\n');
}
