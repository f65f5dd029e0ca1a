import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { openSession } from '../../src/engine/session.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { auditFormats, parseReportSpecs, writeReports } from '../../src/report/index.ts';
import { plainReport, type ReportOptions } from '../../src/report/options.ts';

/** A report as a file, written as the program writes it; it goes with the test. */
export async function written(
  format: string,
  result: AuditResult,
  options: Partial<ReportOptions> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, `report.${format}`);
  const specs = await parseReportSpecs([`${format}=${file}`], auditFormats);
  await writeReports(specs, result, { ...plainReport, ...options }, () => Promise.reject(new Error('printed')));
  return file;
}

/** The same as text. */
export async function writtenText(...given: Parameters<typeof written>): Promise<string> {
  return readFile(await written(...given), 'utf8');
}

/** What DuckDB reads from a file: `FROM $file`, or any query of a file. */
export async function duckdbRows<Row>(schema: z.ZodType<Row>, sql: string): Promise<Row[]> {
  const session = await openSession();
  try {
    return await session.rows(schema, sql);
  } finally {
    await session.close();
  }
}

/** The rows of a CSV file, by the names of its columns. */
export function csvRows(file: string): Promise<Record<string, string | null>[]> {
  return duckdbRows(
    z.record(z.string(), z.string().nullable()),
    `FROM read_csv('${file}', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', auto_detect = false, parallel = false, columns = {${csvColumns.map((name) => `'${name}': 'VARCHAR'`).join(', ')}}, max_line_size = 10000000, allow_quoted_nulls = false)`,
  );
}

export const csvColumns = [
  'ruleId',
  'title',
  'severity',
  'certainty',
  'cause',
  'accountId',
  'subjectType',
  'subjectId',
  'related',
  'message',
  'fix',
  'reference',
  'requestIds',
  'correlationIds',
  'firstSeen',
  'lastSeen',
  'ongoing',
  'evidence',
  'data',
  'causedBy',
  'fingerprint',
] as const;
