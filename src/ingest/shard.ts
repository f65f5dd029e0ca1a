import { createHash } from 'node:crypto';

/** A share of the accounts: number `index` (from 1) `of` so many. */
export type Shard = { readonly index: number; readonly of: number };

/**
 * Whether an account is in a share. Every account is in exactly one of the shares 1 to `of`.
 *
 * A contract: the first 48 bits of the SHA-256 of the account id (as UTF-8), taken as one number, modulo `of`, plus 1, is the index
 * of its share. This never changes between versions, so that shares made on different machines, or on different days, belong
 * together.
 */
export function isInShard(accountId: string, { index, of }: Shard): boolean {
  return createHash('sha256').update(accountId).digest().readUIntBE(0, 6) % of === index - 1;
}

/** More shards than that are a mistake: starting a run takes longer than an account does. */
export const mostShards = 10_000;

/** `3/16`, as `--shard` takes it. */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`;
}
