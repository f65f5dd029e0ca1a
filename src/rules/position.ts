import { isAbsolute, relative, resolve, sep } from 'node:path';

/** A place in a text: line and column count from 1, columns in characters. */
export type Position = { readonly line: number; readonly column: number };

/** Something wrong in a rule, and where. `file` is as the user would type it. */
export type Problem = Position & { readonly file: string; readonly message: string };

/** `FILE:LINE:COL: message`, as editors and CI logs know it: one line, also where a key that is quoted in it has line ends. */
export function formatProblem(problem: Problem): string {
  const text = `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
  return text.replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

/** The beginning of what a message quotes, which may be as long as the file. */
export function shortened(text: string): string {
  const most = 200;
  return text.length > most ? `${[...text.slice(0, most)].slice(0, -1).join('')}…` : text;
}

/** The place of a character offset. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, Math.max(0, offset));
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line++;
  return { line, column: [...before.slice(lineStart)].length + 1 };
}

/**
 * Places as DuckDB tells them, in JavaScript's UTF-16 units: its parser counts code points where it gives up, its tree and
 * its binder count bytes of UTF-8.
 */
export function charOffset(text: string, offset: number, unit: 'bytes' | 'code points'): number {
  if (unit === 'code points') return [...text].slice(0, offset).join('').length;
  return Buffer.from(text, 'utf8').subarray(0, offset).toString('utf8').length;
}

/** A path as the user would type it: relative to the working folder where it lies in there. */
export function displayPath(path: string): string {
  const full = resolve(path);
  const near = relative(process.cwd(), full);
  return near === '' || near.startsWith(`..${sep}`) || near === '..' || resolve(near) !== full ? full : near;
}

/** Whether a path leads into a folder, or is that itself, by its name alone. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
