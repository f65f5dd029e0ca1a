import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, type Session } from '../../src/engine/session.ts';
import { publicTables } from '../../src/model/build.ts';
import { checkRuleSql, wantedBy } from '../../src/rules/check-sql.ts';
import { findRules, shippedRulesDir } from '../../src/rules/discover.ts';
import { hashOfRule, knownSqlText } from '../../src/rules/known-sql.ts';

let session: Session;

beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

describe('what the build has found in the SQL of the shipped rules', () => {
  test('is what the check finds, rule by rule', async () => {
    const { rules } = await findRules([shippedRulesDir()]);
    const known = new Map();
    for (const rule of rules) {
      const checked = await checkRuleSql(session.connection, rule, publicTables);
      expect(checked.problems).toEqual([]);
      known.set(await hashOfRule(rule), wantedBy(checked));
    }
    const built = await readFile(new URL('../../dist/known-sql.json', import.meta.url), 'utf8');
    expect(known.size).toBe(rules.length);
    expect(JSON.parse(built), 'dist/ is of other rules: npm run build').toEqual(JSON.parse(knownSqlText(known)));
  });

  test('is not what it has found in another rule: a changed text or predicate has another hash', async () => {
    const [rule] = (await findRules([shippedRulesDir()])).rules.filter(
      ({ predicateFile }) => predicateFile !== undefined,
    );
    if (rule === undefined) throw new Error('no shipped rule has a predicate');
    const { predicateFile, ...without } = rule;
    const hashes = await Promise.all(
      [rule, { ...rule, text: `${rule.text} ` }, without, { ...rule, predicateFile: rule.file }].map(hashOfRule),
    );
    expect(new Set(hashes).size).toBe(4);
  });
});
