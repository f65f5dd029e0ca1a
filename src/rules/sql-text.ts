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
    String.raw`--[^\n]*|/\*`,
    String.raw`[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?`,
    '"(?:[^"]|"")*"?',
    String.raw`\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$`,
    String.raw`\$[\w\u0080-\uffff]+`,
    // A word is taken whole, so that the e of `type'x'` does not begin a text of its own.
    String.raw`[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*`,
    String.raw`\S`,
  ].join('|'),
  'gu',
);

/** A piece of SQL: a `text` is any string, a `name` stands in quotes, `other` is a single character. */
export type Lexeme = {
  readonly kind: 'text' | 'name' | 'param' | 'word' | 'semicolon' | 'other';
  /** As it is written. */
  readonly text: string;
  /** Where it begins and ends, in characters. */
  readonly offset: number;
  readonly end: number;
};

/** Parts SQL as DuckDB's lexer does: comments nest and are left out, `$$…$$` and `E'…\''` are texts. What is never closed goes to the end. */
export function* lexemes(sql: string): Generator<Lexeme, void, undefined> {
  let at = 0;
  for (;;) {
    lexeme.lastIndex = at;
    const match = lexeme.exec(sql);
    if (match === null) return;
    const [start] = match;
    const offset = match.index;
    at = lexeme.lastIndex;
    if (start.startsWith('--')) continue;
    if (start === '/*') {
      at = commentEnd(sql, offset);
      continue;
    }
    const kind = kindOf(start);
    if (kind === 'text' && start.startsWith('$')) {
      const end = sql.indexOf(start, at);
      at = end < 0 ? sql.length : end + start.length;
    }
    yield { kind, text: sql.slice(offset, at), offset, end: at };
  }
}

/** By how it begins and ends. Named groups would tell it too, at several times the cost of all the rest. */
function kindOf(start: string): Lexeme['kind'] {
  if (start === ';') return 'semicolon';
  if (start.startsWith("'") || /^[eE]'/u.test(start)) return 'text';
  if (start.startsWith('"')) return 'name';
  if (start.length > 1 && start.startsWith('$')) return start.endsWith('$') ? 'text' : 'param';
  return /^[A-Za-z_\u0080-\uffff]/u.test(start) ? 'word' : 'other';
}

export function readSqlText(sql: string): SqlText {
  const params: { name: string; offset: number }[] = [];
  const semicolons: number[] = [];
  let start: number | null = null;
  for (const { kind, text, offset } of lexemes(sql)) {
    if (kind === 'semicolon') {
      semicolons.push(offset);
      continue;
    }
    start ??= offset;
    if (kind === 'param') params.push({ name: text.slice(1), offset });
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
