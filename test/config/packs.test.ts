import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config-file.ts';
import { packPaths } from '../../src/config/packs.ts';
import { folderOf, ruleText } from '../rules/rule-folder.ts';

/** The packs that a file in this folder names, relative to `root`, or what is wrong with them. */
async function packsOf(root: string, packs: readonly string[], folder = root): Promise<readonly string[]> {
  const file = join(folder, 'postlude.config.yaml');
  const text = `packs:\n${packs.map((pack) => `  - ${JSON.stringify(pack)}\n`).join('')}`;
  const found = await packPaths(parseConfig(file, text)).catch((error: Error) => error.message.split('\n'));
  return found.map((line) => line.replaceAll(`${root}/`, ''));
}

const rule = ruleText();

describe('a pack', () => {
  it('is a folder or a rule file beside the configuration', async () => {
    const root = await folderOf({ 'rules/team/x.sql': rule, 'more/y.sql': rule });
    expect(await packsOf(root, ['./rules', './more/y.sql'])).toEqual(['rules', 'more/y.sql']);
  });

  it('or a package, whose rules are in a folder of that name, or where it says', async () => {
    const root = await folderOf({
      'node_modules/plain/package.json': '{"name": "plain", "exports": {}}',
      'node_modules/plain/rules/a/x.sql': rule,
      'node_modules/@acme/postlude-rules/package.json': '{"postlude": {"rules": "lib/sql"}}',
      'node_modules/@acme/postlude-rules/lib/sql/a/x.sql': rule,
      // Of the same name, nearer, and so the one that Node would take.
      'inner/node_modules/plain/package.json': '{}',
      'inner/node_modules/plain/rules/a/x.sql': rule,
    });
    expect(await packsOf(root, ['plain', '@acme/postlude-rules'])).toEqual([
      'node_modules/plain/rules',
      'node_modules/@acme/postlude-rules/lib/sql',
    ]);
    expect(await packsOf(root, ['plain', '@acme/postlude-rules'], join(root, 'inner'))).toEqual([
      'inner/node_modules/plain/rules',
      'node_modules/@acme/postlude-rules/lib/sql',
    ]);
  });

  it('may be a package that was linked in, as workspaces and some package managers do', async () => {
    const root = await folderOf({ 'store/linked/package.json': '{}', 'store/linked/rules/a/x.sql': rule });
    const other = await folderOf({ 'node_modules/.keep': '' });
    await symlink(join(root, 'store/linked'), join(other, 'node_modules/linked'));
    expect(await packsOf(other, ['linked'])).toEqual(['node_modules/linked/rules']);
  });

  it('holds no link to a folder outside of that of the configuration', async () => {
    const root = await folderOf({ 'inner/rules/a/x.sql': rule, 'inner/more/y.sql': rule, 'rules/team/x.sql': rule });
    const inner = join(root, 'inner');
    await symlink(join(inner, 'more'), join(inner, 'rules/b'));
    expect(await packsOf(root, ['./rules'], inner)).toEqual(['inner/rules']);
    await symlink(join(root, 'rules'), join(inner, 'rules/c'));
    expect(await packsOf(root, ['./rules'], inner)).toEqual([
      'inner/postlude.config.yaml:2:5: packs.0 "./rules" leads out of the folder of this file; give it on the command line: --rules-dir (inner/rules/c/team does)',
    ]);
  });

  it('never lies outside of the folder of the configuration', async () => {
    const root = await folderOf({ 'inner/x.txt': '', 'rules/team/x.sql': rule });
    await symlink(join(root, 'rules'), join(root, 'inner/linked'));
    const packs = [
      '../rules',
      './a/../../rules',
      'a/../../rules',
      join(root, 'rules'),
      '~/rules',
      'C:\\rules',
      './linked',
    ];
    expect(await packsOf(root, packs, join(root, 'inner'))).toEqual(
      packs.map(
        (pack, at) =>
          `inner/postlude.config.yaml:${at + 2}:5: packs.${at} "${pack.replace(`${root}/`, '')}" leads out of the folder of this file; give it on the command line: --rules-dir`,
      ),
    );
  });

  it('that is not there is told with what was meant', async () => {
    const root = await folderOf({
      'rules/team/x.sql': rule,
      'notes.txt': '',
      'node_modules/bare/package.json': '{}',
      'node_modules/wrong/package.json': '{"postlude": {"rules": 1}}',
      'node_modules/broken/package.json': '{',
      'node_modules/sly/package.json': '{"postlude": {"rules": "../../rules"}}',
    });
    const packs = [
      './rule',
      './notes.txt',
      'rules',
      'rules/team/x.sql',
      'Not a name',
      'bare',
      'wrong',
      'broken',
      'sly',
    ];
    const problems = (await packsOf(root, packs)).map((line) => line.replace(/^postlude.config.yaml:\d+:5: /u, ''));
    expect(problems).toEqual([
      'packs.0 "./rule" does not exist: there is no rule',
      'packs.1 "./notes.txt" is neither a folder nor a .sql file',
      `packs.2 "rules" is not installed: no package of that name is found from ${root}; for the folder beside this file write ./rules`,
      'packs.3 "rules/team/x.sql" must begin with ./ where it is a path: ./rules/team/x.sql',
      'packs.4 "Not a name" must be a path that begins with ./, or the name of an npm package',
      'packs.5 "bare" has no rules: there is no node_modules/bare/rules (a package says where they are in its package.json: "postlude": {"rules": "DIR"})',
      'packs.6 "wrong" has a package.json that is wrong: node_modules/wrong/package.json: postlude.rules must be text',
      expect.stringMatching(
        /^packs.7 "broken" has a package.json that is not valid JSON: node_modules\/broken\/package.json: /u,
      ),
      'packs.8 "sly" has rules outside of itself: node_modules/sly/package.json says ../../rules',
    ]);
  });
});
