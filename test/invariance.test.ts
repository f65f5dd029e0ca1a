/** The same content gives the same findings, however it is split, ordered, repeated, packed or mixed with that of others. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audit } from '../src/audit.ts';
import type { Finding } from '../src/findings/finding.ts';
import { day, scenes } from './generate/day.ts';
import { arrow, parquet } from './generate/shapes/columnar.ts';
import { gzip, zstd } from './generate/shapes/compress.ts';
import { enclosed, json, jsonArray, ndjson } from './generate/shapes/json.ts';
import { envelopeTable } from './generate/shapes/tables.ts';
import type { Entry } from './generate/world.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

async function findingsOf(files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-invariance-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const result = await audit({ paths: [folder] });
    expect(result.rules.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(result.issues.filter(({ severity }) => severity === 'error' || severity === 'data_loss')).toEqual([]);
    return JSON.stringify(result.findings.map(withoutPlaces), null, 1);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Where the evidence stands is all that may differ. */
function withoutPlaces(finding: Finding): unknown {
  return { ...finding, evidence: finding.evidence.map(({ file: _file, line: _line, ...rest }) => rest) };
}

function split(entries: readonly Entry[], parts: number): Files {
  const files: Record<string, string> = {};
  for (let part = 0; part < parts; part++) {
    const piece = entries.filter((_, index) => index % parts === part);
    files[`part-${String(part).padStart(2, '0')}.log`] = ndjson(piece);
  }
  return files;
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const keyed = items.map((item, index) => ({ item, key: Math.imul((index + 1) * 2_654_435_761, seed | 1) >>> 0 }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

/** The same entries, one way after another. */
const ways: Readonly<Record<string, (entries: readonly Entry[], seed: number) => Files | Promise<Files>>> = {
  'in twenty files': (entries) => split(entries, 20),
  shuffled: (entries, seed) => ({ 'a.ndjson': ndjson(shuffled(entries, seed)) }),
  'with every line twice': (entries) => ({ 'a.ndjson': ndjson(entries.flatMap((entry) => [entry, entry])) }),
  'once more in a second file': (entries) => ({ 'a.ndjson': ndjson(entries), 'b.json': jsonArray(entries) }),
  gzipped: (entries) => ({ 'a.ndjson.gz': gzip(ndjson(entries)) }),
  'as zstd': (entries) => ({ 'a.zst': zstd(ndjson(entries)) }),
  'as an array': (entries) => ({ 'a.json': jsonArray(entries) }),
  'in an enclosing object': (entries) => ({ 'a.json': enclosed('events', entries) }),
  'as CSV, a column for each field of the envelope': (entries) => ({ 'a.csv': envelopeTable(entries) }),
  'as Parquet': async (entries) => ({ 'a.parquet': await parquet(entries) }),
  'as an Arrow file': (entries) => ({ 'a.arrow': arrow(entries, 'file') }),
  'as an Arrow stream': (entries) => ({ 'a.arrows': arrow(entries, 'stream') }),
};

// `npm run test:all` tries more of them.
const numRuns = process.env.MODE === 'all' ? 8 : 2;
// All ways are tried on the same content (of one seed), so that what it gives as it stands is found once.
const plainly = new Map<string, Promise<string>>();

function findingsOnce(files: Files): Promise<string> {
  const key = Object.values(files).join('\n');
  const found = plainly.get(key) ?? findingsOf(files);
  plainly.set(key, found);
  return found;
}

const act = fc.array(fc.constantFrom(...scenes), { minLength: 1, maxLength: 6 });

describe('the findings of one content', () => {
  it.each(Object.keys(ways))('are the same %s', { timeout: 300_000 }, async (way) => {
    await fc.assert(
      fc.asyncProperty(act, act, fc.nat(), async (acts, others, seed) => {
        const one = day(1, seed, acts);
        const other = day(2, seed, others);
        // Two accounts, their lines interleaved in the order of time.
        const entries = [...one.entries, ...other.entries].toSorted((a, b) => (a.logId < b.logId ? -1 : 1));
        const side = { 'configurations.json': json([one.configuration, other.configuration]) };
        const expected = await findingsOnce({ 'a.ndjson': ndjson(entries), ...side });
        expect(await findingsOf({ ...(await ways[way]?.(entries, seed)), ...side })).toBe(expected);
      }),
      { numRuns },
    );
  });

  it('are those of each account alone, where the lines of two are interleaved', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(act, act, fc.nat(), async (acts, others, seed) => {
        const one = day(1, seed, acts);
        const other = day(2, seed, others);
        const alone = [one, other].map(({ entries, configuration }) =>
          findingsOf({ 'a.ndjson': ndjson(entries), 'configuration.json': json(configuration) }),
        );
        const together = await findingsOf({
          'a.ndjson': ndjson([...one.entries, ...other.entries].toSorted((a, b) => (a.logId < b.logId ? -1 : 1))),
          'configurations.json': json([one.configuration, other.configuration]),
        });
        const parts: readonly Finding[] = (await Promise.all(alone)).flatMap((text) => JSON.parse(text));
        const byFingerprint = (findings: readonly Finding[]) =>
          findings.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
        expect(byFingerprint(JSON.parse(together))).toEqual(byFingerprint(parts));
      }),
      { numRuns },
    );
  });

  it('are not none: the scenes do plant incidents', async () => {
    const { entries, configuration } = day(1, 7, scenes);
    const findings: readonly Finding[] = JSON.parse(
      await findingsOf({ 'a.ndjson': ndjson(entries), 'c.json': json(configuration) }),
    );
    expect([...new Set(findings.map(({ ruleId }) => ruleId))].toSorted()).toEqual([
      'lifecycle/timeout-missed',
      'merge/multiple-customers',
      'merge/profile-merged-upstream',
      'merge/shared-address',
      'merge/shared-profile',
      'profile/creation-failed',
      'profile/duplicate-risk',
      'profile/lookup-failed',
      'profile/resolution-skipped',
      'profile/store-outage',
      'profile/unknown-participant',
      'profile/unresolved-customer',
      'voice/silent-call',
      'voice/stuck-active',
    ]);
  });
});
