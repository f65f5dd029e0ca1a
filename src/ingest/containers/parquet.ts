import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { messageOf } from '../../engine/errors.ts';
import { quoted, type Session } from '../../engine/session.ts';
import { wholeNumber } from '../../engine/whole-number.ts';
import { globEscaped } from '../read-directly.ts';
import { type Batch, batchSize, collector } from './batch.ts';
import { binary, isoTime, setField } from './cells.ts';

const rowNumber = 'file_row_number';

/**
 * Reads a Parquet file: a row is a record, `line` its number from 1; NULL is an absent field. Not after the session is
 * locked. A damaged file is one reject, and so is a damaged group of rows in a file that can be read otherwise.
 */
export async function* readParquet(session: Session, path: string): AsyncGenerator<Batch> {
  const batch = collector();
  // Its own connection: a query on the session's would end the stream.
  const connection = await session.connect();
  const file = `[${quoted(globEscaped(path))}]`;
  let rows = 0;
  try {
    const columns = await connection.run(`SELECT * FROM read_parquet(${file}, hive_partitioning = false) LIMIT 0`);
    // Rows may arrive in any order, so they are asked for their numbers, but for files with a column of that name.
    const isNumbered = !columns.columnNames().includes(rowNumber);
    const from = `read_parquet(${file}, hive_partitioning = false${isNumbered ? `, ${rowNumber} = true` : ''})`;
    const groups = await groupsOf(connection, file);
    const total = groups.at(-1)?.end ?? 0;
    const seen = new Uint8Array(Math.ceil(total / 8));
    const isSeen = (row: number) => ((seen[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;

    const readRows = async function* (query: string): AsyncGenerator<Batch> {
      const result = await connection.stream(query);
      const names = result.columnNames();
      for (
        let chunk = await result.fetchChunk();
        chunk !== null && chunk.rowCount > 0;
        chunk = await result.fetchChunk()
      ) {
        chunk.visitRows((values) => {
          const fields: Record<string, unknown> = {};
          let row = rows;
          for (const [at, name] of names.entries()) {
            const value = values[at];
            if (isNumbered && name === rowNumber) row = Number(value);
            else if (value !== undefined && value !== null) setField(fields, name, plain(value));
          }
          if (isSeen(row)) return;
          seen[row >> 3] = (seen[row >> 3] ?? 0) | (1 << (row & 7));
          rows++;
          batch.record(fields, row + 1, null);
        });
        const ready = batch.take(batchSize);
        if (ready !== null) yield ready;
      }
    };

    let failure: unknown = null;
    try {
      yield* readRows(`SELECT * FROM ${from}`);
    } catch (thrown) {
      failure = thrown;
    }
    if (rows < total && !isNumbered) throw failure ?? new Error(damaged);
    // The stream can also just end where something is damaged, so that the rows are counted. The other groups are still to be had.
    for (const { start, end } of rows < total ? groups : []) {
      let reason: string | null = null;
      try {
        yield* readRows(`SELECT * FROM ${from} WHERE ${rowNumber} BETWEEN ${start} AND ${end - 1}`);
      } catch (thrown) {
        reason = reasonOf(thrown, path);
      }
      let first = start;
      while (first < end && isSeen(first)) first++;
      if (first < end) {
        const upTo = end.toLocaleString('en');
        batch.reject(first + 1, `the rows up to ${upTo} cannot be read as Parquet: ${reason ?? damaged}`, '');
      }
    }
  } catch (thrown) {
    batch.reject(rows + 1, `cannot be read as Parquet: ${reasonOf(thrown, path)}`, '');
  } finally {
    connection.closeSync();
  }
  const last = batch.take(0);
  if (last !== null) yield last;
}

const damaged = 'it is damaged';

/** The groups of rows in the order of the file, each from its first row to the one behind its last, counted from 0. */
async function groupsOf(
  connection: DuckDBConnection,
  file: string,
): Promise<readonly { readonly start: number; readonly end: number }[]> {
  const groups = await connection.runAndReadAll(
    `SELECT row_group_num_rows FROM parquet_metadata(${file}) GROUP BY row_group_id, row_group_num_rows ORDER BY row_group_id`,
  );
  let end = 0;
  return groups.getRowsJS().map(([rows]) => {
    const start = end;
    end += Number(rows);
    return { start, end };
  });
}

/** What DuckDB says without the SQL, and without the path, which may be one of the spill folder. */
function reasonOf(thrown: unknown, path: string): string {
  return (
    messageOf(thrown)
      .replace(/ LINE \d+:.*$/, '')
      .replaceAll(globEscaped(path), '')
      .replaceAll(path, '')
      .replace(/ file ['"]{2}/, '')
      // Of a damaged footer it says what stands there.
      .replaceAll(/\p{Cc}/gu, '?')
  );
}

function plain(value: DuckDBValue): unknown {
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof DuckDBTimestampTZValue) return isoTime(value.micros, 1_000_000n, true);
  if (value instanceof DuckDBTimestampValue) return isoTime(value.micros, 1_000_000n, false);
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoTime(value.nanos, 1_000_000_000n, false);
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoTime(value.millis, 1_000n, false);
  if (value instanceof DuckDBTimestampSecondsValue) return isoTime(value.seconds, 1n, false);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plain);
  if (value instanceof DuckDBStructValue) return struct(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue) return struct(value.entries.map((entry) => [String(entry.key), entry.value]));
  if (value instanceof DuckDBUnionValue) return plain(value.value);
  if (value instanceof DuckDBBlobValue) return binary(value.bytes);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  return String(value);
}

function struct(entries: readonly (readonly [string, DuckDBValue])[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    if (value !== null) setField(fields, name, plain(value));
  }
  return fields;
}
