import { beforeAll, describe, expect, test } from 'vitest';
import { build } from '../cli/postlude.ts';
import { ruleText } from '../rules/rule-folder.ts';
import { type Attacked, auditWith, conversations, rulesOf } from './audit-with.ts';

/*
 * Rules that never end, or take all the memory there is, by ways that nobody can refuse by their names: each fails, and the audit goes
 * on. Where an interrupt does not arrive it goes on beside the query.
 */

const timeLimit = /: stopped after 4 s, the time limit$/;
const memoryLimit =
  /failed to allocate data of size|could not allocate block|stopped as the process took more than \d/iu;
const someLimit = new RegExp(`${timeLimit.source}|${memoryLimit.source}`, 'iu');

const k = "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'";
const numbers = 'WITH l AS (SELECT list(i) AS l FROM range(5000) r(i))';

const sqls: Readonly<Record<string, readonly [sql: string, told: RegExp]>> = {
  recursion: [
    `WITH RECURSIVE d AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM d) ${conversations}, (SELECT count(*) FROM d) AS n FROM conversations`,
    timeLimit,
  ],
  'cross-join': [
    `${conversations}, (SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 3) AS n FROM conversations`,
    timeLimit,
  ],
  'doubling-text': [
    `WITH RECURSIVE d AS (SELECT 'xxxx' AS s UNION ALL SELECT s || s FROM d) ${conversations}, (SELECT max(length(s)) FROM d) AS n FROM conversations`,
    someLimit,
  ],
  'doubling-list': [
    `WITH RECURSIVE d AS (SELECT [1] AS l UNION ALL SELECT list_concat(l, l) FROM d) ${conversations}, (SELECT max(len(l)) FROM d) AS n FROM conversations`,
    someLimit,
  ],
  'joined-text': [
    `${conversations}, (SELECT string_agg('aaaaaaaaaaaaaaaaaaaaaaaa') FROM range(100000) a, range(100000) b) AS s FROM conversations`,
    someLimit,
  ],
  'huge-list': [`${conversations}, (SELECT list(range) FROM range(2000000000)) AS l FROM conversations`, someLimit],
  'huge-rows': [
    `SELECT 'AC1' AS account_id, i::VARCHAR AS subject_id, s FROM range(400000) r(i), (SELECT string_agg('aaaaaaaaaaaaaaaaaaaaaaaa') AS s FROM range(400))`,
    new RegExp(`more than 256 MiB of candidates|${someLimit.source}`, 'iu'),
  ],
  'nested-replace': [
    `WITH n AS (SELECT 'AC' || i AS id FROM range(5000) r(i)) ${conversations}, length(replace(replace(replace(replace(id, 'A', ${k}), 'a', ${k}), 'a', ${k}), 'a', ${k})) AS n FROM n, conversations`,
    someLimit,
  ],
  'nested-expression': [
    `WITH n AS (SELECT 'AC' || i AS id FROM range(5000) r(i)) ${conversations}, length(regexp_replace(regexp_replace(regexp_replace(regexp_replace(id, '.', ${k}, 'g'), '.', ${k}, 'g'), '.', ${k}, 'g'), '.', ${k}, 'g')) AS n FROM n, conversations`,
    someLimit,
  ],
  'list-of-lists': [
    `${numbers} ${conversations}, len(list_transform(l, lambda x: list_transform(l, lambda y: l))) AS n FROM l, conversations`,
    someLimit,
  ],
};

describe('SQL of rules', () => {
  beforeAll(build, 240_000);

  test.each(Object.entries(sqls).map(([name, [sql, told]]) => [name, sql, told] as const))(
    'that never ends or takes all memory fails its rule, and the audit goes on: %s',
    async (_, sql, told) => {
      const { code, rules, findings, stderr, stdout } = await auditWith(rulesOf({ x: sql }), [
        '--rule-timeout',
        '4s',
        '--memory-limit',
        '1300MB',
      ]);
      // README, "What rules can and cannot do": near the limit it can still be the process that ends, and never with half a result.
      if (told === someLimit && code === null && /out of memory|bad_alloc/i.test(stderr)) {
        expect(stdout).toBe('');
        return;
      }
      expect(rules['attack/x'], stderr).toMatch(told);
      expect(rules['merge/shared-profile']).toBe('matched');
      expect(findings.map(({ ruleId }) => ruleId)).toEqual(['merge/shared-profile']);
      // On a busy machine an interrupt can come too late for one of them, and then a signal ends the process.
      expect([2, null]).toContain(code);
    },
    120_000,
  );

  test('that no interrupt reaches is left to itself: all is told, and then the process is ended', async () => {
    const sql = `${numbers} ${conversations}, list_sum(list_transform(l, lambda x: list_sum(list_transform(l, lambda y: list_sum(list_transform(l, lambda z: x + y + z)))))) AS n FROM l, conversations`;
    const { code, rules, findings, stderr } = await auditWith(rulesOf({ one: sql, two: sql }), [
      '--rule-timeout',
      '4s',
    ]);
    expect(rules).toEqual({
      'attack/one': 'attack/one.sql: stopped after 4 s, the time limit',
      'attack/two': 'attack/two.sql: not run: the query of attack/one cannot be stopped',
      'merge/shared-profile': 'matched',
    });
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(['merge/shared-profile']);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'postlude: the query of attack/one cannot be stopped, so the process is ended by a signal, whatever its exit code would be',
    );
    // By a signal, which is no exit code.
    expect(code).toBe(null);
  }, 240_000);
});

const decide = (body: string): string =>
  `import { predicate } from 'postlude';\nexport default predicate<any, any>((row, context) => { ${body} });`;

const codes: Readonly<Record<string, readonly [code: string, told: RegExp]>> = {
  'loops-as-loaded': ['for (;;) {}\nexport default 1;', timeLimit],
  'waits-as-loaded': [
    'await new Promise(() => {});\nexport default 1;',
    /: (stopped after 4 s, the time limit|predicate ended its thread)$/,
  ],
  expression: [decide('return /^(a+)+$/.test("a".repeat(50) + "!")'), timeLimit],
  hoards: [
    decide('const all: any[] = []; for (;;) all.push({ x: new Array(1000).fill(all.length) })'),
    /: (predicate ended its thread: Worker terminated due to reaching memory limit|stopped after 4 s)/,
  ],
  'hoards-buffers': [
    decide('const all: any[] = []; for (;;) all.push(Buffer.alloc(50_000_000, 1))'),
    /: (predicate |stopped after 4 s)/,
  ],
  'huge-answer': [
    decide("return { data: { x: 'x'.repeat(100_000_000) } }"),
    /: (predicate returned more than 1 MiB|stopped after 4 s)/,
  ],
};

describe('predicates', () => {
  let audited: Attacked;
  beforeAll(async () => {
    await build();
    audited = await auditWith(
      Object.fromEntries(
        Object.entries(codes).flatMap(([name, [code]]) => [
          [`attack/${name}.sql`, ruleText({ sql: `${conversations} FROM conversations` })],
          [`attack/${name}.ts`, code],
        ]),
      ),
      ['--rule-timeout', '4s', '--memory-limit', '1300MB'],
    );
  }, 240_000);

  test.each(Object.entries(codes).map(([name, [, told]]) => [name, told] as const))('%s', (name, told) => {
    expect(audited.rules[`attack/${name}`]).toMatch(told);
    expect(audited.findings.map(({ ruleId }) => ruleId)).toEqual(['merge/shared-profile']);
    expect(audited.code).toBe(2);
  });
});
