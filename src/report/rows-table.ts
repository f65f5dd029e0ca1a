import stringWidth from 'string-width';
import type { Row } from '../engine/arrow/rows.ts';
import { cellText } from './cells.ts';
import type { Column, RowOptions, Written } from './row-options.ts';
import { sanitise } from './sanitise.ts';
import { type Style, style } from './style.ts';
import { clip, count as counted, formatTime, grouped, pad, wrap } from './text.ts';

/** The layout is decided by the first rows; those after them are shown in it. */
const rowsThatDecide = 1000;
/** What a column has at least in a table, where its cells need it: below that, ids could not be told apart. */
const narrowest = 20;
const gap = 2;
/** Of a long cell in a record; csv and json have the whole. */
const linesOfCell = 6;

/**
 * For people: columns side by side where the terminal is wide enough for them, else one record below the other. What is cut is
 * marked with `…`, and the end tells how many rows there were.
 */
export async function* tableRows(
  columns: readonly Column[],
  rows: AsyncIterable<readonly Row[]>,
  options: RowOptions,
  count: Written,
): AsyncGenerator<string, void, undefined> {
  const paint = style(options.colour);
  // DuckDB draws its plans itself.
  if (columns.length === 2 && columns[0]?.name === 'explain_key') {
    for await (const some of rows) yield some.map((row) => drawn(String(row.explain_value ?? ''))).join('');
    return;
  }
  let waiting: Row[] = [];
  let lay: ((some: readonly Row[]) => string) | null = null;
  for await (const some of rows) {
    if (lay !== null) {
      yield lay(some);
      continue;
    }
    waiting.push(...some);
    if (waiting.length < rowsThatDecide) continue;
    lay = layout(columns, waiting, options, paint);
    yield lay(waiting);
    waiting = [];
  }
  if (lay === null) yield layout(columns, waiting, options, paint)(waiting);
  const told = count.cut
    ? `the first ${counted(count.rows, 'row')}; there are more: --limit N shows more of them, --limit all every one`
    : counted(count.rows, 'row');
  yield `${paint.quiet(told)}\n`;
}

function drawn(plan: string): string {
  return plan
    .trimEnd()
    .split('\n')
    .map((line) => `${sanitise(line)}\n`)
    .join('');
}

function layout(
  columns: readonly Column[],
  rows: readonly Row[],
  { width, asRecords = false }: RowOptions,
  paint: Style,
): (rows: readonly Row[]) => string {
  const names = columns.map(({ name }) => clip(name, width));
  if (asRecords) return records(columns, names, width, paint);
  const needed = columns.map((column, c) =>
    Math.max(
      stringWidth(names[c] ?? ''),
      ...rows.map((row) => Math.min(width, stringWidth(shown(column, row, width)))),
    ),
  );
  const widths = fitted(needed, width - gap * (columns.length - 1));
  return widths === null ? records(columns, names, width, paint) : table(columns, names, widths, paint);
}

/** Widths that fit together: the widest columns give first. Null where not even narrow ones do. */
function fitted(needed: readonly number[], room: number): readonly number[] | null {
  const sum = (most: number) => needed.reduce((total, each) => total + Math.min(each, most), 0);
  let most = Math.max(narrowest, ...needed);
  if (sum(narrowest) > room) return null;
  while (sum(most) > room) most--;
  return needed.map((each) => Math.min(each, most));
}

function table(
  columns: readonly Column[],
  names: readonly string[],
  widths: readonly number[],
  paint: Style,
): (rows: readonly Row[]) => string {
  const line = (cells: readonly string[]): string => cells.join(' '.repeat(gap)).trimEnd();
  let head = `${paint.heading(line(names.map((name, c) => pad(short(name, widths[c] ?? 0), widths[c] ?? 0))))}\n`;
  return (rows) => {
    const text = rows.map((row) => {
      const cells = columns.map((column, c) => {
        const width = widths[c] ?? 0;
        const cell = pad(short(shown(column, row, width * 4), width), width);
        return row[column.name] === null ? paint.quiet(cell) : cell;
      });
      return `${line(cells)}\n`;
    });
    const whole = head + text.join('');
    head = '';
    return whole;
  };
}

function records(
  columns: readonly Column[],
  names: readonly string[],
  width: number,
  paint: Style,
): (rows: readonly Row[]) => string {
  const nameWidth = Math.min(Math.floor(width / 2), Math.max(...names.map((name) => stringWidth(name))));
  const margin = ' '.repeat(nameWidth + gap);
  let number = 0;
  return (rows) =>
    rows
      .map((row) => {
        number++;
        const title = `── ${grouped(number)} `;
        const cells = columns.map((column, c) => {
          const lines = wrap(shown(column, row, width * linesOfCell), width - margin.length, linesOfCell);
          const text = lines.join(`\n${margin}`);
          const name = paint.quiet(pad(short(names[c] ?? '', nameWidth), nameWidth));
          return `${name}${' '.repeat(gap)}${row[column.name] === null ? paint.quiet(text) : text}\n`;
        });
        return `${paint.heading(title + '─'.repeat(Math.max(0, width - stringWidth(title))))}\n${cells.join('')}`;
      })
      .join('');
}

/** A cell as one harmless line. */
function shown(column: Column, row: Row, most: number): string {
  const cell = row[column.name] ?? null;
  const text = cellText(column, cell) ?? 'NULL';
  return clip(cell instanceof Date ? formatTime(text) : text, Math.max(most, narrowest));
}

/** What does not fit is cut; an id in its middle, because ids of a kind begin alike. */
function short(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  if (!/^[!-~]+$/u.test(text)) return clip(text, width);
  const tail = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}
