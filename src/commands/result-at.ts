import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';
import type { AuditResult } from '../findings/result.ts';
import { readResult } from '../report/read-result.ts';
import type { Context } from './context.ts';

/**
 * The result of an audit that stands in a file, or comes from standard input (`-`).
 * @throws UserError in one line where it cannot be read or is none
 */
export async function resultAt(context: Context, path: string, command?: string): Promise<AuditResult> {
  const name = path === '-' ? 'standard input' : path;
  try {
    return readResult({ name, text: await (path === '-' ? text(context.input) : readFile(path, 'utf8')) }, command);
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) throw new UserError(`no such file: ${path}`);
    if (isErrno(thrown, 'EISDIR'))
      throw new UserError(`${path} is a folder; name the file that audit --format json wrote`);
    if (isErrno(thrown, 'ERR_STRING_TOO_LONG', 'ERR_FS_FILE_TOO_LARGE')) {
      throw new UserError(`${name} is too long to be read at once; audit fewer accounts at a time (--account)`);
    }
    if (thrown instanceof Error && 'syscall' in thrown) {
      throw new UserError(`cannot read ${name}: ${messageOf(thrown)}`);
    }
    throw thrown;
  }
}
