import { didYouMean } from '../engine/suggest.ts';
import { startQuery } from '../explore/query.ts';
import { StatementError } from '../explore/statement-error.ts';
import { type Statement, splitStatements } from '../explore/statements.ts';
import { writeRows } from '../report/rows.ts';
import { count } from '../report/text.ts';
import { type Position, positionAt } from '../rules/position.ts';
import type { Tables } from '../tables.ts';
import type { Context } from './context.ts';
import { printed, type TablesCall } from './open-tables.ts';
import { columnList, tableList, tableNames } from './sql-lists.ts';

/** Takes lines, runs the statements and commands in them, and writes what they answer. What is wrong with one stops no other. */
export type SqlShell = {
  /** `begun`: a statement waits for its end. */
  line(text: string): Promise<'ready' | 'begun' | 'quit'>;
  /** Runs a last statement that has no `;`. */
  end(): Promise<void>;
  /** Forgets what was begun of a statement. */
  forget(): void;
  /** Stops a running statement; false where none runs. */
  interrupt(): boolean;
  /** How many statements and commands there were. */
  readonly ran: number;
};

const commandHelp = `.tables          the tables, and what is in them
.columns TABLE   the columns of one, their types and meaning
.help            this
.quit            leave, as Ctrl-D does

All else is SQL and ends with a semicolon: SELECT …; FROM table; DESCRIBE table; SUMMARIZE table;
EXPLAIN …; Ctrl-C stops a statement that takes long.
`;
const commands = ['.tables', '.columns', '.help', '.quit'];

/** An interrupt between two parts of a result is lost, so it is repeated until the statement ends. */
const repeatMs = 20;

/**
 * @param source where lines come from, for messages and the exit code: `-c`, `standard input`; null where a person types them, who
 * sees what is wrong
 */
export function sqlShell(context: Context, tables: Tables, call: TablesCall, source: string | null): SqlShell {
  const { connection } = tables.session;
  let lines = 0;
  let ran = 0;
  /** What waits for its end, and where it began. */
  let begun = { text: '', line: 1, column: 1 };
  let running: { isStopped: boolean; timer?: NodeJS.Timeout } | null = null;

  const placeOf = (offset: number): Position => {
    const { line, column } = positionAt(begun.text, offset);
    return { line: begun.line + line - 1, column: line === 1 ? begun.column + column - 1 : column };
  };
  const complain = ({ line, column }: Position, message: string): void => {
    context.warn(`${source === null ? '' : `${source}:`}${line}:${column}: ${message}`);
    if (source !== null) context.exit(2);
  };

  const run = async ({ sql, offset }: Statement): Promise<void> => {
    const task: NonNullable<typeof running> = { isStopped: false };
    running = task;
    ran++;
    try {
      const result = await startQuery(connection, sql);
      const options = { limit: call.limit, width: context.width, colour: call.colour };
      const { rows, cut } = await writeRows(call.format, result, options, (text) => printed(context, text));
      if (cut && call.format !== 'table') context.warn(`postlude: the first ${count(rows, 'row')}; there are more`);
    } catch (thrown) {
      if (!(thrown instanceof StatementError)) throw thrown;
      if (task.isStopped) context.warn('stopped');
      else complain(placeOf(offset + (thrown.offset ?? 0)), thrown.message);
    } finally {
      clearInterval(task.timer);
      running = null;
    }
  };

  const command = async (text: string): Promise<'ready' | 'quit'> => {
    ran++;
    const [name = '', table] = text.trim().replace(/;$/u, '').split(/\s+/u);
    const wrong = (message: string) => complain({ line: lines, column: 1 }, message);
    if (name === '.quit' || name === '.exit') return 'quit';
    if (name === '.help') await context.print(commandHelp);
    else if (name === '.tables') await context.print(await tableList(tables.session, context.width));
    else if (name !== '.columns') wrong(`unknown command ${name}${didYouMean(name, commands)} (see .help)`);
    else if (table === undefined) wrong('.columns needs the name of a table, such as .columns conversations');
    else {
      const names = await tableNames(tables.session);
      const known = names.find((each) => each.toLowerCase() === table.toLowerCase());
      if (known === undefined)
        wrong(`there is no table ${table}${didYouMean(table, shortestFirst(names))} (see .tables)`);
      else await context.print(await columnList(tables.session, known, context.width));
    }
    return 'ready';
  };

  return {
    async line(text) {
      const isBetween = splitStatements(begun.text).rest === null;
      // For a person each statement is a text of its own.
      lines = source === null && isBetween ? 1 : lines + 1;
      if (isBetween && text.trimStart().startsWith('.')) return command(text);
      if (begun.text.trim() === '') begun = { text: '', line: lines, column: 1 };
      begun.text += `${text}\n`;
      const { statements, end, rest } = splitStatements(begun.text);
      for (const statement of statements) if (!context.closed()) await run(statement);
      begun = { text: begun.text.slice(end), ...placeOf(end) };
      return rest === null ? 'ready' : 'begun';
    },
    async end() {
      const { rest } = splitStatements(begun.text);
      if (rest !== null && !context.closed()) await run(rest);
      begun = { text: '', line: 1, column: 1 };
      lines = 0;
    },
    forget() {
      begun = { text: '', line: 1, column: 1 };
    },
    interrupt() {
      if (running === null) return false;
      running.isStopped = true;
      connection.interrupt();
      running.timer ??= setInterval(() => connection.interrupt(), repeatMs);
      return true;
    },
    get ran() {
      return ran;
    },
  };
}

/** Who leaves out an ending means `conversations` rather than `conversation_snapshots`. */
function shortestFirst(names: readonly string[]): readonly string[] {
  return names.toSorted((a, b) => a.length - b.length);
}
