import { describe, expect, it } from 'vitest';
import { findRules } from '../../src/rules/discover.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { selectRules } from '../../src/rules/select.ts';
import { folderOf, ruleText } from './rule-folder.ts';

const names = ['merge/shared-profile', 'merge/shared-address', 'voice/silent-call', 'voice/deep/er', 'top'];
const someRules = async (): Promise<readonly Rule[]> =>
  (await findRules([await folderOf(Object.fromEntries(names.map((name) => [`${name}.sql`, ruleText()])))])).rules;

describe('choosing rules', () => {
  it.each([
    [[], ['merge/shared-address', 'merge/shared-profile', 'top', 'voice/deep/er', 'voice/silent-call']],
    [['voice/silent-call'], ['voice/silent-call']],
    [['voice/*'], ['voice/silent-call']],
    [['voice/**'], ['voice/deep/er', 'voice/silent-call']],
    [['voice'], ['voice/deep/er', 'voice/silent-call']],
    [['**/e?'], ['voice/deep/er']],
    [['{merge,voice}/s*'], ['merge/shared-address', 'merge/shared-profile', 'voice/silent-call']],
    [['*'], ['merge/shared-address', 'merge/shared-profile', 'top', 'voice/deep/er', 'voice/silent-call']],
    [['merge/*', '!**/shared-profile'], ['merge/shared-address']],
    [['!voice'], ['merge/shared-address', 'merge/shared-profile', 'top']],
  ])('by %j', async (patterns, ids) => {
    expect(selectRules(await someRules(), patterns).map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    ['voice/silent-cal', 'no rule matches "voice/silent-cal": did you mean "voice/silent-call"?'],
    ['silent-call', 'no rule matches "silent-call": did you mean "voice/silent-call"?'],
    ['merge/silent-kall', 'no rule matches "merge/silent-kall": did you mean "voice/silent-call"?'],
    ['memory/*', 'no rule matches "memory/*": see `postlude rules list`'],
    ['!memory', 'no rule matches "memory": see `postlude rules list`'],
    ['voice/silent.call', 'no rule matches "voice/silent.call": did you mean "voice/silent-call"?'],
  ])('refuses %s, which would check nothing', async (pattern, message) => {
    const rules = await someRules();
    expect(() => selectRules(rules, [pattern])).toThrow(message);
  });
});
