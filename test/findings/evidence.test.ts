import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession, quoted, type Session } from '../../src/engine/session.ts';
import { sqlFile } from '../../src/engine/sql-file.ts';
import { type CitedEvents, fetchEvidence } from '../../src/findings/evidence.ts';
import { account, otherAccount } from './make.ts';

let folder: string;
let session: Session;
let cited: CitedEvents;

const line = (logId: string) => `${JSON.stringify({ logId, eventTime: '2026-09-14T08:00:00Z' })}\n`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-test-'));
  await writeFile(join(folder, 'one.ndjson'), `\n${line('a')}${line('same')}${line('b')}`);
  await writeFile(join(folder, 'two.ndjson'), `${line('x')}${line('y')}\n\n${line('same')}`);
  session = await openSession();
  for (const file of ['macros', 'event-log'])
    await session.run(await sqlFile(import.meta.url, `../../src/ingest/${file}.sql`));
  const file = (id: number, name: string) =>
    session.run(
      `INSERT INTO input_files BY NAME SELECT ${id} AS file_id, ${quoted(`exports/${name}`)} AS path, ${quoted(join(folder, name))} AS read_path`,
    );
  await file(1, 'one.ndjson');
  await file(2, 'two.ndjson');
  await file(3, 'alerts.json');
  const event = (
    key: number,
    accountId: string,
    logId: string,
    time: string,
    fileId: number,
    lineNumber: number | null,
  ) =>
    session.run(
      `INSERT INTO event_log BY NAME SELECT ${key} AS event_key, ${quoted(accountId)} AS account_id, ${quoted(logId)} AS log_id,
        TIMESTAMPTZ ${quoted(time)} AS event_time, 'diagnostic' AS event_type, 'ERROR' AS level, 530004 AS error_code,
        'HTTP 503' AS error_reason, 'FAILED' AS status, 'req' AS request_id, 'cor' AS correlation_id, ${fileId} AS file_id, ${lineNumber} AS line`,
    );
  await event(10, account, 'b', '2026-09-14T08:00:00.003Z', 1, null);
  await event(11, account, 'a', '2026-09-14T08:00:00.003Z', 1, null);
  await event(12, account, 'same', '2026-09-14T07:00:00Z', 1, null);
  await event(13, otherAccount, 'same', '2026-09-14T06:00:00.0009Z', 2, null);
  await event(14, account, 'alert', '2026-09-14T09:00:00Z', 3, 77);
  await session.run(
    `INSERT INTO input_files BY NAME SELECT 4 AS file_id, 'gone.ndjson' AS path, '/nowhere/gone.ndjson' AS read_path`,
  );
  await event(16, account, 'gone', '2026-09-14T10:00:00Z', 4, null);
  await event(15, account, 'vanished', '2026-09-14T10:00:00Z', 1, null);
  cited = await fetchEvidence(session, [10n, 11n, 12n, 13n, 14n, 15n, 16n, 99n]);
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

test('comes in the order of time, ties by log id, each event once, whatever the order of the keys', () => {
  const ids = (...keys: bigint[]) => cited(keys).map(({ evidence }) => evidence.logId);
  expect(ids(14n, 10n, 11n, 10n, 12n)).toEqual(['same', 'a', 'b', 'alert']);
  expect(ids()).toEqual([]);
});

test('has the whole event with its file as the user named it', () => {
  expect(cited([14n])).toEqual([
    {
      key: 14n,
      correlationId: 'cor',
      evidence: {
        logId: 'alert',
        eventTime: '2026-09-14T09:00:00.000Z',
        eventType: 'diagnostic',
        level: 'ERROR',
        errorCode: 530004,
        errorReason: 'HTTP 503',
        status: 'FAILED',
        requestId: 'req',
        file: 'exports/alerts.json',
        line: 77,
      },
    },
  ]);
});

test('finds the line where nobody counted lines, in the file that the event came from', () => {
  const place = (key: bigint) => cited([key]).map(({ evidence }) => `${evidence.file}:${evidence.line}`);
  expect(place(11n)).toEqual(['exports/one.ndjson:2']);
  expect(place(10n)).toEqual(['exports/one.ndjson:4']);
  expect(place(12n)).toEqual(['exports/one.ndjson:3']);
  expect(place(13n)).toEqual(['exports/two.ndjson:5']);
});

test('has no line where the file does not show the entry any more, or is gone', () => {
  expect(cited([15n])[0]?.evidence.line).toBeNull();
  expect(cited([16n])[0]?.evidence).toMatchObject({ file: 'gone.ndjson', line: null });
});

test('leaves out keys that no event has', () => {
  expect(cited([99n, 14n])).toHaveLength(1);
});
