import { expect, test } from 'vitest';
import { z } from 'zod';
import { openSession, type Session } from '../../src/engine/session.ts';
import { loadExports } from '../../src/ingest/load.ts';
import { buildModel, publicTables } from '../../src/model/build.ts';
import { openEmptyModel } from '../../src/model/empty.ts';
import { describeTables } from '../../src/model/tables.ts';

async function using<Result>(opened: Promise<Session>, work: (session: Session) => Promise<Result>): Promise<Result> {
  const session = await opened;
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

test('every public table and column is described, in the order of the way of the data', async () => {
  const { tables, undescribed } = await using(openEmptyModel(), describeTables);
  expect(undescribed).toEqual([]);
  expect(tables.map(({ name }) => name).sort()).toEqual([...publicTables].sort());
  expect(new Set(tables.map(({ origin }) => origin))).toEqual(new Set(['log', 'side', 'model']));
  expect(tables[0]).toMatchObject({ name: 'events', origin: 'log', comment: expect.stringMatching(/log entry/) });
  expect(tables[0]?.columns[0]).toEqual({
    name: 'event_key',
    type: 'BIGINT',
    comment: 'Unique in a run. It says nothing about order.',
  });
  const place = (name: string) => tables.findIndex((table) => table.name === name);
  expect(place('configurations')).toBeLessThan(place('current_configurations'));
  expect(place('participants')).toBeLessThan(place('conversations'));
});

test('the empty model has all public tables without rows, and lets nobody out', async () => {
  await using(openEmptyModel(), async (model) => {
    for (const table of publicTables) {
      // The dictionary of error codes does not come from an export.
      const [row] = await model.rows(z.object({ rows: z.bigint() }), `SELECT count(*) AS rows FROM "${table}"`);
      expect([table, row?.rows === 0n]).toEqual([table, table !== 'error_codes']);
    }
    await expect(model.run("SELECT * FROM read_text('/etc/hostname')")).rejects.toThrow(/disabled by configuration/);
  });
});

test('a run that nobody asks about its tables does without their descriptions', async () => {
  await using(openSession(), async (session) => {
    await loadExports(session, { paths: [], comments: false });
    await buildModel(session, { tables: new Set(publicTables), columns: new Set() }, { comments: false });
    const { tables, undescribed } = await describeTables(session);
    expect(undescribed).toHaveLength(tables.flatMap(({ columns }) => columns).length + tables.length);
  });
});
