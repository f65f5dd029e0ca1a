import { z } from 'zod';
import type { Issue } from '../engine/issue.ts';
import { identifier, quoted, type Session } from '../engine/session.ts';
import { filled, sqlFile } from '../engine/sql-file.ts';
import { halfACharacter } from './containers/parse-object.ts';
import { contentHash } from './content-hash.ts';
import type { BytesRead } from './decompress.ts';
import type { InputRecord, LogEntry, ShapeContext, SideRow } from './entry.ts';
import type { InputFile } from './inputs.ts';
import type { FilePage } from './pages.ts';
import { readRecords } from './read.ts';
import { globEscaped, type Kept } from './read-directly.ts';
import { recogniseEntry } from './shapes/index.ts';
import { recogniseSide } from './side/index.ts';
import type { Sniffed } from './sniff.ts';
import { openStaging, type StagedFile } from './staging.ts';
import { jsonHasHalfPair, wellFormed } from './surrogates.ts';
import { zoneIssue } from './zone-issue.ts';
import type { Showing } from './zones.ts';

export type CarefulInput = {
  readonly fileId: number;
  readonly file: InputFile;
  readonly sniffed: Exclude<Sniffed, { unrecognised: string }>;
};

export type CarefulOptions = Kept & {
  /** Zone for times that carry none, where somebody has named it; UTC otherwise. */
  readonly timezone?: string;
  readonly bytes: BytesRead;
};

export type CarefulRead = {
  readonly issues: readonly Issue[];
  /** The shape of each file: that of most of its records. */
  readonly formats: ReadonlyMap<number, string>;
  /** Files of which no record is of a known shape. */
  readonly unrecognised: readonly { readonly fileId: number; readonly file: InputFile; readonly reason: string }[];
  /** List pages that name a neighbour. */
  readonly pages: readonly FilePage[];
};

/** Payloads that the model looks into are kept even where nobody asks for payloads. */
const neededBody = /\.profiles\.merged$/;
const observed = /^com\.twilio\.memory\.(observation|summary)\./;

/** Merges name profiles in fields that are not documented; observations can name what they were made of there. */
function needsBody({ eventType, conversationId, conversationIds, profileId }: LogEntry): boolean {
  if (neededBody.test(eventType)) return true;
  return conversationId === null && conversationIds === null && profileId === null && observed.test(eventType);
}

/**
 * Reads inputs of any shape record by record. What is an entry or a side record goes to its table by way of a file in the
 * spill folder; what is neither is rejected with its line and reason.
 */
export async function readCarefully(
  session: Session,
  inputs: readonly CarefulInput[],
  options: CarefulOptions,
): Promise<CarefulRead> {
  const issues: Issue[] = [];
  const pages: FilePage[] = [];
  const formats = new Map<number, string>();
  const unrecognised: { fileId: number; file: InputFile; reason: string }[] = [];
  const staging = openStaging(session.spillDir);

  for (const input of inputs) {
    const read = await readInput(session, input, options, staging.add);
    if ('reason' in read) {
      unrecognised.push({ fileId: input.fileId, file: input.file, reason: read.reason });
    } else {
      formats.set(input.fileId, read.format);
      issues.push(...read.issues);
      pages.push(...read.pages);
    }
  }

  for (const [table, staged] of await staging.finish()) {
    await session.run(await loadStatement(session, table, staged));
  }
  if (unrecognised.length > 0) {
    // A file that is no export has no rejected entries.
    await session.run(`DELETE FROM rejects WHERE file_id IN (${unrecognised.map(({ fileId }) => fileId).join(', ')})`);
  }
  if (formats.size > 0) {
    await session.run(`
      UPDATE input_files SET direct = false, format = read.format
      FROM (VALUES ${[...formats].map(([fileId, format]) => `(${fileId}, ${quoted(format)})`).join(', ')}) AS read (file_id, format)
      WHERE input_files.file_id = read.file_id`);
  }
  return { issues, formats, unrecognised, pages };
}

type Add = (table: string, json: string) => Promise<void> | void;

type Staged = { readonly table: string; readonly json: string };

type InputRead =
  | { readonly format: string; readonly issues: readonly Issue[]; readonly pages: readonly FilePage[] }
  | { readonly reason: string };

/** How much of a rejected record is kept. */
const keptText = 500;

async function readInput(
  session: Session,
  { fileId, file, sniffed }: CarefulInput,
  options: CarefulOptions,
  add: Add,
): Promise<InputRead> {
  const pages: FilePage[] = [];
  const shapes = new Map<string, number>();
  const zoneless = countZoneless(options.timezone);
  let rejected = 0;
  let firstReject: { readonly line: number; readonly reason: string } | null = null;
  const reject = (line: number, reason: string, text: string): Promise<void> | void => {
    rejected++;
    firstReject ??= { line, reason };
    // What is cut off may be the other half of a character.
    const row = { file_id: fileId, line, reason: wellFormed(reason), text: wellFormed(text.slice(0, keptText)) };
    return add('rejects', JSON.stringify(row));
  };

  for await (const batch of readRecords(session, file, sniffed, options.bytes)) {
    // Most calls only remember the line; waiting for each of them would take longer than all the rest.
    for (const { line, reason, text } of batch.rejects) {
      const writing = reject(line, reason, text);
      if (writing !== undefined) await writing;
    }
    for (const page of batch.pages) pages.push({ ...page, fileId, path: file.path });
    for (const record of batch.records) {
      zoneless.next();
      const projected = project(record, zoneless.context);
      if (projected === null) {
        await reject(record.line, 'no known shape', preview(record));
        continue;
      }
      shapes.set(projected.shape, (shapes.get(projected.shape) ?? 0) + 1);
      if ('reason' in projected) {
        await reject(record.line, projected.reason, preview(record));
        continue;
      }
      const staged: readonly Staged[] =
        'entry' in projected
          ? [{ table: 'event_log', json: JSON.stringify(entryLine(projected.entry, fileId, record.line, options)) }]
          : projected.rows.map(({ table, row }) => ({
              table,
              json: JSON.stringify({ ...row, file_id: fileId, line: record.line }),
            }));
      // JSON inside of a text, such as a body in a cell, was not seen by the container.
      if (staged.some(({ json }) => jsonHasHalfPair(json))) {
        await reject(record.line, halfACharacter, preview(record));
        continue;
      }
      zoneless.loaded(record.line);
      for (const { table, json } of staged) {
        const writing = add(table, json);
        if (writing !== undefined) await writing;
      }
    }
  }

  const [[format] = []] = [...shapes].sort(([, a], [, b]) => b - a);
  if (format === undefined) return { reason: whyNone(firstReject) };
  return {
    format,
    pages,
    issues: [...rejectIssues(file, rejected, firstReject), ...zoneless.issues(file)],
  };
}

type FirstReject = { readonly line: number; readonly reason: string } | null;

function whyNone(first: FirstReject): string {
  return first === null ? 'it holds no records' : `${first.reason} (line ${first.line})`;
}

type ZonelessCount = {
  readonly context: ShapeContext;
  /** What the context is told from here on is of another record. */
  readonly next: () => void;
  /** The record counts. */
  readonly loaded: (line: number) => void;
  readonly issues: (file: InputFile) => readonly Issue[];
};

/** Counts records, not times: an entry and what it is about can both have one without a zone. */
function countZoneless(named: string | undefined): ZonelessCount {
  const timezone = named ?? 'UTC';
  const told = new Set<Showing>();
  const records = { once: 0, twice: 0, never: 0 };
  const firstLine = { once: 0, twice: 0, never: 0 };
  return {
    context: { timezone, zonelessTime: (shown) => told.add(shown) },
    next: () => told.clear(),
    loaded(line) {
      for (const shown of told) if (records[shown]++ === 0) firstLine[shown] = line;
    },
    issues({ path: file }) {
      const { once, twice, never } = records;
      const have = (count: number) => (count === 1 ? '1 record has' : `${count.toLocaleString('en')} records have`);
      const issues: Issue[] = [];
      if (named === undefined && once + twice + never > 0) {
        issues.push(zoneIssue(file, timezone));
      }
      if (twice > 0) {
        const message = `${have(twice)} a time that ${timezone} has twice, as its clocks are put back: read as the first of the two, so that order and durations may be wrong; export these hours in UTC.`;
        issues.push({ severity: 'notice', file, line: firstLine.twice, message });
      }
      if (never > 0) {
        const message = `${have(never)} a time that ${timezone} does not have, as its clocks are put forward over it: read by the clock before the change; check --timezone.`;
        issues.push({ severity: 'notice', file, line: firstLine.never, message });
      }
      return issues;
    },
  };
}

type Projected = { readonly shape: string } & (
  | { readonly entry: LogEntry }
  | { readonly rows: readonly SideRow[] }
  | { readonly reason: string }
);

function project(record: InputRecord, context: ShapeContext): Projected | null {
  const entryShape = recogniseEntry(record);
  if (entryShape !== null) {
    const entry = entryShape.project(record, context);
    return 'reason' in entry ? { shape: entryShape.name, reason: entry.reason } : { shape: entryShape.name, entry };
  }
  const sideShape = recogniseSide(record);
  if (sideShape !== null) {
    const rows = sideShape.project(record, context);
    return 'reason' in rows ? { shape: sideShape.name, reason: rows.reason } : { shape: sideShape.name, rows };
  }
  return null;
}

function entryLine(entry: LogEntry, fileId: number, line: number, { keepBody, keepSaid }: Kept) {
  return {
    ...entry,
    // The fast path leaves them out, too: else the same entry read both ways would be two contents.
    ...(keepSaid ? {} : { text: null, recipients: [] }),
    logId: entry.logId ?? contentHash(entry),
    body: keepBody || needsBody(entry) ? entry.body : undefined,
    fileId,
    line,
  };
}

function rejectIssues(file: InputFile, rejected: number, first: FirstReject): readonly Issue[] {
  if (first === null) return [];
  const message =
    rejected === 1
      ? `1 record rejected: ${first.reason}.`
      : `${rejected.toLocaleString('en')} records rejected, the first: ${first.reason}.`;
  return [{ severity: 'data_loss', file: file.path, line: first.line, message }];
}

function preview(record: InputRecord): string {
  return (
    JSON.stringify(record.fields, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) ?? ''
  );
}

async function loadStatement(session: Session, table: string, { path, lineBytes }: StagedFile): Promise<string> {
  const files = `[${quoted(globEscaped(path))}]`;
  if (table === 'event_log')
    return filled(await sqlFile(import.meta.url, './read-entries.sql'), { files, line_bytes: String(lineBytes) });
  const columns = await session.rows(
    z.object({ column_name: z.string(), data_type: z.string() }),
    `SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database() AND table_name = ${quoted(table)}`,
  );
  const read = columns.map(({ column_name: name, data_type: type }) => {
    // The text itself comes from the shape: its hash is DuckDB's own, and that of NULL would be a number.
    if (name === 'text_hash')
      return { from: 'text', type: 'VARCHAR', value: 'CASE WHEN "text" IS NOT NULL THEN hash("text") END', name };
    return { from: name, type, value: identifier(name), name };
  });
  return `INSERT INTO ${identifier(table)} BY NAME
    SELECT ${read.map(({ value, name }) => `${value} AS ${identifier(name)}`).join(', ')}
    FROM read_ndjson(${files}, columns = {${read.map(({ from, type }) => `${identifier(from)}: ${quoted(type)}`).join(', ')}},
      auto_detect = false, maximum_object_size = ${lineBytes})`;
}
