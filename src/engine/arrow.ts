/** Rows leave DuckDB as Arrow record batches, chunk by chunk. */
export { type Cell, type Interval, intervalMs, type Row, rowReader } from './arrow/rows.ts';
export { type ResultColumn, resultTypes, runBatches, streamBatches, type WholeResult } from './arrow/stream.ts';
export { propertyName, typeScriptType } from './arrow/types.ts';
