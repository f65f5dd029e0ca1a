import type { DuckDBConnection } from '@duckdb/node-api';
import { compareText } from '../engine/compare.ts';
import { messageOf } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { Wanted } from '../model/build.ts';
import { parseSql } from './parsed-sql.ts';
import { charOffset, type Problem, positionAt, shortened } from './position.ts';
import { allowedTableFunctions, clockWords, refusedFunction } from './refused.ts';
import type { Rule } from './rule.ts';
import { textOfFile } from './rule-files.ts';
import { type Lexeme, lexemes, readSqlText, type SqlText } from './sql-text.ts';
import { certainties, isSubjectType, severities, subjectTypes } from './vocabulary.ts';

/** What a rule's SQL says without being run. */
export type CheckedSql = {
  readonly problems: readonly Problem[];
  /** The tables of the model it reads; `events` also where its predicate asks for the evidence. */
  readonly tables: ReadonlySet<string>;
  /** Every name it uses as a column, in lower case. */
  readonly columns: ReadonlySet<string>;
  /** The tables of which it takes all columns: `SELECT *`, `e.*`, a whole row as a value. */
  readonly wholeTables: ReadonlySet<string>;
  /** The params it names. */
  readonly params: ReadonlySet<string>;
  /** The texts that it gives as `cause`, as far as they are written out. */
  readonly causes: ReadonlySet<string>;
  /** Some `cause` is put together, or read from a table, so that nobody can tell which ones there are. */
  readonly computesCause: boolean;
  /** Every text that is written out anywhere in it. */
  readonly texts: ReadonlySet<string>;
};

/** Whether the rule needs a column of a table, so that it has to be loaded or computed. */
export function readsColumn(checked: CheckedSql, table: string, column: string): boolean {
  if (!checked.tables.has(table)) return false;
  return checked.columns.has(column) || checked.wholeTables.has(table);
}

/** What has to be loaded and built for the rule. */
export function wantedBy(checked: CheckedSql): Wanted {
  const columns = ['body', 'trace_id'].filter((column) => readsColumn(checked, 'events', column));
  return { tables: checked.tables, columns: new Set(columns) };
}

/**
 * Checks that a rule is one SELECT over known tables which calls nothing that is refused, and that its params and causes are
 * those of its header. Only parses: the tables need not be there, nothing is run.
 */
export async function checkRuleSql(
  connection: DuckDBConnection,
  rule: Rule,
  knownTables: Iterable<string>,
): Promise<CheckedSql> {
  const problems: Problem[] = [];
  const tell = (offset: number, message: string): void => {
    problems.push({ file: rule.file, ...positionAt(rule.text, rule.sqlOffset + offset), message });
  };
  const text = readSqlText(rule.sql);
  const start = text.start ?? 0;
  const state: Walk = {
    known: new Map([...knownTables].map((name) => [name.toLowerCase(), name])),
    tell: (byteOffset, message) =>
      tell(byteOffset === null ? start : charOffset(rule.sql, byteOffset, 'bytes'), message),
    tables: new Set(),
    columns: new Set(),
    wholeTables: new Set(),
    loneNames: new Set(),
    aliases: new Map(),
    literals: { cause: new Map(), severity: new Map(), certainty: new Map() },
    relatedTypes: new Map(),
    computed: new Set(),
    texts: new Set(),
  };

  const parsed =
    text.start === null
      ? { message: 'there is no SELECT after the header', offset: 0 }
      : await parse(connection, rule.sql, text);
  if ('message' in parsed) tell(parsed.offset, parsed.message);
  else {
    // Further statements are the worse mistake, so it is told alone.
    if (parsed.statements.length === 1) walk(parsed.statements[0], { ctes: new Set() }, state);
    else {
      const { offset, message } = another(text.semicolons[0] ?? -1);
      tell(offset, message);
    }
    wholeRows(state);
    if (parsed.statements.length === 1) checkParams(rule, text.params, tell, problems);
    checkLiterals(rule, state);
    checkRelated(state);
  }
  problems.push(...(await notePredicate(rule, state)));
  return {
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column || compareText(a.message, b.message)),
    tables: state.tables,
    columns: state.columns,
    wholeTables: state.wholeTables,
    params: new Set(text.params.map(({ name }) => name)),
    causes: new Set(state.literals.cause.keys()),
    computesCause: state.computed.has('cause'),
    texts: state.texts,
  };
}

type Tree = { readonly statements: readonly unknown[] };
type Refusal = { readonly message: string; readonly offset: number };

async function parse(connection: DuckDBConnection, sql: string, text: SqlText): Promise<Tree | Refusal> {
  const tree = await parseSql(connection, sql);
  if (!tree.error) return tree;
  const start = text.start ?? 0;
  if (tree.error_type === 'not implemented') {
    const [word = ''] = /^\w+/u.exec(sql.slice(start)) ?? [];
    const [semicolon] = text.semicolons;
    // One of several statements is none that can be serialised, and it need not be the first.
    if (semicolon !== undefined && readSqlText(sql.slice(semicolon + 1)).start !== null) return another(semicolon);
    // Nor is a SELECT in which some params have names and others have none.
    const nameless = /^(?:select|with|from|values|)$/iu.test(word) ? [...lexemes(sql)].find(isNameless) : undefined;
    if (nameless !== undefined) return { message: namelessParam, offset: nameless.offset };
    return { message: `a rule is one SELECT, not ${word.toUpperCase()}`, offset: start };
  }
  const offset = tree.position === undefined ? start : charOffset(sql, Number(tree.position), 'code points');
  // It quotes what it stumbled over, which may run over lines, and to the end of the text.
  return { message: shortened(messageOf(tree.error_message)), offset };
}

const namelessParam = 'params have names: write $name, not ? or $1';

function isNameless({ kind, text }: Lexeme): boolean {
  return (kind === 'other' && text === '?') || (kind === 'param' && /^\$\d+$/u.test(text));
}

function another(semicolon: number): Refusal {
  return { message: 'a rule is one SELECT: there is another statement', offset: semicolon + 1 };
}

type Walk = {
  readonly known: ReadonlyMap<string, string>;
  readonly tell: (byteOffset: number | null, message: string) => void;
  readonly tables: Set<string>;
  readonly columns: Set<string>;
  readonly wholeTables: Set<string>;
  /** Column references of a single name. */
  readonly loneNames: Set<string>;
  /** What a table is called in the statement, and which one it is. */
  readonly aliases: Map<string, Set<string>>;
  /** Texts in the place of a reserved column, and where they stand. */
  readonly literals: Readonly<Record<'cause' | 'severity' | 'certainty', Map<string, number | null>>>;
  /** Written out types in the column `related`, and where they stand. */
  readonly relatedTypes: Map<string, number | null>;
  /** Reserved columns of which some value is not written out. */
  readonly computed: Set<string>;
  readonly texts: Set<string>;
};

/** Names of common table expressions that can be seen from here, in lower case. */
type Scope = { readonly ctes: ReadonlySet<string> };

type Node = { readonly [key: string]: unknown };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function walk(value: unknown, scope: Scope, state: Walk): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, scope, state);
    return;
  }
  if (!isNode(value)) return;
  if (value.type === 'TABLE_FUNCTION' && isNode(value.function)) {
    // As a table these make row after row; as a value, which is refused, the whole list at once.
    const name = String(value.function.function_name);
    if (!allowedTableFunctions.some((allowed) => allowed === name.toLowerCase())) {
      const allowed = allowedTableFunctions.join(', ');
      state.tell(placeOf(value), `the table function ${name} is refused: allowed are ${allowed}`);
    }
    for (const child of Object.values(value.function)) walk(child, scope, state);
    return;
  }
  visit(value, scope, state);
  const inner = isNode(value.cte_map) ? walkCtes(value.cte_map, scope, state) : scope;
  for (const [key, child] of Object.entries(value)) if (key !== 'cte_map') walk(child, inner, state);
}

/**
 * A common table expression is seen by those after it and by the statement, and by itself only where it is recursive:
 * otherwise its own name inside of it is the real table, and must not hide one that is refused.
 */
function walkCtes(cteMap: Node, scope: Scope, state: Walk): Scope {
  let seen = scope;
  for (const entry of Array.isArray(cteMap.map) ? cteMap.map : []) {
    if (!isNode(entry) || typeof entry.key !== 'string') continue;
    const extended: Scope = { ctes: new Set([...seen.ctes, entry.key.toLowerCase()]) };
    walk(entry.value, isRecursive(entry.value) ? extended : seen, state);
    seen = extended;
  }
  return seen;
}

function isRecursive(cte: unknown): boolean {
  const query = isNode(cte) && isNode(cte.query) ? cte.query.node : undefined;
  return isNode(query) && query.type === 'RECURSIVE_CTE_NODE';
}

function visit(node: Node, scope: Scope, state: Walk): void {
  const at = placeOf(node);
  noteLiterals(node, state);
  if (node.class === 'FUNCTION' || node.class === 'WINDOW') visitFunction(node, at, state);
  else if (node.class === 'COLUMN_REF') visitColumn(node, at, state);
  else if (node.class === 'PARAMETER' && /^\d+$/u.test(String(node.identifier))) {
    state.tell(at, namelessParam);
  }
  if (isNode(node.sample)) state.tell(at, 'a sample differs from run to run');
  if (node.type === 'SELECT_NODE') visitSelect(node, scope, state);
  else if (node.type === 'BASE_TABLE') visitTable(node, at, scope, state);
  else if (node.type === 'SHOW_REF') state.tell(at, 'a rule is one SELECT, not SHOW, DESCRIBE or SUMMARIZE');
  else if (node.type === 'JOIN') for (const name of texts(node.using_columns)) state.columns.add(name.toLowerCase());
}

function visitTable(node: Node, at: number | null, scope: Scope, state: Walk): void {
  const name = String(node.table_name);
  const schema = String(node.schema_name);
  const isBare = schema === '' && node.catalog_name === '';
  if (isBare && scope.ctes.has(name.toLowerCase())) return;
  if (node.catalog_name !== '' || (schema !== '' && schema.toLowerCase() !== 'main')) {
    state.tell(
      at,
      `tables are named without a schema: ${[node.catalog_name, schema, name].filter((part) => part !== '').join('.')}`,
    );
    return;
  }
  const table = state.known.get(name.toLowerCase());
  if (table === undefined) {
    state.tell(at, `unknown table ${name}${didYouMean(name, [...state.known.values(), ...scope.ctes])}`);
    return;
  }
  state.tables.add(table);
  const alias = (typeof node.alias === 'string' && node.alias !== '' ? node.alias : name).toLowerCase();
  state.aliases.set(alias, (state.aliases.get(alias) ?? new Set()).add(table));
}

function visitFunction(node: Node, at: number | null, state: Walk): void {
  const name = String(node.function_name);
  if (node.is_operator === true) return;
  const reason = refusedFunction(name, Array.isArray(node.children) ? node.children.length : 0);
  if (reason !== null) state.tell(at, `the function ${name} is refused: it ${reason}`);
}

function visitColumn(node: Node, at: number | null, state: Walk): void {
  const names = texts(node.column_names).map((name) => name.toLowerCase());
  for (const name of names) state.columns.add(name);
  const [only = ''] = names;
  // In `events.log_id` the table's name only says where the column is; alone it is the whole row.
  if (names.length === 1) state.loneNames.add(only);
  if (names.length === 1 && clockWords.has(only)) {
    state.tell(at, `the function ${only} is refused: it depends on the clock, use as_of`);
  }
}

/** `*` takes all columns of the tables it stands for; of a common table expression it takes those named in there. */
function visitSelect(node: Node, scope: Scope, state: Walk): void {
  const stars = starsOf(node.select_list);
  if (stars.length === 0) return;
  for (const { alias, table } of baseTables(node.from_table, scope)) {
    const known = state.known.get(table);
    if (known !== undefined && stars.some((star) => star === '' || star === alias)) state.wholeTables.add(known);
  }
}

function starsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(starsOf);
  if (!isNode(value)) return [];
  const here = value.class === 'STAR' ? [String(value.relation_name).toLowerCase()] : [];
  return [...here, ...Object.values(value).flatMap(starsOf)];
}

function baseTables(value: unknown, scope: Scope): { readonly alias: string; readonly table: string }[] {
  if (!isNode(value)) return [];
  if (value.type === 'BASE_TABLE') {
    const table = String(value.table_name).toLowerCase();
    if (scope.ctes.has(table) && value.schema_name === '') return [];
    return [{ table, alias: value.alias === '' ? table : String(value.alias).toLowerCase() }];
  }
  return [value.left, value.right, value.source].flatMap((part) => baseTables(part, scope));
}

/** A column reference that is the name of a table is its whole row as a value. */
function wholeRows(state: Walk): void {
  for (const [alias, tables] of state.aliases) {
    if (!state.loneNames.has(alias)) continue;
    for (const table of tables) state.wholeTables.add(table);
  }
}

function noteLiterals(node: Node, state: Walk): void {
  if (node.class === 'CONSTANT' && isNode(node.value) && typeof node.value.value === 'string') {
    state.texts.add(node.value.value);
  }
  const alias = typeof node.alias === 'string' ? node.alias.toLowerCase() : '';
  // Tables can be called that, too.
  if (alias === 'related' && typeof node.class === 'string') noteRelated(node, state);
  if (alias !== 'cause' && alias !== 'severity' && alias !== 'certainty') return;
  for (const { text, at } of literalsOf(node)) {
    const noted = state.literals[alias];
    if (!noted.has(text)) noted.set(text, at);
  }
  if (typeof node.class === 'string' && !isWrittenOut(node, alias)) state.computed.add(alias);
}

/** The types of what a finding is related to: those of `{'type': …, 'id': …}`, however the list of them is put together. */
function noteRelated(value: unknown, state: Walk): void {
  if (Array.isArray(value)) {
    for (const item of value) noteRelated(item, state);
    return;
  }
  if (!isNode(value)) return;
  const fields = value.function_name === 'struct_pack' && Array.isArray(value.children) ? value.children : [];
  const names = fields.map((field: unknown) => (isNode(field) ? String(field.alias).toLowerCase() : ''));
  if (names.includes('type') && names.includes('id')) {
    for (const { text, at } of literalsOf(fields[names.indexOf('type')])) {
      if (!state.relatedTypes.has(text)) state.relatedTypes.set(text, at);
    }
  }
  for (const child of Object.values(value)) noteRelated(child, state);
}

/** Whether all that an expression can come to is written out in it, or in a column of the same name further in. */
function isWrittenOut(node: unknown, name: string): boolean {
  if (!isNode(node)) return false;
  if (node.class === 'CONSTANT') return true;
  if (node.class === 'COLUMN_REF') return texts(node.column_names).at(-1)?.toLowerCase() === name;
  const inner = comesTo(node);
  return inner.length > 0 && inner.every((value) => isWrittenOut(value, name));
}

/** The texts that an expression can come to, as far as they are written out. */
function literalsOf(node: unknown): { readonly text: string; readonly at: number | null }[] {
  if (!isNode(node)) return [];
  const text = node.class === 'CONSTANT' && isNode(node.value) ? node.value.value : undefined;
  return typeof text === 'string' ? [{ text, at: placeOf(node) }] : comesTo(node).flatMap(literalsOf);
}

/** The expressions whose values become that of another: the branches of a CASE, what is cast, what coalesce chooses from. */
function comesTo(node: Node): readonly unknown[] {
  if (node.class === 'CASE') {
    const checks = Array.isArray(node.case_checks) ? node.case_checks : [];
    return [...checks.map((check: unknown) => (isNode(check) ? check.then_expr : null)), node.else_expr];
  }
  // `true` is written as a cast, too: what is no text in the end is no word that can be wrong.
  if (node.class === 'CAST') return isNode(node.cast_type) && node.cast_type.id === 'VARCHAR' ? [node.child] : [];
  return node.type === 'OPERATOR_COALESCE' && Array.isArray(node.children) ? node.children : [];
}

function checkLiterals(rule: Rule, state: Walk): void {
  const vocabulary = { cause: Object.keys(rule.header.causes), severity: severities, certainty: certainties };
  for (const column of ['cause', 'severity', 'certainty'] as const) {
    const words: readonly string[] = vocabulary[column];
    for (const [text, at] of state.literals[column]) {
      if (words.includes(text)) continue;
      const near = didYouMean(text, words) || `: known are ${words.join(', ')}`;
      state.tell(at, `${column === 'cause' ? 'the cause' : column} "${text}" is not declared${near}`);
    }
  }
}

function checkRelated(state: Walk): void {
  for (const [text, at] of state.relatedTypes) {
    if (isSubjectType(text)) continue;
    const near = didYouMean(text, subjectTypes) || `: known are ${subjectTypes.join(', ')}`;
    state.tell(at, `related names a type that does not exist, "${text}"${near}`);
  }
}

function checkParams(
  rule: Rule,
  used: readonly { readonly name: string; readonly offset: number }[],
  tell: (offset: number, message: string) => void,
  problems: Problem[],
): void {
  const declared = Object.keys(rule.header.params);
  const told = new Set<string>();
  for (const { name, offset } of used) {
    if (declared.includes(name) || told.has(name) || /^\d+$/u.test(name)) continue;
    told.add(name);
    tell(offset, `$${name} is not declared in params${didYouMean(name, declared)}`);
  }
  const names = new Set(used.map(({ name }) => name));
  for (const name of declared) {
    // A predicate gets all params; which of them it reads is the compiler's business.
    if (names.has(name) || rule.predicateFile !== undefined) continue;
    problems.push({
      file: rule.file,
      ...rule.locate(['params', name]),
      message: `the param ${name} is declared but never used: write $${name} in the SQL, or drop it`,
    });
  }
}

/** A predicate that asks for evidence reads `events` too; of its costly columns those that its text names. */
async function notePredicate(rule: Rule, state: Walk): Promise<readonly Problem[]> {
  if (rule.predicateFile === undefined) return [];
  const read = await textOfFile(rule.predicateFile);
  if ('problem' in read) return [read.problem];
  const code = read.text;
  const events = state.known.get('events');
  if (events === undefined || !/\bevents\s*:\s*true\b/u.test(code)) return [];
  state.tables.add(events);
  if (/\bbody\b/u.test(code)) state.columns.add('body');
  if (/\btraceId\b/u.test(code)) state.columns.add('trace_id');
  return [];
}

function placeOf(node: Node): number | null {
  const at = node.query_location;
  return typeof at === 'number' && at < 2 ** 53 ? at : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
