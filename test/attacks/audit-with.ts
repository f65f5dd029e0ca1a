import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { type Answer, postlude } from '../cli/postlude.ts';
import { ruleText } from '../rules/rule-folder.ts';

export const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

/** What every audit of these tests reads: one account, one finding of the shipped rule `merge/shared-profile`. */
export const sharedProfile = join(fixtures, 'shared-profile');

const made: string[] = [];
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true });
});

/** A folder with these files, which goes with the last test of the file. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-attack-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const result = z.object({
  rules: z.array(z.object({ id: z.string(), status: z.string(), reason: z.string().nullable() })),
  findings: z.array(z.object({ ruleId: z.string(), message: z.string(), data: z.record(z.string(), z.unknown()) })),
});

export type Attacked = Answer & {
  /** What became of each rule, by its id: its status, or why it failed, without the folder of its file. */
  readonly rules: Readonly<Record<string, string>>;
  readonly findings: z.infer<typeof result>['findings'];
};

/** Audits the fixture with these files as rules beside a shipped one, as its own process. */
export async function auditWith(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Attacked> {
  const rules = await folderWith(files);
  const cwd = await folderWith({});
  const cache = join(cwd, '.cache');
  mkdirSync(cache);
  writeFileSync(join(cwd, 'witness.txt'), 'as it was');
  const answer = await postlude(
    [
      'audit',
      sharedProfile,
      '--rules-dir',
      rules,
      '--rules',
      'attack',
      '--rules',
      'merge/shared-profile',
      '--format',
      'json',
      ...args,
    ],
    { cwd, env: { XDG_CACHE_HOME: cache } },
  );
  const told = result.safeParse(parsed(answer.stdout));
  return {
    ...answer,
    stderr: answer.stderr.replaceAll(`${rules}/`, ''),
    rules: Object.fromEntries(
      (told.data?.rules ?? []).map(({ id, status, reason }) => [
        id,
        status === 'failed' ? (reason ?? '').replaceAll(`${rules}/`, '') : status,
      ]),
    ),
    findings: told.data?.findings ?? [],
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return `not JSON: ${json.slice(0, 200)}`;
  }
}

/** Rule files from SQL by name: `{ copy: 'SELECT …' }` becomes `attack/copy.sql`. */
export function rulesOf(sqls: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(sqls).map(([name, sql]) => [`attack/${name}.sql`, ruleText({ sql })]));
}

export const conversations = 'SELECT account_id, conversation_id AS subject_id';
