import { readFile } from 'node:fs/promises';
import { tableFromIPC } from 'apache-arrow';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { audit } from '../../src/audit.ts';
import { auditOptions } from '../../src/commands/audit-options.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { auditFormats, parseReportSpecs } from '../../src/report/index.ts';
import { hostile } from './hostile.ts';
import { incident } from './incident.ts';
import { csvRows, duckdbRows, written } from './written.ts';

const text = (file: string) => readFile(file, 'utf8');
const matches = async (file: string, pattern: RegExp) => [...(await text(file)).matchAll(pattern)].map(([, id]) => id);
const withFingerprint = z.object({ fingerprint: z.string() });
const sarif = z.object({
  runs: z.tuple([
    z.object({ results: z.array(z.object({ partialFingerprints: z.object({ 'postlude/v1': z.string() }) })) }),
  ]),
});

/** How the fingerprints of each format are read. */
const readers: Readonly<Record<string, (file: string) => Promise<readonly (string | null | undefined)[]>>> = {
  json: async (file) => {
    const report = z.object({ findings: z.array(withFingerprint) }).parse(JSON.parse(await text(file)));
    return report.findings.map(({ fingerprint }) => fingerprint);
  },
  ndjson: async (file) => {
    const lines = (await text(file)).split('\n').filter((line) => line !== '');
    return lines.map((line) => withFingerprint.parse(JSON.parse(line)).fingerprint);
  },
  html: async (file) => {
    const overview = /<script type="application\/json" id="overview">(?<json>.*?)<\/script>/su.exec(await text(file));
    const page = z.object({ findings: z.array(withFingerprint) }).parse(JSON.parse(overview?.groups?.json ?? ''));
    return page.findings.map(({ fingerprint }) => fingerprint);
  },
  csv: async (file) => (await csvRows(file)).map(({ fingerprint }) => fingerprint),
  markdown: (file) => matches(file, /(?:^- f| F)ingerprint:? `([0-9a-f]{16})`$/gmu),
  sarif: async (file) => {
    const [run] = sarif.parse(JSON.parse(await text(file))).runs;
    return run.results.map(({ partialFingerprints }) => partialFingerprints['postlude/v1']);
  },
  junit: (file) => matches(file, /^fingerprint: ([0-9a-f]{16})(?=$|<)/gmu),
  github: (file) => matches(file, /%0Afingerprint ([0-9a-f]{16})$/gmu),
  arrow: async (file) => {
    const column = tableFromIPC(await readFile(file)).getChild('fingerprint');
    return column === null ? [] : [...column];
  },
  parquet: async (file) => (await duckdbRows(withFingerprint, `FROM '${file}'`)).map(({ fingerprint }) => fingerprint),
};

/** For people: a name of a finding that is the same in the next export would only be in their way. */
const withoutFingerprints = ['terminal'];

let mixed: AuditResult;
beforeAll(async () => {
  mixed = await audit({ paths: ['fixtures/mixed'] });
}, 60_000);

const results: readonly (readonly [string, () => AuditResult])[] = [
  ['the mixed fixture', () => mixed],
  ['an incident', () => incident({ symptoms: 40 })],
  ['hostile text in every field', hostile],
  ['nothing', () => ({ ...incident(), findings: [] })],
];

describe.each(results)('all formats tell the same findings: %s', (_, make) => {
  test.each(Object.keys(readers))('%s', async (format) => {
    const result = make();
    const fingerprints = result.findings.map(({ fingerprint }) => fingerprint).sort();
    expect(new Set(fingerprints).size).toBe(result.findings.length);
    const found = await readers[format]?.(await written(format, result));
    expect(found?.toSorted()).toEqual(fingerprints);
  });
});

test.each(Object.keys(readers))('%s leaves out what is below the least severity', async (format) => {
  const result = incident();
  const grave = result.findings.filter(({ severity }) => severity === 'critical' || severity === 'error');
  const found = await readers[format]?.(await written(format, result, { leastSeverity: 'error' }));
  expect(found?.toSorted()).toEqual(grave.map(({ fingerprint }) => fingerprint).sort());
});

test('each format is compared, and told by --help', () => {
  expect([...auditFormats.keys()].sort()).toEqual([...Object.keys(readers), ...withoutFingerprints].sort());
  const words = auditOptions.format.describe.split(/[\s,;]+/u);
  for (const name of auditFormats.keys()) expect(words).toContain(name);
});

describe('where reports go', () => {
  test.each(['arrow', 'parquet'])('%s is refused on a terminal, before any work', async (format) => {
    await expect(parseReportSpecs([format], auditFormats, true)).rejects.toThrow(
      `--format ${format} writes bytes, which a terminal cannot show: name a file (--format ${format}=findings.${format}), or send standard output to one`,
    );
    await expect(parseReportSpecs([format], auditFormats)).resolves.toHaveLength(1);
    await expect(parseReportSpecs([`${format}=x`, 'json'], auditFormats, true)).resolves.toHaveLength(2);
  });

  test('a file without a format is told how to be one', async () => {
    await expect(parseReportSpecs(['out/report.sarif'], auditFormats)).rejects.toThrow(
      'unknown format "out/report.sarif": to write that file, --format sarif=out/report.sarif',
    );
  });
});
