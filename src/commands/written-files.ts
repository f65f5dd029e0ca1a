import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isErrno } from '../engine/errors.ts';
import { sanitise } from '../report/sanitise.ts';
import { writeWhole } from '../report/target.ts';
import { count } from '../report/text.ts';
import type { Context } from './context.ts';

/** A file that a command writes beside rules, and which it may replace only where it was written by it. */
export type WrittenFile = { readonly path: string; readonly text: string };

type How = {
  /** `postlude rules types`: what to run where a file is stale. */
  readonly command: string;
  /** Look only whether the files are as they should be. */
  readonly check: boolean;
  /** Whether a file was written by the command; any other is somebody's work. */
  readonly isOurs: (text: string) => boolean;
};

/**
 * Writes files, or with `check` only tells which are missing or stale, and then sets exit code 1. What is up to date is left alone.
 * A file of the same name that somebody else has written is never replaced: that is told, with exit code 2.
 */
export async function writeFiles(context: Context, files: readonly WrittenFile[], how: How): Promise<void> {
  const stale: { readonly path: string; readonly word: string }[] = [];
  const seen = new Map<string, number>();
  for (const { path } of files) seen.set(resolve(path), (seen.get(resolve(path)) ?? 0) + 1);
  for (const { path, text } of files) {
    const there = await textOf(path);
    // A file system may hand out other line ends than were written.
    if (there?.replaceAll('\r\n', '\n') === text && seen.get(resolve(path)) === 1) continue;
    if (seen.get(resolve(path)) !== 1) refuse(context, path, 'two things would be written there: rename the rule');
    else if (there !== null && !how.isOurs(there)) {
      refuse(context, path, `it is there and was not written by ${how.command}: move it away first`);
    } else {
      if (!how.check) await writeWhole(path, [text]);
      stale.push({ path, word: there === null ? 'missing' : 'stale' });
    }
  }
  for (const { path, word } of stale) await context.print(`${sanitise(how.check ? `${path}: ${word}` : path)}\n`);
  if (how.check && stale.length > 0) context.exit(1);
  const fresh = files.length - stale.length;
  context.warn(
    how.check
      ? stale.length === 0
        ? `${count(fresh, 'file')} checked, nothing is stale`
        : `${count(stale.length, 'file')} of ${files.length} to be written again: ${how.command}`
      : `${count(stale.length, 'file')} written, ${fresh} up to date`,
  );
}

function refuse(context: Context, path: string, reason: string): void {
  context.warn(`postlude: cannot write ${path}: ${reason}`);
  context.exit(2);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null;
    throw thrown;
  }
}
