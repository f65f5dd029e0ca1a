/** Nobody of a simulation may be told by any report that is said to be masked, and everything else still has to be. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { audit } from '../../src/audit.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { auditFormats } from '../../src/report/index.ts';
import { plainReport } from '../../src/report/options.ts';
import type { Pieces } from '../../src/report/target.ts';
import { traceFormats } from '../../src/report/trace.ts';
import { normaliseAddress } from '../../src/rules/authoring/address.ts';
import type { TraceResult } from '../../src/trace/story.ts';
import { trace } from '../../src/trace.ts';
import { duckdbRows } from '../report/written.ts';
import { type Simulation, simulate } from '../simulate/simulate.ts';

const key = Buffer.from('a key for tests, of enough bytes');
const masks = /\b(?:phone|mail|sip|identity|person|name)-[0-9a-f]{8,}\b/g;
const ids = /[a-z]+(?:_[a-z]+)*_[0-9a-z]{26}|\b[A-Z]{2}[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** What a format wrote, as text: of binary ones what other readers find in them. */
async function written(format: string, pieces: Pieces): Promise<string> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(Buffer.from(piece));
  const bytes = Buffer.concat(parts);
  if (format === 'arrow') return JSON.stringify(tableFromIPC(bytes).toArray().map(String));
  if (format !== 'parquet') return bytes.toString('utf8');
  const own = await mkdtemp(join(tmpdir(), 'postlude-parquet-'));
  try {
    await writeFile(join(own, 'findings.parquet'), bytes);
    const row = z.object({ row: z.string() });
    const sql = `SELECT to_json(findings)::VARCHAR AS row FROM '${join(own, 'findings.parquet')}' AS findings`;
    return (await duckdbRows(row, sql)).map((each) => each.row).join('\n');
  } finally {
    await rm(own, { recursive: true });
  }
}

/** Those of the truth that a text tells, as whole words, even where a line is broken within. */
function toldOf(text: string, { truth }: Simulation): readonly string[] {
  const line = text.replaceAll(/\s+/g, ' ').toLowerCase();
  return [...truth.addresses, ...truth.names].filter((value) => {
    const looked = value.toLowerCase();
    for (let at = line.indexOf(looked); at >= 0; at = line.indexOf(looked, at + 1)) {
      const isInWord = /[a-z0-9]/.test(line.charAt(at - 1)) || /[a-z0-9]/.test(line.charAt(at + looked.length));
      // A number is one wherever it stands.
      if (!isInWord || looked.startsWith('+')) return true;
    }
    return false;
  });
}

/** The pairs of texts that stand at the same place of two results. */
function* pairs(plain: unknown, masked: unknown): Generator<readonly [string, string]> {
  if (typeof plain === 'string' && typeof masked === 'string') yield [plain, masked];
  else if (typeof plain === 'object' && plain !== null && typeof masked === 'object' && masked !== null) {
    const [some, others] = [Object.values(plain), Object.values(masked)];
    for (const [at, each] of some.entries()) yield* pairs(each, others[at]);
  }
}

/** An address as everybody writes it, and a name without case. */
function same(value: string): string {
  const bare = value.trim().replace(/^(?:client|whatsapp|rcs):/, '');
  return bare.startsWith('sip:') ? bare : normaliseAddress(bare).replace(/^\+/, '').toLowerCase();
}

describe.each(['masks', 'more masks'])('a simulation from the seed %j', (seed) => {
  let folder: string;
  let simulation: Simulation;
  let plain: AuditResult;
  let masked: AuditResult;
  beforeAll(async () => {
    simulation = await simulate({ seed, conversations: 40, incidents: true });
    folder = await mkdtemp(join(tmpdir(), 'postlude-masks-'));
    for (const [path, content] of simulation.files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    plain = await audit({ paths: [folder] });
    masked = await audit({ paths: [folder], redact: { key }, timelines: true });
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('would tell of people without masks', () => {
    expect(toldOf(JSON.stringify(plain), simulation).length).toBeGreaterThan(50);
  });

  test('tells of nobody in any format', { timeout: 240_000 }, async () => {
    expect(toldOf(JSON.stringify(masked), simulation)).toEqual([]);
    for (const tree of ['short', 'full', 'flat'] as const) {
      for (const [name, report] of auditFormats) {
        const text = await written(name, report(masked, { ...plainReport, tree }));
        expect({ name, told: toldOf(text, simulation) }).toEqual({ name, told: [] });
        expect(text).toMatch(masks);
      }
    }
  });

  test('keeps ids, fingerprints, times and counts', () => {
    expect(masked.findings.map(({ fingerprint }) => fingerprint)).toEqual(
      plain.findings.map(({ fingerprint }) => fingerprint),
    );
    const idsOf = (result: AuditResult) => JSON.stringify(result.findings).match(ids);
    expect(idsOf(masked)).toEqual(idsOf(plain));
    const restOf = ({ findings, files }: AuditResult) => ({
      files,
      findings: findings.map(({ evidence, subject, related, message: _m, data: _d, ...rest }) => ({
        ...rest,
        evidence: evidence.map(({ errorReason: _reason, ...event }) => event),
        things: [subject, ...related].filter(({ type }) => type !== 'address'),
      })),
    });
    expect(restOf(masked)).toEqual(restOf(plain));
  });

  test('has one mask for each value, and one value for each mask', () => {
    const everybody = new Set([...simulation.truth.addresses, ...simulation.truth.names].map(same));
    const maskOf = new Map<string, Set<string>>();
    const heldBy = new Map<string, Set<string>>();
    const add = (to: Map<string, Set<string>>, from: string, text: string) =>
      to.set(from, (to.get(from) ?? new Set()).add(text));
    for (const [before, after] of pairs(plain, masked)) {
      if (before === after || !everybody.has(same(before))) continue;
      const mask = after.trim().replace(/^(?:client|whatsapp|rcs):/, '');
      expect(mask).toMatch(/^(?:phone|mail|sip|identity|person)-[0-9a-f]{8,}$/);
      add(maskOf, same(before), mask);
      add(heldBy, mask, same(before));
    }
    expect(maskOf.size).toBeGreaterThan(20);
    expect(heldBy.size).toBe(maskOf.size);
    expect([...maskOf].filter(([, found]) => found.size > 1)).toEqual([]);
    expect([...heldBy].filter(([, found]) => found.size > 1)).toEqual([]);
    // Messages tell of nobody whom the rest does not know; apart from what the API wrote into an operation's free text.
    const written = masked.findings.filter(({ ruleId }) => ruleId !== 'operations/failed');
    const inMessages = new Set(written.flatMap(({ message }) => message.match(masks) ?? []));
    expect([...inMessages].filter((mask) => !heldBy.has(mask))).toEqual([]);
  });

  test('counts as many people as without masks', async () => {
    const summary = async (result: AuditResult) =>
      (await written('terminal', auditFormats.get('terminal')?.(result, plainReport) ?? [])).match(
        /.*customers.*numbers?.*/g,
      );
    expect(await summary(masked)).toEqual(await summary(plain));
    expect(await summary(masked)).not.toBeNull();
  });

  test('tells of nobody in traces', { timeout: 240_000 }, async () => {
    const subjects = plain.findings
      .filter(({ subject: { type } }) =>
        ['conversation', 'participant', 'message', 'call', 'configuration'].includes(type),
      )
      .filter(({ ruleId }, at, all) => all.findIndex((each) => each.ruleId === ruleId) === at)
      .slice(0, 4);
    expect(subjects.length).toBe(4);
    let people = 0;
    for (const { subject, accountId } of subjects) {
      const options = { paths: [folder], rules: ['voice', 'merge', 'capture', 'profile'] };
      const before: TraceResult = await trace(subject.id, options);
      const after = await trace(subject.id, { ...options, redact: { key } });
      people += toldOf(JSON.stringify(before), simulation).length;
      expect(toldOf(JSON.stringify(after), simulation)).toEqual([]);
      for (const [name, report] of traceFormats) {
        const text = await written(name, report(after, { ...plainReport, all: true }));
        expect({ name, told: toldOf(text, simulation) }).toEqual({ name, told: [] });
        expect(text).toContain(subject.id);
        expect(text).toContain(accountId);
      }
      expect(JSON.stringify(after.stories).match(ids)).toEqual(JSON.stringify(before.stories).match(ids));
    }
    expect(people).toBeGreaterThan(10);
  });
});
