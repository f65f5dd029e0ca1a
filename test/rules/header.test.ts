import { execFileSync } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findRules, formatProblems } from '../../src/rules/discover.ts';
import { folderOf, problemsOf, ruleOf, ruleText } from './rule-folder.ts';

describe('a rule header', () => {
  it('is read with everything that it can say', async () => {
    const rule = await ruleOf({
      'voice/silent-call.sql': `/*
title: Voice conversation has no communications
severity: warning
subject: conversation
reference: https://example.com/silent
requires: [configurations, "messages|calls"]
explains: []
params:
  min_age: { type: interval, default: 5 minutes, description: how old a call must be }
  limit: { type: integer, default: 3, description: how many }
  ratio: { type: number, default: 0.25, description: how much }
  word: { type: string, default: hello, description: which }
  strict: { type: boolean, default: false, description: whether }
causes:
  no-transcription:
    message: "Conversation {subject_id} was open for {open_for}."
    fix: Speak.
    severity: error
    certainty: likely
    reference: https://example.com/no-transcription
falsePositives: [calls that were answered by nobody]
residual: true
*/
SELECT 1`,
    });
    expect(rule.id).toBe('voice/silent-call');
    expect(rule.sql).toBe('\nSELECT 1');
    expect(rule.text.slice(rule.sqlOffset)).toBe(rule.sql);
    expect(rule.header).toEqual({
      title: 'Voice conversation has no communications',
      severity: 'warning',
      subject: 'conversation',
      reference: 'https://example.com/silent',
      requires: ['configurations', 'messages|calls'],
      explains: [],
      params: {
        min_age: {
          type: 'interval',
          default: { months: 0, days: 0, ms: 300_000 },
          description: 'how old a call must be',
        },
        limit: { type: 'integer', default: 3, description: 'how many' },
        ratio: { type: 'number', default: 0.25, description: 'how much' },
        word: { type: 'string', default: 'hello', description: 'which' },
        strict: { type: 'boolean', default: false, description: 'whether' },
      },
      causes: {
        'no-transcription': {
          message: 'Conversation {subject_id} was open for {open_for}.',
          fix: 'Speak.',
          severity: 'error',
          certainty: 'likely',
          reference: 'https://example.com/no-transcription',
        },
      },
      falsePositives: ['calls that were answered by nobody'],
      residual: true,
    });
  });

  it('needs only title, severity, subject and causes', async () => {
    const { header } = await ruleOf({ 'voice/x.sql': ruleText() });
    expect(header).toMatchObject({
      reference: '',
      requires: [],
      explains: [],
      params: {},
      falsePositives: [],
      residual: false,
    });
  });

  it.each([
    [
      'a misspelt key',
      ruleText().replace('severity:', 'severty:'),
      [
        'voice/x.sql:3:1: unknown key "severty": did you mean "severity"?',
        'voice/x.sql:2:1: severity is missing: one of info, warning, error, critical',
      ],
    ],
    [
      'an unknown key that is like no other',
      ruleText({ header: 'owner: me\n' }),
      [
        'voice/x.sql:5:1: unknown key "owner": known are title, severity, subject, reference, requires, explains, params, causes, falsePositives, residual',
      ],
    ],
    [
      'a misspelt key of a cause',
      ruleText({ causes: '  silent:\n    message: Silent.\n    fixx: Speak.\n    fix: Speak.' }),
      ['voice/x.sql:8:5: unknown key "fixx" in causes.silent: did you mean "fix"?'],
    ],
    [
      'a wrong word',
      ruleText().replace('severity: warning', 'severity: warn'),
      ['voice/x.sql:3:1: severity must be one of info, warning, error, critical, not "warn": did you mean "warning"?'],
    ],
    [
      'a wrong kind of value',
      ruleText({ header: 'explains: voice/y\n' }).replace('title: Silent call', 'title: 42'),
      ['voice/x.sql:2:1: title must be text: 42', 'voice/x.sql:5:1: explains must be a list'],
    ],
    [
      'a default that is not of its type',
      ruleText({ params: '  min_age: { type: interval, default: 5, description: age }' }),
      ['voice/x.sql:6:30: params.min_age.default must be an interval such as "5 minutes" or "PT5M": 5'],
    ],
    [
      'a missing default',
      ruleText({ params: '  n: { type: integer, description: number }' }),
      ['voice/x.sql:6:3: params.n.default is missing'],
    ],
    [
      'a name that SQL could not use',
      ruleText({ params: '  min-age: { type: integer, default: 1, description: age }' }),
      ['voice/x.sql:6:3: params: the name "min-age" must be lower case letters, digits and _'],
    ],
    [
      'an unknown side table',
      ruleText({ header: 'requires: [stores, configuration]\n' }),
      ['voice/x.sql:5:20: requires.1 is not a side table: did you mean "configurations"?'],
    ],
    [
      'a link that is none',
      ruleText({ header: 'reference: javascript:alert(1)\n' }),
      ['voice/x.sql:5:1: reference must be an http or https address: "javascript:alert(1)"'],
    ],
    ['no cause at all', ruleText({ causes: '  {}' }), ['voice/x.sql:5:1: causes must name at least one cause']],
    [
      'broken YAML',
      ruleText({ header: 'requires: [stores\n' }),
      [
        'voice/x.sql:6:1: the header is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    [
      'a key twice',
      ruleText({ header: 'title: Again\n' }),
      ['voice/x.sql:5:1: the header is not valid YAML: Map keys must be unique'],
    ],
    [
      'no header',
      'SELECT 1',
      ['voice/x.sql:1:1: a rule begins with a comment /* … */ that holds its header: title, severity, subject, causes'],
    ],
    [
      'a header that does not end',
      '/* title: x',
      ['voice/x.sql:1:1: the comment that holds the header is never closed: */ is missing'],
    ],
    [
      'a header that is text',
      '/* nothing here */ SELECT 1',
      ['voice/x.sql:1:4: the header is not a list of keys and values'],
    ],
  ])('tells %s with its place', async (_, text, expected) => {
    expect((await problemsOf({ 'voice/x.sql': text })).sort()).toEqual([...expected].sort());
  });

  it('counts columns in characters, also behind a byte order mark and with CRLF', async () => {
    const text = ruleText({ params: '  n: { description: "größer ünd 😀", type: integer, default: 1.5 }' });
    const expected = ['x/y.sql:6:52: params.n.default must be a whole number: 1.5'];
    expect(await problemsOf({ 'x/y.sql': text })).toEqual(expected);
    expect(await problemsOf({ 'x/y.sql': `\uFEFF${text.replaceAll('\n', '\r\n')}` })).toEqual(expected);
  });

  it('cannot be blown up by aliases', async () => {
    const bomb = `/*\na: &a [x, x, x, x, x, x, x, x, x, x]\n${[...'bcdefg']
      .map((name, i) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdef'[i]}`).join(', ')}]`)
      .join('\n')}\n*/ SELECT 1`;
    const [problem] = await problemsOf({ 'x/y.sql': bomb });
    expect(problem).toMatch(/^x\/y\.sql:1:3: the header is not valid YAML: Excessive alias count/);
  });

  it('tells all mistakes of all files', async () => {
    const problems = await problemsOf({
      'a/one.sql': ruleText()
        .replace('severity: warning', 'severity: bad')
        .replace('subject: conversation', 'subject: bad'),
      'b/two.sql': ruleText().replace('title: Silent call\n', ''),
      'c/fine.sql': ruleText(),
    });
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'a/one.sql:3:1',
      'a/one.sql:4:1',
      'b/two.sql:2:1',
    ]);
  });
});

describe('finding rules', () => {
  const ids = async (folder: string) => (await findRules([folder])).rules.map(({ id }) => id);

  it('knows the files that belong to a rule, and leaves helpers alone', async () => {
    const folder = await folderOf({
      'voice/silent-call.sql': ruleText(),
      'voice/silent-call.ts': 'export default 1;',
      'voice/silent-call.cases.yaml': '[]',
      'voice/helper.ts': 'export const help = 1;',
      'voice/plain.sql': ruleText(),
      '.hidden/x.sql': 'nothing',
    });
    const { rules, problems } = await findRules([folder]);
    expect(problems).toEqual([]);
    expect(rules.map(({ id }) => id)).toEqual(['voice/plain', 'voice/silent-call']);
    expect(rules[0]?.predicateFile).toBeUndefined();
    expect(rules[1]?.predicateFile).toBe(`${folder}/voice/silent-call.ts`);
    expect(rules[1]?.casesFile).toBe(`${folder}/voice/silent-call.cases.yaml`);
  });

  it('follows links to folders, and enters no folder twice', async () => {
    const [folder, other] = [await folderOf({ 'b/x.sql': ruleText() }), await folderOf({ 'c/y.sql': ruleText() })];
    const linked = await folderOf({});
    await symlink(join(folder, 'b'), join(linked, 'a'));
    await symlink(other, join(linked, 'd'));
    // Each of these leads to what is listed already, or would be for ever.
    await symlink(join(folder, 'b'), join(folder, 'a'));
    await symlink(folder, join(folder, 'b', 'up'));
    await symlink(dirname(folder), join(folder, 'above'));
    expect(await ids(linked)).toEqual(['a/x', 'd/c/y']);
    expect(await ids(folder)).toEqual(['b/x']);
  });

  it('tells a link that may have led to rules', async () => {
    const folder = await folderOf({ 'a/x.sql': ruleText() });
    await symlink('nowhere', join(folder, 'b'));
    await symlink('c', join(folder, 'c'));
    const { rules, problems } = await findRules([folder]);
    expect(rules.map(({ id }) => id)).toEqual(['a/x']);
    expect(formatProblems(problems).replaceAll(`${folder}/`, '').split('\n')).toEqual([
      'b:1:1: cannot be read: it is a link that leads nowhere, or was taken away meanwhile',
      'c:1:1: cannot be read: it is a link that leads to itself',
    ]);
  });

  it('goes on where a file cannot be read, which it tells with its place', async () => {
    const folder = await folderOf({ 'a/x.sql': ruleText({ header: 'explains: [a/y]\n' }), 'a/z.sql': ruleText() });
    for (const name of ['a/y.sql', 'a/z.ts', 'a/z.cases.yaml', 'a/help.ts'])
      await symlink('nowhere', join(folder, name));
    const { rules, broken, problems } = await findRules([folder]);
    expect(rules.map(({ id }) => id)).toEqual(['a/x', 'a/z']);
    expect(broken.map(({ id }) => id)).toEqual(['a/y']);
    // Of what belongs to a rule whoever needs it tells.
    expect(problems.map(({ file }) => file.replace(`${folder}/`, ''))).toEqual(['a/help.ts', 'a/y.sql']);
    for (const { message } of problems) expect(message).toMatch(/^cannot be read: it is a link that leads nowhere/);
  });

  it('waits for no pipe', async () => {
    const folder = await folderOf({ 'a/x.sql': ruleText(), 'a/y.sql': ruleText() });
    const pipes = ['a/z.sql', 'a/y.ts', 'a/help.ts'];
    execFileSync(
      'mkfifo',
      pipes.map((name) => join(folder, name)),
    );
    const { rules, problems } = await findRules([folder]);
    expect(rules.map(({ id }) => id)).toEqual(['a/x', 'a/y']);
    expect(formatProblems(problems).replaceAll(`${folder}/`, '').split('\n')).toEqual([
      'a/help.ts:1:1: cannot be read: it is no file',
      'a/z.sql:1:1: cannot be read: it is no file',
    ]);
    expect((await findRules([join(folder, 'a/z.sql')])).problems).toHaveLength(1);
  });

  it('takes a single file by the name of its folder', async () => {
    const folder = await folderOf({
      'mine/one.sql': ruleText(),
      'mine/one.ts': 'export default 1',
      'mine/two.sql': ruleText(),
    });
    const { rules } = await findRules([`${folder}/mine/one.sql`]);
    expect(rules.map(({ id, predicateFile }) => [id, predicateFile])).toEqual([['mine/one', `${folder}/mine/one.ts`]]);
  });

  it('tells a predicate or cases whose rule is not there', async () => {
    expect(
      await problemsOf({
        'a/x.ts': "import { predicate } from 'postlude';\nexport default predicate(() => true);\n",
        'a/y.cases.yaml': '[]',
      }),
    ).toEqual([
      'a/x.ts:1:1: a predicate without a rule: there is no x.sql beside it (a helper has no default export)',
      'a/y.cases.yaml:1:1: cases without a rule: there is no y.sql beside them',
    ]);
  });

  it('tells the same id in two folders, and keeps the first', async () => {
    const [one, two] = [await folderOf({ 'a/x.sql': ruleText() }), await folderOf({ 'a/x.sql': ruleText() })];
    const { rules, problems } = await findRules([one, two]);
    expect(rules.map(({ file }) => file)).toEqual([`${one}/a/x.sql`]);
    expect(problems).toEqual([
      {
        file: `${two}/a/x.sql`,
        line: 1,
        column: 1,
        message: `the rule a/x is already defined in ${one}/a/x.sql: give this file another name, as it is not used`,
      },
    ]);
    expect((await findRules([one, one])).problems).toEqual([]);
  });

  it('tells explained rules that do not exist, but not those that are only broken', async () => {
    expect(
      await problemsOf({
        'a/x.sql': ruleText({ header: 'explains: [a/broken, a/brokn]\n' }),
        'a/broken.sql': ruleText().replace('title: Silent call\n', ''),
      }),
    ).toEqual([
      'a/broken.sql:2:1: title is missing',
      'a/x.sql:5:22: explains names a rule that does not exist, a/brokn: did you mean "a/broken"?',
    ]);
  });

  it('says nothing of explained rules that lie around a file which is looked at alone', async () => {
    const explains = 'explains: [b/beside, a/b/beside, b/besid, c/other]\n';
    const folder = await folderOf({
      'rules/a/b/x.sql': ruleText({ header: explains }),
      'rules/a/b/beside.sql': ruleText(),
      'rules/c/other.sql': 'not looked at',
    });
    const { problems } = await findRules([join(folder, 'rules/a/b/x.sql')]);
    expect(formatProblems(problems).replaceAll(`${folder}/`, '')).toBe(
      'rules/a/b/x.sql:5:34: explains names a rule that does not exist, b/besid: did you mean "b/beside"?',
    );
    expect((await findRules([join(folder, 'rules/a')])).problems.map(({ message }) => message)).toEqual([
      'explains names a rule that does not exist, a/b/beside: did you mean "b/beside"?',
      'explains names a rule that does not exist, b/besid: did you mean "b/beside"?',
      'explains names a rule that does not exist, c/other',
    ]);
  });

  it('tells a circle of explanations once', async () => {
    expect(
      await problemsOf({
        'a/x.sql': ruleText({ header: 'explains: [b/y, d/z]\n' }),
        'b/y.sql': ruleText({ header: 'explains: [c/w]\n' }),
        'c/w.sql': ruleText({ header: 'explains: [b/y, d/z]\n' }),
        'd/z.sql': ruleText({ header: 'explains: [d/z]\n' }),
      }),
    ).toEqual([
      'b/y.sql:5:12: explains goes in a circle: b/y → c/w → b/y',
      'd/z.sql:5:12: explains goes in a circle: d/z → d/z',
    ]);
  });

  it('refuses names that would have to be escaped wherever they are printed', async () => {
    expect(await problemsOf({ 'a/my rule.sql': ruleText() })).toEqual([
      'a/my rule.sql:1:1: the names of rule files and their folders are made of letters, digits, ., - and _',
    ]);
  });

  it('says which folder is not there', async () => {
    await expect(findRules(['/nowhere/rules'])).rejects.toThrow('no such folder or file of rules: /nowhere/rules');
  });

  it('loads neither DuckDB nor Arrow, so that `rules list` answers at once', async () => {
    const root = fileURLToPath(new URL('../../src', import.meta.url));
    const seen = new Set<string>();
    const packages = new Set<string>();
    const follow = async (file: string): Promise<void> => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(
        /^(?:import|export) (?!type )[^;]*?from '([^']+)'/gmu,
      )) {
        if (name.startsWith('.')) await follow(join(dirname(file), name));
        else packages.add(name);
      }
    };
    await follow(join(root, 'rules/discover.ts'));
    await follow(join(root, 'rules/select.ts'));
    expect(seen).toContain(join(root, 'rules/header.ts'));
    expect([...packages].filter((name) => !name.startsWith('node:')).sort()).toEqual(['yaml', 'zod']);
  });
});
