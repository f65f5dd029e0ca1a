import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config-file.ts';
import { type CommandLine, type Configured, configure } from '../../src/config/settings.ts';
import { findRules } from '../../src/rules/discover.ts';
import { folderOf, ruleText } from '../rules/rule-folder.ts';

const A = 'AC00000000000000000000000000000001';
const B = 'AC00000000000000000000000000000002';

const params = (...names: string[]) =>
  names.map((name) => `  ${name}: { type: interval, default: 5 minutes, description: how long }`).join('\n');

async function configured(text: string, commandLine: CommandLine = {}) {
  const folder = await folderOf({
    'voice/silent.sql': ruleText({ params: params('min_age', 'max_age') }),
    'voice/stuck.sql': ruleText({ params: `${params('min_age')}\n  n: { type: integer, default: 1, description: n }` }),
    'memory/none.sql': ruleText(),
    'memory/broken.sql': ruleText().replace('title', 'titel'),
  });
  const known = await findRules([folder]);
  const settled = configure(parseConfig(join(folder, 'postlude.config.yaml'), text), known, commandLine);
  return { ...settled, rules: known.rules };
}

/** The settings of one rule for an account, with intervals as minutes. */
function of({ of: settings, rules }: Configured & Awaited<ReturnType<typeof configured>>, id: string, account: string) {
  const rule = rules.find((each) => each.id === id);
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const { on, severity, params: given } = settings(rule).of(account);
  const plain = Object.entries(given).map(([name, value]) => [
    name,
    typeof value === 'object' ? value.ms / 60_000 : value,
  ]);
  return { on, severity, ...Object.fromEntries(plain) };
}

const problems = (text: string, commandLine?: CommandLine) =>
  configured(text, commandLine).then(
    () => [],
    (error: Error) => error.message.split('\n').map((line) => line.replace(/^.*postlude\.config\.yaml:/u, '')),
  );

describe('settings of rules', () => {
  it('are the defaults where nothing is said', async () => {
    const settings = await configured('');
    expect(of(settings, 'voice/silent', A)).toEqual({ on: true, severity: null, min_age: 5, max_age: 5 });
    expect(settings.off).toEqual(new Set());
  });

  it('are joined from all entries that match, in their order, name by name', async () => {
    const settings = await configured(`
rules:
  voice: { severity: info, params: { min_age: 1 minute } }
  voice/silent: { params: { max_age: 2 minutes } }
  "*/silent": { severity: error }
`);
    expect(of(settings, 'voice/silent', A)).toEqual({ on: true, severity: 'error', min_age: 1, max_age: 2 });
    expect(of(settings, 'voice/stuck', A)).toEqual({ on: true, severity: 'info', min_age: 1, n: 1 });
  });

  it('of an account go over those of all, and the command line over both', async () => {
    const text = `
rules: { voice/silent: { severity: info, params: { min_age: 1 minute, max_age: 1 minute } } }
accounts:
  AC*1: { rules: { voice: { params: { min_age: 2 minutes } } } }
  ${A}: { rules: { voice/silent: { severity: error } } }
`;
    const settings = await configured(text);
    expect(of(settings, 'voice/silent', A)).toEqual({ on: true, severity: 'error', min_age: 2, max_age: 1 });
    expect(of(settings, 'voice/silent', B)).toEqual({ on: true, severity: 'info', min_age: 1, max_age: 1 });
    const called = await configured(text, { params: { 'voice/silent': { min_age: '9 minutes' } } });
    expect(of(called, 'voice/silent', A)).toMatchObject({ min_age: 9, max_age: 1 });
    expect(of(called, 'voice/silent', B)).toMatchObject({ min_age: 9, max_age: 1 });
  });

  it('turn rules off, and a later entry on again', async () => {
    const settings = await configured(`
rules:
  "*": off
  voice/silent: on
  voice/stuck: { severity: info }
`);
    expect(settings.off).toEqual(new Set(['memory/none', 'memory/broken']));
    expect(settings.offReason).toBe('off in postlude.config.yaml');
    expect(of(settings, 'voice/stuck', A)).toMatchObject({ on: true, severity: 'info' });
    const last = await configured('rules: { voice/silent: { severity: info }, "*": off }');
    expect(last.off.size).toBe(4);
  });

  it('turn rules on or off for accounts', async () => {
    const settings = await configured(`
rules: { voice/silent: off }
accounts:
  ${A}: { rules: { voice/silent: on, voice/stuck: off } }
`);
    // Some account may need them, so they are not off altogether.
    expect(settings.off).toEqual(new Set());
    expect([A, B].map((account) => of(settings, 'voice/silent', account).on)).toEqual([true, false]);
    expect([A, B].map((account) => of(settings, 'voice/stuck', account).on)).toEqual([false, true]);
  });

  it('give way where the command line names a rule that is off', async () => {
    const text = `rules: { voice: off }\naccounts: { ${A}: { rules: { voice: off } } }`;
    const settings = await configured(text, { rules: ['voice/silent', '!memory'] });
    expect(of(settings, 'voice/silent', A).on).toBe(true);
    expect(settings.off).toEqual(new Set(['voice/stuck']));
    // A folder chooses among what is on.
    expect((await configured(text, { rules: ['voice'] })).off.size).toBe(2);
  });

  it('that fit no rule are told, all of them, each at its place', async () => {
    expect(
      await problems(`rules:
  voise/silent: off
  voice/silent: { params: { min_agee: 1 minute, max_age: 5 } }
  memory/none: { params: { x: 1 } }
  "voice/*": { params: { z: 1, min_age: soon, n: 1.5 } }
  memory/broken: { params: { whatever: 1 } }
accounts:
  AC*:
    rules:
      voice/silnt: off
      voice/stuck: { params: { n: many } }
suppressions:
  - rule: merge/*
    reason: Known
`),
    ).toEqual([
      '2:3: no rule matches "voise/silent": did you mean "voice/silent"?',
      '3:29: voice/silent has no param min_agee: did you mean "min_age"?',
      '3:49: max_age of voice/silent must be an interval such as "5 minutes" or "PT5M": 5',
      '4:28: memory/none has no param x: it has none',
      '5:26: none of the rules that match "voice/*" has a param z: they have min_age, max_age, n',
      '5:32: min_age of voice/silent must be an interval such as "5 minutes" or "PT5M": "soon"',
      '5:32: min_age of voice/stuck must be an interval such as "5 minutes" or "PT5M": "soon"',
      '5:47: n of voice/stuck must be a whole number: 1.5',
      '10:7: no rule matches "voice/silnt": did you mean "voice/silent"?',
      '11:32: n of voice/stuck must be a whole number: "many"',
      '13:5: no rule matches "merge/*": see `postlude rules list`',
    ]);
  });

  it('from a wrong --param are told as without a configuration', async () => {
    expect(await problems('', { params: { 'voice/silent': { min: '1' } } })).toEqual([
      '--param voice/silent.min: voice/silent has no param min: did you mean "min_age"?',
    ]);
  });
});
