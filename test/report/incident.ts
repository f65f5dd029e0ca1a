import type { Finding } from '../../src/findings/finding.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { account, makeEvidence, makeFinding, makeResult } from '../findings/make.ts';

/** A dead memory store with its symptoms, a merge, and some silent calls: what an incident looks like to a report. */
export function incident({ symptoms = 12, silentCalls = 7 } = {}): AuditResult {
  const store = { type: 'store', id: 'mem_store_01knq9vx4qfghrt2dyrh4942w0' } as const;
  const participants = Array.from({ length: symptoms }, (_, at) => ({
    type: 'participant' as const,
    id: `conv_participant_01ktmfgjf2es6vd494d6d${String(at).padStart(5, '0')}`,
  }));
  const failure = (at: number) =>
    makeEvidence(`1789372800${String(at).padStart(3, '0')}-67cbb62a`, {
      eventTime: `2026-09-14T08:0${at % 10}:00.${String(at).padStart(3, '0')}Z`,
      eventType: 'diagnostic',
      level: 'ERROR',
      errorCode: 530004,
      errorReason: 'HTTP 503 Service Unavailable from the profile service',
      status: 'FAILED',
      requestId: `4cc248bf-330b-49e6-9257-c9756e34c${String(at).padStart(3, '0')}`,
      line: 100 + at,
    });
  const outage = makeFinding({
    ruleId: 'profile/store-outage',
    title: 'Profile lookups and creations fail in bursts',
    severity: 'critical',
    cause: 'outage',
    subject: store,
    related: participants,
    message: `${symptoms} participants were hit within 10 minutes: the profile service answered 503 Service Unavailable.`,
    fix: 'Nothing in the configuration is wrong. Wait until the service recovers, then update the participants that were added meanwhile, so that they are resolved again.',
    reference: 'https://www.twilio.com/docs/api/errors/530004',
    requestIds: participants.map((_, at) => `4cc248bf-330b-49e6-9257-c9756e34c${String(at).padStart(3, '0')}`),
    correlationIds: ['c0ffee00-330b-49e6-9257-c9756e34c267'],
    evidence: participants.map((_, at) => failure(at)),
    ongoing: true,
  });
  const created = participants.map((subject, at) =>
    makeFinding({
      ruleId: 'profile/creation-failed',
      title: 'Profile creation failed',
      severity: 'error',
      cause: 'transient',
      subject,
      message: 'The profile could not be created: HTTP 503 Service Unavailable.',
      fix: 'Update the participant when the service has recovered.',
      evidence: [failure(at)],
      causedBy: [outage.fingerprint],
    }),
  );
  const unresolved = created.slice(0, 2).map(({ subject, fingerprint }) =>
    makeFinding({
      ruleId: 'profile/unresolved-customer',
      title: 'Customer has no profile',
      severity: 'error',
      cause: 'creation-failed',
      subject,
      message: 'This customer has no profile, because its creation failed.',
      causedBy: [fingerprint],
    }),
  );
  const merge = makeFinding({
    ruleId: 'merge/shared-profile',
    title: 'Two customers share a profile and land in one conversation',
    severity: 'error',
    certainty: 'likely',
    cause: 'shared-profile',
    message:
      'Anna Example (+15550100001) and Ben Example (+15550100002) have the profile mem_profile_00000000000000000000000001.',
    fix: 'Make the identity traits unique, then split the profile.',
    related: [
      { type: 'participant', id: 'conv_participant_01ktmfgjf2es6vd494d6dfrdz2' },
      { type: 'participant', id: 'conv_participant_01ktmfgss1eevs991g9j189as2' },
    ],
    requestIds: ['4cc248bf-330b-49e6-9257-c9756e34c267'],
    firstSeen: '2026-09-14T08:00:00.003Z',
    lastSeen: '2026-09-14T08:00:00.003Z',
    evidence: [
      makeEvidence('1-a', {
        eventType: 'participant.created',
        requestId: '4cc248bf-330b-49e6-9257-c9756e34c267',
        line: 7,
      }),
      makeEvidence('1-b', {
        eventType: 'participant.updated',
        requestId: '4cc248bf-330b-49e6-9257-c9756e34c267',
        line: null,
      }),
    ],
  });
  const silent = Array.from({ length: silentCalls }, (_, at) =>
    makeFinding({
      subject: { type: 'conversation', id: `conv_conversation_01kzpzmjf3fj9rhtxsrkst${String(at).padStart(4, '0')}` },
    }),
  );
  const findings: Finding[] = [outage, merge, ...created, ...unresolved, ...silent];
  return makeResult({
    run: {
      asOf: '2026-09-14T09:00:00.000Z',
      events: 12345,
      duplicates: 12,
      accounts: 1,
      durationMs: 2345,
      timing: {
        phases: [
          { name: 'reading rules', ms: 120.4 },
          { name: 'loading', ms: 900 },
          { name: 'tables', ms: 600.25 },
          { name: 'rules', ms: 700 },
          { name: 'evidence', ms: 24 },
        ],
        tables: [
          { name: 'coverage', ms: 0.2 },
          { name: 'participants', ms: 410.6 },
          { name: 'conversations', ms: 12 },
        ],
        memoryLimit: 8_000_000_000,
      },
    },
    files: [
      { path: 'exports/events.ndjson', format: 'debugger-log', rows: 12345, rejected: 2, duplicates: 12, account },
      { path: 'exports/configurations.json', format: 'configurations', rows: 3, rejected: 0, duplicates: 0, account },
    ],
    issues: [
      {
        severity: 'notice',
        message: `The export of ${account} shows no communication events: that a call was silent is only possible there, never confirmed.`,
      },
      {
        severity: 'data_loss',
        file: 'exports/events.ndjson',
        line: 17,
        message: 'not JSON: 2 lines of the file could not be read.',
      },
      { severity: 'info', message: '40 entries before --from 2026-09-14T00:00:00.000Z left out.' },
    ],
    rules: [
      {
        id: 'capture/no-conversation',
        status: 'skipped',
        reason: 'needs messages or calls: add an export of them to the folder of the logs',
        findings: 0,
        durationMs: 0,
      },
      {
        id: 'capture/missing-call-type',
        status: 'skipped',
        reason: 'needs messages or calls: add an export of them to the folder of the logs',
        findings: 0,
        durationMs: 0,
      },
      { id: 'merge/shared-profile', status: 'matched', reason: null, findings: 1, durationMs: 12 },
      {
        id: 'memory/no-observations',
        status: 'failed',
        reason: 'rules/memory/no-observations.sql:12:3: column "x" does not exist',
        findings: 0,
        durationMs: 1,
      },
      { id: 'profile/creation-failed', status: 'matched', reason: null, findings: created.length, durationMs: 12 },
      { id: 'profile/store-outage', status: 'matched', reason: null, findings: 1, durationMs: 12 },
      { id: 'profile/unresolved-customer', status: 'matched', reason: null, findings: 2, durationMs: 12 },
      { id: 'voice/silent-call', status: 'matched', reason: null, findings: silent.length, durationMs: 12 },
      { id: 'voice/stuck-active', status: 'clean', reason: null, findings: 0, durationMs: 12 },
    ],
    findings,
    people: participants.map(({ id }, at) => ({
      accountId: account,
      participantId: id,
      conversationId: id.replace('participant', 'conversation'),
      type: 'CUSTOMER',
      addresses: [`+1555010${String(1000 + at)}`],
    })),
  });
}
