import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import { type ResultColumn, resultTypes } from '../engine/arrow.ts';
import { messageOf } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import { placeholders } from './message.ts';
import { defaultParams, sqlParams } from './param-values.ts';
import { charOffset, type Position, type Problem, positionAt } from './position.ts';
import type { Params } from './predicate.ts';
import type { Rule } from './rule.ts';
import { readSqlText, withoutSemicolons } from './sql-text.ts';

/** What a rule's SELECT returns. */
export type BoundRule = {
  readonly columns: readonly ResultColumn[];
  readonly problems: readonly Problem[];
};

const reserved: Readonly<Record<string, { readonly types: readonly string[]; readonly words: string }>> = {
  account_id: { types: ['VARCHAR'], words: 'VARCHAR' },
  subject_id: { types: ['VARCHAR'], words: 'VARCHAR' },
  cause: { types: ['VARCHAR'], words: 'VARCHAR' },
  certainty: { types: ['VARCHAR'], words: 'VARCHAR' },
  severity: { types: ['VARCHAR'], words: 'VARCHAR' },
  subject_type: { types: ['VARCHAR'], words: 'VARCHAR' },
  ongoing: { types: ['BOOLEAN'], words: 'BOOLEAN' },
  first_seen: { types: ['TIMESTAMP WITH TIME ZONE'], words: 'TIMESTAMPTZ' },
  last_seen: { types: ['TIMESTAMP WITH TIME ZONE'], words: 'TIMESTAMPTZ' },
  // `[]` alone is a list of INTEGER.
  event_keys: { types: ['BIGINT[]', 'INTEGER[]'], words: 'a list of event keys (BIGINT[])' },
  related: {
    types: ['STRUCT("type" VARCHAR, id VARCHAR)[]', 'STRUCT("type" VARCHAR, "id" VARCHAR)[]'],
    words: 'a list of {type, id}',
  },
};

export const reservedColumns: ReadonlySet<string> = new Set(Object.keys(reserved));

/**
 * Asks DuckDB what the rule's SELECT returns, and checks the reserved columns and the placeholders of messages.
 * The tables of the model have to be there, with or without rows; the statement is not run. Check it with `checkRuleSql` first.
 */
export async function bindRule(
  connection: DuckDBConnection,
  rule: Rule,
  params: Params = defaultParams(rule),
): Promise<BoundRule> {
  let columns: readonly ResultColumn[];
  try {
    columns = await resultTypes(connection, withoutSemicolons(rule.sql), sqlParams(rule, params));
  } catch (thrown) {
    return { columns: [], problems: [sqlProblem(rule, thrown)] };
  }
  return { columns, problems: checkColumns(rule, columns) };
}

/** What is wrong with the columns that a rule's SELECT returns, or with messages that name others. */
export function checkColumns(rule: Rule, columns: readonly ResultColumn[]): readonly Problem[] {
  return [...columnProblems(rule, columns), ...placeholderProblems(rule, columns)];
}

function columnProblems(rule: Rule, columns: readonly ResultColumn[]): Problem[] {
  const at = { file: rule.file, ...sqlStart(rule) };
  const problems: Problem[] = [];
  const names = new Set(columns.map(({ name }) => name));
  for (const name of ['account_id', 'subject_id']) {
    if (names.has(name)) continue;
    problems.push({ ...at, message: `the SELECT does not return ${name}${didYouMean(name, names)}` });
  }
  const causes = Object.keys(rule.header.causes);
  if (!names.has('cause') && causes.length > 1 && rule.predicateFile === undefined) {
    problems.push({ ...at, message: `the SELECT does not return cause, which is one of ${causes.join(', ')}` });
  }
  for (const { name, type } of columns) {
    const wanted = Object.hasOwn(reserved, name) ? reserved[name] : undefined;
    if (wanted !== undefined && !wanted.types.includes(type)) {
      problems.push({ ...at, message: `column ${name} must be ${wanted.words}, it is ${type}` });
    }
    if (/:\d+$/u.test(name) && names.has(name.replace(/:\d+$/u, ''))) {
      problems.push({ ...at, message: `the SELECT returns two columns named ${name.replace(/:\d+$/u, '')}` });
    }
  }
  return problems;
}

function placeholderProblems(rule: Rule, columns: readonly ResultColumn[]): Problem[] {
  // That account_id or subject_id is missing is told already.
  const known = ['account_id', 'subject_id', ...columns.map(({ name }) => name), ...Object.keys(rule.header.params)];
  // What a predicate adds to the data can be told too, and nobody knows its names before it has run.
  if (rule.predicateFile !== undefined) return [];
  return Object.entries(rule.header.causes).flatMap(([cause, spec]) =>
    (['message', 'fix'] as const).flatMap((key) =>
      placeholders(spec[key])
        .filter((name) => !known.includes(name))
        .map((name) => ({
          file: rule.file,
          ...rule.locate(['causes', cause, key]),
          message: `causes.${cause}.${key} names {${name}}, which the SELECT does not return${didYouMean(name, known)}`,
        })),
    ),
  );
}

function sqlStart(rule: Rule): Position {
  return positionAt(rule.text, rule.sqlOffset + (readSqlText(rule.sql).start ?? 0));
}

const duckdbError = z.object({
  exception_type: z.string(),
  exception_message: z.string(),
  position: z.coerce.number().optional(),
});

/** An error that DuckDB raised about a rule, with its place where DuckDB knows it. */
export function sqlProblem(rule: Rule, thrown: unknown): Problem {
  const { message, offset } = readSqlError(rule.sql, thrown);
  const place = offset === null ? sqlStart(rule) : positionAt(rule.text, rule.sqlOffset + offset);
  return { file: rule.file, ...place, message };
}

/** An error that DuckDB raised about a text of SQL: one line, and its place in characters, null where DuckDB does not know it. */
export function readSqlError(
  sql: string,
  thrown: unknown,
): { readonly message: string; readonly offset: number | null } {
  const raw = thrown instanceof Error ? thrown.message : String(thrown);
  const json = errorAsJson(raw);
  if (json !== null) {
    const unit = json.exception_type === 'Parser' ? 'code points' : 'bytes';
    const offset = json.position === undefined ? null : charOffset(sql, json.position, unit);
    return { message: messageOf(json.exception_message), offset };
  }
  // Before the session is locked errors are text: the message, an empty line, and the line in question with a caret.
  const [message = raw] = raw.split(/\n\s*\nLINE \d+:/u);
  const line = /\nLINE (\d+):/u.exec(raw)?.[1];
  if (line === undefined) return { message: messageOf(message), offset: null };
  const before = sql.split('\n').slice(0, Number(line) - 1);
  return { message: messageOf(message), offset: before.reduce((sum, text) => sum + text.length + 1, 0) };
}

function errorAsJson(message: string): z.infer<typeof duckdbError> | null {
  const start = message.indexOf('{"exception_type"');
  if (start < 0) return null;
  try {
    return duckdbError.parse(JSON.parse(message.slice(start)));
  } catch {
    return null;
  }
}

/** What DuckDB says about a statement while it runs. Its places are those of the statement around the rule's, so they are left out. */
export function runtimeMessage(thrown: unknown): string {
  const raw = thrown instanceof Error ? thrown.message : String(thrown);
  // What it would do about too little memory are settings that a rule cannot change.
  return messageOf(errorAsJson(raw)?.exception_message ?? raw.split(/\n\s*\nLINE \d+:/u)[0]).replace(
    /\s*Possible solutions: .*$/su,
    '',
  );
}
