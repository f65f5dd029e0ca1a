import { z } from 'zod';
import { isErrno } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { isAsRead, isSameState, stateOf } from '../ingest/file-state.ts';
import { keptLineIndexes, type LineIndex, lineIndexes } from '../ingest/line-index.ts';
import { type LocatableFile, lineNumbers, locateEntries } from '../ingest/locate.ts';
import type { Evidence } from './finding.ts';

/** An event as findings cite it, with what a finding takes from it besides. */
export type CitedEvent = { readonly key: bigint; readonly evidence: Evidence; readonly correlationId: string | null };

/** The events of some keys, each once, in the order of time, ties by log id. Keys that no event has are left out. */
export type CitedEvents = (keys: Iterable<bigint>) => readonly CitedEvent[];

const text = z.string().nullable();

/** Columns of `event_log` and its files that evidence shows, for schemas of rows; the line is not always among them. */
export const evidenceColumns = {
  log_id: z.string(),
  event_time: z.date(),
  event_type: text,
  level: text,
  error_code: z.number().nullable(),
  error_reason: text,
  status: text,
  request_id: text,
  path: z.string(),
} as const;
const evidenceRow = z.object(evidenceColumns);

const row = z.object({
  ...evidenceColumns,
  event_key: z.bigint(),
  correlation_id: text,
  read_path: z.string(),
  line: z.bigint().nullable(),
});
type Row = z.infer<typeof row>;

/**
 * Fetches the events that the findings of a run cite: one query for all of them, and one look into each file whose line
 * numbers are not known, because DuckDB read it in parallel.
 */
export async function fetchEvidence(session: Session, eventKeys: Iterable<bigint>): Promise<CitedEvents> {
  const wanted = new Set(eventKeys);
  if (wanted.size === 0) return () => [];
  const sql = await sqlFile(import.meta.url, './evidence.sql');
  // As one text: a list parameter would be bound value by value.
  const rows = await session.rows(row, sql, { keys: [...wanted].join(',') });
  const lines = await missingLines(session, rows);
  const events = rows.map((found): CitedEvent => {
    const line = found.line === null ? (lines.get(found.read_path)?.get(found.log_id) ?? null) : Number(found.line);
    return { key: found.event_key, evidence: evidenceOf(found, line), correlationId: found.correlation_id };
  });
  const places = new Map(events.map(({ key }, place) => [key, place]));
  return (keys) => {
    const mine = new Set([...keys].flatMap((key) => places.get(key) ?? []));
    return [...mine].sort((a, b) => a - b).flatMap((place) => events[place] ?? []);
  };
}

export function evidenceOf(found: z.infer<typeof evidenceRow>, line: number | null): Evidence {
  return {
    logId: found.log_id,
    eventTime: found.event_time.toISOString(),
    eventType: found.event_type ?? '',
    level: found.level,
    errorCode: found.error_code,
    errorReason: found.error_reason,
    status: found.status,
    requestId: found.request_id,
    file: found.path,
    line,
  };
}

/** Line numbers by file and log id. Each file by itself: the same log id can stand in several, in different lines. */
async function missingLines(
  session: Session,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const wanted = new Map<string, { readonly path: string; readonly logIds: Set<string> }>();
  for (const { line, path, read_path, log_id } of rows) {
    if (line !== null) continue;
    const there = wanted.get(read_path);
    if (there === undefined) wanted.set(read_path, { path, logIds: new Set([log_id]) });
    else there.logIds.add(log_id);
  }
  // Logs are rotated away while somebody reads them: then the finding stands, without its line.
  // Asked together, as there can be thousands.
  await Promise.all(
    [...wanted.keys()].map(async (readPath) => {
      if (!(await isAsRead(session, readPath))) wanted.delete(readPath);
    }),
  );
  const indexes = lineIndexes(session);
  const lines = new Map<string, ReadonlyMap<string, number>>();
  const notRead = [...wanted.keys()].filter((readPath) => !indexes.has(readPath));
  for await (const [readPath, index] of keptLineIndexes(session)(notRead)) {
    const file = wanted.get(readPath);
    if (file !== undefined) lines.set(readPath, await linesIn({ ...file, readPath }, index, indexes));
  }
  for (const [readPath, file] of wanted) {
    if (lines.has(readPath)) continue;
    let index = indexes.get(readPath);
    if (index?.state !== undefined && !isSameState(index.state, await stateOf(readPath))) {
      // It was written to since: its lines are looked for again.
      indexes.delete(readPath);
      index = undefined;
    }
    lines.set(readPath, await linesIn({ ...file, readPath }, index, indexes));
  }
  return lines;
}

type Wanted = LocatableFile & { readonly logIds: ReadonlySet<string> };

/** @param indexes to which that of the file is added, where it has none and has to be read */
async function linesIn(
  file: Wanted,
  index: LineIndex | undefined,
  indexes: Map<string, LineIndex>,
): Promise<ReadonlyMap<string, number>> {
  const known = index === undefined ? new Map<string, number>() : lineNumbers(index, file.logIds);
  const rest = new Set([...file.logIds].filter((logId) => !known.has(logId)));
  const among = index === undefined ? indexes : new Map([[file.readPath, index]]);
  const found = await locateEntries([file], rest, { indexes: among }).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT', 'EACCES')) return new Map<string, { readonly line: number }>();
    throw thrown;
  });
  for (const [logId, { line }] of found) known.set(logId, line);
  return known;
}
