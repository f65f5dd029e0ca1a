import { compareText } from '../engine/compare.ts';
import type { Issue } from '../engine/issue.ts';
import type { Finding } from '../findings/finding.ts';
import type { AuditResult, InputFileSummary, RuleStatus, RuleSummary } from '../findings/result.ts';
import { severities } from '../rules/vocabulary.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { type Style, style } from './style.ts';
import { type Root, rootsOf } from './symptoms.ts';
import { type Block, findingLine, findingLines } from './terminal-finding.ts';
import { clip, count, formatDuration, formatTime, grouped, pad, wrap } from './text.ts';

/** So many findings of one rule are told in full; what follows is one line each, so that none is lost. */
const toldInFull = 3;
const shownFiles = 12;
const shownReasons = 12;

/**
 * The report for people: what the export cannot show, the findings (worst first, symptoms below their causes), and what
 * was read and checked. Text of the log cannot steer the terminal; no line ends in a space; nothing depends on the
 * locale or the clock.
 */
export function terminalReport(result: AuditResult, options: ReportOptions): string {
  const width = Math.max(options.width, 50);
  const paint = style(options.colour);
  const shown = atLeast(result, options.leastSeverity);
  const sections = [
    [...headLines(result, width), ...issueLines(result.issues, width, paint)],
    ...findingSections(result, shown.findings, { ...options, width }, paint),
    footLines(result, width, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

function headLines({ tool, run }: AuditResult, width: number): string[] {
  const end = run.asOf === null ? 'no event to go by' : `as of ${formatTime(run.asOf)}`;
  return [
    clip(
      `${tool.name} ${tool.version}: ${count(run.events, 'event')} of ${count(run.accounts, 'account')}, ${end}`,
      width,
    ),
  ];
}

type IssueKind = {
  readonly heading: string;
  readonly shown: number;
  readonly grave: boolean;
  readonly holds: (issue: Issue) => boolean;
};

/** In the order in which they are told. What is said of a single file matters less than what is said of the export. */
const issueKinds: readonly IssueKind[] = [
  { heading: 'Could not be used', shown: 12, grave: true, holds: ({ severity }) => severity === 'error' },
  { heading: 'Lost from the input', shown: 12, grave: true, holds: ({ severity }) => severity === 'data_loss' },
  {
    heading: 'What this export cannot show',
    shown: 20,
    grave: false,
    holds: ({ severity, file }) => severity === 'notice' && file === undefined,
  },
  {
    heading: 'About single files',
    shown: 5,
    grave: false,
    holds: ({ severity, file }) => severity === 'notice' && file !== undefined,
  },
  { heading: 'Worth knowing', shown: 12, grave: false, holds: ({ severity }) => severity === 'info' },
];

function issueLines(issues: readonly Issue[], width: number, paint: Style): string[] {
  return issueKinds.flatMap(({ heading, shown, grave, holds }) => {
    const found = issues.filter(holds);
    if (found.length === 0) return [];
    const lines = found
      .slice(0, shown)
      .flatMap((issue) =>
        wrap(placed(issue), Math.min(width - 4, 120), 4).map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`)),
      );
    const rest = found.length - shown;
    return [
      '',
      grave ? paint.severity.error(heading) : paint.heading(heading),
      ...lines,
      ...(rest > 0 ? [`  … ${count(rest, 'more', 'more')}`] : []),
    ];
  });
}

function placed({ file, line, message }: Issue): string {
  if (file === undefined) return message;
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
}

function findingSections(
  result: AuditResult,
  findings: readonly Finding[],
  options: ReportOptions,
  paint: Style,
): string[][] {
  const hidden = result.findings.length - findings.length;
  const hiddenNote = hidden === 0 ? [] : [`${count(hidden, 'finding')} below ${options.leastSeverity} not shown.`];
  if (findings.length === 0) return [[...nothingFound(result, options, paint), ...hiddenNote]];

  const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const block: Block = {
    style: paint,
    width: options.width,
    namesAccount: result.run.accounts > 1 || new Set(findings.map(({ accountId }) => accountId)).size > 1,
    findingOf: (fingerprint) => byFingerprint.get(fingerprint),
  };
  const roots: Root[] = options.tree
    ? rootsOf(findings)
    : findings.map((finding) => ({ finding, worst: finding.severity, symptoms: [] }));
  const explained = findings.length - roots.length;
  const account = block.namesAccount ? [] : [clip(`account ${findings[0]?.accountId ?? ''}`, options.width)];
  const bySeverity = severities
    .toReversed()
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => paint.severity[severity](`${grouped(n)} ${severity}`));
  const summary = [
    `${paint.heading(count(findings.length, 'finding'))}: ${bySeverity.join(', ')}`,
    ...account,
    ...(explained === 0
      ? []
      : [`${grouped(explained)} of them below the finding that explains ${explained === 1 ? 'it' : 'them'}`]),
    ...hiddenNote,
  ];
  return [summary, ...rootSections(roots, block)];
}

function rootSections(roots: readonly Root[], block: Block): string[][] {
  const sections: string[][] = [];
  const told = new Map<string, number>();
  let brief: string[] | null = null;
  let briefRule = '';
  for (const { finding, worst, symptoms } of roots) {
    const key = `${worst} ${finding.ruleId} ${finding.severity}`;
    const n = (told.get(key) ?? 0) + 1;
    told.set(key, n);
    // A finding that explains others is worth its block, however many of its kind there are.
    if (n <= toldInFull || symptoms.length > 0) {
      brief = null;
      sections.push(findingLines(finding, symptoms, block));
      continue;
    }
    if (brief === null || briefRule !== key) {
      brief = [
        `${block.style.severity[finding.severity](finding.severity.toUpperCase())}  ${block.style.quiet(clip(`${finding.ruleId}, in brief`, block.width - 12))}`,
      ];
      briefRule = key;
      sections.push(brief);
    }
    brief.push(`  ${findingLine(finding, block)}`);
  }
  return sections;
}

function nothingFound({ run, rules, findings }: AuditResult, options: ReportOptions, paint: Style): string[] {
  if (findings.length > 0) return [paint.heading(`Nothing found at ${options.leastSeverity} or above.`)];
  const ran = rules.filter(({ status }) => status === 'clean' || status === 'matched').length;
  if (ran === 0) return [paint.heading('No rule ran, so nothing was checked.')];
  if (run.events === 0) return [paint.heading(`No events were loaded: ${count(ran, 'rule')} had nothing to look at.`)];
  return [
    paint.heading('Nothing found.'),
    `${count(ran, 'rule')} looked at ${count(run.events, 'event')} of ${count(run.accounts, 'account')}.`,
  ];
}

function footLines({ run, files, rules }: AuditResult, width: number, paint: Style): string[] {
  const rejected = files.reduce((sum, file) => sum + file.rejected, 0);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const tally = (status: RuleStatus) => rules.filter((rule) => rule.status === status).length;
  const counts = [
    `${count(tally('matched'), 'rule')} matched`,
    `${grouped(tally('clean'))} clean`,
    `${grouped(tally('skipped'))} skipped`,
    `${grouped(tally('failed'))} failed`,
  ].filter((text) => !text.startsWith('0 ') || text.endsWith('matched'));
  const load = `${count(files.length, 'file')}, ${count(rows, 'row')} loaded, ${grouped(run.duplicates)} duplicate, ${grouped(rejected)} rejected`;
  return [
    paint.quiet('─'.repeat(Math.min(width, 80))),
    ...labelledWrap('read', load, width, paint),
    ...fileLines(files, run.accounts > 1, width),
    ...labelledWrap('checked', counts.join(', '), width, paint),
    ...reasonLines(rules, 'failed', width),
    ...reasonLines(rules, 'skipped', width),
    ...partLines(rules, width),
    ...labelledWrap('took', formatDuration(run.durationMs), width, paint),
  ];
}

function labelledWrap(label: string, text: string, width: number, paint: Style): string[] {
  return wrap(text, width - 9).map((line, at) => (at === 0 ? paint.quiet(pad(label, 9)) : ' '.repeat(9)) + line);
}

function fileLines(files: readonly InputFileSummary[], namesAccount: boolean, width: number): string[] {
  // Files that lost something first: with hundreds of them, those are the ones to look at.
  const ordered = files.toSorted(
    (a, b) => Number(b.rejected > 0) - Number(a.rejected > 0) || compareText(a.path, b.path),
  );
  const lines = ordered.slice(0, shownFiles).flatMap((file) => {
    const parts = [
      file.format,
      count(file.rows, 'row'),
      ...(file.duplicates > 0 ? [`${grouped(file.duplicates)} duplicate`] : []),
      ...(file.rejected > 0 ? [`${grouped(file.rejected)} rejected`] : []),
      ...(file.account === null || !namesAccount ? [] : [file.account]),
    ];
    return wrap(`${file.path}: ${parts.join(', ')}`, width - 11, 3).map((line, at) => (at === 0 ? '' : '  ') + line);
  });
  const rest = files.length - shownFiles;
  return [...lines, ...(rest > 0 ? [`… ${count(rest, 'more file')}`] : [])].map((line) => ' '.repeat(9) + line);
}

/** Rules of one status, those with the same reason together: a missing side file stops several rules at once. */
function reasonLines(rules: readonly RuleSummary[], status: 'skipped' | 'failed', width: number): string[] {
  const byReason = new Map<string, string[]>();
  for (const rule of rules) {
    if (rule.status !== status) continue;
    const reason = rule.reason ?? 'no reason given';
    const ids = byReason.get(reason);
    if (ids === undefined) byReason.set(reason, [rule.id]);
    else ids.push(rule.id);
  }
  return reasonTexts(
    [...byReason].map(([reason, ids]) => `${status}: ${ids.join(', ')} (${reason})`),
    width,
  );
}

/** Rules that ran, but not for every account. */
function partLines(rules: readonly RuleSummary[], width: number): string[] {
  const partly = rules.filter(({ status, reason }) => reason !== null && (status === 'matched' || status === 'clean'));
  return reasonTexts(
    partly.map(({ id, reason }) => `in part: ${id} (${reason})`),
    width,
  );
}

function reasonTexts(texts: readonly string[], width: number): string[] {
  const lines = texts
    .slice(0, shownReasons)
    .flatMap((text) => wrap(text, Math.min(width - 11, 120), 6).map((line, at) => (at === 0 ? '' : '  ') + line));
  const rest = texts.length - shownReasons;
  return [...lines, ...(rest > 0 ? [`… ${count(rest, 'more', 'more')}`] : [])].map((line) => ' '.repeat(9) + line);
}
