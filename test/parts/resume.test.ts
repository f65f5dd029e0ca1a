/** What an audit takes over from one that was cut off, and what not. */
import { copyFile, readdir, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { AuditOptions } from '../../src/audit-options.ts';
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
  const asked = { rules: ['voice/silent-call'], people: false };

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
