/*
 * Parquet, for data lakes and DuckDB: one row a finding, with its evidence nested. DuckDB writes it, from JSON lines in a folder of
 * its own: an engine of its own, because that of the audit is locked, and a report may be made without any. See
 * https://duckdb.org/docs/stable/data/parquet/overview.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asFullTemp } from '../engine/full-disk.ts';
import { openSession, quoted } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import type { Finding } from '../findings/finding.ts';
import type { AuditResult } from '../findings/result.ts';
import { findingRow } from './finding-rows.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { joined } from './target.ts';

export async function* parquetReport(
  result: AuditResult,
  options: Pick<ReportOptions, 'leastSeverity' | 'tempDir'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { findings } = atLeast(result, options.leastSeverity);
  const session = await openSession(options.tempDir === undefined ? {} : { tempDir: options.tempDir });
  try {
    const rows = join(session.spillDir, 'findings.ndjson');
    const parquet = join(session.spillDir, 'findings.parquet');
    const longest = await writeRows(rows, findings);
    // The order of findings tells what is worst.
    await session.run('SET preserve_insertion_order = true');
    await session.run(await sqlFile(import.meta.url, './parquet.sql'), { rows, longest });
    await session.run(`COPY findings TO ${quoted(parquet)} (FORMAT parquet, COMPRESSION zstd)`);
    yield* createReadStream(parquet);
  } finally {
    await session.close();
  }
}

/** Writes one row a line, and gives the length of the longest in bytes: DuckDB has to know how much it may have to hold at once. */
async function writeRows(path: string, findings: readonly Finding[]): Promise<number> {
  let longest = 1 << 20;
  function* lines(): Generator<string> {
    for (const finding of findings) {
      const line = `${JSON.stringify(findingRow(finding), asDuckdbReads)}\n`;
      longest = Math.max(longest, Buffer.byteLength(line));
      yield line;
    }
  }
  const handle = await open(path, 'wx');
  try {
    for await (const piece of joined(lines())) await handle.writeFile(piece);
  } catch (thrown) {
    throw asFullTemp(dirname(path), thrown);
  } finally {
    await handle.close();
  }
  return longest;
}

/** Times as text; half of a surrogate pair as U+FFFD, as everything that is written as UTF-8 has it. */
function asDuckdbReads(key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  const isTime = key === 'firstSeen' || key === 'lastSeen' || key === 'eventTime';
  return isTime && typeof value === 'number' ? new Date(value).toISOString() : value;
}
