import stringWidth from 'string-width';
import type { Evidence, Finding, Related } from '../findings/finding.ts';
import type { Style } from './style.ts';
import type { SymptomGroup } from './symptoms.ts';
import { clip, count, formatTime, grouped, pad, wrap } from './text.ts';

const shownEvidence = 8;
const shownRelated = 6;
const shownIds = 3;
/** So many symptoms of one rule are told with their message; of more, only the first few are named. */
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
};

/** One finding in full, as lines: what, about what, why, what to do, since when, and on what evidence. */
export function findingLines(finding: Finding, symptoms: readonly SymptomGroup[], block: Block): string[] {
  const { style, width } = block;
  const inner = width - 2;
  const prose = Math.min(inner, proseWidth);
  const certainty = finding.certainty === 'confirmed' ? '' : `, ${finding.certainty}`;
  const fields: (readonly [label: string, lines: readonly string[]])[] = [
    ['cause', [clip(finding.cause, prose - labelWidth)]],
    ['fix', wrap(finding.fix, prose - labelWidth)],
    ['seen', wrap(timeSpan(finding), inner - labelWidth)],
    ['account', block.namesAccount ? [clip(finding.accountId, inner - labelWidth)] : []],
    ['request', idLines(finding.requestIds, inner - labelWidth)],
    ['trace', idLines(correlationsApart(finding), inner - labelWidth)],
    ['related', relatedLines(finding)],
    ['because', causeLines(finding, block)],
    ['explains', symptomLines(symptoms, block)],
    ['finding', [finding.fingerprint]],
  ];
  return [
    `${style.severity[finding.severity](finding.severity.toUpperCase())}${certainty}  ${style.quiet(clip(finding.ruleId, inner))}`,
    ...indent(wrap(finding.title, inner, 2).map(style.heading)),
    ...indent([named(finding.subject)]),
    '',
    ...indent(wrap(finding.message, prose)),
    '',
    ...fields.flatMap(([label, lines]) => indent(labelled(label, lines, style))),
    ...indent(referenceLines(finding, inner, style)),
    ...indent(evidenceLines(finding, inner, style)),
  ];
}

/** One line about a finding whose block is not printed. */
export function findingLine(finding: Finding, block: Block): string {
  const account = block.namesAccount ? `  ${finding.accountId}` : '';
  const certainty = finding.certainty === 'confirmed' ? '' : ` (${finding.certainty})`;
  const about = named(finding.subject);
  const rest = `${finding.cause}${certainty}${account}  ${formatTime(finding.firstSeen)}`;
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

function timeSpan({ firstSeen, lastSeen, ongoing }: Finding): string {
  const since = formatTime(firstSeen);
  const until = formatTime(lastSeen);
  if (ongoing) return `since ${since}, still so at ${until}`;
  return firstSeen === lastSeen ? `at ${since}` : `since ${since} until ${until}`;
}

function idLines(ids: readonly string[], width: number): string[] {
  const lines = ids.slice(0, shownIds).map((id) => clip(id, Math.max(width, idWidth)));
  return ids.length <= shownIds ? lines : [...lines, `… ${ids.length - shownIds} more`];
}

/** Most often the correlation id is the request id again. */
function correlationsApart({ correlationIds, requestIds }: Finding): string[] {
  return correlationIds.filter((id) => !requestIds.includes(id));
}

function relatedLines({ related }: Finding): string[] {
  const lines = related.slice(0, shownRelated).map(named);
  return related.length <= shownRelated
    ? lines
    : [...lines, `… ${count(related.length - shownRelated, 'more', 'more')}`];
}

function causeLines({ causedBy }: Finding, block: Block): string[] {
  const width = block.width - 2 - labelWidth;
  const lines = causedBy.slice(0, shownIds).flatMap((fingerprint) => {
    const cause = block.findingOf(fingerprint);
    if (cause === undefined) return [`finding ${fingerprint}, not shown`];
    const told = `${clip(cause.ruleId, width)}: ${named(cause.subject)}`;
    return stringWidth(told) <= width ? [told] : [`${clip(cause.ruleId, width)}:`, `  ${named(cause.subject)}`];
  });
  return causedBy.length <= shownIds ? lines : [...lines, `… ${count(causedBy.length - shownIds, 'more', 'more')}`];
}

function symptomLines(groups: readonly SymptomGroup[], block: Block): string[] {
  const width = block.width - 2 - labelWidth;
  return groups.flatMap(({ ruleId, depth, findings }) => {
    const step = 2 * (depth - 1);
    const heads = findings.slice(0, toldSymptoms).flatMap((finding) => {
      const about = named(finding.subject);
      if (findings.length > toldSymptoms) return indent([about], step + 2);
      const told = wrap(finding.message, Math.min(width - step - 4, proseWidth), 4);
      return [...indent([about], step + 2), ...indent(told, step + 4)];
    });
    const rest = findings.length - Math.min(findings.length, toldSymptoms);
    return [
      ...indent([clip(`${grouped(findings.length)} × ${ruleId} (${severitiesOf(findings)})`, width - step)], step),
      ...heads,
      ...(rest > 0 ? indent([`… ${count(rest, 'more', 'more')}`], step + 2) : []),
    ];
  });
}

function severitiesOf(findings: readonly Finding[]): string {
  return [...new Set(findings.map(({ severity }) => severity))].join(', ');
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

function evidenceLines({ evidence, requestIds }: Finding, width: number, style: Style): string[] {
  if (evidence.length === 0) return [];
  // The request of all of it stands in the block already.
  const repeatsRequest = requestIds.length === 1 && evidence.every(({ requestId }) => requestId === requestIds[0]);
  const rows = evidence.slice(0, shownEvidence).map((event) => rowOf(event, repeatsRequest));
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
          // A long type name of another source can make a row wider than the terminal: then it is not aligned.
          stringWidth(head) <= width - 2
            ? head
            : clip(
                row
                  .slice(0, 5)
                  .filter((part) => part !== '')
                  .join('  '),
                width - 2,
              ),
          ...indent(reason === '' ? [] : wrap(reason, width - 4, 3)),
          ...indent(stringWidth(whereLine) <= width - 4 ? [whereLine] : where.map((part) => clip(part, 400))),
        ];
      });
  const rest = evidence.length - rows.length;
  return [
    style.quiet(`evidence: ${count(evidence.length, 'event')}`),
    ...indent(lines),
    ...(rest > 0 ? indent([`… ${count(rest, 'more', 'more')}`]) : []),
  ];
}

function rowOf(event: Evidence, repeatsRequest: boolean): Row {
  const place = event.line === null ? event.file : `${event.file}:${event.line}`;
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
