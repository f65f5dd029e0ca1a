import { z } from 'zod';
import { type Progress, reached, silent } from '../engine/progress.ts';
import { quoted, type Session } from '../engine/session.ts';
import { filled, sqlFile, withoutComments } from '../engine/sql-file.ts';
import { sideTables } from '../ingest/entry.ts';
import { buildErrorCodes } from './error-codes.ts';
import { buildFailedTraces } from './failed-traces.ts';
import { buildMissedTraffic } from './missed-traffic.ts';
import { buildObservations } from './observations.ts';
import { takeSecondLook } from './second-look.ts';
import { buildSliced } from './sliced.ts';
import { type TableTime, tableClock } from './table-clock.ts';
import { buildTraceIds } from './trace-ids.ts';

/** A table of the model: what it is made from, and how. */
type ModelTable = {
  readonly needs: readonly string[];
  readonly build: (session: Session) => Promise<void>;
  /** Only other tables of the model read it. */
  readonly isInternal?: true;
};

const fromFile = (file: string) => async (session: Session) => session.run(await sqlFile(import.meta.url, file));

/** In order of the way of the data: a table needs only tables above it. */
const tables: Readonly<Record<string, ModelTable>> = {
  error_codes: { needs: [], build: buildErrorCodes },
  current_configurations: { needs: [], build: fromFile('./current-configurations.sql') },
  configuration_periods: { needs: [], build: fromFile('./configuration-periods.sql') },
  current_stores: { needs: [], build: fromFile('./current-stores.sql') },
  coverage: { needs: [], build: fromFile('./coverage.sql') },
  current_operations: { needs: ['coverage'], build: fromFile('./current-operations.sql') },
  error_responses: { needs: ['error_codes'], build: fromFile('./error-responses.sql') },
  failed_trace_events: { needs: ['error_responses'], build: buildFailedTraces },
  trace_ids: { needs: [], build: (session) => buildTraceIds(session, { log: 'event_log', ids: 'trace_ids' }) },
  traces: { needs: ['trace_ids'], build: fromFile('./traces.sql') },
  requests: { needs: ['coverage'], build: fromFile('./requests.sql') },
  participants: { needs: ['coverage'], build: fromFile('./participants.sql') },
  // The second look also settles which participants show that they have no profile, so whoever uses them takes it.
  profile_merges: { needs: ['participants'], build: takeSecondLook },
  communication_repeats: { needs: [], build: fromFile('./communication-repeats.sql'), isInternal: true },
  communications: { needs: ['coverage', 'communication_repeats'], build: buildCommunications },
  conversations: {
    needs: ['coverage', 'participants', 'communication_repeats'],
    build: async (session) =>
      buildSliced(session, 'conversations', await sqlFile(import.meta.url, './conversations.sql'), 'conversation_id'),
  },
  echoes: { needs: ['communications', 'conversations'], build: fromFile('./echoes.sql') },
  pinned_configurations: {
    needs: ['conversations', 'configuration_periods'],
    build: fromFile('./pinned-configurations.sql'),
  },
  // After the second look, which leaves an index of the files behind.
  observations: { needs: ['profile_merges'], build: buildObservations },
  silent_conversations: {
    needs: ['conversations', 'current_configurations'],
    build: fromFile('./silent-conversations.sql'),
  },
  met_customers: {
    needs: ['participants', 'profile_merges', 'conversations', 'current_configurations'],
    build: fromFile('./met-customers.sql'),
  },
  capture_rule_periods: { needs: ['configuration_periods'], build: fromFile('./capture-rule-periods.sql') },
  own_addresses: { needs: ['capture_rule_periods'], build: fromFile('./own-addresses.sql') },
  missed_traffic: { needs: ['coverage', 'own_addresses'], build: buildMissedTraffic },
  capture_matches: { needs: ['missed_traffic', 'capture_rule_periods'], build: fromFile('./capture-matches.sql') },
  diagnostics: { needs: ['coverage', 'participants'], build: fromFile('./diagnostics.sql') },
};

/** What rules may read: the canonical events, the model's tables and the side tables. */
export const publicTables: readonly string[] = [
  'events',
  ...Object.keys(tables).filter((name) => tables[name]?.isInternal !== true),
  ...sideTables,
];

/**
 * What somebody is going to read: names of tables, and of the columns of `events` that are only there where somebody wants them:
 * `body` and `trace_id`, which cost something, and `line`, which is no part of what rules may read, as it is known of few shapes.
 */
export type Wanted = { readonly tables: ReadonlySet<string>; readonly columns: ReadonlySet<string> };

/** The tables that have to be made: the wanted ones, and what they are made from. */
export function neededTables(wanted: Wanted): ReadonlySet<string> {
  const needed = new Set<string>(['coverage']);
  const need = (name: string): void => {
    const table = tables[name];
    if (table === undefined || needed.has(name)) return;
    needed.add(name);
    table.needs.forEach(need);
  };
  wanted.tables.forEach(need);
  if (needed.has('participants')) need('profile_merges');
  if (withTraces(wanted)) need('trace_ids');
  return needed;
}

/** Trace ids cost a pass over all request ids, so events have them only where somebody names the column. */
function withTraces({ tables: wanted, columns }: Wanted): boolean {
  return wanted.has('traces') || columns.has('trace_id');
}

export type BuildOptions = {
  /** The end of what could be watched, of all accounts or of single ones; the last event of account and source where absent. */
  readonly asOf?: Date | ReadonlyMap<string, Date>;
  /** False: the tables need no comments, which nobody is going to read. */
  readonly comments?: boolean;
  readonly progress?: Progress;
};

/** Makes the wanted tables and what they are made from, and nothing else. Returns how long each of them took, in the order of the model. */
export async function buildModel(
  given: Session,
  wanted: Wanted,
  options: BuildOptions = {},
): Promise<readonly TableTime[]> {
  const session = options.comments === false ? withoutComments(given) : given;
  const progress = options.progress ?? silent;
  progress.phase('tables', 'building tables');
  const { asOf } = options;
  const ofAll = asOf instanceof Date ? quoted(asOf.toISOString()) : 'NULL';
  const ofAccounts = asOf === undefined || asOf instanceof Date ? [] : [...asOf];
  const entries = ofAccounts.map(([account, time]) => `${quoted(account)}: TIMESTAMPTZ ${quoted(time.toISOString())}`);
  await session.run(`SET VARIABLE as_of = ${ofAll}::TIMESTAMPTZ`);
  await session.run(`SET VARIABLE as_of_accounts = MAP {${entries.join(', ')}}::MAP(VARCHAR, TIMESTAMPTZ)`);
  await createMacros(session);

  const needed = neededTables(wanted);
  const order = Object.entries(tables).filter(([name]) => needed.has(name));
  // Each begins when what it needs is there: while the second look reads files, DuckDB goes on with other tables.
  const builds = new Map<string, Promise<void>>();
  const clock = tableClock();
  let done = 0;
  for (const [name, table] of order) {
    const build = async () => {
      await Promise.all(table.needs.map((need) => builds.get(need)));
      await table.build(clock.sessionOf(name, session));
      reached(progress, { done: ++done, of: order.length, unit: 'table' });
    };
    builds.set(name, build());
  }
  // Whoever closes the session must not do it under a query: all come to rest before one that failed is told of.
  await Promise.allSettled(builds.values());
  await Promise.all(builds.values());
  const events = await sqlFile(import.meta.url, './events.sql');
  const files = await inputFiles(session);
  await session.run(
    filled(events, {
      paths: textList(files.map(({ path }) => path)),
      formats: textList(files.map(({ format }) => format)),
      line: wanted.columns.has('line') ? ', line' : '',
      trace_id: withTraces(wanted) ? 'trace_ids.trace_id' : 'NULL::BIGINT',
      trace_join: withTraces(wanted)
        ? 'LEFT JOIN trace_ids ON trace_ids.account_id = event_log.account_id AND trace_ids.id = coalesce(event_log.request_id, event_log.correlation_id)'
        : '',
    }),
  );
  if (wanted.columns.has('line')) {
    await session.run(
      "COMMENT ON COLUMN events.line IS 'Its line there; NULL where that is not known: DuckDB reads plain NDJSON in parallel.'",
    );
  }
  return clock.times();
}

/** What the model's tables and rules write short. */
export const createMacros = fromFile('./macros.sql');

/** All of it, for somebody who may ask anything. */
export const everything: Wanted = {
  tables: new Set(publicTables),
  columns: new Set(['body', 'trace_id', 'line']),
};

/** The times of coverage are few, and go into the view as maps from account to microseconds. */
async function buildCommunications(session: Session): Promise<void> {
  const rows = await session.rows(
    z.object({ account_id: z.string(), begin: z.bigint(), end: z.bigint() }),
    `SELECT account_id, epoch_us(export_begin) AS begin, epoch_us(as_of) AS "end"
    FROM coverage WHERE "source" = 'conversation-orchestrator' ORDER BY account_id`,
  );
  const mapOf = (time: (row: (typeof rows)[number]) => bigint) =>
    `CAST(MAP {${rows.map((row) => `${quoted(row.account_id)}: ${time(row)}`).join(', ')}} AS MAP(VARCHAR, BIGINT))`;
  const sql = await sqlFile(import.meta.url, './communications.sql');
  await session.run(
    sql
      .replaceAll('{{export_begins}}', () => mapOf(({ begin }) => begin))
      .replaceAll('{{ends}}', () => mapOf(({ end }) => end)),
  );
}

/** In the order of their ids, which count from 1. */
function inputFiles(session: Session) {
  return session.rows(
    z.object({ path: z.string(), format: z.string() }),
    'SELECT path, format FROM input_files ORDER BY file_id',
  );
}

function textList(texts: readonly string[]): string {
  return `(CAST([${texts.map(quoted).join(', ')}] AS VARCHAR[]))`;
}
