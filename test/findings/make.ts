import type { Evidence, Finding } from '../../src/findings/finding.ts';
import { fingerprint } from '../../src/findings/fingerprint.ts';
import type { AuditResult } from '../../src/findings/result.ts';

export const account = 'AC00000000000000000000000000000001';
export const otherAccount = 'AC00000000000000000000000000000002';

export function makeEvidence(logId: string, over: Partial<Evidence> = {}): Evidence {
  return {
    logId,
    eventTime: '2026-09-14T08:00:00.003Z',
    eventType: 'conversation.created',
    level: 'INFO',
    errorCode: null,
    errorReason: null,
    status: null,
    requestId: null,
    file: 'exports/events.ndjson',
    line: 1,
    ...over,
  };
}

/** A finding whose fingerprint fits its rule, account and subject. */
export function makeFinding(over: Partial<Finding> = {}): Finding {
  const finding: Omit<Finding, 'fingerprint'> = {
    ruleId: 'voice/silent-call',
    title: 'Voice conversation has no communications',
    severity: 'warning',
    certainty: 'confirmed',
    cause: 'no-transcription',
    accountId: account,
    subject: { type: 'conversation', id: 'conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k' },
    related: [],
    message: 'It was open for 12 minutes and nothing was transcribed.',
    fix: 'Make sure that someone speaks, that transcription runs, and that the voice capture rules match.',
    reference: 'https://www.twilio.com/docs/conversations/orchestrator/troubleshooting',
    requestIds: [],
    correlationIds: [],
    firstSeen: '2026-09-14T08:00:00.003Z',
    lastSeen: '2026-09-14T08:12:00.000Z',
    ongoing: false,
    evidence: [],
    data: {},
    causedBy: [],
    ...over,
  };
  return { fingerprint: fingerprint(finding.ruleId, finding.accountId, finding.subject.id), ...finding, ...over };
}

export function makeResult(over: Partial<AuditResult> = {}): AuditResult {
  return {
    tool: { name: 'postlude', version: '0.1.0' },
    run: { asOf: '2026-09-14T09:00:00.000Z', events: 12345, duplicates: 0, accounts: 1, durationMs: 1234 },
    files: [
      { path: 'exports/events.ndjson', format: 'debugger-log', rows: 12345, rejected: 0, duplicates: 0, account },
    ],
    issues: [],
    rules: [
      { id: 'merge/shared-profile', status: 'clean', reason: null, findings: 0, durationMs: 3 },
      { id: 'voice/silent-call', status: 'clean', reason: null, findings: 0, durationMs: 4 },
    ],
    findings: [],
    suppressions: [],
    ...over,
  };
}
