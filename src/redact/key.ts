import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';

const leastKeyLength = 16;

/** A key that nobody else has: masks of one run say nothing about those of another. */
export function randomKey(): Uint8Array {
  return randomBytes(32);
}

/**
 * The key that a file holds, all of its bytes; where there is no such file, one is made for its owner alone.
 * @throws UserError where it cannot be read or made, or is too short to keep anything secret
 */
export async function keyFromFile(file: string): Promise<{ readonly key: Uint8Array; readonly isNew: boolean }> {
  const there = await readFile(file).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT')) return null;
    throw new UserError(`cannot read the key in ${file}: ${messageOf(thrown)}`);
  });
  if (there === null) {
    // As text, so that it can be carried to another machine as a variable.
    const key = `${randomBytes(32).toString('hex')}\n`;
    await writeFile(file, key, { flag: 'wx', mode: 0o600 }).catch(async (thrown: unknown) => {
      // Half a key, or none, would be taken for one by the next run.
      if (!isErrno(thrown, 'EEXIST')) await rm(file, { force: true });
      throw new UserError(`cannot write a key to ${file}: ${messageOf(thrown)}`);
    });
    return { key: Buffer.from(key), isNew: true };
  }
  if (there.length < leastKeyLength) {
    throw new UserError(
      `the key in ${file} has ${there.length} bytes, and masks need at least ${leastKeyLength}; name a file that does not exist to have one made`,
    );
  }
  return { key: there, isNew: false };
}
