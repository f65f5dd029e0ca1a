/** What fuzzing begins with: the repository's own files, made up as they are, and small ones of every container and shape. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { tableFromJSON, tableToIPC } from 'apache-arrow';
import { entrySamples, sideSamples } from '../shapes/samples.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Longer files say the same over and over. */
const longestSeed = 8 * 1024;

/** The files below a folder of the repository whose names end like this. */
export async function filesOf(folder: string, ...endings: readonly string[]): Promise<readonly Buffer[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  const files = names.filter((name) => endings.some((ending) => name.endsWith(ending))).sort();
  return Promise.all(files.map((name) => readFile(join(root, folder, name))));
}

/** Exports in every container: those of the fixtures, and records of every shape in each container that can hold them. */
export async function exportSeeds(): Promise<readonly Buffer[]> {
  const endings = ['.ndjson', '.json', '.csv', '.tsv', '.txt', '.gz', '.zst', '.parquet', '.arrow', '.arrows'];
  const fixtures = (await filesOf('fixtures', ...endings)).filter(({ length }) => length <= longestSeed);
  return [...fixtures, ...samples()];
}

function samples(): readonly Buffer[] {
  const shapes = [...Object.entries(entrySamples), ...Object.entries(sideSamples)];
  const made = shapes.flatMap(([, variants]) => {
    const records = Object.values(variants);
    const lines = records.map(json).join('\n');
    return [lines, `[${records.map(json).join(',\n')}]`, `{"items":[${records.map(json).join(',')}],"meta":{}}`];
  });
  const all = shapes.flatMap(([, variants]) => Object.values(variants).map(json)).join('\n');
  const rows = Object.values(entrySamples['debugger-log'] ?? {}).map((record) => ({
    logId: String(record.logId ?? ''),
    eventTime: String(record.eventTime ?? ''),
    eventType: String(record.eventType ?? ''),
    level: String(record.level ?? ''),
    errorCode: Number(record.errorCode ?? 0),
    body: json(record.body),
  }));
  const csv = [
    'logId,eventTime,eventType,level,errorCode,body',
    ...rows.map((row) => Object.values(row).map(cell).join(',')),
  ].join('\r\n');
  const table = tableFromJSON(rows.slice(0, 3));
  return [
    ...made.map((text) => Buffer.from(text)),
    Buffer.from(csv),
    Buffer.from(csv.replaceAll(',', ';')),
    Buffer.from(`\uFEFF${csv}`, 'utf16le'),
    Buffer.from(all.replaceAll('Hello', 'Grüße'), 'latin1'),
    gzipSync(all.slice(0, 2000)),
    Buffer.from(tableToIPC(table, 'file')),
    Buffer.from(tableToIPC(table, 'stream')),
  ];
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? Number(inner) : inner)) ?? '';
}

function cell(value: unknown): string {
  return `"${String(value).replaceAll('"', '""')}"`;
}
