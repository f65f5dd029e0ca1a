import stringWidth from 'string-width';
import { compareText } from '../engine/compare.ts';
import type { Issue } from '../engine/issue.ts';
import type { Finding } from '../findings/finding.ts';
import { forestOf, type Root } from '../findings/forest.ts';
import { peopleOf } from '../findings/reach.ts';
import type { AuditResult, InputFileSummary, RuleStatus, RuleSummary, SuppressionSummary } from '../findings/result.ts';
import { severities } from '../rules/vocabulary.ts';
import { nothingFound } from './nothing-found.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { shardNote } from './shard-note.ts';
import { type Style, style } from './style.ts';
import { accountSections } from './terminal-accounts.ts';
import { baselineSummary, goneLines } from './terminal-baseline.ts';
import { type Block, findingLine, isCounted, rootLines } from './terminal-finding.ts';
import { tookLines } from './terminal-timing.ts';
import { clip, count, formatTime, grouped, pad, wrap } from './text.ts';

/** So many findings of one rule are told in full; what follows is one line each, so that none is lost. */
const toldInFull = 3;
const shownFiles = 12;
/** With more of them it is told how many of which shape there are. */
const namedFiles = 1;
const shownNotices = 5;
const shownReasons = 12;
const namedRules = 2;
const shownSuppressions = 3;

/**
 * The report for people: what the export cannot show, the findings (worst first, symptoms below their causes), and what
 * was read and checked. Text of the log cannot steer the terminal; no line ends in a space; nothing depends on the
 * locale, nor on the clock unless times are asked for.
 */
export function terminalReport(result: AuditResult, options: ReportOptions): string {
  const width = Math.max(options.width, 50);
  const paint = style(options.colour);
  const shown = atLeast(result, options.leastSeverity);
  const aside = new Set(passedOver(result));
  const weighty = result.issues.filter((issue) => !aside.has(issue));
  const sections = [
    [...headLines(result, width), ...issueLines(weighty, width, paint)],
    ...findingSections(result, shown.findings, { ...options, width }, paint),
  ];
  const body = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join('\n'))
    .join('\n\n');
  // Its rule keeps the foot apart: an incident is to fit on one screen, and every line counts.
  return `${[body, ...footLines(result, { ...options, width }, paint).map((line) => line.trimEnd())].join('\n')}\n`;
}

function headLines({ tool, run }: AuditResult, width: number): string[] {
  const end = run.asOf === null ? 'no event to go by' : `as of ${formatTime(run.asOf)}`;
  return wrap(
    `${tool.name} ${tool.version}: ${count(run.events, 'event')} of ${count(run.accounts, 'account')}${shardNote(run)}, ${end}`,
    width,
  );
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

/** What is to be known about the input, by how grave it is; each kind under its heading, after an empty line. */
export function issueLines(issues: readonly Issue[], width: number, paint: Style): string[] {
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
  if (findings.length === 0) return [[...nothingFoundLines(result, options, paint), ...hiddenNote]];
  const { known = 0 } = result.baseline ?? {};
  const knownNote = known === 0 ? [] : [`${grouped(known)} known from the baseline.`];

  const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const block: Block = {
    style: paint,
    width: options.width,
    namesAccount: result.run.accounts > 1 || new Set(findings.map(({ accountId }) => accountId)).size > 1,
    findingOf: (fingerprint) => byFingerprint.get(fingerprint),
    people: peopleOf(result.people ?? []),
    tree: options.tree,
    knownCauses: new Map(result.baseline?.causes.map((cause) => [cause.fingerprint, cause])),
    wasSeverity: new Map(result.baseline?.worse.map(({ fingerprint, was }) => [fingerprint, was])),
  };
  const shown = new Set(findings);
  const roots: readonly Root[] =
    options.tree === 'flat'
      ? findings.map((finding) => ({ finding, worst: finding.severity, below: [], hidden: [] }))
      : forestOf(result.findings, (finding) => shown.has(finding));
  const hint = roots.some((root) => isCounted(root, options.tree)) ? ['--tree full lists what is below'] : [];
  // An account is there to be copied, so what is beside it gives way.
  const account = block.namesAccount ? [] : [`account ${clip(findings[0]?.accountId ?? '', 80)}`];
  const about = [...account, ...hint].join('; ');
  const under = roots.length === findings.length ? '' : ` under ${count(roots.length, 'root')}`;
  const bySeverity = severities
    .toReversed()
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => paint.severity[severity](`${grouped(n)} ${severity}`));
  const summary = [
    `${paint.heading(`${count(findings.length, 'finding')}${under}`)}: ${bySeverity.join(', ')}`,
    ...(stringWidth(about) <= options.width ? [about] : [...account, ...hint]),
    ...hiddenNote,
    ...knownNote,
  ].filter((line) => line !== '');
  const { width, leastSeverity } = options;
  return [
    summary,
    ...accountSections(result, findings, { width, leastSeverity, paint }),
    ...rootSections(roots, block),
  ];
}

function rootSections(roots: readonly Root[], block: Block): string[][] {
  const sections: string[][] = [];
  const told = new Map<string, number>();
  let brief: string[] | null = null;
  let briefRule = '';
  for (const root of roots) {
    const { finding, worst } = root;
    const key = `${worst} ${finding.ruleId} ${finding.severity}`;
    const n = (told.get(key) ?? 0) + 1;
    told.set(key, n);
    // An incident is worth its block, however many of its kind there are; so is whatever was asked to be opened up.
    if (n <= toldInFull || isCounted(root, block.tree) || (block.tree === 'full' && root.below.length > 0)) {
      brief = null;
      sections.push(rootLines(root, block));
      continue;
    }
    if (brief === null || briefRule !== key) {
      brief = [
        `${block.style.severity[finding.severity](finding.severity.toUpperCase())}  ${block.style.quiet(clip(`${finding.ruleId}, in brief`, block.width - 12))}`,
      ];
      briefRule = key;
      sections.push(brief);
    }
    brief.push(`  ${findingLine(root, block)}`);
  }
  return sections;
}

function nothingFoundLines(result: AuditResult, { leastSeverity }: ReportOptions, paint: Style): string[] {
  const { run, baseline } = result;
  const { title, looked } = nothingFound(result, leastSeverity);
  if (looked === null) return [paint.heading(`${title}.`)];
  const known = baseline?.known ?? 0;
  return [
    known > 0 ? `${paint.heading(`${title}:`)} ${grouped(known)} known from the baseline.` : paint.heading(`${title}.`),
    `${count(looked, 'rule')} looked at ${count(run.events, 'event')} of ${count(run.accounts, 'account')}.`,
  ];
}

function footLines(result: AuditResult, { width, timing }: ReportOptions, paint: Style): string[] {
  const { run, files, rules } = result;
  const rejected = files.reduce((sum, file) => sum + file.rejected, 0);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const lost = `${grouped(rejected)} rejected`;
  const load = `${count(files.length, 'file')}, ${count(rows, 'row')} loaded, ${grouped(run.duplicates)} duplicate, ${lost}`;
  return [
    paint.quiet('─'.repeat(Math.min(width, 80))),
    ...labelledWrap('read', load, width, paint).map((line) =>
      rejected === 0 ? line : line.replace(lost, paint.severity.warning(lost)),
    ),
    ...fileLines(files, run.accounts > 1, width),
    ...(rejected === 0 ? [] : labelledWrap('', 'audit --rejects FILE writes what was rejected, and why', width, paint)),
    ...passedOverLines(result, width),
    ...checkedLines(rules, width, paint),
    ...configLines(result, width, paint),
    ...baselineLines(result, width, paint),
    ...tookLines(result, width, paint, timing),
  ];
}

function baselineLines(result: AuditResult, width: number, paint: Style): string[] {
  const text = baselineSummary(result);
  if (text === null || result.baseline === undefined) return [];
  const gone = goneLines(result.baseline, width - 11, result.run.accounts > 1);
  return [...labelledWrap('baseline', text, width, paint), ...gone.map((line) => ' '.repeat(9) + line)];
}

/** What became of the rules, and why some of them could not run. */
export function checkedLines(rules: readonly RuleSummary[], width: number, paint: Style): string[] {
  const tally = (status: RuleStatus) => rules.filter((rule) => rule.status === status).length;
  const failed = `${grouped(tally('failed'))} failed`;
  const counts = [
    `${count(tally('matched'), 'rule')} matched`,
    `${grouped(tally('clean'))} clean`,
    `${grouped(tally('skipped'))} skipped`,
    failed,
  ].filter((text) => !text.startsWith('0 ') || text.endsWith('matched'));
  return [
    ...labelledWrap('checked', counts.join(', '), width, paint).map((line) =>
      tally('failed') === 0 ? line : line.replace(failed, paint.severity.error(failed)),
    ),
    ...reasonLines(rules, 'failed', width),
    ...reasonLines(rules, 'skipped', width),
    ...partLines(rules, width),
  ];
}

/** Which configuration had its say, and what its suppressions came to: expired and unused ones are to be tidied up. */
export function configLines(
  { run, suppressions }: Pick<AuditResult, 'run' | 'suppressions'>,
  width: number,
  paint: Style,
): string[] {
  if (run.config === undefined) return [];
  const suppressed = suppressions.reduce((sum, { findings }) => sum + findings, 0);
  const named = (status: SuppressionSummary['status']) => {
    const entries = suppressions.filter((entry) => entry.status === status).map(nameOfSuppression);
    const rest = entries.length - shownSuppressions;
    const list = [...entries.slice(0, shownSuppressions), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
    return entries.length === 0 ? [] : [`${status}: ${list}`];
  };
  const parts = [
    ...(suppressions.length === 0 ? [] : [`${count(suppressed, 'finding')} suppressed`]),
    ...named('expired'),
    ...named('unused'),
  ];
  return labelledWrap('config', [run.config, ...parts].join('; '), width, paint);
}

/** `merge/* of AC…, 2026-12-31`: as it can be found in the file. */
function nameOfSuppression({ rule, account, subject, fingerprint, expires, status }: SuppressionSummary): string {
  const which = [rule, subject ?? fingerprint, account === null ? null : `of ${account}`].filter(
    (part) => part !== null,
  );
  return `${which.join(' ')}${status === 'expired' && expires !== null ? ` (${expires})` : ''}`;
}

export function labelledWrap(label: string, text: string, width: number, paint: Style): string[] {
  return wrap(text, width - 9).map((line, at) => (at === 0 ? paint.quiet(pad(label, 9)) : ' '.repeat(9)) + line);
}

/**
 * What the files were recognised as: by name as long as that is short, else by shape. Files that lost something are named in
 * any case, for those are the ones to look at.
 */
function fileLines(files: readonly InputFileSummary[], namesAccount: boolean, width: number): string[] {
  const ordered = files.toSorted(
    (a, b) => Number(b.rejected > 0) - Number(a.rejected > 0) || compareText(a.path, b.path),
  );
  const named =
    files.length <= namedFiles ? ordered : ordered.filter(({ rejected }) => rejected > 0).slice(0, shownFiles);
  const lines = named.flatMap((file) => {
    const parts = [
      file.format,
      count(file.rows, 'row'),
      ...(file.duplicates > 0 ? [`${grouped(file.duplicates)} duplicate`] : []),
      ...(file.rejected > 0 ? [`${grouped(file.rejected)} rejected`] : []),
      ...(file.account === null || !namesAccount ? [] : [file.account]),
    ];
    return wrap(`${file.path}: ${parts.join(', ')}`, width - 11, 3).map((line, at) => (at === 0 ? '' : '  ') + line);
  });
  const others = ordered.slice(named.length);
  const shapes = others.length === 0 ? [] : wrap(shapeList(others), width - 11, 6);
  return [...lines, ...shapes.map((line, at) => (at === 0 ? '' : '  ') + line)].map((line) => ' '.repeat(9) + line);
}

/** Notices about files that nothing was read from, such as a README beside the logs: they take nothing away from the findings. */
function passedOver({ issues, files }: AuditResult): readonly Issue[] {
  const read = new Set(files.map(({ path }) => path));
  return issues.filter(({ severity, file }) => severity === 'notice' && file !== undefined && !read.has(file));
}

function passedOverLines(result: AuditResult, width: number): string[] {
  const notices = passedOver(result);
  const lines = notices
    .slice(0, shownNotices)
    .flatMap((issue) => wrap(placed(issue), width - 11, 4).map((line, at) => (at === 0 ? '' : '  ') + line));
  const rest = notices.length - shownNotices;
  return [...lines, ...(rest > 0 ? [`… ${count(rest, 'more', 'more')}`] : [])].map((line) => ' '.repeat(9) + line);
}

/** `debugger-log 12,345 rows of 400 files, configurations 3 rows`, the most files first. */
function shapeList(files: readonly InputFileSummary[]): string {
  const shapes = new Map<string, { files: number; rows: number }>();
  for (const { format, rows } of files) {
    const shape = shapes.get(format) ?? { files: 0, rows: 0 };
    shapes.set(format, { files: shape.files + 1, rows: shape.rows + rows });
  }
  return [...shapes]
    .sort(([a, one], [b, two]) => two.files - one.files || compareText(a, b))
    .map(
      ([format, shape]) =>
        `${format} ${count(shape.rows, 'row')}${shape.files === 1 ? '' : ` of ${shape.files} files`}`,
    )
    .join(', ');
}

/**
 * Rules of one status, those with the same reason together, and reasons with the same advice after their colon: a few missing
 * side files stop many rules, and each rule that is told by itself pushes the findings off the screen.
 */
function reasonLines(rules: readonly RuleSummary[], status: 'skipped' | 'failed', width: number): string[] {
  const byAdvice = new Map<string, Map<string, string[]>>();
  for (const rule of rules) {
    if (rule.status !== status) continue;
    const reason = rule.reason ?? 'no reason given';
    const [, problem = reason, advice = ''] = status === 'failed' ? [] : (/^([^:]+): (.+)$/su.exec(reason) ?? []);
    const byProblem = byAdvice.get(advice) ?? new Map<string, string[]>();
    byAdvice.set(advice, byProblem);
    const ids = byProblem.get(problem);
    if (ids === undefined) byProblem.set(problem, [rule.id]);
    else ids.push(rule.id);
  }
  return reasonTexts(
    [...byAdvice].flatMap(([advice, byProblem]) => {
      const ids = [...byProblem.values()].flat();
      if (advice === '') return [...byProblem].map(([problem, ids]) => `${status}: ${ids.join(', ')} (${problem})`);
      const problems = [...byProblem].sort(([, a], [, b]) => b.length - a.length).map(([problem]) => problem);
      // `needs operations, needs calls` says the same word again and again.
      const [verb = ''] = /^\w+ /u.exec(problems[0] ?? '') ?? [];
      const list = problems.map((problem, at) =>
        at > 0 && problem.startsWith(verb) ? problem.slice(verb.length) : problem,
      );
      const named = ids.length <= namedRules ? ids.join(', ') : count(ids.length, 'rule');
      return [`${status}: ${named} (${list.join('; ')}): ${advice}`];
    }),
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
