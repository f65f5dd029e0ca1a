/**
 * An error that the user can do something about: one line that says what is wrong, where, and what to do.
 * The entry prints its message alone; every other error is a bug in postlude and keeps its stack trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

/** True where a file system call failed with one of these codes (`ENOENT`, `EACCES`, …). */
export function isErrno(thrown: unknown, ...codes: string[]): boolean {
  return thrown instanceof Error && 'code' in thrown && codes.includes(String(thrown.code));
}

/** True where a file is gone, cannot be read, or something else stands in its place: what can become of any file at any time. */
export function isUnreadable(thrown: unknown): boolean {
  return isErrno(thrown, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'EISDIR', 'EIO', 'ESTALE', 'ENXIO');
}

/** Where DuckDB's memory limit does not suffice, though it has spilled what it could. */
export function isOutOfMemory(thrown: unknown): boolean {
  return /Out of Memory Error/.test(messageOf(thrown));
}

/** What a user can do about that. */
export function tooLittleMemory(thrown: unknown): string {
  const message = messageOf(thrown);
  const [, limit = 'what it has'] = /\/([\d.]+ \w+) used\)/.exec(message) ?? [];
  const room = message.includes('max_temp_directory_size') ? ', or more room for temporary files with --temp-dir' : '';
  return `this needs more memory than ${limit}, though it spills what it can: give DuckDB more with --memory-limit${room}`;
}
