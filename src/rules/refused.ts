/** Functions that a rule may not call, by what is wrong with them. Scalar and aggregate ones; table functions have an allow-list. */
const byReason: Readonly<Record<string, readonly string[]>> = {
  // DuckDB's memory limit does not count one huge value inside a vector, and it cannot be interrupted while it grows.
  'can make values of any size: values belong into params or tables, and rows come from range in FROM': [
    'array_resize',
    'bar',
    'bitstring',
    'equi_width_bins',
    'format',
    'generate_series',
    'list_resize',
    'lpad',
    'printf',
    'range',
    'repeat',
    'rpad',
  ],
  'hides which tables are read': ['query', 'query_table', 'json_execute_serialized_sql', 'json_serialize_plan'],
  'reads the settings of this machine': [
    'current_connection_id',
    'current_query',
    'current_query_id',
    'current_setting',
    'current_transaction_id',
    'getenv',
    'getvariable',
    'in_search_path',
    'txid_current',
    'write_log',
  ],
  'only waits': ['pg_sleep', 'sleep_ms'],
  'changes the keys of events': ['currval', 'nextval'],
  // The same export has to give the same findings tomorrow.
  'depends on the clock, use as_of': [
    'ago',
    'current_date',
    'current_localtime',
    'current_localtimestamp',
    'current_time',
    'current_timestamp',
    'get_current_time',
    'get_current_timestamp',
    'localtime',
    'localtimestamp',
    'now',
    'pg_conf_load_time',
    'pg_postmaster_start_time',
    'today',
    'transaction_timestamp',
  ],
  'differs from run to run': ['gen_random_uuid', 'random', 'reservoir_quantile', 'setseed', 'uuid', 'uuidv4', 'uuidv7'],
};

const reasons = new Map(Object.entries(byReason).flatMap(([reason, names]) => names.map((name) => [name, reason])));

/** Why a rule may not call this function, as a phrase, or null where it may. */
export function refusedFunction(name: string, argumentCount: number): string | null {
  const lower = name.toLowerCase();
  if (/^(duckdb|pragma|read|parquet|pg_get|inet)_/u.test(lower)) return 'reads what is not in the log';
  // With one argument it is the age today.
  if (lower === 'age' && argumentCount === 1) return 'depends on the clock, use as_of';
  return reasons.get(lower) ?? null;
}

/** These are written without parentheses, and so look like columns. */
export const clockWords: ReadonlySet<string> = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
]);

export const allowedTableFunctions = ['unnest', 'range', 'generate_series', 'json_each', 'json_tree'] as const;
