import { stat } from 'node:fs/promises';
import { isUnreadable } from '../engine/errors.ts';
import type { Issue } from '../engine/issue.ts';
import type { Session } from '../engine/session.ts';

/** What the file system says of a file: while it says the same, its content is taken to be the same. */
export type FileState = {
  readonly bytes: number;
  readonly modifiedNs: bigint;
  /** Which file it is; not known of one that was looked at by an earlier run. */
  readonly inode?: bigint;
};

/** @returns null where the file is gone, or cannot be looked at */
export async function stateOf(path: string): Promise<FileState | null> {
  const info = await stat(path, { bigint: true }).catch((thrown: unknown) => {
    if (isUnreadable(thrown)) return null;
    throw thrown;
  });
  return info === null ? null : { bytes: Number(info.size), modifiedNs: info.mtimeNs, inode: info.ino };
}

export function isSameState(one: FileState | null, other: FileState | null): boolean {
  return one !== null && other !== null && one.bytes === other.bytes && one.modifiedNs === other.modifiedNs;
}

/** What has to be told of a file that is no longer as it was when it began to be read; null where it is. */
export function changeOf(path: string, before: FileState | null, after: FileState | null): Issue | null {
  if (before === null || (isSameState(before, after) && before.inode === after?.inode)) return null;
  const told = (severity: Issue['severity'], message: string): Issue => ({ severity, file: path, message });
  if (after === null) return told('notice', 'was taken away while it was read, or cannot be looked at any longer.');
  if (before.inode === after.inode && after.bytes > before.bytes) {
    return told('notice', 'changed while it was read: what came later is missing; load it again.');
  }
  return told(
    'data_loss',
    'was cut, written over or replaced while it was read: some of what it held can be missing; load it again.',
  );
}

const ofSessions = new WeakMap<Session, ReadonlyMap<string, FileState | null>>();

/** For a session whose log was read earlier: what its files, by `readPath`, were like then; null where another content took the place. */
export function rememberStates(session: Session, states: ReadonlyMap<string, FileState | null>): void {
  ofSessions.set(session, states);
}

/** Whether what stands in a file is still what the session has of it: without that, a line of it says nothing. */
export async function isAsRead(session: Session, readPath: string): Promise<boolean> {
  const states = ofSessions.get(session);
  return states === undefined || isSameState(states.get(readPath) ?? null, await stateOf(readPath));
}
