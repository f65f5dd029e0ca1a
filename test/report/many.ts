import { createHash } from 'node:crypto';
import type { Evidence, Finding } from '../../src/findings/finding.ts';
import { compareFindings } from '../../src/findings/order.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import type { Timeline, TimelineEvent } from '../../src/findings/timelines.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { accountSid } from '../generate/ids.ts';

const kinds = [
  ['profile/creation-failed', 'Profile creation failed', 'error', 'confirmed'],
  ['profile/unresolved-customer', 'Customer has no profile', 'error', 'likely'],
  ['profile/lookup-failed', 'Profile lookup failed', 'warning', 'confirmed'],
  ['voice/silent-call', 'Voice conversation has no communications', 'warning', 'confirmed'],
  ['capture/no-conversation', 'A message led to no conversation', 'info', 'possible'],
] as const;

const begin = Date.parse('2026-09-14T00:00:00.000Z');
const hour = 3_600_000;

/** What an audit of very many accounts finds: an outage in some of them with all that it caused, and everyday trouble. */
export function manyFindings(n: number, accounts = 150): AuditResult {
  const findings: Finding[] = [];
  const events: TimelineEvent[] = [];
  const ofFindings = new Map<string, Timeline>();
  for (let at = 0; findings.length < n; at++) {
    const accountId = accountSid(1 + (at % accounts));
    const kind = kinds[at % kinds.length] ?? kinds[0];
    const isOutage = at % 400 === 0;
    const [ruleId, title, severity, certainty] = isOutage
      ? (['profile/store-outage', 'A memory store failed many participants', 'critical', 'confirmed'] as const)
      : kind;
    const time = begin + ((at * 7919) % (36 * 60)) * 60_000 + (at % 1000);
    const iso = new Date(time).toISOString();
    const id = createHash('sha256').update(String(at)).digest('hex').slice(0, 26);
    const requestId = `4cc248bf-330b-49e6-9257-${id.slice(0, 12)}`;
    const evidence = [0, 1, 2].map((step) =>
      makeEvidence(`${time + step}-${id.slice(0, 8)}`, {
        eventTime: new Date(time + step).toISOString(),
        eventType: step === 2 ? 'diagnostic' : 'participant.created',
        level: step === 2 ? 'ERROR' : 'INFO',
        errorCode: step === 2 ? 530004 : null,
        errorReason: step === 2 ? 'HTTP 503 Service Unavailable from the profile service' : null,
        requestId,
        line: at * 3 + step + 1,
      }),
    );
    const causes = findings.filter((each) => each.ruleId === 'profile/store-outage').slice(-1);
    const finding = makeFinding({
      ruleId,
      title,
      severity,
      certainty,
      cause: isOutage ? 'outage' : 'transient',
      accountId,
      subject: { type: isOutage ? 'store' : 'participant', id: `conv_participant_${id}` },
      related: [{ type: 'conversation', id: `conv_conversation_${id}` }],
      message: `Participant conv_participant_${id} is number ${at}: HTTP 503 Service Unavailable from the profile service.`,
      requestIds: [requestId],
      correlationIds: [requestId],
      firstSeen: iso,
      lastSeen: new Date(time + hour / 4).toISOString(),
      evidence,
      data: { number: at, address: '+15550101000' },
      causedBy: ruleId.startsWith('profile/') && !isOutage ? causes.map(({ fingerprint }) => fingerprint) : [],
    });
    findings.push(finding);
    const around = [
      ...evidence,
      makeEvidence(`${time + hour}-later`, { eventTime: new Date(time + hour).toISOString() }),
    ];
    const places = around.map((each) => events.push(timelineEvent(accountId, each, id)) - 1);
    ofFindings.set(finding.fingerprint, { events: places, total: places.length });
  }
  findings.sort(compareFindings);
  return makeResult({
    run: {
      asOf: new Date(begin + 37 * hour).toISOString(),
      events: 4_000_000,
      duplicates: 12,
      accounts,
      durationMs: 61_234,
    },
    rules: [...new Set(findings.map(({ ruleId }) => ruleId))].sort().map((id) => ({
      id,
      status: 'matched',
      reason: null,
      findings: findings.filter(({ ruleId }) => ruleId === id).length,
      durationMs: 40,
    })),
    findings,
    timelines: {
      begin: new Date(begin).toISOString(),
      end: new Date(begin + 37 * hour).toISOString(),
      events,
      ofFindings,
      leftOut: 0,
    },
  });
}

export function timelineEvent(accountId: string, evidence: Evidence, id: string): TimelineEvent {
  return {
    ...evidence,
    accountId,
    source: 'conversation-orchestrator',
    conversationId: `conv_conversation_${id}`,
    participantId: `conv_participant_${id}`,
    communicationId: null,
    resourceId: null,
    participantType: 'CUSTOMER',
    name: null,
    profileId: null,
    channel: 'SMS',
    address: '+15550101000',
  };
}
