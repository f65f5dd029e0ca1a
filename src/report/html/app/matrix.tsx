import { computed, signal } from '@preact/signals';
import { compareText } from '../../../engine/compare.ts';
import { severityRank } from '../../../findings/order.ts';
import type { Severity } from '../../../rules/vocabulary.ts';
import { overview } from './blocks.ts';
import { rove } from './roving.ts';
import { SeverityMark } from './severity.tsx';
import { show, view } from './state.ts';
import { count, grouped } from './text.ts';

const { findings } = overview;

type Cell = { readonly n: number; readonly worst: Severity };
type RuleRow = {
  readonly ruleId: string;
  readonly title: string;
  readonly all: Cell;
  readonly of: ReadonlyMap<string, Cell>;
};

/** With more accounts than that, those with the most findings are shown first. */
const shownAccounts = 24;
const showsAll = signal(false);

const table = tableOf();

/** Rules, the worst first, by accounts, those with the most findings first. */
function tableOf(): {
  readonly rules: readonly RuleRow[];
  readonly accounts: readonly string[];
  readonly most: number;
} {
  const rules = new Map<string, { title: string; all: Cell; of: Map<string, Cell> }>();
  const accounts = new Map<string, number>();
  const more = (cell: Cell | undefined, severity: Severity): Cell => ({
    n: (cell?.n ?? 0) + 1,
    worst: cell !== undefined && severityRank(cell.worst) >= severityRank(severity) ? cell.worst : severity,
  });
  for (const { ruleId, title, accountId, severity } of findings) {
    const rule = rules.get(ruleId) ?? { title, all: { n: 0, worst: severity }, of: new Map<string, Cell>() };
    rule.all = more(rule.all, severity);
    rule.of.set(accountId, more(rule.of.get(accountId), severity));
    rules.set(ruleId, rule);
    accounts.set(accountId, (accounts.get(accountId) ?? 0) + 1);
  }
  const rows = [...rules].map(([ruleId, rule]) => ({ ruleId, ...rule }));
  return {
    rules: rows.sort(
      (a, b) =>
        severityRank(b.all.worst) - severityRank(a.all.worst) || b.all.n - a.all.n || compareText(a.ruleId, b.ruleId),
    ),
    accounts: [...accounts].sort(([a, n], [b, m]) => m - n || compareText(a, b)).map(([account]) => account),
    most: Math.max(1, ...rows.flatMap(({ of }) => [...of.values()].map(({ n }) => n))),
  };
}

/** As many last characters as tell the accounts apart. */
const tailLength = computed(() => {
  let length = 4;
  while (length < 34 && new Set(table.accounts.map((id) => shortOf(id, length))).size < table.accounts.length)
    length += 2;
  return length;
});

/** What is seen of an account: the end of its SID. What is no SID is a word, and short. */
function shortOf(account: string, length: number): string {
  return account.length <= 10 ? account : account.slice(-length);
}

/** What a screen reader says before that. */
function restOf(account: string, length: number): string {
  return account.slice(0, account.length - shortOf(account, length).length);
}

/** Which cell the Tab key leads to. */
const current = signal('0 0');

/** How often each rule found something in each account. A number narrows the list to it. */
export function Matrix() {
  const several = table.accounts.length > 1;
  const accounts = !several ? [] : showsAll.value ? table.accounts : table.accounts.slice(0, shownAccounts);
  const hidden = several ? table.accounts.length - accounts.length : 0;
  const { rules, accounts: chosenAccounts } = view.value;
  const only = (ruleId: string | null, accountId: string | null) => {
    const rule = ruleId === null ? [] : [ruleId];
    const account = accountId === null ? [] : [accountId];
    const isChosen = same(rules, rule) && same(chosenAccounts, account);
    show({ rules: new Set(isChosen ? [] : rule), accounts: new Set(isChosen ? [] : account) });
  };
  const stop = (row: number, column: number) => ({
    'data-row': row,
    'data-column': column,
    tabIndex: current.value === `${row} ${column}` ? 0 : -1,
    onFocus: () => {
      current.value = `${row} ${column}`;
    },
  });
  return (
    <div class="matrix">
      <div class="scrolled" onKeyDown={rove}>
        <table>
          <caption class="unseen">Findings by rule and account; arrow keys go from number to number</caption>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col" class="number">
                {several ? 'All' : 'Findings'}
              </th>
              {accounts.map((account, at) => (
                <th key={account} scope="col" class="number">
                  <button
                    type="button"
                    {...stop(-1, at + 1)}
                    class="head"
                    aria-pressed={chosenAccounts.has(account)}
                    title={account}
                    onClick={() => only(null, account)}
                  >
                    <span class="unseen">{`account ${restOf(account, tailLength.value)}`}</span>
                    {shortOf(account, tailLength.value)}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rules.map(({ ruleId, title, all, of }, row) => (
              <tr key={ruleId}>
                <th scope="row" title={title}>
                  <SeverityMark severity={all.worst} />
                  <span>{ruleId}</span>
                </th>
                <td class="number">
                  <button
                    type="button"
                    {...stop(row, 0)}
                    class="all"
                    aria-pressed={rules.has(ruleId) && chosenAccounts.size === 0}
                    aria-label={`${ruleId}: ${count(all.n, 'finding')}, worst ${all.worst}`}
                    onClick={() => only(ruleId, null)}
                  >
                    {grouped(all.n)}
                  </button>
                </td>
                {accounts.map((account, at) => {
                  const cell = of.get(account);
                  if (cell === undefined) return <td key={account} />;
                  return (
                    <td key={account} class="number">
                      <button
                        type="button"
                        {...stop(row, at + 1)}
                        class={`cell ${cell.worst}`}
                        style={{ '--weight': `${Math.round(10 + 30 * Math.sqrt(cell.n / table.most))}%` }}
                        aria-pressed={rules.has(ruleId) && chosenAccounts.has(account)}
                        aria-label={`${ruleId}, account ${account}: ${count(cell.n, 'finding')}, worst ${cell.worst}`}
                        onClick={() => only(ruleId, account)}
                      >
                        {grouped(cell.n)}
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hidden > 0 ? (
        <button type="button" class="plain" onClick={() => (showsAll.value = true)}>
          {`Show ${count(hidden, 'more account')}`}
        </button>
      ) : null}
    </div>
  );
}

function same(set: ReadonlySet<string>, items: readonly string[]): boolean {
  return set.size === items.length && items.every((item) => set.has(item));
}
