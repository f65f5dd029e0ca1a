import type { Row } from '../engine/arrow.ts';
import { compareText } from '../engine/compare.ts';
import type { Session } from '../engine/session.ts';
import type { Result } from '../report/rows.ts';
import type { Candidate } from '../rules/candidate.ts';
import { ctesOf } from '../rules/ctes.ts';
import { type JsonValue, jsonValue } from '../rules/json-value.ts';
import { sqlParams } from '../rules/param-values.ts';
import { formatProblem, positionAt } from '../rules/position.ts';
import type { Params } from '../rules/predicate.ts';
import type { Rule } from '../rules/rule.ts';
import { type JudgedRow, judgeRule, type RunOptions } from '../rules/run.ts';
import { type QueryResult, startSelect } from './query.ts';
import { StatementError } from './statement-error.ts';

/** The rows of a rule's SELECT, with what its predicate makes of them in columns of their own, and how many there are. */
export type RuleRows = {
  readonly result: Result;
  readonly rows: number;
  /** Null where the rule has no predicate: then every row is kept as it is. */
  readonly predicate: { readonly kept: number; readonly changed: number } | null;
  readonly skipped: string | null;
};

/**
 * Runs a rule over the tables of a session. With a predicate the first columns are `predicate_keeps` and `predicate_changes`: what
 * the finding says otherwise than the row alone would. Rows are sorted by account and subject.
 * @param changesAs `text`: `severity: error → info; data.digits: NULL → 7`; `json`: an object with before and after by name
 * @throws UserError where the rule fails
 */
export async function ruleRows(
  session: Session,
  rule: Rule,
  params: Params,
  options: RunOptions & { readonly changesAs: 'text' | 'json' },
): Promise<RuleRows> {
  const judged = await judgeRule(session, rule, params, options);
  const rows = judged.rows.toSorted(
    (a, b) =>
      compareText(String(a.row.account_id), String(b.row.account_id)) ||
      compareText(String(a.row.subject_id), String(b.row.subject_id)),
  );
  if (rule.predicateFile === undefined) {
    const plain = rows.map(({ row }) => row);
    return {
      result: { columns: judged.columns, rows: inOne(plain) },
      rows: rows.length,
      predicate: null,
      skipped: judged.skipped,
    };
  }
  const told = rows.map((each) => ({ ...each, changes: changesOf(each) }));
  const columns = [
    { name: 'predicate_keeps', type: 'BOOLEAN' },
    { name: 'predicate_changes', type: options.changesAs === 'json' ? 'JSON' : 'VARCHAR' },
    ...judged.columns,
  ];
  const shown = told.map(
    ({ row, after, changes }): Row => ({
      predicate_keeps: after !== null,
      predicate_changes: changes.length === 0 ? null : options.changesAs === 'json' ? asJson(changes) : asText(changes),
      ...row,
    }),
  );
  return {
    result: { columns, rows: inOne(shown) },
    rows: rows.length,
    predicate: {
      kept: told.filter(({ after }) => after !== null).length,
      changed: told.filter(({ changes }) => changes.length > 0).length,
    },
    skipped: judged.skipped,
  };
}

async function* inOne(rows: readonly Row[]): AsyncGenerator<readonly Row[], void, undefined> {
  yield rows;
}

type Difference = { readonly name: string; readonly before: JsonValue; readonly after: JsonValue };

/** In what a finding differs from what its row says. */
function changesOf({ before, after }: JudgedRow): readonly Difference[] {
  if (after === null) return [];
  const now = told(after);
  // Without its predicate the row has no cause, and so no message either; the rest is the header's.
  const was = before === null ? { ...now, cause: null, message: null } : told(before);
  return [...new Set([...Object.keys(was), ...Object.keys(now)])].flatMap((name) => {
    const difference = { name, before: was[name] ?? null, after: now[name] ?? null };
    return JSON.stringify(difference.before) === JSON.stringify(difference.after) ? [] : [difference];
  });
}

function told(candidate: Candidate): Readonly<Record<string, JsonValue>> {
  const { cause, severity, certainty, firstSeen, lastSeen, ongoing, eventKeys, related, data, message } = candidate;
  return {
    cause,
    severity,
    certainty,
    first_seen: jsonValue(firstSeen),
    last_seen: jsonValue(lastSeen),
    ongoing,
    event_keys: jsonValue(eventKeys),
    related: jsonValue(related),
    ...Object.fromEntries(Object.entries(data).map(([name, value]) => [`data.${name}`, value])),
    message,
  };
}

function asJson(changes: readonly Difference[]): string {
  return JSON.stringify(Object.fromEntries(changes.map(({ name, before, after }) => [name, { before, after }])));
}

function asText(changes: readonly Difference[]): string {
  const text = (value: JsonValue) =>
    value === null ? 'NULL' : typeof value === 'string' ? value : JSON.stringify(value);
  return changes.map(({ name, before, after }) => `${name}: ${text(before)} → ${text(after)}`).join('; ');
}

/**
 * The rows of one common table expression of a rule's SQL, as they come.
 * @throws UserError where there is none of that name
 * @throws StatementError with the place in the rule's file in its message
 */
export async function cteRows(session: Session, rule: Rule, params: Params, name: string): Promise<QueryResult> {
  const sql = ctesOf(rule.sql).upTo(name);
  try {
    return await startSelect(session.connection, sql, sqlParams({ ...rule, sql }, params));
  } catch (thrown) {
    if (!(thrown instanceof StatementError)) throw thrown;
    const place = positionAt(rule.text, rule.sqlOffset + (thrown.offset ?? 0));
    throw new StatementError(formatProblem({ file: rule.file, ...place, message: thrown.message }), null);
  }
}
