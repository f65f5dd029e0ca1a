import { chown, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { folderOf, ruleText } from '../rules/rule-folder.ts';
import { build, postlude } from './postlude.ts';

beforeAll(build, 180_000);

const silentCall = fileURLToPath(new URL('../../fixtures/silent-call', import.meta.url));

const conversation = ruleText({ sql: 'SELECT account_id, conversation_id AS subject_id FROM conversations' });

/** A folder with an export, and a folder in it to work in. */
async function project(files: Readonly<Record<string, string>>) {
  const folder = await folderOf(files);
  await cp(silentCall, join(folder, 'exports'), { recursive: true });
  const work = join(folder, 'work');
  await mkdir(work);
  const call = async (...args: readonly string[]) => {
    const { stdout, stderr, code } = await postlude(args, { cwd: work });
    return { stdout, stderr: stderr.replaceAll(`${folder}/`, ''), code };
  };
  return { folder, call };
}

const audit = ['audit', '../exports', '--rules', 'voice'];
const traced = ['trace', 'conv_conversation_01m2fp1m4vfv0a7vh5vk49e0s8', '../exports'];
const json = (text: string) => JSON.parse(text);

describe('the configuration', () => {
  test('is found above the working folder, named, or left aside', async () => {
    const { call, folder } = await project({
      'postlude.config.yaml': 'rules: { "voice/silent-*": off }',
      'ci.yaml': 'rules: { voice/silent-call: { severity: critical } }',
    });
    const silent = async (...more: string[]) => {
      const { stdout, code } = await call(...audit, '--format', 'json', ...more);
      const { rules, findings, run } = json(stdout);
      const rule = rules.find(({ id }: { id: string }) => id === 'voice/silent-call');
      const [finding] = findings.filter(({ ruleId }: { ruleId: string }) => ruleId === 'voice/silent-call');
      return [code, rule.status, rule.reason, finding?.severity, run.config];
    };
    expect(await silent()).toEqual([
      0,
      'skipped',
      'off in postlude.config.yaml',
      undefined,
      join(folder, 'postlude.config.yaml'),
    ]);
    expect(await silent('--no-config')).toEqual([0, 'matched', null, 'warning', undefined]);
    expect(await silent('--config', '../ci.yaml')).toEqual([1, 'matched', null, 'critical', join(folder, 'ci.yaml')]);
    // Naming a rule says that it is to run.
    expect((await silent('--rules', 'voice/silent-call'))[1]).toBe('matched');
  });

  test('gives way to the command line, and stands for it otherwise', async () => {
    const { call } = await project({
      'postlude.config.yaml': 'rules: { voice/silent-call: { params: { min_age: 90 days } } }',
    });
    const found = async (...more: string[]) =>
      json((await call(...audit, '--format', 'json', ...more)).stdout).findings;
    const silent = ({ ruleId }: { ruleId: string }) => ruleId === 'voice/silent-call';
    expect((await found()).some(silent)).toBe(false);
    expect((await found('--param', 'voice/silent-call.min_age=1 minute')).some(silent)).toBe(true);
  });

  test('that is wrong is told with every place, before anything is read', async () => {
    const { call } = await project({
      'postlude.config.yaml': 'rules:\n  voise: off\n  voice: { severity: info }\nrule: 1\n',
    });
    expect(await call(...audit)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'postlude.config.yaml:4:1: unknown key "rule": did you mean "rules"?\n',
    });
    const { call: again } = await project({ 'postlude.config.yaml': 'rules:\n  voise: off\n  memry/*: off\n' });
    expect((await again(...audit)).stderr).toBe(
      'postlude.config.yaml:2:3: no rule matches "voise": see `postlude rules list`\npostlude.config.yaml:3:3: no rule matches "memry/*": see `postlude rules list`\n',
    );
  });

  test.each([
    [['--config', 'none.yaml'], 'postlude: no such configuration file: none.yaml\n'],
    [['--config', ''], 'postlude: --config is empty; give it a value, or leave it out\n'],
    [['--config', 'a.yaml', '--no-config'], 'postlude: --config and --no-config contradict each other; give one\n'],
    [
      ['--confg', 'a.yaml'],
      'postlude: unknown option --confg: did you mean --config? (see postlude --help, or COMMAND --help)\n',
    ],
  ])('%j is one line', async (args, line) => {
    const { call } = await project({});
    expect(await call(...audit, ...args)).toEqual({ code: 2, stdout: '', stderr: line });
  });
});

describe('packs', () => {
  const files = {
    'postlude.config.yaml': 'packs: [./rules, acme]\n',
    'rules/team/mine.sql': conversation,
    'node_modules/acme/package.json': '{"name": "acme"}',
    'node_modules/acme/rules/acme/theirs.sql': conversation.replace('Silent call', 'Error 530004 again'),
    'node_modules/acme/rules/acme/theirs.ts':
      "import { predicate } from 'postlude';\nexport default predicate(() => true);\n",
  };

  test('are there for every command that deals with rules', async () => {
    const { call } = await project(files);
    const { stdout, stderr } = await call(
      'audit',
      '../exports',
      '--rules',
      'team',
      '--rules',
      'acme',
      '--format',
      'json',
    );
    expect(stderr).toBe('');
    const found = json(stdout).findings.map(({ ruleId }: { ruleId: string }) => ruleId);
    expect(new Set(found)).toEqual(new Set(['acme/theirs', 'team/mine']));
    const list = await call('rules', 'list', 'team', 'acme');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toMatch(/^acme\/theirs .*\nteam\/mine .*\n$/u);
    expect((await call('rules', 'list', '--no-config', 'team')).code).toBe(2);
    const trace = await call(...traced, '--rules', 'team', '--format', 'json');
    expect(json(trace.stdout).stories[0].findings).toMatchObject([{ ruleId: 'team/mine' }]);
  });

  test('are looked at for the codes that they name', async () => {
    const { call } = await project({
      ...files,
      'rules/team/mine.sql': conversation.replace('FROM conversations', 'FROM conversations WHERE 530004 > 0'),
    });
    expect((await call('explain', '530004')).stdout).toContain('team/mine');
    expect((await call('explain', '530004', '--no-config')).stdout).not.toContain('team/mine');
  });

  test('run no code with --no-code', async () => {
    const { call } = await project({
      ...files,
      'node_modules/acme/rules/acme/theirs.ts': "import { writeFileSync } from 'node:fs';\nwriteFileSync('ran', '');\n",
    });
    const { code, stdout, stderr } = await call(
      'audit',
      '../exports',
      '--rules',
      'acme',
      '--no-code',
      '--format',
      'json',
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      'node_modules/acme/rules/acme/theirs.ts: has code, and code of rules is not allowed in this run',
    );
    expect(json(stdout).findings).toEqual([]);
  });

  test('do not keep the rules from being listed where an entry fits none of them', async () => {
    const { call } = await project({ 'postlude.config.yaml': 'rules: { voice/silent-cal: off }' });
    const { code, stdout, stderr } = await call('rules', 'list', 'voice/silent-call');
    expect(code).toBe(2);
    expect(stdout).toContain('voice/silent-call');
    expect(stderr).toBe(
      'postlude.config.yaml:1:10: no rule matches "voice/silent-cal": did you mean "voice/silent-call"?\n',
    );
  });

  // Only root can give a file away.
  test.runIf(process.getuid?.() === 0)('of a file that somebody else left there run no code unasked', async () => {
    const { call, folder } = await project({ ...files, 'postlude.config.yaml': 'packs: [./rules]\n' });
    await chown(join(folder, 'postlude.config.yaml'), 12_345, 12_345);
    const rules = ['audit', '../exports', '--rules', 'team'];
    expect(await call(...rules)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'postlude: postlude.config.yaml belongs to another user, and its packs could run code: name it with --config if you trust it, or give --no-config or --no-code\n',
    });
    expect((await call(...rules, '--config', '../postlude.config.yaml')).code).toBe(0);
    expect((await call(...rules, '--no-code')).code).toBe(0);
    await writeFile(join(folder, 'postlude.config.yaml'), 'rules: { voice/silent-call: off }');
    expect((await call(...audit)).code).toBe(0);
  });
});

describe('suppressions', () => {
  const text = `suppressions:
  - { rule: voice/silent-call, reason: Known }
  - { rule: merge/*, account: AC*9, reason: Gone, expires: 2020-12-31 }
  - { rule: voice, subject: conv_none, reason: Mistaken }
`;

  test('take findings out of the report and the exit code, which says so', async () => {
    const { call } = await project({ 'postlude.config.yaml': text });
    const { stdout, code } = await call(...audit, '--fail-on', 'warning');
    expect(stdout).not.toMatch(/^WARNING {2}voice\/silent-call/mu);
    // What it caused is still there.
    expect(stdout).toMatch(/^WARNING {2}voice\/stuck-active/mu);
    expect(code).toBe(1);
    expect(stdout.replaceAll(/\s+/gu, ' ')).toMatch(
      /config \S+config\.yaml; 1 finding suppressed; expired: merge\/\* of AC\*9 \(2020-12-31\); unused: voice conv_none took /u,
    );
  });

  test('may leave nothing to tell', async () => {
    const { call } = await project({ 'postlude.config.yaml': 'suppressions: [{ rule: "*", reason: Known }]' });
    const { stdout, code } = await call(...audit, '--fail-on', 'info');
    expect(stdout).toContain('Nothing found that is not suppressed.');
    expect(stdout).toMatch(/; 2 findings suppressed$/mu);
    expect(code).toBe(0);
    const printed = json((await call(...audit, '--format', 'json')).stdout);
    expect(Object.keys(printed).slice(-2)).toEqual(['suppressions', 'accounts']);
    expect(printed.suppressions).toEqual([
      {
        rule: '*',
        account: null,
        subject: null,
        fingerprint: null,
        reason: 'Known',
        expires: null,
        status: 'used',
        findings: 2,
        accounts: [{ id: 'AC00000000000000000000000000000003', findings: 2 }],
      },
    ]);
  });

  test('are told in a trace, too', async () => {
    const { call } = await project({ 'postlude.config.yaml': 'suppressions: [{ rule: voice, reason: Known }]' });
    const { stdout } = await call(...traced, '--rules', 'voice');
    expect(stdout).not.toContain('voice/silent-call');
    expect(stdout).toMatch(/; 2 findings suppressed$/mu);
    const { stories, suppressions } = json((await call(...traced, '--rules', 'voice', '--format', 'json')).stdout);
    expect(stories[0].findings).toEqual([]);
    expect(suppressions).toMatchObject([{ rule: 'voice', status: 'used', findings: 2 }]);
  });
});
