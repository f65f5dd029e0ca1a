import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, rmdir } from 'node:fs/promises';
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
 *
 * Several audits of a store can go on at once, of shares of it above all, and keep their parts in one folder. The name of a file begins
 * with the state of the store and with what was asked, so that each that ends knows its own.
 */
export type KeptParts = {
  read(range: AccountRange): Promise<Part | null>;
  write(range: AccountRange, part: Part): Promise<void>;
  /** Takes away the parts of this audit, and those of a state of the store that is no more. */
  remove(): Promise<void>;
};

/** So often a part is written until that is given up: each audit that ends can take the folder away once. */
const mostTries = 5;

export async function keptParts(run: Run): Promise<KeptParts> {
  const folder = `${run.options.db}.parts`;
  const state = digest([tool().version, run.meta?.generation ?? 0]);
  const asked = `${state}_${await askedBy(run)}`;
  await makeFolder(folder);
  const fileOf = ({ first, last }: AccountRange) => join(folder, `${asked}_${digest([first, last])}.json`);
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
    write: (range, part) => writePart(folder, fileOf(range), keptPartText(part), mostTries),
    async remove() {
      const names = await readdir(folder).catch((thrown: unknown): string[] => {
        if (isErrno(thrown, 'ENOENT')) return [];
        throw thrown;
      });
      const ended = names.filter((name) => {
        // What was being written when its audit was killed has a dot before its name.
        const plain = name.replace(/^\./, '');
        return plain.startsWith(`${asked}_`) || !plain.startsWith(`${state}_`);
      });
      await Promise.all(ended.map((name) => rm(join(folder, name), { recursive: true, force: true })));
      await rmdir(folder).catch((thrown: unknown) => {
        // Others still keep theirs, or were faster.
        if (!isErrno(thrown, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw thrown;
      });
    },
  };
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((thrown: unknown) => {
    // Taken away just now by an audit that ended: whoever writes into it makes it again.
    if (isErrno(thrown, 'ENOENT')) return;
    if (!isErrno(thrown, 'EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR')) throw thrown;
    throw new UserError(
      `cannot keep parts of the audit in ${folder}: ${messageOf(thrown)}; change that, or leave out --resume`,
    );
  });
}

/** Another audit may end, and take away the folder, or what is being written where it asked for the same, at any moment. */
async function writePart(folder: string, file: string, text: string, tries: number): Promise<void> {
  await makeFolder(folder);
  try {
    await writeWhole(file, [text]);
  } catch (thrown) {
    if (!(thrown instanceof UserError) || tries === 1) throw thrown;
    await writePart(folder, file, text, tries - 1);
  }
}

async function askedBy({ options, rules, loaded }: Run): Promise<string> {
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
  return digest([loaded.events, asked, files, texts]);
}

function digest(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
}
