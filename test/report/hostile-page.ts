import type { AuditResult } from '../../src/findings/result.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { timelineEvent } from './many.ts';

/** What a log can say to whatever shows it: markup, script, the end of the element that it stands in, escapes, turned text, formulas. */
export const hostileText = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1) id=injected>',
  '<!--<script>',
  ']]>',
  '"\' onmouseover=alert(1) x=',
  'javascript:alert(1)',
  '\u202egnp.exe\u202c',
  '\u001b]0;title\u0007\u001b[2J',
  '=cmd|calc!A1',
  '{{constructor.constructor("alert(1)")()}}',
  '\u2028\u2029\u0000\ud800',
].join(' ');

/** An audit in which every text that can come from outside is hostile. */
export function hostileResult(): AuditResult {
  const text = hostileText;
  const evidence = [
    makeEvidence(`1${text}`, {
      eventType: text,
      level: text,
      errorCode: 530004,
      errorReason: text,
      status: text,
      requestId: text,
      file: text,
    }),
    makeEvidence('2', { level: 'ERROR', errorReason: text }),
  ];
  const finding = makeFinding({
    title: text,
    cause: text,
    accountId: text,
    subject: { type: 'resource', id: text },
    related: [{ type: 'resource', id: `${text} 2` }],
    message: text,
    fix: text,
    reference: `javascript:alert(1)//${text}`,
    requestIds: [text],
    correlationIds: [`${text} 3`],
    evidence,
    data: { [text]: text, nested: { [text]: [text] } },
  });
  const events = evidence.map((each) => ({
    ...timelineEvent(text, each, text),
    source: text,
    communicationId: text,
    resourceId: text,
    participantType: text,
    name: text,
    profileId: text,
    channel: text,
    address: text,
  }));
  return makeResult({
    tool: { name: text, version: `"><meta http-equiv="refresh" content="0;url=https://evil.example/">${text}` },
    run: { asOf: '2026-09-14T09:00:00.000Z', events: 1, duplicates: 0, accounts: 2, durationMs: 1, config: text },
    files: [{ path: text, format: text, rows: 1, rejected: 1, duplicates: 0, account: text }],
    issues: [
      { severity: 'data_loss', file: text, line: 1, message: text },
      { severity: 'notice', message: text },
    ],
    rules: [{ id: finding.ruleId, status: 'failed', reason: text, findings: 1, durationMs: 1 }],
    findings: [finding],
    suppressions: [
      {
        rule: text,
        account: text,
        subject: text,
        fingerprint: null,
        reason: text,
        expires: text,
        status: 'expired',
        findings: 0,
      },
    ],
    timelines: {
      begin: '2026-09-14T08:00:00.000Z',
      end: '2026-09-14T09:00:00.000Z',
      events,
      ofFindings: new Map([[finding.fingerprint, { events: [0, 1], total: 2 }]]),
      leftOut: 0,
    },
  });
}
