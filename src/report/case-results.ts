import type { Difference } from '../cases/compare.ts';
import { type CaseOutcome, hasPassed } from '../cases/run.ts';
import type { CaseResults } from '../cases/test.ts';
import { formatProblem } from '../rules/position.ts';
import type { Formats, Report } from './index.ts';
import type { ReportOptions } from './options.ts';
import { escapeInJson, sanitise } from './sanitise.ts';
import { style } from './style.ts';
import { count, formatDuration, wrap } from './text.ts';
import { type Element, xmlDocument } from './xml.ts';

export const caseFormats: Formats<CaseResults> = new Map<string, Report<CaseResults>>([
  ['terminal', terminal],
  ['json', json],
  ['junit', junit],
]);

function* terminal({ outcomes, problems, arrangements, durationMs }: CaseResults, options: ReportOptions) {
  const paint = style(options.colour);
  for (const problem of problems) yield `${sanitise(formatProblem(problem))}\n`;
  for (const [ruleId, own] of byRule(outcomes)) {
    const failed = own.filter((outcome) => !hasPassed(outcome));
    if (failed.length === 0) yield `${paint.quiet('ok')}    ${ruleId}  ${paint.quiet(count(own.length, 'case'))}\n`;
    for (const outcome of failed) {
      yield `${paint.severity.error('FAIL')}  ${ruleId} ▸ ${sanitise(outcome.name)}\n`;
      yield `      ${paint.quiet(sanitise(`${outcome.file}:${outcome.line}`))}\n`;
      if (outcome.failure !== null) {
        for (const line of outcome.failure.split('\n')) yield* indented(line, 6, options.width);
      }
      for (const difference of outcome.differences) yield* told(difference, options.width);
    }
  }
  const passed = outcomes.filter(hasPassed).length;
  const rules = byRule(outcomes).size;
  const words = [
    `${count(passed, 'case')} passed`,
    ...(passed === outcomes.length ? [] : [paint.severity.error(`${outcomes.length - passed} failed`)]),
    ...(problems.length === 0 ? [] : [paint.severity.error(`${count(problems.length, 'problem')} in files`)]),
  ];
  yield `${words.join(', ')}: ${count(rules, 'rule')}, each case in ${arrangements} arrangements, in ${formatDuration(durationMs)}\n`;
}

function* told(difference: Difference, width: number): Generator<string> {
  const { expected, found } = difference;
  yield* indented(whatOf(difference), 6, width);
  yield* labelled('expected', expected, width);
  yield* labelled('found', found, width);
}

function* labelled(label: string, text: string | undefined, width: number): Generator<string> {
  if (text === undefined) return;
  const [first = '', ...more] = wrap(text, width - 18, 40);
  yield `        ${label.padEnd(10)}${first}\n`;
  for (const line of more) yield `${' '.repeat(18)}${line}\n`;
}

function* indented(text: string, columns: number, width: number): Generator<string> {
  for (const line of wrap(text, width - columns, 40)) yield `${' '.repeat(columns)}${line}\n`;
}

function* json({ outcomes, problems, arrangements, durationMs }: CaseResults): Generator<string> {
  const cases = outcomes.map((outcome) => ({
    rule: outcome.ruleId,
    name: outcome.name,
    file: outcome.file,
    line: outcome.line,
    status: hasPassed(outcome) ? 'passed' : 'failed',
    failure: outcome.failure,
    differences: outcome.differences.map(({ what, arrangement, expected, found }) => ({
      what,
      arrangement: arrangement ?? null,
      expected: expected ?? null,
      found: found ?? null,
    })),
  }));
  yield `${escapeInJson(JSON.stringify({ arrangements, durationMs: Math.round(durationMs), problems, cases }, null, 2))}\n`;
}

/** A rule is a suite. What is wrong with files is a suite of its own, as nothing in them could be played. */
function* junit({ outcomes, problems }: CaseResults): Generator<string> {
  const suites = [...byRule(outcomes)].map(([ruleId, own]) =>
    suite(
      ruleId,
      own.map((outcome) => ({
        name: outcome.name,
        file: outcome.file,
        message: hasPassed(outcome) ? null : messageOf(outcome),
      })),
    ),
  );
  const broken = problems.map((problem) => ({
    name: `${problem.file}:${problem.line}:${problem.column}`,
    file: problem.file,
    message: problem.message,
  }));
  yield* xmlDocument({
    name: 'testsuites',
    children: broken.length === 0 ? suites : [suite('files', broken), ...suites],
  });
}

type JunitCase = { readonly name: string; readonly file: string; readonly message: string | null };

function suite(name: string, cases: readonly JunitCase[]): Element {
  const failures = cases.filter(({ message }) => message !== null).length;
  return {
    name: 'testsuite',
    attributes: { name, tests: String(cases.length), failures: String(failures), errors: '0' },
    children: cases.map(({ name: title, file, message }) => ({
      name: 'testcase',
      attributes: { classname: name, name: title, file },
      children:
        message === null
          ? []
          : [{ name: 'failure', attributes: { message: message.split('\n')[0] ?? '' }, text: message }],
    })),
  };
}

function messageOf({ failure, differences }: CaseOutcome): string {
  if (failure !== null) return failure;
  return differences
    .map(({ expected, found, ...difference }) =>
      [
        whatOf(difference),
        ...(expected === undefined ? [] : [`  expected ${expected}`]),
        ...(found === undefined ? [] : [`  found    ${found}`]),
      ].join('\n'),
    )
    .join('\n');
}

function whatOf({ what, arrangement }: Difference): string {
  return arrangement === undefined ? what : `${what}, when ${arrangement}`;
}

function byRule(outcomes: readonly CaseOutcome[]): ReadonlyMap<string, readonly CaseOutcome[]> {
  const rules = new Map<string, CaseOutcome[]>();
  for (const outcome of outcomes) {
    const own = rules.get(outcome.ruleId) ?? [];
    rules.set(outcome.ruleId, own);
    own.push(outcome);
  }
  return rules;
}
