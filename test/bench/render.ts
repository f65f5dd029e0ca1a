/** RESULTS.md from what was measured and from notes written by hand. */
import type { Machine } from './machine.ts';
import { median, medianSeconds, type Run, type Series } from './measure.ts';
import type { BenchRecord, Scenario, Table } from './scenario.ts';

/** `records` by scenario; a scenario that was never measured says so. */
export function renderResults(
  scenarios: readonly Pick<Scenario, 'name' | 'summary'>[],
  records: ReadonlyMap<string, BenchRecord>,
  notes: string,
): string {
  const measured = [...records.values()].toSorted((a, b) => b.date.localeCompare(a.date));
  const newest = measured[0];
  const common = newest === undefined ? [] : ['## Machine and versions', ...placeLines(newest)];
  const sections = scenarios.flatMap(({ name, summary }) => {
    const record = records.get(name);
    const head = [`## ${name}`, summary];
    if (record === undefined) return [...head, `Not measured yet: \`npm run bench -- ${name}\`.`];
    const isElsewhere = newest !== undefined && placeOf(record) !== placeOf(newest);
    const place = isElsewhere
      ? ['Measured elsewhere, or with other versions, than what stands at the top:', ...placeLines(record)]
      : [];
    return [...head, `Measured on ${record.date.slice(0, 10)}.`, ...place, ...record.tables.flatMap(tableParts)];
  });
  return `${['# How fast postlude is', generated, ...common, notes.trim(), ...sections].join('\n\n')}\n`;
}

const generated =
  '<!-- Written by `npm run bench -- SCENARIO…` from results/*.json and notes.md; `npm run bench -- render` writes it anew. -->';

function placeOf({ machine, versions }: BenchRecord): string {
  const { diskFreeGigabytes: _free, ...hardware } = machine;
  return JSON.stringify([hardware, versions]);
}

function placeLines({ machine, versions, date }: BenchRecord): string[] {
  const software = Object.entries(versions).map(([name, version]) => [name, version] as const);
  return [table(['', ''], [...hardwareRows(machine), ...software, ['date', date.slice(0, 10)]], ['left', 'left'])];
}

function hardwareRows({ cpu, cores, memoryGigabytes, system, diskFreeGigabytes }: Machine): [string, string][] {
  return [
    ['CPU', `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}`],
    ['memory', `${memoryGigabytes} GB`],
    ['system', system],
    ['disk free', `${diskFreeGigabytes} GB`],
  ];
}

function tableParts({ title, series, reference, remarks }: Table): string[] {
  const base = series.find(({ name }) => name === reference);
  const isSpilling = series.some(({ runs }) => runs.some(({ spillMegabytes }) => spillMegabytes !== undefined));
  const headings = [...new Set(series.flatMap(({ extra }) => Object.keys(extra ?? {})))];
  const head = [
    '',
    'n',
    'seconds',
    'min – max',
    'peak MB',
    ...(isSpilling ? ['spilled MB'] : []),
    ...(base ? ['×'] : []),
    ...headings,
  ];
  const rows = series.map((each) => [
    each.name,
    String(each.runs.length),
    each.runs.length === 0 ? (each.failure ?? '–') : medianSeconds(each).toFixed(2),
    range(each),
    of(each, ({ peakMegabytes }) => peakMegabytes),
    ...(isSpilling ? [of(each, ({ spillMegabytes }) => spillMegabytes)] : []),
    ...(base ? [factor(each, base)] : []),
    ...headings.map((heading) => each.extra?.[heading] ?? ''),
  ]);
  const failures = series.flatMap(({ name, runs, failure }) =>
    runs.length > 0 && failure !== undefined ? [`${name}: a further run ${failure}.`] : [],
  );
  const lines = [...remarks, ...failures];
  const multiple = base === undefined ? [] : [`× is the multiple of “${base.name}”.`];
  return [
    `### ${title}`,
    table(head, rows),
    ...(lines.length + multiple.length > 0 ? [[...multiple, ...lines].join('\n')] : []),
  ];
}

function range({ runs }: Series): string {
  if (runs.length === 0) return '–';
  const seconds = runs.map((run) => run.seconds);
  return `${Math.min(...seconds).toFixed(2)} – ${Math.max(...seconds).toFixed(2)}`;
}

function of({ runs }: Series, what: (run: Run) => number | undefined): string {
  const numbers = runs.map(what).filter((number) => number !== undefined);
  return numbers.length === 0 ? '–' : Math.round(median(numbers)).toLocaleString('en');
}

function factor(series: Series, base: Series): string {
  const times = medianSeconds(series) / medianSeconds(base);
  return Number.isFinite(times) ? times.toFixed(2) : '–';
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right')[] = [],
): string {
  const rule = head.map((_, column) =>
    (align[column] ?? (column === 0 ? 'left' : 'right')) === 'left' ? '---' : '---:',
  );
  const cells = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [head, rule, ...rows].map(cells).join('\n');
}
