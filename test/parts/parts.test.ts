/** Audits that look at some accounts after the others tell what one over all of them tells. */
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { AuditOptions } from '../../src/audit-options.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { jsonReport } from '../../src/report/json.ts';
import { plainReport } from '../../src/report/options.ts';
import { loadIntoStore } from '../../src/store/load.ts';
import { buildAndKeep } from '../../src/tables.ts';
import { simulate } from '../simulate/simulate.ts';

let folder: string;
let exported: string;
let db: string;
let keeping: string;
let whole: AuditResult;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-parts-'));
  exported = join(folder, 'exports');
  db = join(folder, 'events.duckdb');
  const { files } = await simulate({ seed: 'parts', conversations: 60, incidents: true });
  for (const [path, content] of files) {
    await mkdir(dirname(join(exported, path)), { recursive: true });
    await writeFile(join(exported, path), content);
  }
  await loadIntoStore(db, { paths: [exported] });
  keeping = join(folder, 'keeping.duckdb');
  await copyFile(db, keeping);
  await buildAndKeep(keeping, {});
  whole = await audit({ paths: [exported] });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const told = (result: AuditResult) =>
  [...jsonReport(result, plainReport)].join('').replaceAll(/"durationMs": \d+/g, '"durationMs": 0');

/** Whom an audit looked at together: a part is told of by its phase. */
async function inParts(options: AuditOptions): Promise<{ result: AuditResult; parts: number }> {
  let parts = 0;
  const phase = (name: string) => {
    if (name === 'rules') parts++;
  };
  const progress = { phase, fraction: () => undefined };
  return { result: await audit({ ...options, progress }), parts };
}

describe('parts of the accounts', () => {
  it('of files', { timeout: 300_000 }, async () => {
    const { result, parts } = await inParts({ paths: [exported], entriesAtATime: 500 });
    expect(parts).toBeGreaterThan(5);
    expect(told(result)).toBe(told(whole));
    expect(result.people?.length).toBe(whole.people?.length);
  });

  it('of a store', { timeout: 300_000 }, async () => {
    const { result, parts } = await inParts({ paths: [], db, entriesAtATime: 500 });
    expect(parts).toBeGreaterThan(5);
    expect(told(result)).toBe(told(whole));
  });

  it('of a store that keeps its tables, in shares as well', { timeout: 300_000 }, async () => {
    const { result, parts } = await inParts({ paths: [], db: keeping, entriesAtATime: 500 });
    expect(parts).toBeGreaterThan(5);
    expect(told(result)).toBe(told(whole));
    const shard = { index: 1, of: 2 };
    const [share, shareInParts] = [
      await audit({ paths: [], db: keeping, shard }),
      await inParts({ paths: [], db: keeping, shard, entriesAtATime: 500 }),
    ];
    expect(shareInParts.parts).toBeGreaterThan(2);
    expect(told(shareInParts.result)).toBe(told(share));
  });

  it('are masked alike', { timeout: 300_000 }, async () => {
    const redact = { key: Buffer.from('0123456789abcdef') };
    const [one, several] = [
      await audit({ paths: [exported], redact }),
      await audit({ paths: [exported], redact, entriesAtATime: 2000 }),
    ];
    expect(told(several)).toBe(told(one));
  });

  it('are one where all accounts fit into memory', { timeout: 300_000 }, async () => {
    expect((await inParts({ paths: [], db })).parts).toBe(1);
  });
});

describe('an audit that is cut off', () => {
  it('goes on with the parts that it lacks, and leaves nothing behind', { timeout: 300_000 }, async () => {
    const options: AuditOptions = { paths: [], db, resume: true };
    let parts = 0;
    const cut = audit({
      ...options,
      progress: {
        phase(name) {
          if (name === 'rules' && ++parts === 4) throw new Error('the power is gone');
        },
        fraction() {},
      },
    });
    await expect(cut).rejects.toThrow('the power is gone');
    expect(await readdir(`${db}.parts`)).toHaveLength(3);

    const again = await inParts(options);
    expect(told(again.result)).toBe(told(whole));
    const undisturbed = await inParts(options);
    expect(again.parts).toBe(undisturbed.parts - 3);
    await expect(stat(`${db}.parts`)).rejects.toThrow(/ENOENT/);
  });

  it('takes nothing over from one that asked for something else, or that cannot be read', {
    timeout: 300_000,
  }, async () => {
    const cutAfter = (most: number, options: AuditOptions) => {
      let parts = 0;
      const phase = (name: string) => {
        if (name === 'rules' && ++parts === most) throw new Error('cut');
      };
      return audit({ ...options, progress: { phase, fraction: () => undefined } }).catch(() => null);
    };
    await cutAfter(3, { paths: [], db, resume: true, params: { 'voice/silent-call': { min_age: '1 year' } } });
    await cutAfter(3, { paths: [], db, resume: true });
    const [damaged] = await readdir(`${db}.parts`);
    await writeFile(join(`${db}.parts`, damaged ?? ''), '{"tool":');
    const { result } = await inParts({ paths: [], db, resume: true });
    expect(told(result)).toBe(told(whole));
  });
});

describe('a rule that fails for one account', () => {
  const header = (title: string) => `/*
title: ${title}
severity: warning
subject: conversation
causes:
  any: { message: "{subject_id} was there", fix: none }
*/
`;
  /** A cast that fails for those accounts, and a predicate that throws for them. */
  async function rulesFor(name: string, pattern: string): Promise<string> {
    const rules = join(folder, name);
    await mkdir(rules, { recursive: true });
    const select = 'SELECT account_id, conversation_id AS subject_id, event_keys FROM conversations';
    // A text that all rows of the account share: which of them DuckDB comes to first, and names, is not the same in every run.
    await writeFile(
      join(rules, 'casts.sql'),
      `${header('Casts')}SELECT account_id, conversation_id AS subject_id, event_keys,
        CASE WHEN account_id LIKE '${pattern}' THEN (account_id || 'x')::INTEGER END AS number
      FROM conversations`,
    );
    await writeFile(join(rules, 'throws.sql'), `${header('Throws')}${select}`);
    await writeFile(
      join(rules, 'throws.ts'),
      `import { predicate } from 'postlude';
      export default predicate((row: { account_id: string }) => {
        if (/${pattern.replaceAll('%', '.*')}$/.test(row.account_id)) throw new Error('cannot');
        return true;
      });`,
    );
    return rules;
  }

  it('finds what it finds for the others, and says for whom it failed', { timeout: 300_000 }, async () => {
    const accounts = (whole.accounts ?? []).map(({ id }) => id).filter((id) => id.startsWith('AC'));
    const bad = accounts[2] ?? '';
    const rulesDirs = [await rulesFor('some', bad)];
    const result = await audit({ paths: [], db, rulesDirs, rules: ['casts', 'throws'] });
    const found = (rule: string) =>
      new Set(result.findings.filter(({ ruleId }) => ruleId === rule).map(({ accountId }) => accountId));
    for (const id of ['casts', 'throws']) {
      const rule = result.rules.find((one) => one.id === id);
      expect(rule).toMatchObject({ status: 'failed', reason: expect.stringContaining(`${bad}: `) });
      expect(found(id).has(bad)).toBe(false);
      expect(found(id).size).toBeGreaterThan(accounts.length / 2);
    }
    expect(found('casts')).toEqual(found('throws'));
  });

  it('is told apart where the store keeps its tables, too', { timeout: 300_000 }, async () => {
    const bad = (whole.accounts ?? []).map(({ id }) => id).filter((id) => id.startsWith('AC'))[2] ?? '';
    const options = { rulesDirs: [await rulesFor('kept', bad)], rules: ['casts', 'throws'] };
    const [kept, built] = [
      await audit({ paths: [], db: keeping, ...options }),
      await audit({ paths: [], db, ...options }),
    ];
    expect(told(kept)).toBe(told(built));
  });

  it('fails where it fails for all', { timeout: 300_000 }, async () => {
    const rulesDirs = [await rulesFor('all', '%')];
    const result = await audit({ paths: [], db, rulesDirs, rules: ['casts'] });
    expect(result.rules).toMatchObject([{ id: 'casts', status: 'failed', findings: 0 }]);
    expect(result.rules[0]?.reason).toMatch(/casts\.sql: Could not convert string/);
    // One line, however many accounts there are.
    expect(result.rules[0]?.reason?.length).toBeLessThan(1500);
    expect(result.run.events).toBe(whole.run.events);
  });
});
