import stringWidth from 'string-width';
import { type AccountMatrix, type AccountRow, accountMatrix, type RuleRow } from '../findings/account-matrix.ts';
import type { Finding } from '../findings/finding.ts';
import { severityRank } from '../findings/order.ts';
import type { AuditResult } from '../findings/result.ts';
import { type Severity, severities } from '../rules/vocabulary.ts';
import type { Style } from './style.ts';
import { clip, count, grouped, pad, wrap } from './text.ts';

/** They are called `a` to `j`. */
const shownAccounts = 10;
const shownRules = 12;
/** Of fewer accounts their findings tell enough. */
const fewestInMatrix = 4;
const longestAccount = 40;
const longestRule = 40;
const letters = 'abcdefghij';

type Options = { readonly width: number; readonly leastSeverity: Severity; readonly paint: Style };

/** What is told of accounts: those with the most findings, and which rules found them. */
export type ToldAccounts = {
  readonly matrix: AccountMatrix;
  /** With findings, the most first; no more than a report shows. */
  readonly shown: readonly AccountRow[];
  /** With findings, beyond those. */
  readonly more: readonly AccountRow[];
  readonly without: number;
  /** Worst first. */
  readonly severities: readonly Severity[];
  /** Findings are new ones, and others are known. */
  readonly isNew: boolean;
};

/** Null where the run has but one account, or nothing that is shown was found. */
export function toldAccounts(
  result: AuditResult,
  shownFindings: readonly Finding[],
  leastSeverity: Severity,
): ToldAccounts | null {
  const { accounts = [], baseline } = result;
  if (Math.max(result.run.accounts, accounts.length) < 2) return null;
  // Without the mild ones the numbers of the result say too much.
  const matrix = accountMatrix(leastSeverity === 'info' ? result : { findings: shownFindings });
  const found = matrix.accounts.filter(({ total }) => total > 0);
  if (found.length === 0) return null;
  return {
    matrix,
    shown: found.slice(0, shownAccounts),
    more: found.slice(shownAccounts),
    without: Math.max(result.run.accounts, accounts.length) - found.length,
    severities: severities.filter((severity) => severityRank(severity) >= severityRank(leastSeverity)).toReversed(),
    isNew: baseline !== undefined && leastSeverity === 'info',
  };
}

/** Accounts with what was found in each, a line each; and, of several, a table of rules by accounts. */
export function accountSections(result: AuditResult, shownFindings: readonly Finding[], options: Options): string[][] {
  const told = toldAccounts(result, shownFindings, options.leastSeverity);
  if (told === null) return [];
  const isMany = told.shown.length + told.more.length >= fewestInMatrix;
  return [totalLines(told, isMany, options), ...(isMany ? [matrixLines(told, options)] : [])];
}

/** The columns of numbers, with what each says of an account. */
export function totalColumns(
  told: ToldAccounts,
): readonly (readonly [head: string, of: (row: AccountRow) => number])[] {
  return [
    ...told.severities.map((severity) => [severity, ({ findings }: AccountRow) => findings[severity]] as const),
    ...(told.isNew
      ? ([
          ['new', ({ total }: AccountRow) => total],
          ['known', ({ known }: AccountRow) => known],
        ] as const)
      : ([['all', ({ total }: AccountRow) => total]] as const)),
  ];
}

/** `… 12 more accounts with 30 findings, 4 without any`; null where all are told. */
export function restOfAccounts({ more, without, isNew }: ToldAccounts): string | null {
  const findings = more.reduce((sum, { total }) => sum + total, 0);
  const word = isNew ? 'new finding' : 'finding';
  if (more.length === 0) return without === 0 ? null : `${count(without, 'account')} without any ${word}`;
  return `… ${count(more.length, 'more account')} with ${count(findings, word)}${without === 0 ? '' : `, ${grouped(without)} without any`}`;
}

function totalLines(told: ToldAccounts, withLetters: boolean, { width, paint }: Options): string[] {
  const columns = totalColumns(told);
  const names = told.shown.map(({ id }) => clip(id, longestAccount));
  const leads = names.map((name, at) => `  ${withLetters ? `${letters[at]}  ` : ''}${name}`);
  const heading = told.isNew ? 'Accounts by new findings' : 'Accounts by findings';
  const across = Math.max(heading.length, ...leads.map((lead) => stringWidth(lead)));
  const widths = columns.map(([head, of]) =>
    Math.max(head.length, ...told.shown.map((row) => grouped(of(row)).length)),
  );
  const rest = restOfAccounts(told);
  const restLines = rest === null ? [] : wrap(rest, width - 4).map((line, at) => (at === 0 ? '  ' : '    ') + line);
  if (across + widths.reduce((sum, column) => sum + column + 2, 0) > width) {
    return [
      paint.heading(heading),
      ...told.shown.flatMap((row, at) => [
        leads[at] ?? '',
        `${' '.repeat(withLetters ? 7 : 4)}${columns.flatMap(([head, of]) => (of(row) === 0 || head === 'all' ? [] : [`${grouped(of(row))} ${head}`])).join(', ')}`,
      ]),
      ...restLines,
    ];
  }
  const isSeverity = (head: string): head is Severity => told.severities.some((severity) => severity === head);
  const cells = (row: AccountRow) =>
    columns.map(([head, of], at) => {
      const n = of(row);
      const text = (n === 0 ? '·' : grouped(n)).padStart((widths[at] ?? 0) + 2);
      if (n === 0) return paint.quiet(text);
      return isSeverity(head) ? paint.severity[head](text) : text;
    });
  return [
    `${paint.heading(heading)}${' '.repeat(across - heading.length)}${paint.quiet(columns.map(([head], at) => head.padStart((widths[at] ?? 0) + 2)).join(''))}`,
    ...told.shown.map((row, at) => `${pad(leads[at] ?? '', across)}${cells(row).join('')}`),
    ...restLines,
  ];
}

/** Rules as rows, since their names are long, and accounts as columns, by their letters. */
function matrixLines({ matrix, shown, isNew }: ToldAccounts, { width, paint }: Options): string[] {
  const rules = matrix.rules.slice(0, shownRules);
  const names = rules.map(({ id }) => `  ${clip(id, longestRule)}`);
  const heading = isNew ? 'Rules by accounts, new findings' : 'Rules by accounts';
  const across = Math.max(heading.length, ...names.map((name) => stringWidth(name)));
  const widthOf = (numbers: readonly number[]) => Math.max(3, ...numbers.map((n) => grouped(n).length)) + 1;
  const columnsOf = shown.map((account) => widthOf(rules.map(({ id }) => account.byRule.get(id) ?? 0)));
  const totals = widthOf(rules.map(({ total }) => total)) + 1;
  const spread = 'accounts'.length + 2;
  let room = width - across - totals - spread;
  const fitting = columnsOf.findIndex((column) => {
    room -= column;
    return room < 0;
  });
  const accounts = shown.slice(0, fitting < 0 ? shown.length : fitting);
  const cell = (n: number, column: number) => {
    const text = (n === 0 ? '·' : grouped(n)).padStart(column);
    return n === 0 ? paint.quiet(text) : text;
  };
  const heads = [
    ...accounts.map((_, at) => (letters[at] ?? '').padStart(columnsOf[at] ?? 0)),
    'all'.padStart(totals),
    'accounts'.padStart(spread),
  ];
  const cells = ({ id, total, accounts: having }: RuleRow) => [
    ...accounts.map(({ byRule }, at) => cell(byRule.get(id) ?? 0, columnsOf[at] ?? 0)),
    cell(total, totals),
    cell(having, spread),
  ];
  const rest = matrix.rules.slice(rules.length);
  const restFindings = rest.reduce((sum, { total }) => sum + total, 0);
  return [
    `${paint.heading(heading)}${' '.repeat(across - heading.length)}${paint.quiet(heads.join(''))}`,
    ...rules.map((rule, at) => {
      const name = names[at] ?? '';
      return `${paint.severity[rule.worst](name)}${' '.repeat(across - stringWidth(name))}${cells(rule).join('')}`;
    }),
    ...(rest.length === 0 ? [] : [`  … ${count(rest.length, 'more rule')} with ${count(restFindings, 'finding')}`]),
  ];
}
