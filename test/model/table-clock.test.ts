import { expect, test } from 'vitest';
import { openSession } from '../../src/engine/session.ts';
import { tableClock } from '../../src/model/table-clock.ts';

test('what a table waits for the queries of another one is not its own time', async () => {
  const session = await openSession();
  try {
    const clock = tableClock();
    const slow = 'CREATE OR REPLACE TEMP TABLE slow AS SELECT sum(hash(x)) AS s FROM range(60000000) r (x)';
    const began = performance.now();
    await Promise.all([clock.sessionOf('slow', session).run(slow), clock.sessionOf('quick', session).run('SELECT 1')]);
    const all = performance.now() - began;
    const [first, second] = clock.times();
    expect([first?.name, second?.name]).toEqual(['slow', 'quick']);
    expect((first?.ms ?? 0) + (second?.ms ?? 0)).toBeLessThanOrEqual(all + 1);
    expect(second?.ms ?? 0).toBeLessThan((first?.ms ?? 0) / 2);
  } finally {
    await session.close();
  }
});
