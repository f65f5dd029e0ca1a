import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult, DuckDBType } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { type Data, Field, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import { identifier, type Params } from '../session.ts';
import { checkStopped } from '../stop.ts';
import { type Decode, decoderOf } from './decode.ts';
import { castOf, typeText } from './types.ts';

export type ResultColumn = {
  /** Unique in its result: a second `x` is `x:1`. */
  readonly name: string;
  /** DuckDB's name of the type: `BIGINT`, `STRUCT("type" VARCHAR, "id" VARCHAR)[]`. */
  readonly type: string;
  readonly duckdbType: DuckDBType;
};

/**
 * The columns that a query would return, without running it. It takes exactly one statement.
 * Parameters that the statement does not name are left out; their values decide about types that they leave open.
 */
export async function resultTypes(
  connection: DuckDBConnection,
  sql: string,
  params: Params = {},
): Promise<readonly ResultColumn[]> {
  return (await inspect(connection, sql, params)).columns;
}

/**
 * Runs one query and yields its result as Arrow record batches, one DuckDB chunk (at most 2,048 rows) each, while it
 * runs; nothing where it has no rows. Batches own their memory. HUGEINT and DECIMAL arrive as DOUBLE, other types that
 * have no place in Arrow as text; all that `resultTypes` says of parameters holds here too.
 *
 * Until the last batch was taken the connection belongs to the stream: whatever else is run, or prepared, on it cuts
 * the stream off, which is an error here. Use another connection meanwhile.
 */
export async function* streamBatches(
  connection: DuckDBConnection,
  sql: string,
  params: Params = {},
): AsyncGenerator<RecordBatch, void, undefined> {
  checkStopped();
  const { columns, named } = await inspect(connection, sql, params);
  const outer = carried(sql, columns);
  const result = await connection.stream(outer, named);
  yield* batchesOf(result, columns);
  // A stream that broke off ends like one that is through, and only this tells them apart. DuckDB's client keeps the
  // reason to itself; running the query again as a whole shows it, where it lay in the query.
  if (!result.isStreaming) {
    checkStopped();
    await connection.run(outer, named);
    throw new Error(
      'the query broke off before its last row: it was interrupted, or its connection ran something else',
    );
  }
}

/** A result as a whole: what it is made of, and its rows. */
export type WholeResult = {
  readonly columns: readonly ResultColumn[];
  readonly batches: AsyncGenerator<RecordBatch, void, undefined>;
};

/**
 * Runs one query to its end, and gives its rows as `streamBatches` does. It is planned once instead of four times, and runs on
 * all cores, which a stream does not; the whole result is held by DuckDB meanwhile. `params` are those that it names, no others.
 */
export async function runBatches(connection: DuckDBConnection, sql: string, params: Params): Promise<WholeResult> {
  checkStopped();
  const result = await connection.run(sql, params);
  const columns = columnsOf(result.columnNames(), result.columnTypes());
  const outer = carried(sql, columns);
  checkStopped();
  return { columns, batches: batchesOf(outer === sql ? result : await connection.run(outer, params), columns) };
}

async function* batchesOf(
  result: DuckDBResult,
  columns: readonly ResultColumn[],
): AsyncGenerator<RecordBatch, void, undefined> {
  const decodes = columns.map((column, index) => decoderFor(result, index, column));
  let schema: Schema | undefined;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const rows = { count: chunk.rowCount };
    const children: Data[] = [];
    for (const [index, decode] of decodes.entries()) {
      children.push(decode(duckdb.data_chunk_get_vector(chunk.chunk, index), rows));
    }
    schema ??= new Schema(children.map((child, index) => new Field(columns[index]?.name ?? '', child.type, true)));
    // Asking the chunk, after the copying, keeps it and its memory alive until then.
    const length = chunk.rowCount;
    yield new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }));
  }
}

function decoderFor(result: DuckDBResult, index: number, column: ResultColumn): Decode {
  const type = result.columnType(index);
  const decode = decoderOf(type);
  if (decode === undefined) throw new Error(`column ${column.name} arrived as ${type}, which cannot be carried`);
  return decode;
}

/** The query, with the columns that Arrow has no type for cast away around it. */
function carried(sql: string, columns: readonly ResultColumn[]): string {
  const casts = columns.map((column) => castOf(column.duckdbType));
  if (casts.every((cast) => cast === undefined)) return sql;
  const items = casts.map(
    (cast, i) => `${cast === undefined ? `c${i}` : `CAST(c${i} AS ${cast})`} AS ${identifier(columns[i]?.name ?? '')}`,
  );
  // By position, because names need not be unique. The line break ends a comment that the query may end in.
  return `SELECT ${items.join(', ')} FROM (${sql}\n) AS r(${casts.map((_, i) => `c${i}`).join(', ')})`;
}

async function inspect(
  connection: DuckDBConnection,
  sql: string,
  params: Params,
): Promise<{ readonly columns: readonly ResultColumn[]; readonly named: Record<string, Params[string]> | undefined }> {
  const prepared = await connection.prepare(sql);
  try {
    const wanted = parameterNames(prepared);
    if (wanted.length === 0) {
      const types = Array.from({ length: prepared.columnCount }, (_, i) => prepared.columnType(i));
      const names = types.map((_, i) => prepared.columnName(i));
      return { columns: columnsOf(names, types), named: undefined };
    }
    // A parameter's value changes the types around it: `coalesce($x, 1)` is prepared as INTEGER and is DOUBLE with 2.5.
    const named = Object.fromEntries(Object.entries(params).filter(([name]) => wanted.includes(name)));
    const empty = await connection.run(`SELECT * FROM (${sql}\n) LIMIT 0`, named);
    // Below a FROM a second `x` is renamed, and before the values are known a statement may not even know its columns.
    const described = await connection.runAndReadAll(`DESCRIBE ${sql}`, named);
    return { columns: columnsOf(described.getColumns()[0]?.map(String) ?? [], empty.columnTypes()), named };
  } finally {
    prepared.destroySync();
  }
}

function parameterNames(prepared: DuckDBPreparedStatement): readonly string[] {
  return Array.from({ length: prepared.parameterCount }, (_, i) => prepared.parameterName(i + 1));
}

function columnsOf(names: readonly string[], types: readonly DuckDBType[]): readonly ResultColumn[] {
  const seen = new Map<string, number>();
  return types.map((type, index) => {
    const name = names[index] ?? '';
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return { name: before === 0 ? name : `${name}:${before}`, type: typeText(type), duckdbType: type };
  });
}
