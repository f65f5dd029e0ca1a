import type { Issue } from '../engine/issue.ts';
import { wholeNumber } from '../engine/whole-number.ts';
import type { Evidence, Finding, Related } from '../findings/finding.ts';
import { severityRank } from '../findings/order.ts';
import type {
  AccountSummary,
  AuditResult,
  BaselineSummary,
  InputFileSummary,
  KnownFinding,
  RuleSummary,
  RunSummary,
  SeverityCounts,
  SuppressionSummary,
  Timing,
} from '../findings/result.ts';
import { type Severity, severities } from '../rules/vocabulary.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { escapeInJson } from './sanitise.ts';

/**
 * The machine contract, in pieces: keys in the order of design and documentation, two spaces, a line feed at the end.
 * In pieces because the findings of hundreds of accounts can be longer than the longest string that Node can hold.
 */
export function* jsonReport(
  result: AuditResult,
  options: Pick<ReportOptions, 'leastSeverity' | 'timing'>,
): Generator<string> {
  const shown = atLeast(result, options.leastSeverity);
  const { tool, files, issues, rules, findings, suppressions, accounts, baseline } = shown;
  const run = withLeastSeverity(shown.run, options.leastSeverity);
  yield toolPiece(tool);
  yield* runPieces({ run, files, issues, rules }, options.timing !== undefined);
  yield* list('findings', findings.map(findingRecord));
  yield ',\n';
  yield* list('suppressions', suppressions.map(suppressionRecord));
  if (accounts !== undefined) {
    yield ',\n';
    yield* list('accounts', accounts.map(accountRecord));
  }
  if (baseline !== undefined) yield `,\n  "baseline": ${print(baselineRecord(baseline))}`;
  yield '\n}\n';
}

/** How every document begins. */
export function toolPiece({ name, version }: AuditResult['tool']): string {
  return `{\n  "tool": ${print({ name, version })},\n`;
}

/** What every document says of its run, up to what the run found; where its time went only where somebody asked. */
export function* runPieces(
  {
    run: { asOf, events, duplicates, accounts, durationMs, shard, asked, config, redacted, timing },
    files,
    issues,
    rules,
  }: Pick<AuditResult, 'run' | 'files' | 'issues' | 'rules'>,
  withTiming: boolean,
): Generator<string> {
  const shared = shard === undefined ? {} : { shard: { index: shard.index, of: shard.of } };
  const called = asked === undefined || asked.length === 0 ? {} : { asked };
  const configured = config === undefined ? {} : { config };
  const masked = redacted === undefined ? {} : { redacted };
  const timed = withTiming && timing !== undefined ? { timing: timingRecord(timing) } : {};
  yield `  "run": ${print({ asOf, events, duplicates, accounts, durationMs, ...shared, ...called, ...configured, ...masked, ...timed })},\n`;
  yield* list('files', files.map(fileRecord));
  yield ',\n';
  yield* list('issues', issues.map(issueRecord));
  yield ',\n';
  yield* list('rules', rules.map(ruleRecord));
  yield ',\n';
}

const severityOption = '--severity=';

/** Of a share it has to be known which findings are left out: a share that has them all does not go with it. */
function withLeastSeverity(run: RunSummary, least: Severity): RunSummary {
  if (run.shard === undefined || least === 'info') return run;
  const { asked = [] } = run;
  // A result that is told again can have left out more before.
  const before = asked.flatMap(
    (option) => severities.find((severity) => option === `${severityOption}${severity}`) ?? [],
  );
  const [highest = least] = [least, ...before].toSorted((a, b) => severityRank(b) - severityRank(a));
  return {
    ...run,
    asked: [...asked.filter((option) => !option.startsWith(severityOption)), `${severityOption}${highest}`],
  };
}

/** A key with a list as its value, one piece an item. */
export function* list(key: string, items: readonly unknown[]): Generator<string> {
  yield `  "${key}": [`;
  for (const [at, item] of items.entries()) yield `${at === 0 ? '' : ','}\n    ${print(item, 4)}`;
  yield items.length === 0 ? ']' : '\n  ]';
}

/** A value as JSON, its lines after the first indented: part of a document that is written in pieces. */
export function print(value: unknown, indent = 2): string {
  return escapeInJson(JSON.stringify(value, withoutBigint, 2).replaceAll('\n', `\n${' '.repeat(indent)}`));
}

/** A value as JSON on one line: a line of a file, or a cell of a table. */
export function printInLine(value: unknown): string {
  return escapeInJson(JSON.stringify(value, withoutBigint));
}

function withoutBigint(_key: string, item: unknown): unknown {
  return typeof item === 'bigint' ? wholeNumber(item) : item;
}

function timingRecord({ phases, tables, memoryLimit }: Timing) {
  const record = ({ name, ms }: Timing['phases'][number]) => ({ name, ms: Math.round(ms) });
  return { phases: phases.map(record), tables: tables.map(record), memoryLimit };
}

// Each key is written out, so that neither its order nor its presence depends on how the value was made.

function fileRecord({ path, format, rows, rejected, duplicates, account }: InputFileSummary) {
  return { path, format, rows, rejected, duplicates, account };
}

function issueRecord({ severity, file, line, accounts, message }: Issue) {
  return { severity, file: file ?? null, line: line ?? null, message, ...(accounts === undefined ? {} : { accounts }) };
}

function ruleRecord({ id, status, reason, findings, durationMs }: RuleSummary) {
  return { id, status, reason, findings, durationMs };
}

export function suppressionRecord(suppression: SuppressionSummary) {
  const { rule, account, subject, fingerprint, reason, expires, status, findings, accounts } = suppression;
  const byAccount = accounts?.map(({ id, findings }) => ({ id, findings }));
  return {
    rule,
    account,
    subject,
    fingerprint,
    reason,
    expires,
    status,
    findings,
    ...(byAccount === undefined ? {} : { accounts: byAccount }),
  };
}

function accountRecord({ id, events, skippedRules, findings, byRule, knownByRule }: AccountSummary) {
  return {
    id,
    ...(events === undefined ? {} : { events }),
    skippedRules,
    ...(findings === undefined ? {} : { findings: severityRecord(findings) }),
    ...(byRule === undefined ? {} : { byRule }),
    ...(knownByRule === undefined ? {} : { knownByRule }),
  };
}

function severityRecord({ critical, error, warning, info }: SeverityCounts) {
  return { critical, error, warning, info };
}

function baselineRecord({ file, known, gone, worse, causes }: BaselineSummary) {
  return {
    file,
    known,
    gone: gone.map(knownRecord),
    worse: worse.map(({ fingerprint, was }) => ({ fingerprint, was })),
    causes: causes.map(knownRecord),
  };
}

function knownRecord(entry: KnownFinding) {
  const { ruleId, accountId, subject, severity, firstSeen, title, fingerprint } = entry;
  return { ruleId, accountId, subject: relatedRecord(subject), severity, firstSeen, title, fingerprint };
}

export function findingRecord(finding: Finding) {
  return {
    ruleId: finding.ruleId,
    title: finding.title,
    severity: finding.severity,
    certainty: finding.certainty,
    cause: finding.cause,
    accountId: finding.accountId,
    subject: relatedRecord(finding.subject),
    related: finding.related.map(relatedRecord),
    message: finding.message,
    fix: finding.fix,
    reference: finding.reference,
    requestIds: finding.requestIds,
    correlationIds: finding.correlationIds,
    firstSeen: finding.firstSeen,
    lastSeen: finding.lastSeen,
    ongoing: finding.ongoing,
    evidence: finding.evidence.map(evidenceRecord),
    data: finding.data,
    causedBy: finding.causedBy,
    fingerprint: finding.fingerprint,
  };
}

function relatedRecord({ type, id }: Related) {
  return { type, id };
}

export function evidenceRecord(event: Evidence) {
  const { logId, eventTime, eventType, level, errorCode, errorReason, status, requestId, file, line } = event;
  return { logId, eventTime, eventType, level, errorCode, errorReason, status, requestId, file, line };
}
