/*
 * SARIF 2.1.0, which code scanning and other dashboards of findings read:
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, whose paragraphs are named below. What SARIF has no place for
 * is in property bags, under the names of the JSON contract.
 */
import type {
  Artifact,
  Graph,
  Invocation,
  Location,
  Notification,
  PhysicalLocation,
  ReportingDescriptor,
  Result,
  ThreadFlowLocation,
} from 'sarif';
import type { Issue } from '../engine/issue.ts';
import type { Evidence, Finding } from '../findings/finding.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';
import { evidenceRecord, findingRecord, printInLine } from './json.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { fileUri, webAddress } from './uri.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** `rank` (§3.27.25) tells critical from error, which are one level. */
const weights = {
  critical: { level: 'error', rank: 100 },
  error: { level: 'error', rank: 75 },
  warning: { level: 'warning', rank: 50 },
  info: { level: 'note', rank: 25 },
} as const satisfies Record<Severity, { level: Result.level; rank: number }>;

/**
 * Text as a message. Only what would be something else is escaped, because not every reader takes it back: `{0}`, which is a
 * placeholder (§3.11.5), and brackets where `](` makes a link of them (§3.11.6).
 */
function messageText(text: string): string {
  const plain = text.replaceAll(/\{(\d+)\}/gu, '{{$1}}');
  return plain.includes('](') ? plain.replaceAll(/[\\[\]]/gu, '\\$&') : plain;
}

/** One result a line, and nothing indented: the nesting is deep, and white space would be half of the file. */
export function* sarifReport(result: AuditResult, options: Pick<ReportOptions, 'leastSeverity'>): Generator<string> {
  const { tool, run, rules, findings, files } = atLeast(result, options.leastSeverity);
  const ruleIds = [...new Set([...rules.map(({ id }) => id), ...findings.map(({ ruleId }) => ruleId)])];
  const ruleIndexes = new Map(ruleIds.map((id, index) => [id, index]));
  const fileIndexes = new Map(files.map(({ path }, index) => [path, index]));
  const place = (file: string, line: number | null): PhysicalLocation => placeIn(fileIndexes, file, line);
  const { name, version } = tool;
  const graph = causeGraph(findings);
  yield `{\n"$schema": ${printInLine(schema)},\n"version": "2.1.0",\n"runs": [{\n`;
  yield `"tool": ${printInLine({ driver: { name, version, rules: descriptors(ruleIds, findings) } })},\n`;
  // The slash at the end says that the runs of this category have no names of their own (§3.17.3).
  yield `"automationDetails": ${printInLine({ id: `${name}/` })},\n`;
  yield `"invocations": ${printInLine([invocation(result, ruleIndexes, place)])},\n`;
  yield `"properties": ${printInLine({ asOf: run.asOf, events: run.events, duplicates: run.duplicates, accounts: run.accounts })},\n`;
  yield `"artifacts": ${printInLine(files.map(artifact))},\n`;
  yield `"graphs": ${printInLine(graph === null ? [] : [graph])},\n`;
  yield '"results": [';
  for (const [at, finding] of findings.entries()) {
    yield `${at === 0 ? '' : ','}\n${printInLine(resultOf(finding, ruleIndexes, place))}`;
  }
  yield '\n]\n}]\n}\n';
}

/** What each rule is, as far as findings tell: of one that is clean it is the id. */
function descriptors(ruleIds: readonly string[], findings: readonly Finding[]): readonly ReportingDescriptor[] {
  const byRule = new Map<string, Map<string, Finding>>();
  for (const finding of findings) {
    const causes = byRule.get(finding.ruleId) ?? new Map<string, Finding>();
    byRule.set(finding.ruleId, causes);
    if (!causes.has(finding.cause)) causes.set(finding.cause, finding);
  }
  return ruleIds.map((id) => {
    const causes = [...(byRule.get(id)?.values() ?? [])];
    const [worst] = causes;
    if (worst === undefined) return { id };
    const { title, reference, severity } = worst;
    const helpUri = webAddress(reference);
    const help = causes.map(({ cause, fix }) => `${cause}: ${fix}`).join('\n\n');
    return {
      id,
      shortDescription: { text: messageText(title) },
      help: { text: messageText(help) },
      ...(helpUri === null ? {} : { helpUri }),
      defaultConfiguration: weights[severity],
    };
  });
}

type Placed = (file: string, line: number | null) => PhysicalLocation;

function placeIn(fileIndexes: ReadonlyMap<string, number>, file: string, line: number | null): PhysicalLocation {
  const index = fileIndexes.get(file);
  return {
    artifactLocation: { uri: fileUri(file), ...(index === undefined ? {} : { index }) },
    ...(line === null || line < 1 ? {} : { region: { startLine: line } }),
  };
}

function artifact({ path, format, rows, rejected, duplicates, account }: AuditResult['files'][number]): Artifact {
  return {
    location: { uri: fileUri(path) },
    roles: ['analysisTarget'],
    properties: { format, rows, rejected, duplicates, account },
  };
}

function resultOf(finding: Finding, ruleIndexes: ReadonlyMap<string, number>, place: Placed): Result {
  const { ruleId, severity, message, fix, subject, accountId, evidence, fingerprint } = finding;
  const { level, rank } = weights[severity];
  const [first, ...others] = evidence;
  // In a result of several places the first is where it is, the others have to do with it (§3.27.12, §3.27.22).
  const location: Location = {
    ...(first === undefined ? {} : { physicalLocation: place(first.file, first.line) }),
    logicalLocations: [
      { name: subject.id, kind: subject.type, fullyQualifiedName: `${accountId}/${subject.type}/${subject.id}` },
    ],
  };
  return {
    ruleId,
    ruleIndex: ruleIndexes.get(ruleId) ?? -1,
    level,
    rank,
    message: { text: messageText(`${message}\n\n${fix}`) },
    locations: [location],
    ...(others.length === 0
      ? {}
      : { relatedLocations: others.map((event, at) => ({ id: at + 1, ...eventPlace(event, place) })) }),
    ...(evidence.length === 0
      ? {}
      : { codeFlows: [{ threadFlows: [{ locations: evidence.map((event) => step(event, place)) }] }] }),
    // GitHub recognises an alert by the name that it gave its own fingerprint, and by no other.
    partialFingerprints: { 'postlude/v1': fingerprint, primaryLocationLineHash: fingerprint },
    properties: propertiesOf(finding),
  };
}

/** What the result itself does not say already. */
function propertiesOf(finding: Finding) {
  const { ruleId: _rule, evidence: _evidence, ...properties } = findingRecord(finding);
  return properties;
}

function eventPlace({ eventType, eventTime, file, line }: Evidence, place: Placed): Location {
  return { physicalLocation: place(file, line), message: { text: messageText(`${eventType} at ${eventTime}`) } };
}

/** The evidence in time order is what SARIF calls the steps of a thread (§3.38). */
function step(event: Evidence, place: Placed): ThreadFlowLocation {
  return {
    location: eventPlace(event, place),
    ...(isTime(event.eventTime) ? { executionTimeUtc: event.eventTime } : {}),
    properties: evidenceRecord(event),
  };
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/u.test(text) && !Number.isNaN(Date.parse(text));
}

/** Which finding causes which (§3.39): nodes are fingerprints, and only findings of this report are there. */
function causeGraph(findings: readonly Finding[]): Graph | null {
  const known = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const edges = findings.flatMap(({ fingerprint, causedBy }) =>
    causedBy
      .filter((cause) => known.has(cause))
      .map((cause) => ({ id: `${cause}>${fingerprint}`, sourceNodeId: cause, targetNodeId: fingerprint })),
  );
  if (edges.length === 0) return null;
  const linked = new Set(edges.flatMap(({ sourceNodeId, targetNodeId }) => [sourceNodeId, targetNodeId]));
  return {
    description: { text: 'Which finding causes which, by their fingerprints.' },
    nodes: [...linked].map((id) => ({ id, label: { text: messageText(known.get(id)?.title ?? id) } })),
    edges,
  };
}

const issueLevels = {
  error: 'error',
  data_loss: 'warning',
  notice: 'note',
  info: 'note',
} as const satisfies Record<Issue['severity'], Notification.level>;

/** How the run went: issues and failed rules are what happened, skipped rules what it was set up without (§3.20.20, §3.20.21). */
function invocation(
  { issues, rules, run }: AuditResult,
  ruleIndexes: ReadonlyMap<string, number>,
  place: Placed,
): Invocation {
  const ofRules = (status: 'failed' | 'skipped', level: Notification.level): Notification[] =>
    rules
      .filter((rule) => rule.status === status)
      .map(({ id, reason }) => ({
        level,
        message: { text: messageText(`${id} ${status}: ${reason ?? 'no reason given'}`) },
        associatedRule: { id, index: ruleIndexes.get(id) ?? -1 },
      }));
  const failures = ofRules('failed', 'error');
  return {
    executionSuccessful: failures.length === 0 && !issues.some(({ severity }) => severity === 'error'),
    toolExecutionNotifications: [
      ...issues.map(({ severity, file, line, message }) => ({
        level: issueLevels[severity],
        message: { text: messageText(message) },
        ...(file === undefined ? {} : { locations: [{ physicalLocation: place(file, line ?? null) }] }),
        properties: { severity },
      })),
      ...failures,
    ],
    toolConfigurationNotifications: ofRules('skipped', 'note'),
    properties: { durationMs: run.durationMs, ...(run.config === undefined ? {} : { config: run.config }) },
  };
}
