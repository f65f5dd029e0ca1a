import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Part, Run } from './audit-run.ts';
import { isErrno, messageOf, UserError } from './engine/errors.ts';
import { tool } from './engine/tool.ts';
import type { AccountRange } from './ingest/focus.ts';
import { keptPartText, readKeptPart } from './kept-part-file.ts';
import { writeWhole } from './report/target.ts';

/**
 * The results of parts of an audit of a store, kept beside it until the audit is done. Only one that is asked for the very same finds
 * them again: of the same state of the store, with the same rules, params and options.
 */
export type KeptParts = {
  read(range: AccountRange): Promise<Part | null>;
  write(range: AccountRange, part: Part): Promise<void>;
  remove(): Promise<void>;
};

export async function keptParts(run: Run): Promise<KeptParts> {
  const folder = `${run.options.db}.parts`;
  const asked = await askedBy(run);
  await mkdir(folder, { recursive: true }).catch((thrown: unknown) => {
    if (!isErrno(thrown, 'EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR')) throw thrown;
    throw new UserError(
      `cannot keep parts of the audit in ${folder}: ${messageOf(thrown)}; change that, or leave out --resume`,
    );
  });
  const fileOf = ({ first, last }: AccountRange) => join(folder, `${digest([asked, first, last])}.json`);
  return {
    async read(range) {
      const file = fileOf(range);
      const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
        if (isErrno(thrown, 'ENOENT')) return null;
        throw thrown;
      });
      if (text === null) return null;
      try {
        return readKeptPart({ name: file, text });
      } catch (thrown) {
        // What cannot be read is done again.
        if (thrown instanceof UserError) return null;
        throw thrown;
      }
    },
    write: (range, part) => writeWhole(fileOf(range), [keptPartText(part)]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function askedBy({ options, meta, rules, loaded }: Run): Promise<string> {
  const {
    progress: _progress,
    compare: _compare,
    redact: _redact,
    memoryLimit: _limit,
    tempDir: _dir,
    entriesAtATime: _entries,
    ...asked
  } = options;
  const files = rules.selected.flatMap(({ file, predicateFile }) =>
    predicateFile === undefined ? [file] : [file, predicateFile],
  );
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return digest([tool().version, meta?.generation ?? 0, loaded.events, asked, files, texts]);
}

function digest(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
}
