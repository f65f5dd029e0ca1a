import type { ErrorCode } from '../model/error-dictionary.ts';
import type { Rule } from './rule.ts';
import { textOfFile } from './rule-files.ts';

export type RulesOfCode = {
  /** They name the code, or the HTTP status that the API sends with it. */
  readonly naming: readonly Rule[];
  /** Residual rules that tell of it where no other does. */
  readonly residual: readonly Rule[];
};

/** Which rules look at an error code, as their SQL and predicates say it: nobody has to keep a list up to date. */
export async function rulesOfCode(rules: readonly Rule[], code: ErrorCode): Promise<RulesOfCode> {
  const named = await Promise.all(rules.map((rule) => namesCode(rule, code)));
  const naming = rules.filter((_, at) => named[at] === true);
  const residual = rules.filter(
    ({ header, sql }) =>
      header.residual &&
      ((code.source === 'api' && naming.length === 0 && readsTable(sql, 'error_responses')) ||
        (code.level === 'ERROR' && readsTable(sql, 'failed_trace_events'))),
  );
  return { naming, residual };
}

async function namesCode({ sql, predicateFile }: Rule, { code, httpStatus }: ErrorCode): Promise<boolean> {
  if (hasNumber(withoutComments(sql), code)) return true;
  // A status alone is a number like any other, unless it is that of an answer of the API.
  if (httpStatus !== null && readsTable(sql, 'error_responses') && hasNumber(withoutComments(sql), httpStatus)) {
    return true;
  }
  const read = predicateFile === undefined ? null : await textOfFile(predicateFile);
  return read !== null && 'text' in read && hasNumber(withoutComments(read.text), code);
}

function readsTable(sql: string, table: string): boolean {
  return new RegExp(String.raw`\b${table}\b`, 'iu').test(withoutComments(sql));
}

function hasNumber(text: string, number: number): boolean {
  return new RegExp(String.raw`(?<![\w.])${number}(?![\w.])`, 'u').test(text);
}

/** Comments of SQL and of TypeScript. An address in a text loses its end, too, and nothing that matters here. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|--[^\n]*|\/\/[^\n]*/gu, ' ');
}
