import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findRules, formatProblems } from '../../src/rules/discover.ts';
import type { Rule } from '../../src/rules/rule.ts';

/** Writes files into a folder of the test's own, which goes with it. */
export async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** The problems of rule files, with paths relative to their folder. */
export async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await folderOf(files);
  const { problems } = await findRules([folder]);
  return problems.length === 0 ? [] : formatProblems(problems).replaceAll(`${folder}/`, '').split('\n');
}

/** The only rule of these files. */
export async function ruleOf(files: Readonly<Record<string, string>>): Promise<Rule> {
  const { rules, problems } = await findRules([await folderOf(files)]);
  const [rule] = rules;
  if (rule === undefined || problems.length > 0) throw new Error(formatProblems(problems) || 'no rule');
  return rule;
}

type Parts = { readonly header?: string; readonly params?: string; readonly causes?: string; readonly sql?: string };

/** A rule file that is right, but for the parts that the test gives. The SQL begins on its own line. */
export function ruleText({ header = '', params, causes, sql }: Parts = {}): string {
  return `/*
title: Silent call
severity: warning
subject: conversation
${header}${params === undefined ? '' : `params:\n${params}\n`}causes:
${causes ?? '  silent: { message: "{subject_id} is silent", fix: Speak. }'}
*/
${sql ?? "SELECT account_id, conversation_id AS subject_id, 'silent' AS cause FROM conversations"}
`;
}
