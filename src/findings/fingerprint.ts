import { createHash } from 'node:crypto';

/**
 * What a finding is recognised by in another export of the same incident: 16 hexadecimal digits that depend on rule,
 * account and subject alone.
 */
export function fingerprint(ruleId: string, accountId: string, subjectId: string): string {
  // As JSON, so that no two triples make the same text.
  return createHash('sha256')
    .update(JSON.stringify([ruleId, accountId, subjectId]))
    .digest('hex')
    .slice(0, 16);
}
