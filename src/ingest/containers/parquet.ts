import {
  DuckDBArrayValue,
  DuckDBBlobValue,
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
 * locked. A damaged file is one reject.
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
    const result = await connection.stream(
      `SELECT * FROM read_parquet(${file}, hive_partitioning = false${isNumbered ? `, ${rowNumber} = true` : ''})`,
    );
    const names = result.columnNames();
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      chunk.visitRows((values) => {
        const fields: Record<string, unknown> = {};
        let line = ++rows;
        for (const [at, name] of names.entries()) {
          const value = values[at];
          if (isNumbered && name === rowNumber) line = Number(value) + 1;
          else if (value !== undefined && value !== null) setField(fields, name, plain(value));
        }
        batch.record(fields, line, null);
      });
      const ready = batch.take(batchSize);
      if (ready !== null) yield ready;
    }
  } catch (thrown) {
    batch.reject(rows + 1, `cannot be read as Parquet: ${reasonOf(thrown, path)}`, '');
  } finally {
    connection.closeSync();
  }
  const last = batch.take(0);
  if (last !== null) yield last;
}

/** What DuckDB says without the SQL, and without the path, which may be one of the spill folder. */
function reasonOf(thrown: unknown, path: string): string {
  return messageOf(thrown)
    .replace(/ LINE \d+:.*$/, '')
    .replaceAll(globEscaped(path), '')
    .replaceAll(path, '')
    .replace(/ file ['"]{2}/, '');
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
