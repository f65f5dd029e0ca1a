import { beforeAll, describe, expect, test } from 'vitest';
import { build } from '../cli/postlude.ts';
import { ruleText } from '../rules/rule-folder.ts';
import { auditWith, conversations } from './audit-with.ts';

/* Rule files whose reading alone could take the process with it. */

const of = (sql: string) => ruleText({ sql });
const headerWith = (yaml: string) => of(`${conversations} FROM conversations`).replace('title:', `${yaml}\ntitle:`);

/** Every level holds the one before it nine times. */
const laughs = Array.from({ length: 12 }, (_, level) =>
  level === 0
    ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
    : `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
).join('\n');

const files: Readonly<Record<string, readonly [text: string, told: RegExp | 'matched' | 'clean']>> = {
  laughs: [headerWith(laughs), /^attack\/laughs\.sql:\d+:\d+: /],
  'deep-yaml': [headerWith(`deep: ${'['.repeat(50_000)}${']'.repeat(50_000)}`), /^attack\/deep-yaml\.sql:\d+:\d+: /],
  'merge-keys': [headerWith('base: &b { __proto__: { x: 1 } }\n<<: *b'), /^attack\/merge-keys\.sql:\d+:\d+: /],
  tags: [headerWith('x: !!js/function "function () { return 1 }"'), /^attack\/tags\.sql:\d+:\d+: /],
  'ten-megabytes': [of(`${conversations} FROM conversations -- ${'x'.repeat(10_000_000)}`), 'matched'],
  'long-literal': [of(`${conversations} FROM conversations WHERE '${'x'.repeat(5_000_000)}' = ''`), 'clean'],
  'deep-brackets': [of(`SELECT ${'('.repeat(5_000)}1${')'.repeat(5_000)}`), /^attack\/deep-brackets\.sql/],
  'deep-subqueries': [
    of(`SELECT * FROM ${'(SELECT * FROM '.repeat(2_000)}events${')'.repeat(2_000)}`),
    /^attack\/deep-subqueries\.sql/,
  ],
  'deep-not': [of(`${conversations} FROM conversations WHERE ${'NOT '.repeat(20_000)}true`), /^attack\/deep-not\.sql/],
  'long-sum': [
    of(`${conversations}, ${Array(20_000).fill('1').join(' + ')} AS n FROM conversations`),
    /^attack\/long-sum\.sql|^matched/,
  ],
  'many-ctes': [
    of(
      `WITH ${Array.from({ length: 1_000 }, (_, n) => `c${n} AS (SELECT ${n === 0 ? 1 : `* FROM c${n - 1}`})`).join(', ')} ${conversations} FROM conversations`,
    ),
    /^attack\/many-ctes\.sql|^matched/,
  ],
};

describe('a rule file', () => {
  beforeAll(build, 120_000);

  test('of any size or depth is read or refused, and the others go on', async () => {
    const started = performance.now();
    const { code, stderr, rules, findings } = await auditWith(
      Object.fromEntries(Object.entries(files).map(([name, [text]]) => [`attack/${name}.sql`, text])),
      ['--rule-timeout', '20s'],
    );
    expect(code, stderr.slice(0, 2_000)).toBe(2);
    expect(stderr).not.toMatch(/this is a bug|\n {4}at /);
    for (const [name, [, told]] of Object.entries(files))
      expect(rules[`attack/${name}`]?.slice(0, 500), name).toMatch(told);
    expect(findings.map(({ ruleId }) => ruleId)).toContain('merge/shared-profile');
    for (const line of stderr.split('\n')) expect(line.length).toBeLessThan(5_000);
    expect(performance.now() - started).toBeLessThan(60_000);
  }, 90_000);
});
