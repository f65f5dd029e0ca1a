import { UserError } from '../engine/errors.ts';
import type { Wanted } from '../model/build.ts';
import { type RowFormat, rowFormats } from '../report/rows.ts';
import type { Tables, TablesOptions } from '../tables.ts';
import { exportCall } from './audit-call.ts';
import type { Context } from './context.ts';
import { issueLine } from './failures.ts';
import type { tablesOptions } from './tables-options.ts';
import { onlyText, parseWord } from './values.ts';

type Given = { readonly [name in keyof typeof tablesOptions]?: unknown };

/** What a call of a command that shows tables asks for. */
export type TablesCall = {
  readonly tables: TablesOptions;
  readonly format: RowFormat;
  /** Null: all rows. */
  readonly limit: number | null;
  readonly colour: boolean;
  readonly quiet: boolean;
};

const rowsOfTable = 100;
const aboutLoading = ['from', 'to', 'as-of', 'account', 'assume-account', 'timezone'] as const;

/**
 * @param usage how the command is called, for messages
 * @throws UserError for the first thing about the call that is wrong
 */
export function tablesCall(context: Context, usage: string, paths: readonly string[], given: Given): TablesCall {
  if (given.redact === true || given['redact-key'] !== undefined) {
    throw new UserError(
      'rows of SQL cannot be masked, as SQL can write a number in any way; mask reports: postlude audit PATH… --redact',
    );
  }
  const db = onlyText('--db', given.db);
  if (db?.trim() === '') throw new UserError('--db is empty; give it a value, or leave it out');
  if (paths.length === 0 && db === undefined) {
    throw new UserError(`name a file or folder of exported events, or a file that was kept with --db: ${usage}`);
  }
  const useless = paths.length > 0 ? undefined : aboutLoading.find((name) => given[name] !== undefined);
  if (useless !== undefined) {
    throw new UserError(
      `--${useless} says what to load, and ${db} is loaded already; use WHERE, or name the exports too`,
    );
  }
  const format = parseWord('--format', onlyText('--format', given.format) ?? 'table', rowFormats);
  const limit = onlyText('--limit', given.limit);
  return {
    tables: { ...exportCall(paths, given), ...(db === undefined ? {} : { db }) },
    format,
    limit: limit === undefined ? (format === 'table' ? rowsOfTable : null) : parseLimit(limit),
    colour: context.colour && given['no-color'] !== true,
    quiet: given.quiet === true,
  };
}

function parseLimit(text: string): number | null {
  if (text === 'all') return null;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UserError(`--limit must be a number of rows, or all, not "${text}"`);
}

/**
 * Opens the tables, tells what was wrong with the inputs, does the work and closes them again.
 */
export async function withTables(
  context: Context,
  call: TablesCall,
  wanted: Wanted,
  work: (tables: Tables) => Promise<void>,
): Promise<void> {
  const { openTables } = await import('../tables.ts');
  const progress = context.progress(call.quiet);
  let tables: Tables;
  try {
    tables = await openTables({ ...call.tables, progress }, wanted);
  } finally {
    progress.clear();
  }
  try {
    tellIssues(context, tables);
    if (keepsFile(call)) context.warn(`postlude: the tables are kept in ${call.tables.db}`);
    await work(tables);
  } finally {
    await tables.session.close();
  }
}

export function keepsFile({ tables: { db, paths } }: TablesCall): boolean {
  return db !== undefined && paths.length > 0;
}

/** What could not be read is told, whatever is asked; what an export cannot show in general is for reports. */
function tellIssues(context: Context, { issues }: Tables): void {
  for (const issue of issues) {
    if (issue.severity !== 'error' && issue.severity !== 'data_loss') continue;
    context.warn(`postlude: ${issueLine(issue)}`);
    if (issue.severity === 'error') context.exit(2);
  }
}

/** Writes to standard output, and tells whether somebody still reads it. */
export async function printed(context: Context, text: string): Promise<boolean> {
  await context.print(text);
  return !context.closed();
}
