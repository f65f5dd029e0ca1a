import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseRules } from '../../src/rules/choose.ts';
import { shippedRulesDir } from '../../src/rules/discover.ts';
import { folderOf, ruleText } from './rule-folder.ts';

const ids = (rules: readonly { readonly id: string }[]) => rules.map(({ id }) => id);

describe('the rules that a call means', () => {
  test('are the shipped ones where it names none', async () => {
    const chosen = await chooseRules([]);
    expect(ids(chosen.rules)).toContain('voice/silent-call');
    expect(chosen).toMatchObject({ problems: [], others: [], folders: [{ path: shippedRulesDir() }] });
  });

  test('keep their ids where a path leads into the shipped ones', async () => {
    const folder = await chooseRules([join(shippedRulesDir(), 'voice')]);
    expect(ids(folder.rules)).toContain('voice/silent-call');
    expect(ids(folder.rules).filter((id) => !id.startsWith('voice/'))).toEqual([]);
    const file = await chooseRules([join(shippedRulesDir(), 'voice', 'silent-call.sql')]);
    expect(ids(file.rules)).toEqual(['voice/silent-call']);
    expect(file.named).toEqual(new Set(['voice/silent-call']));
    expect(ids(file.folders[0]?.rules ?? [])).toContain('merge/shared-address');
  });

  test('are those of the folders, and patterns choose among these alone', async () => {
    const folder = await folderOf({ 'voice/mine.sql': ruleText(), 'merge/mine.sql': ruleText() });
    expect(ids((await chooseRules([], [folder])).rules)).toEqual(['merge/mine', 'voice/mine']);
    expect(ids((await chooseRules([folder])).rules)).toEqual(['merge/mine', 'voice/mine']);
    const voice = await chooseRules(['voice/*'], [folder]);
    expect(ids(voice.rules)).toEqual(['voice/mine']);
    expect(voice.named.size).toBe(0);
    expect(ids(voice.others)).toContain('voice/silent-call');
    expect(ids((await chooseRules([join(folder, 'voice')], [folder])).rules)).toEqual(['voice/mine']);
    await expect(chooseRules(['voice/silent-call'], [folder])).rejects.toThrow('no rule matches "voice/silent-call"');
  });

  test('come with what is wrong in their files, and in what is meant as a whole', async () => {
    const folder = await folderOf({
      'voice/mine.sql': ruleText(),
      'voice/wrong.sql': ruleText({ header: 'owner: me\n' }),
      'merge/wrong.sql': ruleText({ header: 'owner: me\n' }),
      'merge/lone.cases.yaml': 'cases: []\n',
    });
    const files = ({ problems }: { readonly problems: readonly { readonly file: string }[] }) =>
      problems.map(({ file }) => file.replace(`${folder}/`, ''));
    expect(files(await chooseRules([folder]))).toEqual(['merge/lone.cases.yaml', 'merge/wrong.sql', 'voice/wrong.sql']);
    expect(files(await chooseRules([folder, 'voice/*']))).toEqual(['voice/wrong.sql']);
    expect(files(await chooseRules([join(folder, 'voice', 'mine.sql')]))).toEqual([]);
    expect(ids((await chooseRules([folder, 'voice/wrong'])).broken)).toEqual(['voice/wrong']);
  });

  test('are none in a folder without any, which is told as that', async () => {
    const folder = await folderOf({ 'words.txt': 'nothing' });
    await expect(chooseRules([folder])).rejects.toThrow(`there is no rule in ${folder}: a rule is a .sql file`);
    // What could be a pattern, too.
    await expect(chooseRules(['docs'])).rejects.toThrow('there is no rule in docs: a rule is a .sql file');
  });
});
