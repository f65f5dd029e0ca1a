import { readSqlText } from '../rules/sql-text.ts';

/** One statement without its `;`, and where it begins in the text that it is from, in characters. */
export type Statement = { readonly sql: string; readonly offset: number };

export type Split = {
  /** Those that end in `;`. */
  readonly statements: readonly Statement[];
  /** Where the last of them ends. */
  readonly end: number;
  /** What has begun behind them; null where nothing has, or only a comment. */
  readonly rest: Statement | null;
};

/** Parts a text at each `;` that is not in a text, name or comment. */
export function splitStatements(text: string): Split {
  const statements: Statement[] = [];
  let end = 0;
  for (const semicolon of readSqlText(text).semicolons) {
    const statement = trimmed(text.slice(end, semicolon), end);
    if (statement !== null) statements.push(statement);
    end = semicolon + 1;
  }
  return { statements, end, rest: trimmed(text.slice(end), end) };
}

/** Without blanks and comments before it; null where there is nothing else. */
function trimmed(text: string, offset: number): Statement | null {
  const { start } = readSqlText(text);
  return start === null ? null : { sql: text.slice(start).trimEnd(), offset: offset + start };
}
