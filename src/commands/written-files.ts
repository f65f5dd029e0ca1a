import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isErrno } from '../engine/errors.ts';
import { sanitise } from '../report/sanitise.ts';
import { writeWhole } from '../report/target.ts';
import { count } from '../report/text.ts';
import type { Context } from './context.ts';

/** A file that a command writes beside rules, and which it may replace only where it was written by it. */
export type WrittenFile = { readonly path: string; readonly text: string };

type How = {
  /** `postlude rules types`, … */
  readonly tool: string;
  /** The whole call, which is to be made again where a file is stale. */
  readonly command: string;
  /** Look only whether the files are as they should be. */
  readonly check: boolean;
  /** Whether a file was written by the command; any other is somebody's work. */
  readonly isOurs: (text: string) => boolean;
  /** Files that the command has written for what is no longer there. */
  readonly gone?: readonly string[];
};

/**
 * Writes files, or with `check` only tells which are missing or stale, and then sets exit code 1. What is up to date is left alone.
 * A file of the same name that somebody else has written is never replaced: that is told, with exit code 2.
 */
export async function writeFiles(context: Context, files: readonly WrittenFile[], how: How): Promise<void> {
  const told: string[] = [];
  let fresh = 0;
  for (const file of files) {
    const state = await stateOf(file, files, how);
    if (state === 'fresh') fresh++;
    else if (state === 'missing' || state === 'stale') {
      if (!how.check) await writeWhole(file.path, [file.text]);
      told.push(`${file.path}: ${how.check ? state : state === 'missing' ? 'written' : 'written again'}`);
    } else {
      context.warn(`postlude: cannot write ${file.path}: ${state.refused}`);
      context.exit(2);
    }
  }
  for (const path of how.gone ?? []) {
    if (!how.check) await rm(path);
    told.push(`${path}: ${how.check ? 'its rule is gone' : 'removed, as its rule is gone'}`);
  }
  await context.print(told.map((line) => `${sanitise(line)}\n`).join(''));
  if (!how.check) context.warn(`${count(told.length, 'file')} changed, ${fresh} up to date`);
  else if (told.length === 0) context.warn(`${count(fresh, 'file')} checked, nothing is stale`);
  else {
    context.warn(`${count(told.length, 'file needs', 'files need')} to be written: ${how.command}`);
    context.exit(1);
  }
}

type State = 'fresh' | 'missing' | 'stale' | { readonly refused: string };

async function stateOf({ path, text }: WrittenFile, files: readonly WrittenFile[], how: How): Promise<State> {
  if (files.filter((other) => resolve(other.path) === resolve(path)).length > 1) {
    return { refused: 'two things would stand there: give the rule another name' };
  }
  const there = await textOf(path);
  if (there === null) return 'missing';
  if (!how.isOurs(there)) return { refused: `${how.tool} has not written what is there: move it away first` };
  // A file system may hand out other line ends than were written.
  return there.replaceAll('\r\n', '\n') === text ? 'fresh' : 'stale';
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null;
    throw thrown;
  }
}

/** Writes a file whole, and makes the folders that it needs. */
export async function writeBelow(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, [text]);
}
