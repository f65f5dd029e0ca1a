import { stat } from 'node:fs/promises';
import { isErrno } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';

/** What the file system says of a file: while it says the same, its content is taken to be the same. */
export type FileState = { readonly bytes: number; readonly modifiedNs: bigint };

/** @returns null where the file is gone, or cannot be looked at */
export async function stateOf(path: string): Promise<FileState | null> {
  const info = await stat(path, { bigint: true }).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return null;
    throw thrown;
  });
  return info === null ? null : { bytes: Number(info.size), modifiedNs: info.mtimeNs };
}

export function isSameState(one: FileState | null, other: FileState | null): boolean {
  return one !== null && other !== null && one.bytes === other.bytes && one.modifiedNs === other.modifiedNs;
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
