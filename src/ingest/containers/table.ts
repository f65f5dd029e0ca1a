import type { ByteSource } from '../decompress.ts';
import { type Batch, batchSize, collector, endingWhereBarren } from './batch.ts';
import { setField } from './cells.ts';
import { lineSplitter } from './lines.ts';

export const delimiters = ['\t', ',', ';', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

export type TableLayout = {
  readonly delimiter: Delimiter;
  /** Names of the columns; an empty name is a column without one, whose cells are left out. */
  readonly columns: readonly string[];
  /** Whether the first row holds those names. */
  readonly hasHeader: boolean;
};

/** What the Twilio CLI prints with `-o tsv --no-header`. */
const cliColumns = ['dateCreated', 'logLevel', 'errorCode', 'alertText'] as const;
const cliDate = /^[A-Z][a-z]{2} \d{1,2} \d{4} \d{2}:\d{2}:\d{2} GMT[+-]\d{4}$/;

/** A cell that is quoted may run over several lines, but no sensible one over so many characters. */
const maxRowCharacters = 16 * 1024 * 1024;
/** Nor over so many lines: past them a quote that was never closed is taken for what it is. */
const maxRowLines = 10_000;

const neverClosed = 'a quote is never closed';

/** A row of which a quoted cell is still open: the cells before it, and what it holds so far. */
type OpenRow = { readonly cells: readonly string[]; readonly openCell: string };
type Row = OpenRow | { readonly cells: readonly string[]; readonly openCell: null } | { readonly reason: string };

/** Reads a table of text: a row is a record, with the names of its columns as keys; cells that a short row lacks are absent. */
export async function* readTable(bytes: ByteSource, layout: TableLayout): AsyncGenerator<Batch> {
  const { delimiter } = layout;
  const columns = distinct(layout.columns);
  const batch = collector();
  const source = endingWhereBarren(bytes, batch);
  /** The row that is being read, with the lines it stands on; `null` between rows. */
  let open: { row: OpenRow; readonly line: number; readonly texts: string[]; characters: number } | null = null;
  /** Lines that are looked at again, because the row before them turned out to be broken; the next one is the last. */
  const again: { readonly text: string; readonly line: number }[] = [];
  let isFirst = true;
  let toldProblem = false;

  const addRow = (cells: readonly string[], line: number, text: string) => {
    const isHeader = (isFirst && layout.hasHeader) || isRepeatedHeader(cells, layout);
    isFirst = false;
    // Spreadsheets write rows of nothing but delimiters.
    if (isHeader || cells.every((cell) => cell === '')) return;
    if (cells.slice(columns.length).some((cell) => cell !== '')) {
      batch.reject(line, `${cells.length} cells in a table of ${columns.length} columns`, text);
      return;
    }
    const fields: Record<string, unknown> = {};
    for (const [at, name] of columns.entries()) {
      const cell = cells[at];
      if (name === null || cell === undefined) continue;
      setField(fields, name, cell);
    }
    batch.record(fields, line, null);
  };

  const addLine = (text: string, line: number) => {
    if (line === 1 && saidDelimiter(text) !== null) return;
    if (open === null && !text.includes('"')) {
      if (text !== '') addRow(text.split(delimiter), line, text);
      return;
    }
    const current = open ?? { row: { cells: [], openCell: '' }, line, texts: [], characters: 0 };
    const row = parseRow(text, delimiter, open === null ? null : current.row);
    current.texts.push(text);
    current.characters += text.length;
    if ('reason' in row) {
      giveUp(current.texts, current.line, row.reason);
    } else if (row.openCell === null) {
      open = null;
      addRow(row.cells, current.line, current.texts.join('\n'));
    } else if (current.characters > maxRowCharacters || current.texts.length > maxRowLines) {
      giveUp(current.texts, current.line, neverClosed);
    } else {
      current.row = row;
      open = current;
    }
  };

  /** The first line of a broken row is rejected; those after it may well be rows of their own. */
  const giveUp = (texts: readonly string[], first: number, reason: string) => {
    open = null;
    const [broken = '', ...rest] = texts;
    // Between tabs quotes are often nothing but quotes.
    if (delimiter === '\t') addRow(broken.split('\t'), first, broken);
    else batch.reject(first, reason, broken);
    isFirst = false;
    again.push(...rest.map((text, at) => ({ text, line: first + 1 + at })).reverse());
  };

  const addAll = (text: string, line: number) => {
    addLine(text, line);
    for (let next = again.pop(); next !== undefined; next = again.pop()) addLine(next.text, next.line);
  };

  const finish = () => {
    while (open !== null) {
      giveUp(open.texts, open.line, neverClosed);
      for (let next = again.pop(); next !== undefined; next = again.pop()) addLine(next.text, next.line);
    }
  };
  const splitter = lineSplitter({
    line(text, line, isLast) {
      const problem = isLast ? source.problem() : null;
      if (problem === null) {
        addAll(text, line);
        return;
      }
      // A row that the end of a damaged stream cuts looks like a whole one with fewer cells.
      toldProblem = true;
      batch.reject(line, problem, text);
    },
    unreadable: (reason, beginning, line) => batch.reject(line, reason, beginning),
  });
  for await (const chunk of source.chunks) {
    splitter.push(chunk);
    const ready = batch.take(batchSize);
    if (ready !== null) yield ready;
  }
  splitter.end();
  finish();
  const problem = source.problem();
  if (problem !== null && !toldProblem) batch.reject(splitter.reached(), problem, '');
  const last = batch.take(0);
  if (last !== null) yield last;
}

/** Recognises a table by its first rows; `null` where they are none. */
export function tableLayout(given: readonly string[]): TableLayout | null {
  const said = saidDelimiter(given[0] ?? '');
  const lines = said === null ? given : given.slice(1);
  if (lines.length === 0) return null;
  for (const delimiter of delimiters) {
    if (said !== null && said !== delimiter) continue;
    const rows = rowsOf(lines, delimiter);
    const [header, ...others] = rows;
    if (header === undefined || header.length < 2) continue;
    if (delimiter === '\t' && header.length === cliColumns.length && cliDate.test(header[0] ?? '')) {
      return { delimiter, columns: cliColumns, hasHeader: false };
    }
    const columns = trimmedEnd(header.map((cell) => cell.trim()));
    // Not every row need be as long as the header, but text that merely has commas in it is of any length.
    const fitting = others.filter(
      (cells) => cells.length === header.length || trimmedEnd(cells).length === columns.length,
    ).length;
    if (
      columns.length >= 2 &&
      columns.every((name, at) => (name === '' && at > 0) || isName(name)) &&
      (fitting * 2 >= others.length || isPlainHeader(columns))
    )
      return { delimiter, columns, hasHeader: true };
  }
  return null;
}

function rowsOf(lines: readonly string[], delimiter: Delimiter): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  let open: OpenRow | null = null;
  for (const line of lines) {
    const row: Row = parseRow(line, delimiter, open);
    open = null;
    if ('reason' in row) continue;
    if (row.openCell === null) rows.push(row.cells);
    else open = row;
  }
  return rows;
}

function isName(cell: string): boolean {
  return cell.length <= 80 && /^[\p{L}_@][\p{L}\p{N} _@.:/()#-]*$/u.test(cell);
}

/** No prose: several words without blanks. Below such a header rows of another length are broken rows. */
function isPlainHeader(columns: readonly string[]): boolean {
  return columns.length >= 3 && columns.every((name) => /^\w+$/.test(name));
}

/** The delimiter in Excel's own first line, `sep=;`; `null` where the line is none. */
function saidDelimiter(line: string): string | null {
  return /^"?sep=(.)"?$/i.exec(line)?.[1] ?? null;
}

function trimmedEnd(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
}

/** Files that were joined bring their header along. */
function isRepeatedHeader(cells: readonly string[], { columns, hasHeader }: TableLayout): boolean {
  return hasHeader && cells.length >= columns.length && columns.every((name, at) => cells[at]?.trim() === name);
}

/** The second column of a name is called `name (2)`; columns without a name are left out. */
function distinct(names: readonly string[]): readonly (string | null)[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    if (name === '') return null;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** A row (RFC 4180), or its next line: a quoted cell may hold delimiters, line ends and doubled quotes. */
function parseRow(line: string, delimiter: Delimiter, open: OpenRow | null): Row {
  const cells = open === null ? [] : [...open.cells];
  let at = 0;
  let before = open === null ? null : `${open.openCell}\n`;
  for (;;) {
    if (before !== null || line[at] === '"') {
      const cell = quotedCell(line, before === null ? at + 1 : 0);
      const value = (before ?? '') + cell.value;
      before = null;
      if (cell.end === null) return { cells, openCell: value };
      if (cell.end < line.length && line[cell.end] !== delimiter)
        return { reason: 'text after the closing quote of a cell' };
      cells.push(value);
      at = cell.end;
    } else {
      const end = line.indexOf(delimiter, at);
      cells.push(end < 0 ? line.slice(at) : line.slice(at, end));
      at = end < 0 ? line.length : end;
    }
    if (at >= line.length) return { cells, openCell: null };
    at++;
  }
}

/** The text of a cell from `start`, and where it ends behind its closing quote; `null` where the line ends before. */
function quotedCell(line: string, start: number): { readonly value: string; readonly end: number | null } {
  let hasQuotes = false;
  let from = start;
  for (;;) {
    const end = line.indexOf('"', from);
    const isDoubled = end >= 0 && line[end + 1] === '"';
    if (isDoubled) {
      hasQuotes = true;
      from = end + 2;
      continue;
    }
    const text = line.slice(start, end < 0 ? line.length : end);
    // `replace` builds a chain of pieces that costs five times as much, most of it to collect it again.
    return { value: hasQuotes ? text.split('""').join('"') : text, end: end < 0 ? null : end + 1 };
  }
}
