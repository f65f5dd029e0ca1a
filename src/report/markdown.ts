/*
 * A report that fits into a ticket or a pull request: a summary, what the export cannot show, then each root with what is below it and
 * the first log entries that show it. Every finding is there with its fingerprint, but lists that grow long are cut and
 * counted. How text is kept from being Markdown is told in `markdown-text.ts`; there is no HTML in it at all.
 */
import type { Issue } from '../engine/issue.ts';
import type { Evidence, Finding } from '../findings/finding.ts';
import { forestOf, type Root } from '../findings/forest.ts';
import type { AuditResult, RuleStatus } from '../findings/result.ts';
import { severities } from '../rules/vocabulary.ts';
import { code, inline, link } from './markdown-text.ts';
import { nothingFound } from './nothing-found.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { shardNote } from './shard-note.ts';
import { restOfAccounts, toldAccounts, totalColumns } from './terminal-accounts.ts';
import { count, formatTime, grouped, placeText } from './text.ts';

/** So many roots of one rule are told in full; those that follow are one line each. */
const toldInFull = 3;
const shownEvidence = 10;
const shownRelated = 5;
const shownIssues = 20;
const shownReasons = 20;

type Options = Pick<ReportOptions, 'leastSeverity'>;

export function* markdownReport(result: AuditResult, options: Options): Generator<string> {
  const { findings } = atLeast(result, options.leastSeverity);
  const shown = new Set(findings);
  const roots = forestOf(result.findings, (finding) => shown.has(finding));
  yield* summary(result, findings, roots, options);
  yield* accountTable(result, findings, options);
  yield* issues(result.issues);
  const namesAccount = new Set(findings.map(({ accountId }) => accountId)).size > 1;
  const told = new Map<string, number>();
  let brief = '';
  for (const root of roots) {
    const { finding, worst } = root;
    const kind = `${worst} ${finding.severity} ${finding.ruleId}`;
    const n = (told.get(kind) ?? 0) + 1;
    told.set(kind, n);
    if (n <= toldInFull || root.below.length > 0) {
      brief = '';
      yield* rootSection(root, namesAccount);
    } else {
      if (brief !== kind) yield `\n## ${finding.severity}: ${inline(finding.title)}, in brief\n\n`;
      brief = kind;
      yield `- ${briefly(finding, namesAccount)}\n`;
    }
  }
  yield* rules(result);
}

function* summary(
  result: AuditResult,
  findings: readonly Finding[],
  roots: readonly Root[],
  { leastSeverity }: Options,
): Generator<string> {
  const { tool, run, files, findings: all } = result;
  const under = roots.length === findings.length ? '' : ` under ${count(roots.length, 'root')}`;
  yield `# ${findings.length === 0 ? nothingFound(result, leastSeverity).title : `${count(findings.length, 'finding')}${under}`}\n\n`;
  const end = run.asOf === null ? 'no event to go by' : `as of ${inline(formatTime(run.asOf))}`;
  yield `${count(run.events, 'event')} of ${count(run.accounts, 'account')}${shardNote(run)} in ${count(files.length, 'file')}, ${end}; ${inline(tool.name)} ${inline(tool.version)}.\n`;
  const hidden = all.length - findings.length;
  if (hidden > 0) yield `\n${count(hidden, 'finding')} below ${leastSeverity} not shown.\n`;
  if (findings.length === 0) return;
  yield '\n| Severity | Findings |\n| --- | ---: |\n';
  for (const severity of severities.toReversed()) {
    const n = findings.filter((finding) => finding.severity === severity).length;
    if (n > 0) yield `| ${severity} | ${grouped(n)} |\n`;
  }
}

function* accountTable(
  result: AuditResult,
  findings: readonly Finding[],
  { leastSeverity }: Options,
): Generator<string> {
  const told = toldAccounts(result, findings, leastSeverity);
  if (told === null) return;
  const columns = totalColumns(told);
  yield `\n| Account | ${columns.map(([head]) => head).join(' | ')} |\n| --- |${' ---: |'.repeat(columns.length)}\n`;
  for (const row of told.shown) {
    yield `| ${code(row.id)} | ${columns.map(([, of]) => grouped(of(row))).join(' | ')} |\n`;
  }
  const rest = restOfAccounts(told);
  if (rest !== null) yield `\n${rest}\n`;
}

const issueWords = {
  error: 'could not be used',
  data_loss: 'lost from the input',
  notice: 'cannot be shown',
  info: 'worth knowing',
} as const satisfies Record<Issue['severity'], string>;

function* issues(all: readonly Issue[]): Generator<string> {
  if (all.length === 0) return;
  yield '\n## What this export cannot show\n\n';
  const kinds = Object.keys(issueWords);
  const ordered = all.toSorted((a, b) => kinds.indexOf(a.severity) - kinds.indexOf(b.severity));
  for (const { severity, file, line, message } of ordered.slice(0, shownIssues)) {
    const place = file === undefined ? '' : `${code(line === undefined ? file : `${file}:${line}`)} `;
    yield `- ${issueWords[severity]}: ${place}${inline(message)}\n`;
  }
  yield* more(all.length - shownIssues);
}

function* rootSection({ finding, below, hidden }: Root, namesAccount: boolean): Generator<string> {
  const { severity, title, message, fix, reference, subject, accountId, ruleId, cause, certainty } = finding;
  yield `\n## ${severity}: ${inline(title)}\n\n`;
  yield `${inline(message)}\n\n`;
  yield `**What to do:** ${inline(fix)} ${link('Reference', reference)}\n\n`;
  const ofAccount = subject.type === 'account' ? '' : ` of account ${code(accountId)}`;
  yield `- about: ${subject.type} ${code(subject.id)}${ofAccount}\n`;
  yield `- rule: ${code(ruleId)}, cause ${code(cause)}, ${certainty}\n`;
  yield `- seen: ${span(finding)}\n`;
  yield* ids(
    'related',
    finding.related.map(({ type, id }) => `${type} ${code(id)}`),
  );
  yield* ids('requests', finding.requestIds.map(code));
  yield* ids('correlations', finding.correlationIds.map(code));
  // Of a root they are findings that the report does not show.
  yield* ids('caused by', finding.causedBy.map(code));
  yield `- fingerprint: ${code(finding.fingerprint)}\n`;
  yield* evidenceList(finding.evidence);
  if (below.length > 0) {
    yield `\n### Below it: ${count(below.length, 'finding')}\n\n`;
    // Deeper lists are shown as code by some renderers.
    for (const symptom of below)
      yield `${'  '.repeat(Math.min(symptom.depth - 1, 6))}- ${briefly(symptom.finding, namesAccount)}\n`;
  }
  if (hidden.length > 0) yield `\n${count(hidden.length, 'finding')} of this incident not shown.\n`;
}

/** A finding on one line. */
function briefly(finding: Finding, namesAccount: boolean): string {
  const { severity, ruleId, accountId, subject, message, certainty, fingerprint } = finding;
  const account = namesAccount ? ` of ${code(accountId)}` : '';
  const sure = certainty === 'confirmed' ? '' : ` (${certainty})`;
  return `${severity}${sure} ${code(ruleId)}, ${subject.type} ${code(subject.id)}${account}: ${inline(message)} Fingerprint ${code(fingerprint)}`;
}

function span({ firstSeen, lastSeen, ongoing }: Finding): string {
  const first = code(formatTime(firstSeen));
  return `${firstSeen === lastSeen ? first : `${first} to ${code(formatTime(lastSeen))}`}${ongoing ? ', still going on when the export ended' : ''}`;
}

function* ids(label: string, list: readonly string[]): Generator<string> {
  if (list.length === 0) return;
  const rest = list.length - shownRelated;
  yield `- ${label}: ${list.slice(0, shownRelated).join(', ')}${rest > 0 ? ` and ${grouped(rest)} more` : ''}\n`;
}

/** No table: no renderer agrees with another on how a bar is written in the code span of a cell. */
function* evidenceList(evidence: readonly Evidence[]): Generator<string> {
  if (evidence.length === 0) return;
  yield '\n### Evidence\n\n';
  for (const event of evidence.slice(0, shownEvidence)) {
    const { eventTime, eventType, level, errorCode, errorReason, status, requestId, logId, file, line } = event;
    const words = [
      code(eventType),
      ...(level === null ? [] : [inline(level)]),
      ...(errorCode === null ? [] : [code(String(errorCode))]),
      ...(status === null ? [] : [inline(status)]),
      ...(errorReason === null ? [] : [inline(errorReason)]),
    ];
    const request = requestId === null ? '' : `, request ${code(requestId)}`;
    const place = code(placeText({ file, line }));
    yield `- ${code(formatTime(eventTime))} ${words.join(' ')}${request}, log entry ${code(logId)} in ${place}\n`;
  }
  yield* more(evidence.length - shownEvidence);
}

function* rules({ rules, suppressions }: AuditResult): Generator<string> {
  const tally = (status: RuleStatus) => rules.filter((rule) => rule.status === status).length;
  yield `\n## What was checked\n\n`;
  yield `${count(tally('matched'), 'rule')} matched, ${grouped(tally('clean'))} clean, ${grouped(tally('skipped'))} skipped, ${grouped(tally('failed'))} failed.\n`;
  const reasons = rules.filter(({ reason }) => reason !== null);
  if (reasons.length > 0) yield '\n';
  for (const { id, status, reason } of reasons.slice(0, shownReasons)) {
    yield `- ${code(id)} ${status}: ${inline(reason ?? '')}\n`;
  }
  yield* more(reasons.length - shownReasons);
  const suppressed = suppressions.reduce((sum, { findings }) => sum + findings, 0);
  if (suppressed > 0) yield `\n${count(suppressed, 'finding')} suppressed by the configuration.\n`;
}

function* more(rest: number): Generator<string> {
  if (rest > 0) yield `- and ${grouped(rest)} more\n`;
}
