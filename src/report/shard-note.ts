import type { AuditResult } from '../findings/result.ts';
import { shardText } from '../ingest/shard.ts';

/** ` (shard 3/16)`, or nothing: that other accounts are told of somewhere else has to be known. */
export function shardNote({ shard }: AuditResult['run']): string {
  return shard === undefined ? '' : ` (shard ${shardText(shard)})`;
}
