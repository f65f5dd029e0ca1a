import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamBatches } from '../../src/engine/arrow.ts';
import { UserError } from '../../src/engine/errors.ts';
import { openSession, type Session } from '../../src/engine/session.ts';
import { withTimeout } from '../../src/engine/timeout.ts';

const endless = 'SELECT count(*) FROM range(100000000000) r(i) WHERE hash(i) = 5';

let session: Session;
beforeAll(async () => {
  session = await openSession({ threads: 2 });
});
afterAll(() => session.close());

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

test('work that is done in time gives its result', async () => {
  expect(await withTimeout(session.connection, 10_000, async () => 42)).toBe(42);
});

test('a query that takes longer is stopped with a UserError that names the limit, and the connection goes on', async () => {
  const began = Date.now();
  const stopped = withTimeout(session.connection, 200, () => session.run(endless));
  await expect(stopped).rejects.toThrow(UserError);
  await expect(stopped).rejects.toThrow('stopped after 0.2 s');
  expect(Date.now() - began).toBeLessThan(2000);
  await session.run('SELECT 1');
});

test('work is stopped at its next query when the time ran out between two', async () => {
  const work = async () => {
    await pause(150);
    await session.run(endless);
  };
  await expect(withTimeout(session.connection, 50, work)).rejects.toThrow('time limit');
});

test('a stream is stopped while its rows come', async () => {
  let rows = 0;
  const work = async () => {
    for await (const batch of streamBatches(session.connection, 'SELECT i FROM range(100000000000) r(i)'))
      rows += batch.numRows;
  };
  await expect(withTimeout(session.connection, 200, work)).rejects.toThrow('time limit');
  expect(rows).toBeGreaterThan(0);
});

test('what the work throws in time is thrown as it is', async () => {
  const failing = withTimeout(session.connection, 10_000, () => session.run('SELECT nowhere'));
  await expect(failing).rejects.toThrow('nowhere');
  await expect(failing).rejects.not.toThrow(UserError);
});

test('nothing is interrupted after the work is done', async () => {
  await withTimeout(session.connection, 30, () => session.run('SELECT 1'));
  await session.run('SELECT count(*) FROM range(200000000) r(i) WHERE hash(i) = 5');
});

test('a limit longer than a timer can wait is no limit', async () => {
  await withTimeout(session.connection, 1e12, () =>
    session.run('SELECT count(*) FROM range(100000000) r(i) WHERE hash(i) = 5'),
  );
  await withTimeout(session.connection, Number.POSITIVE_INFINITY, () =>
    session.run('SELECT count(*) FROM range(100000000) r(i) WHERE hash(i) = 5'),
  );
});

test('other connections are not touched', async () => {
  const other = await session.connect();
  const counted = other.runAndReadAll('SELECT count(*)::INTEGER AS n FROM range(300000000) r(i) WHERE hash(i) % 2 < 2');
  await expect(withTimeout(session.connection, 50, () => session.run(endless))).rejects.toThrow('time limit');
  expect((await counted).getRowObjectsJS()).toEqual([{ n: 300000000 }]);
});
