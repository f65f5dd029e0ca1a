import { messageOf, UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import { checkYaml } from '../rules/checked-yaml.ts';
import { ctesOf } from '../rules/ctes.ts';
import { paramsOf } from '../rules/param-values.ts';
import { displayPath, type Problem } from '../rules/position.ts';
import type { Rule } from '../rules/rule.ts';
import { textOfFile } from '../rules/rule-files.ts';
import { type Case, caseFileSchema, defaultStart, type Given } from './case-file.ts';

/** The cases of one rule. */
export type CaseBook = {
  readonly rule: Rule;
  /** The `.cases.yaml` file as the user would type it. */
  readonly file: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly given: Given;
  readonly cases: readonly { readonly each: Case; readonly line: number }[];
};

/**
 * Reads the cases beside a rule. What is wrong in the file is a problem with its place, all of it; then there are none.
 * @param rules those that cases may name in `alongside`; without them such names are not looked at
 */
export async function readCases(
  rule: Rule,
  rules?: readonly Rule[],
): Promise<CaseBook | { readonly problems: readonly Problem[] }> {
  if (rule.casesFile === undefined) {
    const message =
      'the rule has no cases: write one that must match and one that must not into a .cases.yaml file beside it';
    return { problems: [{ file: rule.file, line: 1, column: 1, message }] };
  }
  const file = displayPath(rule.casesFile);
  const content = await textOfFile(rule.casesFile);
  if ('problem' in content) return { problems: [content.problem] };
  const text = content.text.replace(/^\uFEFF/u, '');
  const read = checkYaml({ file, text, name: 'the file of cases' }, caseFileSchema);
  if (!read.ok) return { problems: read.problems };
  const { value, locate } = read;

  const problems: Problem[] = [];
  const tell = (path: readonly PropertyKey[], message: string) => problems.push({ file, ...locate(path), message });
  const steps = new Set(ctesOf(rule.sql).names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  for (const [at, each] of value.cases.entries()) {
    const path = ['cases', at];
    if (seen.has(each.name)) tell([...path, 'name'], `another case has the name "${each.name}"`);
    seen.add(each.name);
    if (each.expect === undefined && each.ctes === undefined) {
      tell(path, `the case "${each.name}" expects nothing: give it expect (a list of findings, [] for none) or ctes`);
    }
    for (const [place, { cause }] of (each.expect ?? []).entries()) {
      const causes = Object.keys(rule.header.causes);
      if (cause === undefined || causes.includes(cause)) continue;
      tell([...path, 'expect', place, 'cause'], `the cause "${cause}" is not declared${didYouMean(cause, causes)}`);
    }
    for (const [param, given] of Object.entries(each.params ?? {})) {
      const wrong = wrongParam(rule, param, String(given));
      if (wrong !== null) tell([...path, 'params', param], wrong);
    }
    const known = rules?.map(({ id }) => id);
    for (const [place, id] of (each.alongside ?? []).entries()) {
      if (known === undefined || known.includes(id)) continue;
      tell([...path, 'alongside', place], `alongside names a rule that does not exist, ${id}${didYouMean(id, known)}`);
    }
    for (const name of Object.keys(each.ctes ?? {})) {
      if (steps.has(name.toLowerCase())) continue;
      tell([...path, 'ctes', name], `the SQL has no step "${name}"${didYouMean(name, steps)}`);
    }
  }
  const found = value.cases.flatMap(({ expect }) => (expect === undefined ? [] : [expect.length > 0]));
  if (!found.includes(true)) tell(['cases'], 'no case matches: at least one has to expect a finding');
  if (!found.includes(false)) tell(['cases'], 'every case matches: at least one has to expect none (expect: [])');
  if (problems.length > 0) return { problems };

  return {
    rule,
    file,
    start: Date.parse(value.start ?? defaultStart),
    given: value.given ?? {},
    cases: value.cases.map((each, at) => ({ each, line: locate(['cases', at]).line })),
  };
}

function wrongParam(rule: Rule, name: string, given: string): string | null {
  try {
    paramsOf(rule, { [name]: given });
    return null;
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    // There it is told as an option of the command line.
    return messageOf(thrown).replace(/^--param \S*\.(\w+)/u, 'params.$1');
  }
}
