import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { loadPredicate } from '../../src/rules/load-predicate.ts';
import { folderOf } from './rule-folder.ts';

const system = vi.hoisted(() => ({ knowsUser: true }));
vi.mock('node:os', async (original) => {
  const os = await original<typeof import('node:os')>();
  return {
    ...os,
    homedir: () => {
      if (!system.knowsUser) throw new Error('uv_os_homedir returned ENOENT');
      return os.homedir();
    },
  };
});

const start = process.cwd();
afterEach(() => {
  process.chdir(start);
  vi.unstubAllEnvs();
  system.knowsUser = true;
});

type Told = { readonly HOME: string; readonly XDG_CACHE_HOME?: string };

/** What lies in the working folder and in the folder for temporary files after a predicate was compiled. */
async function compiled({ HOME, XDG_CACHE_HOME = '' }: Told): Promise<{ here: string[]; spill: string[] }> {
  const rules = await folderOf({
    'x.ts': "import { predicate } from 'postlude';\nexport default predicate(() => true);\n",
  });
  const here = await folderOf({});
  const spill = await folderOf({});
  vi.stubEnv('HOME', HOME);
  vi.stubEnv('XDG_CACHE_HOME', XDG_CACHE_HOME);
  process.chdir(here);
  await loadPredicate(join(rules, 'x.ts'), spill);
  return { here: await readdir(here), spill: await readdir(spill) };
}

it('lies with the user', async () => {
  const HOME = await mkdtemp(join(tmpdir(), 'postlude-home-'));
  expect(await compiled({ HOME })).toEqual({ here: [], spill: [] });
  expect(await readdir(join(HOME, '.cache/postlude'))).toEqual(['predicates']);
  await rm(HOME, { recursive: true });
});

it('never lies in the working folder, whose owner may be another', async () => {
  expect(await compiled({ HOME: '' })).toEqual({ here: [], spill: ['predicates'] });
  expect(await compiled({ HOME: 'home', XDG_CACHE_HOME: 'cache' })).toEqual({ here: [], spill: ['predicates'] });
});

it('goes with the run where the system knows no home', async () => {
  system.knowsUser = false;
  expect(await compiled({ HOME: '' })).toEqual({ here: [], spill: ['predicates'] });
});
