import stringWidth from 'string-width';
import { compareText } from '../engine/compare.ts';
import type { Finding, Related } from '../findings/finding.ts';
import type { Root, Symptom } from '../findings/forest.ts';
import { severityRank } from '../findings/order.ts';
import { type People, type Reach, reachOf } from '../findings/reach.ts';
import { severities } from '../rules/vocabulary.ts';
import type { Style } from './style.ts';
import { clip, count, formatTime, grouped, wrap } from './text.ts';

/** So many rows of a tree are told; user rules can make it as bushy as they like. */
const shownRows = 10;
/** Deeper findings are not indented further: a line has to have room for an id. */
const deepest = 8;
const proseWidth = 100;

/** `12 customers, 12 conversations, 12 numbers`; null where none of them is known. */
export function reachLine(reach: Reach): string | null {
  const parts = [
    ...(reach.customers === 0 ? [] : [count(reach.customers, 'customer')]),
    ...(reach.conversations === 0 ? [] : [count(reach.conversations, 'conversation')]),
    ...(reach.numbers === 0 ? [] : [count(reach.numbers, 'number')]),
    ...(reach.otherAddresses === 0 ? [] : [count(reach.otherAddresses, 'other address', 'other addresses')]),
  ];
  if (parts.length === 0) return null;
  const withoutAddress = reach.customers > 0 && reach.numbers + reach.otherAddresses === 0;
  return `${parts.join(', ')}${withoutAddress ? '; no number is known' : ''}`;
}

/** `30 findings below it, 8 still going on`: that the cause is over does not mean that its effects are. */
export function belowTitle({ below }: Root): string {
  const ongoing = below.filter(({ finding }) => finding.ongoing).length;
  const still =
    ongoing === 0
      ? ''
      : `, ${ongoing < below.length ? `${grouped(ongoing)} ` : ongoing === 1 ? '' : 'all '}still going on`;
  return `${count(below.length, 'finding')} below it${still}`;
}

/** The findings of one rule that hang below those of another. */
type Row = {
  readonly ruleId: string;
  readonly depth: number;
  readonly findings: Finding[];
  readonly rows: Map<string, Row>;
};

/**
 * What hangs below a root as a table, one line a rule, indented like the tree: how many findings, and whom they hit.
 * A dash is what no finding and no event tells.
 */
export function summaryLines(root: Root, people: People, width: number, style: Style): string[] {
  const rows = rowsOf(root);
  const shown = rows.length <= shownRows ? rows : rows.slice(0, shownRows - 1);
  const rest = rows.slice(shown.length).flatMap(({ findings }) => findings);
  const digits = Math.max(...rows.map(({ findings }) => grouped(findings.length).length));
  const told = shown.map(({ ruleId, depth, findings }) => {
    const step = '  '.repeat(Math.min(depth, deepest) - 1);
    return {
      lead: `${step}${grouped(findings.length).padStart(digits)} × `,
      ruleId,
      severity: severitiesOf(findings),
      findings,
    };
  });
  const title = belowTitle(root);
  const heads = ['customers', 'conversations', 'numbers'];
  const columns = `  ${heads.join('  ')}`;
  const names = (withSeverity: boolean) =>
    told.map(({ lead, ruleId, severity }) => `${lead}${ruleId}${withSeverity ? ` (${severity})` : ''}`);
  // Severities are in the summary above, and in the colours; numbers are nowhere else.
  const fits = names(true).every((name) => stringWidth(name) + columns.length <= width);
  const room = width - columns.length;
  if (!fits && names(false).some((name) => stringWidth(name) > room)) {
    return [style.quiet(title), ...told.flatMap((row) => narrowRow(row, people, width, style)), ...restLines(rest)];
  }
  const labels = names(fits).map((name) => clip(name, room));
  const across = Math.max(title.length, ...labels.map((label) => stringWidth(label)));
  return [
    style.quiet(`${title.padEnd(across)}${columns}`),
    ...labels.map((label, at) => {
      const reach = reachOf(told[at]?.findings ?? [], people);
      const cells = [reach.customers, reach.conversations, reach.numbers].map((n, cell) =>
        (n === 0 ? '–' : grouped(n)).padStart((heads[cell] ?? '').length + 2),
      );
      return painted(label, told[at], style) + ' '.repeat(across - stringWidth(label)) + cells.join('');
    }),
    ...restLines(rest),
  ];
}

type Told = { readonly lead: string; readonly ruleId: string; readonly findings: readonly Finding[] };

/** Where a table would leave no room for the names of rules, each row says below the name whom it hit. */
function narrowRow(row: Told, people: People, width: number, style: Style): readonly string[] {
  const hit = reachLine(reachOf(row.findings, people));
  const below = ' '.repeat(row.lead.length);
  return [
    painted(clip(row.lead + row.ruleId, width), row, style),
    ...(hit === null ? [] : wrap(hit, width - below.length).map((line) => below + line)),
  ];
}

/** The label of a row with its rule in the colour of the worst that it found. */
function painted(label: string, row: Told | undefined, style: Style): string {
  if (row === undefined) return label;
  const worst = severities.findLast((severity) => row.findings.some((finding) => finding.severity === severity));
  const name = label.slice(row.lead.length);
  return worst === undefined ? label : row.lead + style.severity[worst](name);
}

function restLines(rest: readonly Finding[]): readonly string[] {
  if (rest.length === 0) return [];
  const rules = new Set(rest.map(({ ruleId }) => ruleId)).size;
  return [`… ${count(rest.length, 'more', 'more')} of ${count(rules, 'rule')}`];
}

/** Parents before children, the worst rule first. */
function rowsOf(root: Root): Row[] {
  const top = new Map<string, Row>();
  const rowOf = new Map<Finding, Row>();
  for (const { finding, parent, depth } of root.below) {
    const siblings = rowOf.get(parent)?.rows ?? top;
    const row: Row = siblings.get(finding.ruleId) ?? { ruleId: finding.ruleId, depth, findings: [], rows: new Map() };
    siblings.set(finding.ruleId, row);
    row.findings.push(finding);
    rowOf.set(finding, row);
  }
  const worst = (row: Row): number =>
    row.findings.reduce((most, { severity }) => Math.max(most, severityRank(severity)), 0);
  const inOrder = (rows: ReadonlyMap<string, Row>): Row[] =>
    [...rows.values()]
      .sort((a, b) => worst(b) - worst(a) || compareText(a.ruleId, b.ruleId))
      .flatMap((row) => [row, ...inOrder(row.rows)]);
  return inOrder(top);
}

function severitiesOf(findings: readonly Finding[]): string {
  const found = new Set(findings.map(({ severity }) => severity));
  return severities
    .filter((severity) => found.has(severity))
    .toReversed()
    .join(', ');
}

/** Everything below a root, one line each, indented below its cause; with `messages` also what each says. */
export function openedLines(root: Root, width: number, style: Style, messages: boolean): string[] {
  return root.below.flatMap((symptom) => {
    const step = '  '.repeat(Math.min(symptom.depth, deepest) - 1);
    const line = step + symptomLine(symptom, width - step.length, style);
    if (!messages) return [line];
    const told = wrap(symptom.finding.message, Math.min(width - step.length - 2, proseWidth), 4);
    return [line, ...told.map((text) => `${step}  ${text}`)];
  });
}

/** Rule and subject first: they are what somebody looks for. The rest as far as there is room. */
function symptomLine({ finding, parent }: Symptom, width: number, style: Style): string {
  const { severity, certainty, cause, subject, firstSeen } = finding;
  const about =
    subject.type === parent.subject.type && subject.id === parent.subject.id ? `same ${subject.type}` : idOf(subject);
  const rule = clip(finding.ruleId, Math.max(width - stringWidth(about) - 2, 20));
  const tail = [
    certainty === 'confirmed' ? severity : `${severity}, ${certainty}`,
    clip(cause, 60),
    formatTime(firstSeen),
  ];
  let used = stringWidth(rule) + 2 + stringWidth(about);
  const kept: string[] = [];
  for (const part of tail) {
    used += 2 + stringWidth(part);
    if (used > width) break;
    kept.push(part);
  }
  return [style.severity[severity](rule), about, ...kept].join('  ');
}

/** Most ids say themselves what they are the id of. */
function idOf({ type, id }: Related): string {
  const clean = clip(id, 80);
  return /^(?:[a-z]+_[a-z]+_|[A-Z]{2}[0-9a-f]{32}$)/u.test(clean) ? clean : `${type} ${clean}`;
}
