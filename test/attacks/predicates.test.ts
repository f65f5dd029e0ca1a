import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { build, postlude } from '../cli/postlude.ts';
import { ruleText } from '../rules/rule-folder.ts';
import { type Attacked, auditWith, conversations, folderWith, sharedProfile } from './audit-with.ts';

/*
 * Predicates that want to be more than a verdict: that never answer, change what others see, end the process, print between the
 * results, or answer nonsense. Each is a rule of its own in one audit, so that each would hurt all the others.
 */

const sql = `${conversations} FROM conversations`;
const decide = (body: string): string =>
  `import { predicate } from 'postlude';\nexport default predicate<any, any>((row, context) => { ${body} });`;

/** Code, and what becomes of its rule: what is said where it fails, or `matched`, `clean`. */
const codes: Readonly<Record<string, readonly [code: string, told: string | RegExp]>> = {
  'a-throws': [
    decide("throw new Error('one\\ntwo \\u001b[31m')"),
    'attack/a-throws.ts:2: predicate threw: one two \u001b[31m',
  ],
  'a-throws-null': [decide('throw null'), 'attack/a-throws-null.ts: predicate threw: null'],
  'a-throws-what-throws': [
    decide('throw { toString() { throw 1; }, get message() { throw 2; } }'),
    'attack/a-throws-what-throws.ts: predicate threw: something without a text',
  ],
  'a-throws-a-liar': [
    decide('const e = new Error("where"); Object.defineProperty(e, "stack", { get() { throw 3; } }); throw e'),
    'attack/a-throws-a-liar.ts: predicate threw: where',
  ],
  'a-throws-no-stack': [
    decide('const e = new Error("x"); (e as any).stack = 7; throw e'),
    'attack/a-throws-no-stack.ts: predicate threw: x',
  ],
  'a-promise': [
    decide('return Promise.reject(new Error("late"))'),
    'attack/a-promise.ts: predicate returned a promise: it has to decide at once',
  ],
  'a-never-resolved': [
    decide('return new Promise(() => {})'),
    'attack/a-never-resolved.ts: predicate returned a promise: it has to decide at once',
  ],
  'a-list': [
    decide('return []'),
    'attack/a-list.ts: predicate returned a list: it must be true, false or what to change',
  ],
  'a-function': [
    decide('return () => true'),
    /predicate returned a function: it must be true, false or what to change$/,
  ],
  'a-symbol': [decide('return Symbol("x")'), /predicate returned Symbol\(x\): it must be/],
  'a-nan': [decide('return NaN'), /predicate returned NaN: it must be/],
  'a-hidden-function': [decide('return { data: { f: () => 1 } }'), /predicate returned what is no plain data: /],
  'a-getter': [
    decide('return { get message() { throw new Error("in a getter"); } }'),
    /predicate returned what is no plain data: in a getter$/,
  ],
  'a-proxy': [
    decide('return new Proxy({}, { ownKeys() { throw new Error("in a trap"); } })'),
    /predicate returned what is no plain data: /,
  ],
  'a-circle': [decide('const data: any = {}; data.data = data; return { data }'), /attack\/a-circle\.(sql|ts): /],
  'a-deep-value': [
    decide('let data: any = {}; for (let i = 0; i < 100000; i++) data = { data }; return { data }'),
    /attack\/a-deep-value\.(sql|ts): /,
  ],
  'a-cause': [decide('return { cause: "__proto__" }'), /the cause "__proto__" is not declared/],
  'a-account': [decide('return { accountId: "AC99" }'), /predicate returned the unknown key "accountId"/],
  'a-severity': [decide('return { severity: "fatal" }'), /predicate returned a wrong severity/],
  'a-related': [decide('return { related: [{ type: "evil", id: 1 }] }'), /predicate returned a wrong related/],
  'b-writes-row': [decide('row.account_id = "x"; return true'), /predicate threw: Cannot assign to read only property/],
  'b-writes-globals': [
    decide(`
      Array.prototype.push = function () { throw new Error('poisoned') };
      Array.prototype.map = Array.prototype.flatMap = () => [];
      Object.prototype.severity = 'critical';
      Object.prototype.toJSON = () => 'poisoned';
      JSON.stringify = () => 'poisoned';
      Date.now = () => 0;
      Date.prototype.toISOString = () => 'poisoned';
      Promise.prototype.then = () => {};
      (globalThis as any).z = { safeParse: () => ({ success: true }) };
      String.prototype.replaceAll = () => 'poisoned';
      Math.round = () => -1;
      return true;`),
    'matched',
  ],
  'b-writes-environment': [
    decide('process.env.NO_COLOR = ""; process.env.POSTLUDE_WITNESS = "seen"; process.exitCode = 77; return false'),
    'clean',
  ],
  'b-writes-params': [decide('try { context.params.x = 1; } catch {} context.params = null; return false'), 'clean'],
  'b-changes-api': [
    "import * as api from 'postlude';\ntry { (api as any).intervalMs = () => 0; } catch {}\nexport default api.predicate(() => false);",
    'clean',
  ],
  'c-exits': [decide('process.exit(0)'), 'attack/c-exits.ts: predicate ended its thread'],
  'c-exits-as-loaded': [
    'process.exit(0);\nexport default 1;',
    'attack/c-exits-as-loaded.ts: predicate ended its thread',
  ],
  'c-real-exit': [
    decide('(process as any).reallyExit(0); return false'),
    /^(clean|attack\/c-real-exit\.ts: predicate .*)$/,
  ],
  'c-aborts': [
    decide('process.abort(); return false'),
    /attack\/c-aborts\.ts:2: predicate threw: process.abort\(\) is not supported in workers/,
  ],
  'c-changes-folder': [
    decide('process.chdir("/"); return true'),
    /predicate threw: process.chdir\(\) is not supported in workers/,
  ],
  'c-rejects': [
    'Promise.reject(new Error("nobody waits"));\nawait new Promise((r) => setTimeout(r, 20));\nexport default 1;',
    'attack/c-rejects.ts: predicate ended its thread: nobody waits',
  ],
  'c-throws-later': [
    decide('setTimeout(() => { throw new Error("later") }, 0); setInterval(() => {}, 1); return true'),
    /^(matched|attack\/c-throws-later\.ts: predicate ended its thread: later)$/,
  ],
  'c-never-ends': [decide('setInterval(() => {}, 1000); return true'), 'matched'],
  'd-prints': [
    decide(
      'console.log("printed\\u001b]0;x\\u0007\\u202e"); process.stdout.write("{\\"rules\\": []}\\n"); console.error("warned"); return true',
    ),
    'matched',
  ],
  'e-loops': [decide('for (;;) {}'), 'attack/e-loops.ts: stopped after 4 s, the time limit'],
  'e-forges': [
    "import { parentPort } from 'node:worker_threads';\nparentPort!.postMessage({ kind: 'answers', answers: 'all' });\nparentPort!.on('message', () => parentPort!.postMessage({ kind: 'loaded', events: 7 }));\nexport default 1;",
    /attack\/e-forges\.ts: /,
  ],
  'z-witness': [
    decide(`
      const seen = [process.env.POSTLUDE_WITNESS, (Object.prototype as any).severity, (globalThis as any).z, process.exitCode];
      return { data: { seen: JSON.stringify(seen), list: [1].map((n) => n + 1), at: new Date(0).toISOString() } };`),
    'matched',
  ],
};

const files = Object.fromEntries(
  Object.entries(codes).flatMap(([name, [code]]) => [
    [`attack/${name}.sql`, ruleText({ sql })],
    [`attack/${name}.ts`, code],
  ]),
);

describe('predicates of others', () => {
  let audited: Attacked;
  beforeAll(async () => {
    await build();
    audited = await auditWith(files, ['--rule-timeout', '4s', '--memory-limit', '1300MB']);
  }, 240_000);

  test.each(Object.entries(codes).map(([name, [, told]]) => [name, told] as const))('%s', (name, told) => {
    if (typeof told === 'string') expect(audited.rules[`attack/${name}`]).toBe(told);
    else expect(audited.rules[`attack/${name}`]).toMatch(told);
  });

  test('change nothing of what the others see, or of what is told', () => {
    const witness = audited.findings.find(({ ruleId }) => ruleId === 'attack/z-witness');
    expect(witness?.data).toEqual({ seen: '[null,null,null,null]', list: [2], at: '1970-01-01T00:00:00.000Z' });
    expect(audited.findings.map(({ ruleId }) => ruleId)).toContain('merge/shared-profile');
    expect(audited.code).toBe(2);
  });

  test('print to standard error, with nothing in it that a terminal would obey', () => {
    expect(audited.stdout.startsWith('{')).toBe(true);
    expect(audited.stderr).toContain('printed<U+001B>]0;x<U+0007><U+202E>\n');
    expect(audited.stderr).toContain('warned');
    expect(audited.stderr).not.toMatch(/\n {4}at |this is a bug/);
  });
});

test('--no-code refuses them, and not those that came with postlude', async () => {
  const { code, rules, findings } = await auditWith(
    { 'attack/x.sql': ruleText({ sql }), 'attack/x.ts': 'process.exit(0)' },
    ['--no-code'],
  );
  expect(code).toBe(2);
  expect(rules).toEqual({
    'attack/x': 'attack/x.ts: has code, and code of rules is not allowed in this run',
    'merge/shared-profile': 'matched',
  });
  expect(findings.map(({ ruleId }) => ruleId)).toEqual(['merge/shared-profile']);
});

test('one that loops is also stopped in rules lint, rules run and rules test', async () => {
  // Of the second case it finds nothing, so that the file of cases is right.
  const cwd = await folderWith({
    'mine/attack/x.sql': ruleText({ sql }),
    'mine/attack/x.ts': decide('for (;;) {}'),
    'mine/attack/x.cases.yaml':
      'cases:\n  - name: a\n    events: [{ type: conversation.created, conversation: talk }]\n    expect: [{ subject: talk }]\n  - name: b\n    events: [{ type: participant.created, participant: ann }]\n    expect: []\n',
  });
  const [lint, run, cases] = await Promise.all([
    postlude(['rules', 'lint', 'mine'], { cwd }),
    postlude(['rules', 'run', 'attack/x', sharedProfile, '--rules-dir', 'mine', '--rule-timeout', '3s'], { cwd }),
    postlude(['rules', 'test', 'mine', '--rule-timeout', '3s'], { cwd }),
  ]);
  expect(lint.code, lint.stdout).toBe(2);
  expect(run).toEqual({
    code: 2,
    stdout: '',
    stderr: 'postlude: mine/attack/x.ts: stopped after 3 s, the time limit\n',
  });
  expect({ code: cases.code, told: cases.stdout }).toEqual({
    code: 1,
    told: expect.stringContaining('stopped after 3 s, the time limit'),
  });
}, 60_000);

test('what the fixtures hold is as it was', () => {
  expect(readFileSync(`${sharedProfile}/debugger.ndjson`, 'utf8').length).toBeGreaterThan(1_000);
});
