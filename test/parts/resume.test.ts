/** What an audit takes over from one that was cut off, and what not. */
import { existsSync, rmSync } from 'node:fs';
import { copyFile, readdir, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { AuditOptions } from '../../src/audit-options.ts';
import { parseConfig } from '../../src/config/config-file.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { htmlReport } from '../../src/report/html/index.ts';
import { jsonReport } from '../../src/report/json.ts';
import { plainReport } from '../../src/report/options.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { day } from '../generate/day.ts';
import { ndjson } from '../generate/shapes/json.ts';
import { type Bench, told, withBench } from '../store/stores.ts';

const slow = { timeout: 120_000 };

/** Ten accounts, so that there are several parts. */
const accounts = Array.from({ length: 10 }, (_, at) => ({
  name: `${String(at).padStart(2, '0')}.ndjson`,
  text: ndjson(day(at + 1, 21, ['silent', 'sharedProfile']).entries),
}));
const [first, ...others] = accounts;
const otherFiles = Object.fromEntries(others.map(({ name, text }) => [name, text]));

/** Ends an audit as a failure of the power would, when it begins with a part: those before are kept. */
async function cutAt(part: number, options: AuditOptions): Promise<void> {
  let parts = 0;
  const phase = (name: string) => {
    if (name === 'rules' && ++parts === part) throw new Error('the power is gone');
  };
  await expect(audit({ ...options, progress: { phase, fraction: () => undefined } })).rejects.toThrow(
    'the power is gone',
  );
}

describe('parts of an audit of another store', () => {
  const asked = { rules: ['voice/silent-call'] };

  /** Cuts off an audit, has the store written again from corrected files, and compares. */
  async function comparedAfter(bench: Bench, again: () => Promise<void>): Promise<void> {
    const { write, load, db, fromStore } = bench;
    await write({ ...otherFiles, [first?.name ?? '']: first?.text ?? '' });
    await load();
    const before = await fromStore(asked);
    const [wrong] = before.findings;
    if (wrong === undefined) throw new Error('nothing was found');
    await cutAt(3, { paths: [], db, resume: true, ...asked });
    expect(await readdir(`${db}.parts`)).toHaveLength(2);

    // One id is another now: the finding about the former is wrong, and there are as many events.
    const id = `${wrong.subject.id.slice(0, -3)}zzz`;
    await write({ [first?.name ?? '']: (first?.text ?? '').replaceAll(wrong.subject.id, id) });
    await again();
    const resumed = await fromStore({ resume: true, ...asked });
    const subjects = resumed.findings.map(({ subject }) => subject.id);
    expect(subjects).toContain(id);
    expect(subjects).not.toContain(wrong.subject.id);
    expect(resumed.run.events).toBe(before.run.events);
    expect(told(resumed)).toEqual(told(await fromStore(asked)));
    // Nobody can ask for those of the other content again.
    expect(existsSync(`${db}.parts`)).toBe(false);
  }

  it('that was there before are not those of the one that was made anew', slow, async () => {
    await withBench(async (bench) => {
      await comparedAfter(bench, async () => {
        await rm(bench.db);
        await bench.load();
      });
    });
  });

  it('are not those of one that went on from the same copy in another way', slow, async () => {
    await withBench(async (bench) => {
      const { write, load, db } = bench;
      await write(otherFiles);
      await load();
      await copyFile(db, `${db}.copy`);
      await comparedAfter(bench, async () => {
        await copyFile(`${db}.copy`, db);
        await load();
      });
    });
  });
});

describe('an audit that goes on', () => {
  /** Reports, but for how long the audit took. */
  function reportsOf(result: AuditResult) {
    const { timing: _timing, ...run } = result.run;
    const still: AuditResult = {
      ...result,
      run: { ...run, durationMs: 0 },
      rules: result.rules.map((rule) => ({ ...rule, durationMs: 0 })),
    };
    return {
      terminal: terminalReport(still, plainReport),
      html: [...htmlReport(still, plainReport)].join(''),
      json: [...jsonReport(still, plainReport)].join(''),
    };
  }

  it('reports what one that was never disturbed does, byte for byte', slow, async () => {
    await withBench(async ({ write, load, db, fromStore, folder }) => {
      await write({ ...otherFiles, [first?.name ?? '']: first?.text ?? '' });
      await load();
      const config = parseConfig(
        `${folder}/postlude.config.yaml`,
        `suppressions:
  - { rule: voice/silent-call, account: "*2", reason: Known }
  - { rule: voice/silent-call, account: "*9", reason: Known, expires: 2026-01-01 }
  - { rule: merge, subject: conv_never, reason: Known }`,
      );
      const asked = { rules: ['voice', 'merge'], timelines: true, config };
      await cutAt(5, { paths: [], db, resume: true, ...asked });
      const resumed = await fromStore({ resume: true, ...asked });
      const undisturbed = await fromStore({ resume: true, ...asked });
      // Whom findings hit, and what happened around them, are what the JSON does not hold.
      expect(resumed.people?.length).toBeGreaterThan(10);
      expect(resumed.timelines?.events.length).toBeGreaterThan(10);
      expect(reportsOf(resumed)).toEqual(reportsOf(undisturbed));
      expect(reportsOf(resumed)).toEqual(reportsOf(await fromStore(asked)));
    });
  });
});

describe('several audits of one store that are to be resumed', () => {
  const one = { paths: [], resume: true, rules: ['voice/silent-call'] };
  const other = { ...one, rules: ['voice', 'merge'] };
  const withStore = (work: (bench: Bench) => Promise<void>) =>
    withBench(async (bench) => {
      await bench.write({ ...otherFiles, [first?.name ?? '']: first?.text ?? '' });
      await bench.load();
      await work(bench);
    });

  it('at once all end rightly, whichever is the first', slow, async () => {
    await withStore(async ({ db, fromStore }) => {
      const [expected, otherExpected] = [
        await fromStore({ rules: one.rules }),
        await fromStore({ rules: other.rules }),
      ];
      // It has little left to do, and takes away its parts while the other has hardly begun.
      await cutAt(8, { ...one, db });
      const ended: string[] = [];
      const results = await Promise.all([
        audit({ ...one, db }).finally(() => ended.push('short')),
        audit({ ...other, db }).finally(() => ended.push('long')),
      ]);
      expect(ended).toEqual(['short', 'long']);
      expect(results.map(told)).toEqual([told(expected), told(otherExpected)]);
      expect(existsSync(`${db}.parts`)).toBe(false);
    });
  });

  it('at once can ask for the same, and lose the folder at any moment', slow, async () => {
    await withStore(async ({ db, fromStore }) => {
      const expected = told(await fromStore({ rules: one.rules }));
      const both = await Promise.all([audit({ ...one, db }), audit({ ...one, db })]);
      expect(both.map(told)).toEqual([expected, expected]);
      expect(existsSync(`${db}.parts`)).toBe(false);

      let parts = 0;
      const phase = (name: string) => {
        // As another one does that ends now.
        if (name === 'rules' && ++parts > 1) rmSync(`${db}.parts`, { recursive: true, force: true });
      };
      const alone = await audit({ ...one, db, progress: { phase, fraction: () => undefined } });
      expect(parts).toBeGreaterThan(3);
      expect(told(alone)).toEqual(expected);
      expect(existsSync(`${db}.parts`)).toBe(false);
    });
  });

  it('one after the other leave what another has kept', slow, async () => {
    await withStore(async ({ db }) => {
      await cutAt(5, { ...one, db });
      const kept = await readdir(`${db}.parts`);
      expect(kept).toHaveLength(4);
      await audit({ ...other, db });
      expect(await readdir(`${db}.parts`)).toEqual(kept);
      await audit({ ...one, db });
      expect(existsSync(`${db}.parts`)).toBe(false);
    });
  });
});
