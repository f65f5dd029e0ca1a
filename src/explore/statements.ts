import { readSqlText } from '../rules/sql-text.ts';

/** One statement without its `;`, and where it begins in the text that it is from, in characters. */
export type Statement = { readonly sql: string; readonly offset: number };

/** Parts a text at its `;`. What comes behind the last of them is the rest, which may go on; null where nothing does. */
export function splitStatements(text: string): {
  readonly statements: readonly Statement[];
  readonly rest: Statement | null;
} {
  const statements: Statement[] = [];
  let from = 0;
  for (const semicolon of readSqlText(text).semicolons) {
    const statement = trimmed(text.slice(from, semicolon), from);
    if (statement !== null) statements.push(statement);
    from = semicolon + 1;
  }
  return { statements, rest: trimmed(text.slice(from), from) };
}

/** Without blanks and comments before it; null where there is nothing else. */
function trimmed(text: string, offset: number): Statement | null {
  const { start } = readSqlText(text);
  // A comment that is not closed yet goes on, and what follows it is not known.
  if (start === null) return null;
  return { sql: text.slice(start).trimEnd(), offset: offset + start };
}
