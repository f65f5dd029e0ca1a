import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSession, type Session } from '../../src/engine/session.ts';
import { paramsOf, resolveParams } from '../../src/rules/param-values.ts';
import { meetRequirements } from '../../src/rules/requirements.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { type RuleOutcome, type RunOptions, runRule } from '../../src/rules/run.ts';
import { ruleOf, ruleText } from './rule-folder.ts';

const A = 'AC00000000000000000000000000000001';
const B = 'AC00000000000000000000000000000002';

let session: Session;
beforeAll(async () => {
  // Compiled predicates go into the user's cache otherwise.
  vi.stubEnv('XDG_CACHE_HOME', await mkdtemp(join(tmpdir(), 'postlude-cache-')));
  session = await openSession();
  await session.run(`
    CREATE TABLE conversations (account_id VARCHAR, conversation_id VARCHAR, created_at TIMESTAMPTZ, as_of TIMESTAMPTZ, event_keys BIGINT[]);
    INSERT INTO conversations VALUES
      ('${A}', 'conv_1', '2026-09-14 08:00:00.5+00', '2026-09-14 10:05:00.5+00', [3, 1, 2]),
      ('${B}', 'conv_2', '2026-09-14 10:00:00+00', '2026-09-14 10:05:00+00', [4]);
    CREATE TABLE configurations (account_id VARCHAR);
    INSERT INTO configurations VALUES ('${A}');
    CREATE TABLE stores (account_id VARCHAR);
    CREATE TABLE messages (account_id VARCHAR);
    CREATE TABLE calls (account_id VARCHAR);
    INSERT INTO calls VALUES ('${B}');
    CREATE TABLE events AS SELECT
      k AS event_key, '${A}' AS account_id, 'log-' || (9 - k) AS log_id,
      TIMESTAMPTZ '2026-09-14 08:00:00+00' + INTERVAL 1 SECOND * (k // 3) AS event_time, 'conversation-orchestrator' AS source,
      'conversation.updated' AS event_type, 'INFO' AS level, NULL::INTEGER AS error_code, NULL::VARCHAR AS error_reason,
      'req_' || k AS request_id, NULL::VARCHAR AS correlation_id, NULL::VARCHAR AS trace_id, 'conv_1' AS conversation_id,
      NULL::VARCHAR AS participant_id, NULL::VARCHAR AS communication_id, NULL::VARCHAR AS resource_id, 'ACTIVE' AS status,
      NULL::VARCHAR AS participant_type, NULL::VARCHAR AS profile_id, NULL::VARCHAR AS channel, NULL::VARCHAR AS address,
      NULL::VARCHAR AS configuration_id, '{"n": 1}'::JSON AS body, 'a.ndjson' AS file, 'debugger-log' AS format
    FROM range(1, 5) t(k);
  `);
  await session.lock();
});
afterAll(async () => {
  await session.close();
  await rm(process.env.XDG_CACHE_HOME ?? '', { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const start = 'SELECT account_id, conversation_id AS subject_id';
type Extra = { header?: string; params?: string; causes?: string; predicate?: string; helper?: string };

async function rule(sql: string, { predicate, helper, ...parts }: Extra = {}): Promise<Rule> {
  return ruleOf({
    'voice/x.sql': ruleText({ ...parts, sql }),
    ...(predicate === undefined ? {} : { 'voice/x.ts': `import { predicate } from 'postlude';\n${predicate}` }),
    ...(helper === undefined ? {} : { 'voice/helper.ts': helper }),
  });
}

async function run(sql: string, extra: Extra = {}, options: RunOptions = {}): Promise<RuleOutcome> {
  return runRule(session, await rule(sql, extra), undefined, options);
}

/** Why it failed, without the folder. */
async function failure(sql: string, extra: Extra = {}, options: RunOptions = {}): Promise<string> {
  const { status, reason = '', candidates } = await run(sql, extra, options);
  expect({ status, candidates }).toEqual({ status: 'failed', candidates: [] });
  return reason.replace(/^\S*\/voice\//u, '');
}

describe('running a rule', () => {
  it('gives complete candidates', async () => {
    const outcome = await run(
      `${start}, created_at AS first_seen, as_of AS last_seen, event_keys,
         [{type: 'call', id: 'CA1'}, {type: 'call', id: NULL}, {type: 'call', id: 'CA1'}] AS related,
         as_of - created_at AS open_for, created_at, 9007199254740993 AS big, 12 AS small, 1.5 AS ratio, 'NaN'::DOUBLE AS no,
         [1, 2] AS list, '{"a": [1]}'::JSON AS json, {x: created_at} AS struct, NULL AS nothing, 7::HUGEINT AS huge
       FROM conversations WHERE as_of - created_at >= $min_age ORDER BY 2;`,
      {
        header: 'reference: https://example.com/rule\n',
        params: '  min_age: { type: interval, default: 1 hour, description: age }',
        causes:
          '  silent: { message: "{subject_id} was open for {open_for} since {created_at}, longer than {min_age}: {list}, {nothing}", fix: "Ask {account_id}." }',
      },
    );
    expect(outcome).toEqual({
      ruleId: 'voice/x',
      status: 'ran',
      skippedAccounts: [],
      durationMs: expect.any(Number),
      candidates: [
        {
          accountId: A,
          subjectId: 'conv_1',
          subjectType: 'conversation',
          cause: 'silent',
          severity: 'warning',
          certainty: 'confirmed',
          firstSeen: new Date('2026-09-14T08:00:00.500Z'),
          lastSeen: new Date('2026-09-14T10:05:00.500Z'),
          ongoing: false,
          eventKeys: [3n, 1n, 2n],
          related: [{ type: 'call', id: 'CA1' }],
          data: {
            open_for: 'PT2H5M',
            created_at: '2026-09-14T08:00:00.500Z',
            big: '9007199254740993',
            small: 12,
            ratio: 1.5,
            no: null,
            list: [1, 2],
            json: { a: [1] },
            struct: { x: '2026-09-14T08:00:00.500Z' },
            nothing: null,
            huge: 7,
          },
          message:
            'conv_1 was open for 2 hours 5 minutes since 2026-09-14T08:00:00Z, longer than 1 hour: 1, 2, unknown',
          fix: `Ask ${A}.`,
          reference: 'https://example.com/rule',
        },
      ],
    });
    expect(() => JSON.stringify(outcome.candidates[0]?.data)).not.toThrow();
  });

  it('takes severity and certainty from the row, else from the cause, else from the header', async () => {
    const causes = `  plain: { message: m, fix: f }
  own: { message: m, fix: f, severity: error, certainty: likely, reference: https://example.com/own }`;
    const { candidates } = await run(
      `SELECT '${A}' AS account_id, 's' AS subject_id, * FROM (VALUES ('plain', NULL, NULL), ('own', NULL, NULL),
         ('own', 'critical', 'confirmed'), ('own', 'critical', 'possible')) t(cause, severity, certainty)`,
      { causes },
    );
    expect(
      candidates.map(({ cause, severity, certainty, reference }) => [cause, severity, certainty, reference]),
    ).toEqual([
      ['plain', 'warning', 'confirmed', ''],
      ['own', 'error', 'likely', 'https://example.com/own'],
      ['own', 'critical', 'confirmed', 'https://example.com/own'],
      ['own', 'info', 'possible', 'https://example.com/own'],
    ]);
  });

  it('can be about another kind of thing than its header says, and about what goes on', async () => {
    const sql = `SELECT '${A}' AS account_id, 's' AS subject_id, * FROM (VALUES ('store', true), (NULL, NULL)) t(subject_type, ongoing)`;
    const { candidates } = await run(sql);
    expect(candidates.map(({ subjectType, ongoing, data }) => [subjectType, ongoing, data])).toEqual([
      ['store', true, {}],
      ['conversation', false, {}],
    ]);
  });

  it.each([
    [
      `${start}, ['a'] AS related FROM conversations`,
      'x.sql:8:1: column related must be a list of {type, id}, it is VARCHAR[]',
    ],
    [
      `${start}, [{type: 'cal', id: 'CA1'}] AS related FROM conversations`,
      'x.sql: column related names a type that does not exist, "cal": did you mean "call"?',
    ],
    [
      `${start}, 'si' || 'lnt' AS cause FROM conversations ORDER BY 2`,
      'x.sql: the cause "silnt" is not declared for conv_1: did you mean "silent"?',
    ],
    [
      `${start}, 'w' || 'arn' AS severity FROM conversations`,
      'x.sql: column severity must be one of info, warning, error, critical, not "warn"',
    ],
    [
      `SELECT account_id, NULL::VARCHAR AS subject_id FROM conversations ORDER BY 1`,
      'x.sql: column subject_id is NULL',
    ],
    [`SELECT NULL::VARCHAR AS account_id, 's' AS subject_id`, 'x.sql: column account_id is NULL'],
    [`${start}, nothing FROM conversations WHERE`, 'x.sql:9:1: syntax error at end of input'],
    [
      `${start}, conversation_id::INTEGER AS x FROM conversations ORDER BY 2`,
      "x.sql: Could not convert string 'conv_1' to INT32 when casting from source column conversation_id",
    ],
  ])('fails with a reason of one line: %s', async (sql, reason) => {
    expect(await failure(sql)).toBe(reason);
  });

  it('is stopped when it takes too long, and leaves the connection usable', async () => {
    const sql = `SELECT '${A}' AS account_id, count(*)::VARCHAR AS subject_id FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 3`;
    expect(await failure(sql, {}, { timeoutMs: 50 })).toBe('x.sql: stopped after 0.05 s, the time limit');
    expect((await run(`${start} FROM conversations`)).candidates).toHaveLength(2);
  });

  it('fails where it finds more than anybody could hold', async () => {
    const sql = `SELECT '${A}' AS account_id, 's' AS subject_id FROM range(600000)`;
    expect(await failure(sql)).toBe('x.sql: more than 500000 candidates: the SELECT has to let fewer rows through');
    expect((await run(`${start} FROM conversations`)).candidates).toHaveLength(2);
  });

  it('takes no params but those that the SQL names', async () => {
    const outcome = await run(
      `${start} FROM conversations WHERE $n = 2 AND $ratio = 0.5 AND $word = 'a' AND NOT $flag`,
      {
        params: `  n: { type: integer, default: 2, description: n }
  ratio: { type: number, default: 0.5, description: r }
  word: { type: string, default: a, description: w }
  flag: { type: boolean, default: false, description: f }
  unused: { type: interval, default: 1 day, description: u }`,
      },
    );
    expect(outcome.candidates).toHaveLength(2);
  });
});

describe('params of rules', () => {
  const params = `  min_age: { type: interval, default: 5 minutes, description: age }
  n: { type: integer, default: 2, description: n }
  word: { type: string, default: a, description: w }
  flag: { type: boolean, default: false, description: f }
  ratio: { type: number, default: 1, description: r }`;

  it('are the defaults and what was given over them', async () => {
    const x = await rule('SELECT 1', { params });
    const resolved = resolveParams([x], {
      'voice/x': { min_age: 'PT1H', n: '-3', word: '', flag: 'true', ratio: '.5' },
    });
    expect(resolved.get('voice/x')).toEqual({
      min_age: { months: 0, days: 0, ms: 3_600_000 },
      n: -3,
      word: '',
      flag: true,
      ratio: 0.5,
    });
    expect(resolveParams([x], {}).get('voice/x')).toMatchObject({ n: 2 });
  });

  it('change what the rule finds', async () => {
    const x = await rule(`${start} FROM conversations WHERE as_of - created_at > $min_age`, { params });
    const found = async (min_age: string) => (await runRule(session, x, paramsOf(x, { min_age }))).candidates.length;
    expect([await found('299 seconds'), await found('300 seconds'), await found('3 hours')]).toEqual([2, 1, 0]);
  });

  it.each([
    [{ 'voice/y': { n: '1' } }, '--param voice/y.n: there is no rule voice/y: did you mean "voice/x"?'],
    [{ 'voice/x': { minage: '1' } }, '--param voice/x.minage: voice/x has no param minage: did you mean "min_age"?'],
    [
      { 'voice/x': { toString: '1' } },
      '--param voice/x.toString: voice/x has no param toString: it has min_age, n, word, flag, ratio',
    ],
    [{ 'voice/x': { min_age: '5' } }, '--param voice/x.min_age must be an interval such as "5 minutes" or "PT5M": "5"'],
    [{ 'voice/x': { n: '1.5' } }, '--param voice/x.n must be a whole number: "1.5"'],
    [{ 'voice/x': { n: '0x10' } }, '--param voice/x.n must be a whole number: "0x10"'],
    [{ 'voice/x': { flag: 'yes' } }, '--param voice/x.flag must be true or false: "yes"'],
    [{ 'voice/x': { ratio: '' } }, '--param voice/x.ratio must be a number: ""'],
  ])('are refused where they are wrong: %j', async (given, message) => {
    const x = await rule('SELECT 1', { params });
    expect(() => resolveParams([x], given)).toThrow(message);
  });
});

describe('a rule that requires side tables', () => {
  const sql = `${start} FROM conversations`;
  const accounts = [A, B];
  const subjects = ({ candidates }: RuleOutcome) => candidates.map(({ subjectId }) => subjectId);

  it('is skipped where no account has them', async () => {
    const outcome = await run(sql, { header: 'requires: [stores]\n' }, { accounts });
    expect(outcome).toMatchObject({
      status: 'skipped',
      reason: 'needs stores: add an export of them to the folder of the logs',
      skippedAccounts: accounts,
      candidates: [],
    });
  });

  it('concludes nothing about an account that lacks them, and says so', async () => {
    const outcome = await run(sql, { header: 'requires: [configurations]\n' }, { accounts });
    expect(subjects(outcome)).toEqual(['conv_1']);
    expect(outcome).toMatchObject({
      status: 'ran',
      reason: `skipped for ${B}: needs configurations: add an export of them to the folder of the logs`,
      skippedAccounts: [B],
    });
    expect(subjects(await run(sql, { header: 'requires: [configurations]\n' }))).toEqual(['conv_1']);
  });

  it('needs all of them, and of alternatives one', async () => {
    const either = await run(sql, { header: 'requires: [messages|calls]\n' }, { accounts });
    expect([subjects(either), either.skippedAccounts]).toEqual([['conv_2'], [A]]);
    const both = await run(sql, { header: 'requires: [configurations, messages|calls]\n' }, { accounts });
    expect(both).toMatchObject({
      status: 'skipped',
      reason: 'needs configurations and messages or calls: add an export of them to the folder of the logs',
    });
  });

  it('can have them looked up once for many rules', async () => {
    const rules = [
      await rule(sql, { header: 'requires: [configurations]\n' }),
      await rule(sql, { header: 'requires: [messages|calls]\n' }),
    ];
    expect(await meetRequirements(session, rules)).toEqual(
      new Map([
        ['configurations', new Set([A])],
        ['messages', new Set()],
        ['calls', new Set([B])],
      ]),
    );
  });
});

describe('a predicate', () => {
  const sql = `${start}, event_keys, as_of - created_at AS open_for FROM conversations ORDER BY 2`;

  it('decides about candidates, and changes them', async () => {
    const { candidates, reason } = await run(sql, {
      params: '  limit: { type: integer, default: 1, description: l }',
      causes:
        '  silent: { message: "{subject_id}", fix: "{extra}" }\n  loud: { message: "{subject_id} {extra}", fix: f, severity: critical }',
      helper:
        "import { intervalMs } from 'postlude';\nexport const hours = (span: any): number => intervalMs(span) / 3600000;",
      predicate: `import { hours } from './helper.ts';
        type Row = { subject_id: string; open_for: { months: number; days: number; ms: number } };
        export default predicate<Row, { limit: number }>((row, { params }) => {
          if (hours(row.open_for) < params.limit) return false;
          return { cause: 'loud', ongoing: true, firstSeen: new Date(5), data: { extra: [1n, new Date(0)] }, related: [{ type: 'call', id: 'CA1' }], eventKeys: [3n, 3n] };
        });`,
    });
    expect(reason).toBeUndefined();
    expect(candidates).toHaveLength(1);
    expect(candidates[0]).toMatchObject({
      subjectId: 'conv_1',
      cause: 'loud',
      severity: 'critical',
      firstSeen: new Date(5),
      lastSeen: null,
      ongoing: true,
      message: 'conv_1 1, 1970-01-01T00:00:00Z',
      data: { open_for: 'PT2H5M', extra: [1, '1970-01-01T00:00:00.000Z'] },
      related: [{ type: 'call', id: 'CA1' }],
      eventKeys: [3n],
    });
  });

  it('caps the severity of what is only possible, and keeps what it does not name', async () => {
    const { candidates } = await run(sql, {
      predicate:
        "export default predicate(() => ({ certainty: 'possible', severity: 'critical', message: 'Perhaps {subject_id}.' }))",
    });
    expect(candidates[0]).toMatchObject({
      cause: 'silent',
      severity: 'info',
      certainty: 'possible',
      message: 'Perhaps conv_1.',
      eventKeys: [3n, 1n, 2n],
    });
  });

  it('gets the evidence in the order of time, ties by log id', async () => {
    const { candidates } = await run(sql, {
      predicate: `export default predicate<{ subject_id: string }>({
        events: true,
        decide: (row, { events }) => ({ data: { seen: events.map((e) => [e.eventKey, e.logId, e.eventTime, e.body, e.file]) } }),
      });`,
    });
    expect(candidates.map(({ data }) => data.seen)).toEqual([
      [
        [2, 'log-7', '2026-09-14T08:00:00.000Z', { n: 1 }, 'a.ndjson'],
        [1, 'log-8', '2026-09-14T08:00:00.000Z', { n: 1 }, 'a.ndjson'],
        [3, 'log-6', '2026-09-14T08:00:01.000Z', { n: 1 }, 'a.ndjson'],
      ],
      [[4, 'log-5', '2026-09-14T08:00:01.000Z', { n: 1 }, 'a.ndjson']],
    ]);
  });

  it('gets the evidence of many rows with few queries', async () => {
    const many = `SELECT '${A}' AS account_id, i::VARCHAR AS subject_id, [i % 4 + 1] AS event_keys FROM range(5000) t(i)`;
    const began = performance.now();
    const { candidates } = await run(many, {
      predicate:
        'export default predicate<{ subject_id: string }>({ events: true, decide: (row, { events }) => ({ data: { n: events.length, key: events[0]?.eventKey } }) });',
    });
    expect(candidates).toHaveLength(5000);
    expect(candidates.every(({ data, subjectId }) => data.n === 1 && data.key === (Number(subjectId) % 4) + 1)).toBe(
      true,
    );
    // A query for each row takes more than 5 s.
    expect(performance.now() - began).toBeLessThan(4000);
  });

  it('is not loaded where the SQL finds nothing', async () => {
    const outcome = await run(`${start} FROM conversations WHERE false`, { predicate: "throw new Error('loaded');" });
    expect(outcome).toMatchObject({ status: 'ran', candidates: [] });
  });

  it.each([
    [
      "export default predicate<any>((row) => { row.subject_id = 'x'; return true; });",
      "x.ts:2: predicate threw: Cannot assign to read only property 'subject_id' of object '#<Object>'",
    ],
    [
      "export default predicate(() => { throw new TypeError('no such\\n  field') });",
      'x.ts:2: predicate threw: no such field',
    ],
    [
      'type Row = {\n  id: string;\n};\n\n/* of what\n   is run */\nconst helper = (row: Row): boolean =>\n  nobody(row.id);\n\nexport default predicate<Row>(\n  (row) => helper(row),\n);',
      'x.ts:9: predicate threw: nobody is not defined',
    ],
    [
      "export default predicate(() => 'yes');",
      'x.ts: predicate returned "yes": it must be true, false or what to change',
    ],
    [
      'export default predicate(() => {});',
      'x.ts: predicate returned undefined: it must be true, false or what to change',
    ],
    [
      'export default predicate(() => []);',
      'x.ts: predicate returned a list: it must be true, false or what to change',
    ],
    ['export default predicate(async () => true);', 'x.ts: predicate returned a promise: it has to decide at once'],
    [
      "export default predicate(async () => { throw new Error('late') });",
      'x.ts: predicate returned a promise: it has to decide at once',
    ],
    [
      "export default predicate(() => ({ severty: 'info' }));",
      'x.ts: predicate returned the unknown key "severty": did you mean "severity"?',
    ],
    [
      "export default predicate(() => ({ severity: 'bad' }));",
      'x.ts: predicate returned a wrong severity: Invalid option: expected one of "info"|"warning"|"error"|"critical"',
    ],
    [
      "export default predicate(() => ({ cause: 'silnt' }));",
      'x.ts: the cause "silnt" is not declared for conv_1: did you mean "silent"?',
    ],
    [
      'const ring: { self?: unknown } = {};\nring.self = ring;\nexport default predicate(() => ({ data: { ring } }));',
      'x.ts: predicate returned data that holds itself, or is nested too deep',
    ],
    [
      "export default predicate(() => ({ firstSeen: new Date('soon') }));",
      'x.ts: predicate returned a wrong firstSeen: an invalid Date',
    ],
    [
      'export default predicate(() => ({ lastSeen: 5 as never }));',
      'x.ts: predicate returned a wrong lastSeen: Invalid input: expected date, received number',
    ],
    ['export default () => true;', 'x.ts: the default export must be predicate(…) from postlude, it is a function'],
    ['export const other = 1;', 'x.ts: the default export must be predicate(…) from postlude, it is undefined'],
    ["throw new Error('at load');\nexport default 1;", 'x.ts: cannot be loaded: at load'],
    [
      "import './nowhere.ts';\nexport default predicate(() => true);",
      /^x\.ts: cannot be loaded: Cannot find module '\.\/nowhere\.ts'/,
    ],
    ['export default predicate((', /^x\.ts: cannot be loaded: .*(?:Unexpected token|ParseError)/],
  ])('that is wrong fails its rule: %s', async (predicate, reason) => {
    if (typeof reason === 'string') expect(await failure(sql, { predicate })).toBe(reason);
    else expect(await failure(sql, { predicate })).toMatch(reason);
  });

  it('has to say the cause where the SELECT does not', async () => {
    const causes = '  silent: { message: m, fix: f }\n  loud: { message: m, fix: f }';
    const without = `SELECT account_id, conversation_id AS subject_id FROM conversations WHERE conversation_id = 'conv_1'`;
    const predicate = 'export default predicate(() => true);';
    expect(await failure(without, { causes, predicate })).toBe(
      'x.ts: no cause is given for conv_1: known are silent, loud',
    );
    // A mistake of the SQL stays one, though there is a predicate.
    const wrong = without.replace(' FROM', ", lower('QUIET') AS cause FROM");
    expect(await failure(wrong, { causes, predicate })).toBe(
      'x.sql: the cause "quiet" is not declared for conv_1: known are silent, loud',
    );
  });

  it('is refused where code is not allowed', async () => {
    const predicate = 'export default predicate(() => true);';
    expect(await failure(sql, { predicate }, { code: false })).toBe(
      'x.ts: has code, and code of rules is not allowed in this run',
    );
  });

  it('is stopped between two candidates when it takes too long', async () => {
    const predicate =
      'export default predicate(() => { const end = Date.now() + 30; while (Date.now() < end); return true; });';
    const many = `SELECT '${A}' AS account_id, i::VARCHAR AS subject_id FROM range(500) t(i)`;
    // Long enough to load, far too short for 500 candidates.
    expect(await failure(many, { predicate }, { timeoutMs: 3000 })).toBe('x.ts: stopped after 3 s, the time limit');
  });
});

it('names one account and says how many more a rule failed over in the same words', async () => {
  const failed = await run(`${start}, upper('fatal') AS severity FROM conversations`, {}, { accounts: [A, B] });
  expect(failed.reason).toContain(`${A} and 1 more account: `);
});

it('without a subject in a row of one account keeps what it finds for the others', async () => {
  const sql = `SELECT account_id, CASE WHEN account_id = '${B}' THEN conversation_id END AS subject_id FROM conversations
    UNION ALL SELECT '${A}', 'conv_3'`;
  // A predicate is promised a subject, so none is asked about a row that has none.
  const predicate = 'export default predicate<any>((row) => row.subject_id.length > 0);';
  for (const extra of [{}, { predicate }]) {
    const { status, reason, candidates, failedOver } = await run(sql, extra, { accounts: [A, B] });
    expect(reason).toMatch(new RegExp(`^${A}: \\S*/x\\.sql: column subject_id is NULL$`, 'u'));
    expect({ status, failedOver }).toEqual({ status: 'failed', failedOver: 'rows' });
    expect(candidates.map(({ accountId, subjectId }) => [accountId, subjectId])).toEqual([[B, 'conv_2']]);
  }
  const nobody = await run(`${sql} UNION ALL SELECT NULL, 'conv_4'`, {}, { accounts: [A, B] });
  expect(nobody).toMatchObject({
    status: 'failed',
    candidates: [],
    reason: expect.stringContaining('account_id is NULL'),
  });
});
