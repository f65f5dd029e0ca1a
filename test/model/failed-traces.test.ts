import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openSession, quoted } from '../../src/engine/session.ts';
import { sqlFile } from '../../src/engine/sql-file.ts';
import { buildModel } from '../../src/model/build.ts';

const id = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
const entries = fc.array(
  fc.record({
    account: fc.constantFrom('AC1', 'AC2'),
    request: id,
    correlation: id,
    level: fc.oneof({ weight: 5, arbitrary: fc.constant('INFO') }, { weight: 1, arbitrary: fc.constant('ERROR') }),
  }),
  { minLength: 1, maxLength: 25 },
);

const eventsOf = z.object({ events: z.array(z.bigint()) });

test('the events of failed traces are those of all traces that hold errors', { timeout: 120_000 }, async () => {
  const session = await openSession({});
  try {
    for (const file of ['macros', 'event-log', 'side-tables'])
      await session.run(await sqlFile(import.meta.url, `../../src/ingest/${file}.sql`));
    await fc.assert(
      fc.asyncProperty(entries, async (log) => {
        const rows = log.map(
          ({ account, request, correlation, level }, at) =>
            `(${at}, ${quoted(account)}, 'log-${at}', now(), 'conversation-memory', 'x', ${quoted(level)}, ${request === null ? 'NULL' : quoted(request)}, ${correlation === null ? 'NULL' : quoted(correlation)})`,
        );
        await session.run('DELETE FROM event_log');
        await session.run(
          `INSERT INTO event_log (event_key, account_id, log_id, event_time, "source", event_type, level, request_id, correlation_id) VALUES ${rows.join(', ')}`,
        );
        await buildModel(session, { tables: new Set(['failed_trace_events']), columns: new Set(['trace_id']) });
        const few = await session.rows(
          eventsOf,
          'SELECT list(event_key ORDER BY event_key) AS events FROM failed_trace_events GROUP BY account_id, trace_id ORDER BY events',
        );
        const all = await session.rows(
          eventsOf,
          `SELECT list(event_key ORDER BY event_key) AS events FROM events WHERE trace_id IS NOT NULL
          GROUP BY account_id, trace_id HAVING bool_or(level = 'ERROR') ORDER BY events`,
        );
        expect(few).toEqual(all);
      }),
      { numRuns: 40 },
    );
  } finally {
    await session.close();
  }
});
