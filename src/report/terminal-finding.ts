import stringWidth from 'string-width';
import { type Evidence, type Finding, type Related, unknownTime } from '../findings/finding.ts';
import type { Root } from '../findings/forest.ts';
import { type People, reachOf } from '../findings/reach.ts';
import type { KnownFinding } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';
import type { Tree } from './options.ts';
import type { Style } from './style.ts';
import { wasText } from './terminal-baseline.ts';
import { belowTitle, openedLines, reachLine, summaryLines } from './terminal-tree.ts';
import { clip, count, formatTime, grouped, pad, placeText, wrap } from './text.ts';

const shownEvidence = 8;
const shownRelated = 6;
const shownIds = 3;
/** So many findings below a root are told with their messages; more are counted by rule, until the tree is opened. */
const toldSymptoms = 3;

/** Ids are there to be copied: only what is no id any more is cut, however narrow the terminal. */
const idWidth = 80;

/** The widest column of labels: `  evidence  `. */
const labelWidth = 10;
/** Prose wider than this is hard to read, however wide the terminal is. */
const proseWidth = 100;

export type Block = {
  readonly style: Style;
  readonly width: number;
  /** More than one account is in play, so each finding names its own. */
  readonly namesAccount: boolean;
  /** Finds what a `causedBy` refers to. */
  readonly findingOf: (fingerprint: string) => Finding | undefined;
  readonly people: People;
  readonly tree: Tree;
  /** Findings that are left out because the baseline knows them, and explain some that are shown. */
  readonly knownCauses: ReadonlyMap<string, KnownFinding>;
  /** The severity that the baseline has of findings that got worse. */
  readonly wasSeverity: ReadonlyMap<string, Severity>;
};

/** Whether what is below a root is only counted: then its block is kept short, so that an incident fits on a screen. */
export function isCounted({ below }: Root, tree: Tree): boolean {
  return tree === 'short' && below.length > toldSymptoms;
}

/**
 * A root as lines: what, about what, since when and whether it goes on, whom it hit, why, what to do, what it explains, and
 * on what evidence.
 */
export function rootLines(root: Root, block: Block): string[] {
  const { finding, below, hidden } = root;
  const { style, width } = block;
  const counted = isCounted(root, block.tree);
  const all = [finding, ...below.map((symptom) => symptom.finding), ...hidden];
  const hit = reachLine(reachOf(all, block.people));
  const inner = width - 2;
  const prose = Math.min(inner, proseWidth);
  const was = wasText(block.wasSeverity, finding.fingerprint);
  const certainty = `${was}${finding.certainty === 'confirmed' ? '' : `, ${finding.certainty}`}`;
  const fields: (readonly [label: string, lines: readonly string[]])[] = [
    ['seen', wrap(timeSpan(finding), inner - labelWidth)],
    ['hit', hit === null ? [] : wrap(hit, inner - labelWidth)],
    ['cause', [clip(finding.cause, prose - labelWidth)]],
    ['fix', wrap(finding.fix, prose - labelWidth)],
    ['account', block.namesAccount ? [clip(finding.accountId, inner - labelWidth)] : []],
    // What the evidence and the lines below name stands here only where there is room for it.
    ['request', counted ? [] : idLines(finding.requestIds, inner - labelWidth)],
    ['trace', counted ? [] : idLines(correlationsApart(finding), inner - labelWidth)],
    ['related', relatedLines(finding, counted)],
    ['because', causeLines(finding, block)],
  ];
  const head = `${finding.severity.toUpperCase()}${certainty}  ${clip(finding.ruleId, inner)}`;
  const title = clip(finding.title, 200);
  const beside = stringWidth(head) + 2 + stringWidth(title) <= width;
  return [
    `${style.severity[finding.severity](finding.severity.toUpperCase())}${certainty}  ${style.quiet(clip(finding.ruleId, inner))}${beside ? `  ${style.heading(title)}` : ''}`,
    ...(beside ? [] : indent(wrap(finding.title, inner, 2).map(style.heading))),
    ...indent([named(finding.subject)]),
    ...indent(wrap(finding.message, prose)),
    '',
    ...fields.flatMap(([label, lines]) => indent(labelled(label, lines, style))),
    ...indent(belowLines(root, counted, block)),
    ...indent(labelled('finding', [finding.fingerprint], style)),
    ...indent(referenceLines(finding, inner, style)),
    ...indent(evidenceLines(finding, inner, style, counted ? 1 : shownEvidence)),
  ];
}

function belowLines(root: Root, counted: boolean, block: Block): string[] {
  const { below } = root;
  if (below.length === 0) return [];
  const inner = block.width - 2;
  if (counted) return summaryLines(root, block.people, inner, block.style);
  return [
    block.style.quiet(belowTitle(root)),
    ...indent(openedLines(root, inner - 2, block.style, below.length <= toldSymptoms)),
  ];
}

/** One line about a root whose block is not printed. */
export function findingLine({ finding, below }: Root, block: Block): string {
  const account = block.namesAccount ? `  ${finding.accountId}` : '';
  const was = wasText(block.wasSeverity, finding.fingerprint);
  const certainty = `${finding.certainty === 'confirmed' ? '' : ` (${finding.certainty})`}${was}`;
  const explains = below.length === 0 ? '' : `  ${grouped(below.length)} below`;
  const about = named(finding.subject);
  const rest = `${finding.cause}${certainty}${explains}${account}  ${formatTime(finding.firstSeen)}`;
  const room = block.width - 4 - stringWidth(about);
  return room < 12 ? about : `${about}  ${clip(rest, room)}`;
}

function indent(lines: readonly string[], by = 2): string[] {
  return lines.map((line) => (line === '' ? '' : ' '.repeat(by) + line));
}

function labelled(label: string, lines: readonly string[], style: Style): string[] {
  return lines.map((line, at) => (at === 0 ? style.quiet(pad(label, labelWidth)) : ' '.repeat(labelWidth)) + line);
}

/** An address is never broken: it is there to be opened. One that does not fit beside its label moves up to it. */
function referenceLines({ reference }: Finding, width: number, style: Style): string[] {
  if (reference === '') return [];
  const address = clip(reference, 400);
  return stringWidth(address) <= width - labelWidth
    ? labelled('see', [address], style)
    : [`${style.quiet('see')} ${address}`];
}

function named({ type, id }: Related): string {
  return `${type} ${clip(id, idWidth)}`;
}

/** What is not known to go on was not seen afterwards: whether it is over, only somebody who looks now can tell. */
function timeSpan({ firstSeen, lastSeen, ongoing }: Finding): string {
  const since = formatTime(firstSeen);
  if (ongoing) return `since ${since}, still going on when the export ends`;
  if (lastSeen === unknownTime) return `at ${since}`;
  return firstSeen === lastSeen ? `at ${since}, not since` : `from ${since} to ${formatTime(lastSeen)}, not since`;
}

function idLines(ids: readonly string[], width: number): string[] {
  const lines = ids.slice(0, shownIds).map((id) => clip(id, Math.max(width, idWidth)));
  return ids.length <= shownIds ? lines : [...lines, `… ${ids.length - shownIds} more`];
}

/** Most often the correlation id is the request id again. */
function correlationsApart({ correlationIds, requestIds }: Finding): string[] {
  return correlationIds.filter((id) => !requestIds.includes(id));
}

/** Beside a table of whom it hit, customers and conversations would say it twice. */
function relatedLines(finding: Finding, counted: boolean): string[] {
  const related = counted
    ? finding.related.filter(({ type }) => type !== 'participant' && type !== 'conversation')
    : finding.related;
  const most = counted ? shownIds : shownRelated;
  const lines = related.slice(0, most).map(named);
  return related.length <= most ? lines : [...lines, `… ${count(related.length - most, 'more', 'more')}`];
}

function causeLines({ causedBy }: Finding, block: Block): string[] {
  const width = block.width - 2 - labelWidth;
  const lines = causedBy.slice(0, shownIds).flatMap((fingerprint) => {
    const known = block.knownCauses.has(fingerprint) ? ' (known from the baseline)' : '';
    const cause = block.findingOf(fingerprint) ?? block.knownCauses.get(fingerprint);
    if (cause === undefined) return [`finding ${fingerprint}, not shown`];
    const told = `${clip(cause.ruleId, width)}: ${named(cause.subject)}${known}`;
    return stringWidth(told) <= width ? [told] : [`${clip(cause.ruleId, width)}${known}:`, `  ${named(cause.subject)}`];
  });
  return causedBy.length <= shownIds ? lines : [...lines, `… ${count(causedBy.length - shownIds, 'more', 'more')}`];
}

type Row = readonly [
  time: string,
  type: string,
  level: string,
  code: string,
  status: string,
  reason: string,
  request: string,
  place: string,
];

function evidenceLines({ evidence, requestIds }: Finding, width: number, style: Style, most: number): string[] {
  if (evidence.length === 0) return [];
  // The request of all of it stands in the block already.
  const repeatsRequest = requestIds.length === 1 && evidence.every(({ requestId }) => requestId === requestIds[0]);
  const rows = evidence.slice(0, most).map((event) => rowOf(event, repeatsRequest));
  const columns = [0, 1, 2, 3, 4].map((at) => Math.max(...rows.map((row) => stringWidth(row[at] ?? ''))));
  const heads = rows.map((row) =>
    columns.flatMap((column, at) => (column === 0 ? [] : [pad(row[at] ?? '', column)])).join('  '),
  );
  const tails = rows.map(([, , , , , reason, request, place]) =>
    [reason, request, place].filter((part) => part !== ''),
  );
  const onOneLine = rows.map((_, at) => [heads[at] ?? '', ...(tails[at] ?? [])].join('  ').trimEnd());
  const lines = onOneLine.every((line) => stringWidth(line) <= width - 2)
    ? onOneLine
    : rows.flatMap((row, at) => {
        const head = (heads[at] ?? '').trimEnd();
        const [, , , , , reason, request, place] = row;
        const where = [request, place].filter((part) => part !== '');
        const whereLine = where.join('  ');
        return [
          // A long type name of another source can make a row wider than the terminal: then it is not aligned, and goes on below.
          ...(stringWidth(head) <= width - 2 ? [head] : brokenRow(row, width - 2)),
          ...indent(reason === '' ? [] : wrap(reason, width - 4, 3)),
          ...indent(stringWidth(whereLine) <= width - 4 ? [whereLine] : where.map((part) => clip(part, 400))),
        ];
      });
  const rest = evidence.length - rows.length;
  const first = rest > 0 && most === 1 ? ', the first of them' : '';
  return [
    style.quiet(`evidence: ${count(evidence.length, 'event')}${first}`),
    ...indent(lines),
    ...(rest > 0 && first === '' ? indent([`… ${count(rest, 'more', 'more')}`]) : []),
  ];
}

function brokenRow(row: Row, width: number): string[] {
  const parts = row.slice(0, 5).filter((part) => part !== '');
  const [first = '', ...rest] = wrap(parts.join('  '), width, 3);
  return [first, ...indent(rest.flatMap((line) => wrap(line, width - 2)))];
}

function rowOf(event: Evidence, repeatsRequest: boolean): Row {
  const place = placeText(event);
  return [
    formatTime(event.eventTime),
    clip(event.eventType, 60),
    clip(event.level ?? '', 10),
    event.errorCode === null ? '' : String(event.errorCode),
    clip(event.status ?? '', 30),
    clip(event.errorReason ?? '', 300),
    event.requestId === null || repeatsRequest ? '' : `request ${clip(event.requestId, 60)}`,
    clip(place, 400),
  ];
}
