import { readFileSync } from 'node:fs';

/**
 * How many bytes this process, with all its threads, has read from files so far, cached or not; null where the system does not tell.
 * DuckDB's own measure of a query (`connection.progress`) gives up for good where it is asked before the first piece of a JSON file
 * is parsed, which happens with most loads.
 */
export function bytesRead(): number | null {
  try {
    const [, bytes] = /^rchar: (\d+)$/mu.exec(readFileSync('/proc/self/io', 'utf8')) ?? [];
    return bytes === undefined ? null : Number(bytes);
  } catch {
    return null;
  }
}
