import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { messageOf } from '../engine/errors.ts';
import { displayPath, type Position, type Problem } from './position.ts';

/** A predicate as it is called: what it was written for is known to its author only. */
export type LoadedPredicate = {
  /** Its absolute path, as stacks have it. */
  readonly file: string;
  readonly events: boolean;
  readonly decide: (row: unknown, context: unknown) => unknown;
};

/** A failure of a predicate, as one line with its file. */
export class PredicateError extends Error {
  override readonly name = 'PredicateError';
  readonly problem: Problem;
  constructor(file: string, reason: string, at: Position = { line: 1, column: 1 }) {
    super(`${file}: ${reason}`);
    this.problem = { file, ...at, message: reason };
  }
}

/**
 * Loads the `.ts` file of a rule; it may import helpers beside it, packages it finds, and `postlude` for the public API.
 * Runs the code of the file, here and now: predicates of others are for a thread of their own.
 * @param spillDir takes the compiled form where the user's own cache folder cannot be written
 * @throws PredicateError
 */
export async function loadPredicate(file: string, spillDir: string): Promise<LoadedPredicate> {
  const [{ createJiti }, api] = await Promise.all([import('jiti'), publicApi()]);
  const jiti = createJiti(import.meta.url, {
    fsCache: await cacheDir(spillDir),
    interopDefault: false,
    // The module that runs already, whether it is source or built: a copy of it would be loaded a second time.
    virtualModules: { postlude: api },
  });
  const name = displayPath(file);
  const path = resolve(file);
  let exported: unknown;
  try {
    exported = await jiti.import(path);
  } catch (thrown) {
    const { reason, at } = parseError(path, thrown) ?? { reason: messageOf(thrown), at: ranAt(path, thrown) };
    throw new PredicateError(name, `cannot be loaded: ${reason}`, at);
  }
  const value =
    typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : undefined;
  if (!isPredicate(value)) {
    throw new PredicateError(name, `the default export must be predicate(…) from postlude, it is ${kindOf(value)}`);
  }
  return { file: path, events: value.events, decide: value.decide };
}

/** By hand, as a library for it would take longer to load into a thread than the predicate does. */
function isPredicate(value: unknown): value is Omit<LoadedPredicate, 'file'> {
  if (typeof value !== 'object' || value === null) return false;
  if (!('kind' in value && 'events' in value && 'decide' in value)) return false;
  return value.kind === 'postlude.predicate' && typeof value.events === 'boolean' && typeof value.decide === 'function';
}

type Told = { readonly reason: string; readonly at: Position | undefined };

/** What the parser says, without the place at its end; of a file that is imported it goes on being told. */
function parseError(file: string, thrown: unknown): Told | null {
  const [, reason, where, line, column] =
    (thrown instanceof Error ? /^(.*?)\s*\n\s*(.+):(\d+):(\d+)$/su.exec(thrown.message) : null) ?? [];
  if (reason === undefined || where === undefined) return null;
  // Its columns count from 0.
  const at = { line: Number(line), column: Number(column) + 1 };
  const text = messageOf(reason);
  return where === file
    ? { reason: text, at }
    : { reason: `${text} (${displayPath(where)}:${at.line}:${at.column})`, at: undefined };
}

function ranAt(file: string, thrown: unknown): Position | undefined {
  const line = lineIn(file, thrown);
  return line === undefined ? undefined : { line, column: 1 };
}

/** The line of a file in which something was thrown. What is run has the lines of what was written, but not its columns. */
export function lineIn(file: string, thrown: unknown): number | undefined {
  const told = thrown instanceof Error ? (thrown.stack ?? thrown.message) : '';
  const at = told.indexOf(`${file}:`);
  const [, line] = at < 0 ? [] : (/^:(\d+):\d+/u.exec(told.slice(at + file.length)) ?? []);
  return line === undefined ? undefined : Number(line);
}

/** By URL, as an import would close a circle: the public API exports what is in this folder. */
function publicApi(): Promise<unknown> {
  const own = new URL(import.meta.url);
  return import(new URL(own.pathname.endsWith('.ts') ? '../index.ts' : '../index.js', own).href);
}

/** Per user: what lies in there is run, so nobody else may write it. */
async function cacheDir(spillDir: string): Promise<string> {
  const spare = join(spillDir, 'predicates');
  const base = userCache();
  if (base === undefined) return spare;
  const folder = join(base, 'postlude', 'predicates');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    return folder;
  } catch {
    return spare;
  }
}

/** Only an absolute path is the user's: a relative one, or an empty `HOME`, is in whatever folder postlude is called in. */
function userCache(): string | undefined {
  const named = process.env.XDG_CACHE_HOME || (process.platform === 'win32' && process.env.LOCALAPPDATA) || '';
  if (isAbsolute(named)) return named;
  try {
    const cache = join(homedir(), '.cache');
    return isAbsolute(cache) ? cache : undefined;
  } catch {
    // Neither `HOME` nor an entry for the user in the system's list: usual in containers.
    return undefined;
  }
}

/** What a value is, for messages: `a promise`, `"yes"`, `undefined`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return isThenable(value) ? 'a promise' : 'an object';
  if (typeof value === 'function') return 'a function';
  return String(value);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
