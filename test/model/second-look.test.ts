import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openSession, type Session } from '../../src/engine/session.ts';
import { lineIndexes } from '../../src/ingest/line-index.ts';
import { loadExports } from '../../src/ingest/load.ts';
import { buildModel } from '../../src/model/build.ts';
import { loadIntoStore } from '../../src/store/load.ts';

let folder: string;
let session: Session;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-second-look-'));
  session = await openSession();
});
afterEach(async () => {
  await session.close();
  await rm(folder, { recursive: true });
});

/** Loads lines as DuckDB reads them itself, and makes a table of them. */
async function build(table: string, lines: readonly string[]): Promise<string> {
  const file = join(folder, 'log.ndjson');
  await writeFile(file, `${lines.join('\n')}\n`);
  await loadExports(session, { paths: [file] });
  await buildModel(session, { tables: new Set([table]), columns: new Set() });
  return file;
}

const account = (n: number) => `AC0000000000000000000000000000000${n}`;
const customer = {
  ...{ logId: '1789365601399-72020da0', eventTime: '2026-09-14T06:00:01Z', source: 'conversation-orchestrator' },
  ...{ eventType: 'participant.created', level: 'INFO', requestId: '60ac41e2-22de-442d-a000-624ef3bdb4e8' },
  body: {
    ...{ id: 'conv_participant_01m2fecy02fw8b4z857hgapkm4', type: 'CUSTOMER', profileId: null },
    accountId: account(1),
  },
};

test('a file that the second look has read is not read again for the evidence', async () => {
  const file = await build('participants', [JSON.stringify(customer)]);
  expect(lineIndexes(session).get(file)?.hashes).toHaveLength(1);
});

test.each([
  ['a comma before the end', JSON.stringify(customer).replace(/\}$/u, ',}')],
  ['a number as Python writes it', JSON.stringify(customer).replace('"body":{', '"body":{"score":NaN,')],
])('a line with %s, which DuckDB takes, is understood', async (_, line) => {
  await build('participants', [line]);
  const rows = await session.rows(z.object({ shows_profile: z.boolean() }), 'SELECT shows_profile FROM participants');
  expect(rows).toEqual([{ shows_profile: true }]);
});

const observed = 'conv_conversation_01m2fja4p6f88bf0zgby0641a1';
/** Of account 1 more than are looked into, which name nothing; of account 2 one that names a conversation where nobody expects it. */
const observations = Array.from({ length: 1101 }, (_, at) => ({
  ...{ logId: `17893656${String(10_000 + at)}-a`, eventTime: '2026-09-14T06:00:01Z', source: 'conversation-memory' },
  ...{ eventType: 'com.twilio.memory.observation.created', level: 'INFO' },
  body: at < 1100 ? { accountId: account(1), words: 'hello' } : { accountId: account(2), about: [observed] },
}));
const lines = observations.map((entry) => JSON.stringify(entry));
const about = 'SELECT account_id, conversation_id FROM observations';
const found = z.object({ account_id: z.string(), conversation_id: z.string().nullable() });

test('observations of one account that name nothing do not hide those of another', async () => {
  await build('observations', lines);
  expect(await session.rows(found, about)).toEqual([{ account_id: account(2), conversation_id: observed }]);
});

test('nor do they in a store', async () => {
  const file = join(folder, 'log.ndjson');
  const db = join(folder, 'events.duckdb');
  await writeFile(file, `${lines.join('\n')}\n`);
  await loadIntoStore(db, { paths: [file] });
  await rm(file);
  await session.run(`ATTACH '${db}' AS store (READ_ONLY)`);
  const rows = await session.rows(
    z.object({ bodies: z.bigint() }),
    `SELECT count(body) AS bodies FROM store.log.event_log WHERE body::VARCHAR LIKE '%${observed}%'`,
  );
  expect(rows).toEqual([{ bodies: 1n }]);
});
