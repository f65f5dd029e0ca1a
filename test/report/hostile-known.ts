import { compareWithBaseline } from '../../src/findings/baseline.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';

/** What a log can hold to get out of its place: in a terminal, in markup, in a table, in a line. */
export const poison =
  '\u001b]0;x\u0007\u001b[2J\u009b2J\u202e\u2066<script>alert(1)</script><img src=x onerror=alert(1)>=1+1\r\n\n## x | `y`\u2028"\'';

/** A finding that is poison wherever text of logs can be, compared with a baseline that is no better. */
export function hostile(): AuditResult {
  const place = (id: string) => ({ type: 'conversation' as const, id: `${id}${poison}` });
  const over = { ruleId: poison, accountId: poison, title: poison };
  const cause = makeFinding({ ...over, subject: place('cause') });
  const finding = makeFinding({
    ...over,
    severity: 'error',
    cause: poison,
    subject: place('subject'),
    related: [place('related')],
    message: poison,
    fix: poison,
    reference: poison,
    requestIds: [poison],
    correlationIds: [`c${poison}`],
    causedBy: [cause.fingerprint],
    data: { [poison]: poison, operation_id: poison },
    evidence: [
      makeEvidence(poison, {
        eventType: poison,
        level: poison,
        errorReason: poison,
        status: poison,
        requestId: poison,
        file: poison,
      }),
    ],
  });
  const whole = makeResult({
    files: [{ path: poison, format: poison, rows: 1, rejected: 1, duplicates: 0, account: poison }],
    issues: [{ severity: 'notice', file: poison, line: 1, message: poison }],
    rules: [{ id: poison, status: 'matched', reason: poison, findings: 2, durationMs: 1 }],
    findings: [finding, cause],
    accounts: [{ id: poison, skippedRules: [] }],
  });
  const before = { ...finding, severity: 'warning' as const };
  const gone = makeFinding({ ...over, subject: place('gone') });
  const { updated } = compareWithBaseline({ ...whole, findings: [before, cause, gone] }, poison, []);
  return compareWithBaseline(whole, poison, updated).result;
}
