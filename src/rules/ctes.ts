import { UserError } from '../engine/errors.ts';
import { identifier } from '../engine/session.ts';
import { didYouMean } from '../engine/suggest.ts';
import { type Lexeme, lexemes } from './sql-text.ts';

/** The common table expressions of a statement: the steps that a rule of several steps is made of. */
export type Ctes = {
  /** Those of the outermost WITH, in order, without their quotes. What is nested in them is their own business. */
  readonly names: readonly string[];
  /**
   * A statement that returns the rows of one of them: the text up to its end, and `SELECT * FROM` it. Each sees only those
   * before it, so the rest is not needed. All that stays keeps its place, and params that only the rest names are gone.
   * @throws UserError where there is none of that name; case does not matter
   */
  upTo(name: string): string;
};

type Cte = { readonly name: string; readonly end: number };

/** Reads the text alone, for one SELECT that `checkRuleSql` found right; of any other text it finds what it can, or nothing. */
export function ctesOf(sql: string): Ctes {
  const ctes = [...readCtes(lexemes(sql))];
  const names = ctes.map(({ name }) => name);
  return {
    names,
    upTo(wanted) {
      const cte = ctes.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
      if (cte === undefined) throw new UserError(whyUnknown(wanted, names));
      return `${sql.slice(0, cte.end)}\nSELECT * FROM ${identifier(cte.name)}`;
    },
  };
}

function whyUnknown(wanted: string, names: readonly string[]): string {
  if (names.length === 0) return `there is no common table expression "${wanted}": the SELECT has no WITH`;
  return `there is no common table expression "${wanted}"${didYouMean(wanted, names)} (there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')})`;
}

/** `WITH [RECURSIVE] name [(columns)] [USING KEY (columns)] AS [[NOT] MATERIALIZED] (…), …` */
function* readCtes(given: Iterator<Lexeme>): Generator<Cte, void, undefined> {
  const next = (): Lexeme | undefined => {
    const { done, value } = given.next();
    return done === true ? undefined : value;
  };
  if (!isWord(next(), 'WITH')) return;
  let name = next();
  // A word of the grammar, which is no name unless it stands in quotes.
  if (isWord(name, 'RECURSIVE')) name = next();
  while (name !== undefined) {
    let lexeme = next();
    while (lexeme !== undefined && !isWord(lexeme, 'AS')) lexeme = lexeme.text === '(' ? closing(next) : next();
    lexeme = next();
    while (isWord(lexeme, 'NOT') || isWord(lexeme, 'MATERIALIZED')) lexeme = next();
    const end = lexeme?.text === '(' ? closing(next)?.end : undefined;
    if (end === undefined) return;
    yield { name: plain(name), end };
    if (next()?.text !== ',') return;
    name = next();
  }
}

/** The parenthesis that closes one which was just read. */
function closing(next: () => Lexeme | undefined): Lexeme | undefined {
  let depth = 1;
  for (let lexeme = next(); lexeme !== undefined; lexeme = next()) {
    if (lexeme.text === '(') depth++;
    else if (lexeme.text === ')') depth--;
    if (depth === 0) return lexeme;
  }
  return undefined;
}

function isWord(lexeme: Lexeme | undefined, word: string): boolean {
  return lexeme?.kind === 'word' && lexeme.text.toUpperCase() === word;
}

/** DuckDB also takes a name in single quotes. */
function plain({ kind, text }: Lexeme): string {
  if (kind === 'name') return text.slice(1, -1).replaceAll('""', '"');
  return kind === 'text' && text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}
