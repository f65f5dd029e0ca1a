import type { Issue } from '../engine/issue.ts';
import type { EventAbout } from '../findings/event-about.ts';
import type { Evidence, Finding, Related } from '../findings/finding.ts';
import type { Person } from '../findings/people.ts';
import type {
  AccountSummary,
  AuditResult,
  BaselineSummary,
  InputFileSummary,
  KnownFinding,
  RuleSummary,
  RunSummary,
  SuppressionSummary,
} from '../findings/result.ts';
import type { TimelineEvent, Timelines } from '../findings/timelines.ts';
import type { Story, StoryEvent, StoryFinding, StoryRecord, Touched, TraceResult } from '../trace/story.ts';
import { addressesIn, maskData } from './data.ts';
import type { Masker } from './masker.ts';

/*
 * Results with everything masked that tells who somebody is. Each key is written out, and what is left of an object has to be
 * nothing: a key that is added to a result does not compile before somebody has said here what becomes of it.
 */

type Nothing = Readonly<Record<string, never>>;

export function maskAudit(result: AuditResult, masker: Masker): AuditResult {
  const { tool, run, files, issues, rules, findings, suppressions, accounts, baseline, people, timelines, ...rest } =
    result;
  rest satisfies Nothing;
  return {
    tool,
    run: maskRun(run, masker),
    files: files.map((file) => maskFile(file, masker)),
    issues: issues.map((issue) => maskIssue(issue, masker)),
    rules: rules.map((rule) => maskRule(rule, masker)),
    findings: findings.map((finding) => maskFinding(finding, masker)),
    suppressions: suppressions.map((suppression) => maskSuppression(suppression, masker)),
    ...(accounts === undefined ? {} : { accounts: accounts.map((account) => maskAccount(account, masker)) }),
    ...(baseline === undefined ? {} : { baseline: maskBaseline(baseline, masker) }),
    ...(people === undefined ? {} : { people: people.map((person) => maskPerson(person, masker)) }),
    ...(timelines === undefined ? {} : { timelines: maskTimelines(timelines, masker) }),
  };
}

export function maskTrace(result: TraceResult, masker: Masker): TraceResult {
  return {
    tool: result.tool,
    id: masker.id(result.id),
    run: maskRun(result.run, masker),
    files: result.files.map((file) => maskFile(file, masker)),
    issues: result.issues.map((issue) => maskIssue(issue, masker)),
    rules: result.rules.map((rule) => maskRule(rule, masker)),
    stories: result.stories.map((story) => maskStory(story, masker)),
    suppressions: result.suppressions.map((suppression) => maskSuppression(suppression, masker)),
  };
}

function maskRun(run: RunSummary, { text }: Masker): RunSummary {
  const { asOf, events, duplicates, accounts, durationMs, shard, asked, config, redacted: _, timing, ...rest } = run;
  rest satisfies Nothing;
  return {
    asOf,
    events,
    duplicates,
    accounts,
    durationMs,
    ...(shard === undefined ? {} : { shard }),
    // A param can hold an address, and its mask is another in every share where no key is given.
    ...(asked === undefined
      ? {}
      : { asked: asked.filter((option) => !option.startsWith('--param=')).map((option) => text(option)) }),
    ...(config === undefined ? {} : { config: text(config) }),
    redacted: true,
    ...(timing === undefined ? {} : { timing }),
  };
}

function maskFile(file: InputFileSummary, { text, id }: Masker): InputFileSummary {
  return {
    path: text(file.path),
    format: file.format,
    rows: file.rows,
    rejected: file.rejected,
    duplicates: file.duplicates,
    account: file.account === null ? null : id(file.account),
  };
}

function maskIssue(issue: Issue, { text, id }: Masker): Issue {
  const { severity, file, line, accounts, message, ...rest } = issue;
  rest satisfies Nothing;
  return {
    severity,
    ...(file === undefined ? {} : { file: text(file) }),
    ...(line === undefined ? {} : { line }),
    ...(accounts === undefined ? {} : { accounts: accounts.map(id) }),
    message: text(message),
  };
}

function maskRule(rule: RuleSummary, { text }: Masker): RuleSummary {
  return {
    id: rule.id,
    status: rule.status,
    reason: rule.reason === null ? null : text(rule.reason),
    findings: rule.findings,
    durationMs: rule.durationMs,
  };
}

function maskSuppression(suppression: SuppressionSummary, { text, value, id }: Masker): SuppressionSummary {
  return {
    rule: suppression.rule,
    account: suppression.account === null ? null : id(suppression.account),
    subject: suppression.subject === null ? null : value(suppression.subject),
    fingerprint: suppression.fingerprint,
    reason: text(suppression.reason),
    expires: suppression.expires,
    status: suppression.status,
    findings: suppression.findings,
    ...(suppression.accounts === undefined
      ? {}
      : { accounts: suppression.accounts.map((account) => ({ id: id(account.id), findings: account.findings })) }),
  };
}

function maskPerson(person: Person, { address, id }: Masker): Person {
  return {
    accountId: id(person.accountId),
    participantId: id(person.participantId),
    conversationId: person.conversationId === null ? null : id(person.conversationId),
    type: person.type,
    addresses: person.addresses.map(address),
  };
}

function maskAccount({ id, ...counts }: AccountSummary, masker: Masker): AccountSummary {
  // What is counted of it names rules and severities alone.
  const { events, skippedRules, findings, byRule, knownByRule, ...rest } = counts;
  rest satisfies Nothing;
  return { ...counts, id: masker.id(id) };
}

function maskBaseline({ file, known, gone, worse, causes }: BaselineSummary, masker: Masker): BaselineSummary {
  const maskKnown = ({ accountId, subject, ...entry }: KnownFinding): KnownFinding => ({
    ...entry,
    accountId: masker.id(accountId),
    subject: maskRelated(subject, masker),
  });
  return { file: masker.text(file), known, gone: gone.map(maskKnown), worse, causes: causes.map(maskKnown) };
}

function maskTimelines({ begin, end, events, ofFindings, leftOut }: Timelines, masker: Masker): Timelines {
  return { begin, end, events: events.map((event) => maskTimelineEvent(event, masker)), ofFindings, leftOut };
}

function maskTimelineEvent(event: TimelineEvent, masker: Masker): TimelineEvent {
  return {
    ...maskEvidence(event, masker),
    ...maskAbout(event, masker),
    accountId: masker.id(event.accountId),
  };
}

function maskAbout(event: EventAbout, masker: Masker): EventAbout {
  const id = (text: string | null) => (text === null ? null : masker.id(text));
  return {
    source: id(event.source),
    conversationId: id(event.conversationId),
    participantId: id(event.participantId),
    communicationId: id(event.communicationId),
    resourceId: id(event.resourceId),
    participantType: id(event.participantType),
    name: event.name === null ? null : masker.name(event.name),
    profileId: id(event.profileId),
    channel: id(event.channel),
    address: event.address === null ? null : masker.address(event.address),
  };
}

/** The fingerprint stays that of the real subject, so that baselines and suppressions go on knowing it. */
function maskFinding(finding: Finding, masker: Masker): Finding {
  const { text, id } = masker;
  const own = ownAddresses(finding);
  return {
    ruleId: finding.ruleId,
    title: finding.title,
    severity: finding.severity,
    certainty: finding.certainty,
    cause: finding.cause,
    accountId: id(finding.accountId),
    subject: maskRelated(finding.subject, masker),
    related: finding.related.map((each) => maskRelated(each, masker)),
    message: text(finding.message, own),
    fix: masker.advice(finding.fix),
    reference: finding.reference,
    requestIds: finding.requestIds.map(id),
    correlationIds: finding.correlationIds.map(id),
    firstSeen: finding.firstSeen,
    lastSeen: finding.lastSeen,
    ongoing: finding.ongoing,
    evidence: finding.evidence.map((event) => maskEvidence(event, masker)),
    data: maskData(finding.data, masker, own),
    causedBy: finding.causedBy,
    fingerprint: finding.fingerprint,
  };
}

/** What a finding itself says is an address: its message was written with it. */
function ownAddresses({ subject, related, data }: Finding): ReadonlySet<string> {
  const named = [subject, ...related].flatMap(({ type, id }) => (type === 'address' ? [id] : []));
  return new Set(
    [...named, ...addressesIn(data)].map((text) => text.trim()).filter((text) => text !== '' && text !== '*'),
  );
}

function maskRelated({ type, id }: Related, masker: Masker): Related {
  return { type, id: type === 'address' ? masker.address(id) : masker.id(id) };
}

function maskEvidence(event: Evidence, { text, id }: Masker): Evidence {
  return {
    logId: id(event.logId),
    eventTime: event.eventTime,
    eventType: id(event.eventType),
    level: event.level,
    errorCode: event.errorCode,
    errorReason: event.errorReason === null ? null : text(event.errorReason),
    status: event.status === null ? null : id(event.status),
    requestId: event.requestId === null ? null : id(event.requestId),
    file: text(event.file),
    line: event.line,
  };
}

function maskStory(story: Story, masker: Masker): Story {
  const { id } = masker;
  return {
    accountId: id(story.accountId),
    matches: story.matches,
    began: story.began,
    ended: story.ended,
    exportBegin: story.exportBegin,
    asOf: story.asOf,
    files: story.files.map(({ path, format, events }) => ({ path: masker.text(path), format, events })),
    requests: story.requests.map(({ requestId, correlationIds, events, errors, warnings, began, ended }) => ({
      requestId: id(requestId),
      correlationIds: correlationIds.map(id),
      events,
      errors,
      warnings,
      began,
      ended,
    })),
    touched: story.touched.map((each) => maskTouched(each, masker)),
    events: story.events.map((event) => maskStoryEvent(event, masker)),
    findings: story.findings.map((finding) => maskStoryFinding(finding, masker)),
    records: story.records.map((record) => maskRecord(record, masker)),
  };
}

function maskTouched({ type, id, events, data }: Touched, masker: Masker): Touched {
  return { type, id: masker.id(id), events, data: maskData(data, masker) };
}

function maskStoryFinding(finding: StoryFinding, masker: Masker): StoryFinding {
  return { ...maskFinding(finding, masker), touches: finding.touches };
}

function maskStoryEvent(event: StoryEvent, masker: Masker): StoryEvent {
  const id = (text: string | null) => (text === null ? null : masker.id(text));
  return {
    ...maskEvidence(event, masker),
    ...maskAbout(event, masker),
    format: event.format,
    correlationId: id(event.correlationId),
    channelId: id(event.channelId),
    configurationId: id(event.configurationId),
    storeId: id(event.storeId),
    reason: event.reason,
    gapMs: event.gapMs,
    gapStandsOut: event.gapStandsOut,
    findings: event.findings,
  };
}

function maskRecord({ type, id, time, through, data, file, line }: StoryRecord, masker: Masker): StoryRecord {
  return {
    type,
    id: id === null ? null : masker.id(id),
    time,
    through: masker.id(through),
    data: maskData(data, masker),
    file: masker.text(file),
    line,
  };
}
