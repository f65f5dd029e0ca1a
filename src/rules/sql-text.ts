/** What a text of SQL holds besides its words: DuckDB's tree has no place for these. */
export type SqlText = {
  /** `$name` and where it stands, in characters. */
  readonly params: readonly { readonly name: string; readonly offset: number }[];
  /** `;` outside of texts, names and comments. */
  readonly semicolons: readonly number[];
  /** Where the statement begins, behind blanks and comments; null where there is none. */
  readonly start: number | null;
};

const lexeme = new RegExp(
  [
    String.raw`(?<comment>--[^\n]*|/\*)`,
    String.raw`(?<text>[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?)`,
    '(?<name>"(?:[^"]|"")*"?)',
    String.raw`(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)`,
    String.raw`\$(?<param>[\w\u0080-\uffff]+)`,
    // A word is taken whole, so that the e of `type'x'` does not begin a text of its own.
    String.raw`(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    '(?<semicolon>;)',
    String.raw`(?<other>\S)`,
  ].join('|'),
  'gu',
);

/** Reads SQL as DuckDB's lexer parts it: comments nest, `$$…$$` and `E'…\''` are texts. */
export function readSqlText(sql: string): SqlText {
  const params: { name: string; offset: number }[] = [];
  const semicolons: number[] = [];
  let start: number | null = null;
  lexeme.lastIndex = 0;
  for (let match = lexeme.exec(sql); match !== null; match = lexeme.exec(sql)) {
    const { comment, dollar, param, semicolon } = match.groups ?? {};
    if (comment === '/*') lexeme.lastIndex = commentEnd(sql, match.index);
    if (comment !== undefined) continue;
    if (semicolon !== undefined) {
      semicolons.push(match.index);
      continue;
    }
    start ??= match.index;
    if (dollar !== undefined) {
      const end = sql.indexOf(dollar, lexeme.lastIndex);
      lexeme.lastIndex = end < 0 ? sql.length : end + dollar.length;
    }
    if (param !== undefined) params.push({ name: param, offset: match.index });
  }
  return { params, semicolons, start };
}

function commentEnd(sql: string, start: number): number {
  const bound = /\/\*|\*\//gu;
  bound.lastIndex = start;
  let depth = 0;
  for (let match = bound.exec(sql); match !== null; match = bound.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return bound.lastIndex;
  }
  return sql.length;
}

/** A rule's statement without its closing `;`, so that it can stand inside another. Every place stays where it was. */
export function withoutSemicolons(sql: string): string {
  let text = sql;
  for (const offset of readSqlText(sql).semicolons) text = `${text.slice(0, offset)} ${text.slice(offset + 1)}`;
  return text;
}
