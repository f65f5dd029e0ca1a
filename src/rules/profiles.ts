import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';
import { quoted, type Session } from '../engine/session.ts';

/** How DuckDB carried out the queries of rules, one JSON file for each in a folder: `voice/silent-call.json`. */
export type RuleProfiles = {
  /** Before the session is locked: afterwards nothing can be set. Returns the folder that has to stay open. */
  begin(session: Session): Promise<string>;
  /** Right after the query of a rule, while it is the last one. A rule that is run again gets another file. */
  keep(ruleId: string): Promise<void>;
};

/** @throws UserError where the folder cannot be made; before anything is loaded, which can take a while */
export async function ruleProfiles(dir: string): Promise<RuleProfiles> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (thrown) {
    throw cannotWrite(dir, thrown);
  }
  const runs = new Map<string, number>();
  let last: string | null = null;
  return {
    async begin(session) {
      const folder = join(session.spillDir, 'profile');
      await mkdir(folder, { recursive: true });
      last = join(folder, 'last.txt');
      // The file first: without one DuckDB prints profiles to standard output. A .json is refused as long as the form is not set.
      await session.run(`SET profiling_output = ${quoted(last)}`);
      await session.run("SET enable_profiling = 'json'");
      return folder;
    },
    async keep(ruleId) {
      if (last === null) return;
      const run = (runs.get(ruleId) ?? 0) + 1;
      runs.set(ruleId, run);
      const file = join(dir, `${ruleId}${run === 1 ? '' : `.${run}`}.json`);
      const profile = await readFile(last, 'utf8');
      try {
        await mkdir(dirname(file), { recursive: true });
        // Whole or not at all, in the place of what an earlier run has kept.
        await writeFile(`${file}.tmp`, profile);
        await rename(`${file}.tmp`, file);
      } catch (thrown) {
        await rm(`${file}.tmp`, { force: true });
        throw cannotWrite(file, thrown);
      }
    },
  };
}

function cannotWrite(path: string, thrown: unknown): unknown {
  return isErrno(thrown, 'ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST', 'EISDIR')
    ? new UserError(`Cannot write profiles: ${messageOf(thrown)} (--profile ${path}). Name another folder.`)
    : thrown;
}
