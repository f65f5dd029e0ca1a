import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';

const serialized = z.union([
  z.object({
    error: z.literal(true),
    /** `not implemented` of statements other than SELECT, and of several. */
    error_type: z.string(),
    error_message: z.string(),
    /** In code points, where it is known. */
    position: z.string().optional(),
  }),
  z.object({ error: z.literal(false), statements: z.array(z.unknown()) }),
]);

/** SQL as DuckDB takes it apart, or why it does not. Nothing is run, and its tables need not be there. */
export async function parseSql(connection: DuckDBConnection, sql: string): Promise<z.infer<typeof serialized>> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR)', { sql });
  // Places that do not exist are 2^64 - 1 in here. JSON.parse rounds that, which is still larger than any text.
  return serialized.parse(JSON.parse(withoutInfinity(z.string().parse(reader.getRowsJS()[0]?.[0]))));
}

/** DuckDB writes numbers that are too large for a DOUBLE, such as 1e400, in words that JSON does not have. */
function withoutInfinity(json: string): string {
  if (!/Infinity|NaN/.test(json)) return json;
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|-?(?:Infinity|NaN)\b/g, (found) =>
    found.startsWith('"') ? found : 'null',
  );
}
