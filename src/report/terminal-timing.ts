import stringWidth from 'string-width';
import type { AuditResult, RuleSummary } from '../findings/result.ts';
import type { Style } from './style.ts';
import { clip, count, formatDuration, grouped, pad, wrap } from './text.ts';

type Timed = { readonly name: string; readonly ms: number };

/** Phases of a smaller share are told together. */
const smallShare = 0.1;
/** Of fewer events a rate says nothing: most of the time goes into starting. */
const fewEvents = 1000;
const shownSlowest = 10;
const indent = ' '.repeat(9);

/** How long the run took, and what of it: one line, or with `asked` every phase, and the slowest rules and tables. */
export function tookLines(
  { run, rules }: Pick<AuditResult, 'run' | 'rules'>,
  width: number,
  paint: Style,
  asked: { readonly reportMs: () => number } | undefined,
): string[] {
  const { events, durationMs, timing } = run;
  const isRateKnown = events >= fewEvents && durationMs > 0;
  const rate = isRateKnown ? ` (${grouped(Math.round((events / durationMs) * 1000))} events/s)` : '';
  const total = `${formatDuration(durationMs)}${rate}`;
  const label = paint.quiet(pad('took', 9));
  // A number stays on a line with its unit and what it is of.
  const told = (text: string) =>
    wrap(text.replaceAll(/(?<=\d) (?=[a-z])| (?=\d)/gu, '\u00a0'), width - 9).map(
      (line, at) => (at === 0 ? label : indent) + line.replaceAll('\u00a0', ' '),
    );
  if (timing === undefined) return told(total);
  if (asked === undefined) return told(`${total}: ${mainPhases(timing.phases)}`);
  // A result that is told again can name its phases as it likes.
  const named = timing.phases.map(({ name, ms }) => ({ name: clip(name, 40), ms }));
  const phases = [...named, { name: 'report, up to here', ms: asked.reportMs() }];
  const lists = [slowest('slowest rules', timesOf(rules)), slowest('slowest tables', timing.tables)];
  return [
    ...told(total),
    ...phaseLines(phases).map((line) => indent + line),
    ...(timing.memoryLimit === undefined
      ? []
      : [`${indent}at most ${gigabytes(timing.memoryLimit)} for DuckDB (--memory-limit)`]),
    ...beside(lists, width - indent.length, paint).map((line) => indent + line),
  ];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** In their order, the small ones as `the rest`. */
function mainPhases(phases: readonly Timed[]): string {
  const all = sum(phases);
  const main = phases.filter(({ ms }) => ms >= all * smallShare);
  const rest = all - sum(main);
  return [
    ...main.map(({ name, ms }) => `${name} ${formatDuration(ms)}`),
    ...(main.length < phases.length ? [`the rest ${formatDuration(rest)}`] : []),
  ].join(', ');
}

function phaseLines(phases: readonly Timed[]): string[] {
  const all = sum(phases);
  const widest = Math.max(...phases.map(({ name }) => stringWidth(name)));
  return phases.map(({ name, ms }) => {
    const share = all === 0 ? 0 : Math.round((ms / all) * 100);
    return `${pad(name, widest)}  ${(ms / 1000).toFixed(3).padStart(8)} s  ${String(share).padStart(3)} %`;
  });
}

function timesOf(rules: readonly RuleSummary[]): readonly Timed[] {
  return rules.map(({ id, durationMs }) => ({ name: id, ms: durationMs }));
}

type List = { readonly heading: string; readonly lines: readonly string[] };

function slowest(heading: string, timed: readonly Timed[]): List {
  const most = timed
    .filter(({ ms }) => Math.round(ms) > 0)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, shownSlowest);
  const rest = timed.length - most.length;
  const digits = Math.max(0, ...most.map(({ ms }) => grouped(Math.round(ms)).length));
  return {
    heading,
    lines: [
      ...most.map(({ name, ms }) => `${grouped(Math.round(ms)).padStart(digits)} ms  ${clip(name, 60)}`),
      ...(rest > 0 ? [`… ${count(rest, 'more', 'more')}`] : []),
    ],
  };
}

/** Lists side by side where there is room, else one below the other. */
function beside(lists: readonly List[], width: number, paint: Style): string[] {
  const told = lists.filter(({ lines }) => lines.length > 0);
  const columns = told.map(({ heading, lines }) => Math.max(...[heading, ...lines].map((line) => stringWidth(line))));
  const gap = 4;
  if (columns.reduce((all, column) => all + column + gap, -gap) > width) {
    return told.flatMap(({ heading, lines }) => [paint.quiet(heading), ...lines.map((line) => `  ${line}`)]);
  }
  const rows = Math.max(0, ...told.map(({ lines }) => lines.length));
  const row = (cellOf: (list: List, column: number) => string) =>
    told.map((list, at) => cellOf(list, columns[at] ?? 0)).join(' '.repeat(gap));
  return [
    ...(told.length === 0 ? [] : [row(({ heading }, column) => paint.quiet(pad(heading, column)))]),
    ...Array.from({ length: rows }, (_, at) => row(({ lines }, column) => pad(lines[at] ?? '', column))),
  ];
}

function sum(timed: readonly Timed[]): number {
  return timed.reduce((all, { ms }) => all + ms, 0);
}
