import { expect, test } from 'vitest';
import { audit } from '../../src/audit.ts';

test('the events around findings: those of their conversations and requests, in the order of time, each once', async () => {
  const { findings, timelines } = await audit({ paths: ['fixtures/mixed'], timelines: true });
  expect(timelines).toMatchObject({ begin: '2026-09-18T08:30:02.140Z', end: '2026-09-18T13:30:48.000Z', leftOut: 0 });
  const events = timelines?.events ?? [];
  expect(new Set(events.map(({ accountId, logId }) => `${accountId} ${logId}`)).size).toBe(events.length);
  const cited = findings.filter(({ evidence }) => evidence.length > 0);
  expect(cited.length).toBeGreaterThan(0);
  for (const finding of cited) {
    const timeline = timelines?.ofFindings.get(finding.fingerprint);
    const own = timeline?.events.flatMap((place) => events[place] ?? []) ?? [];
    expect(timeline?.total).toBe(own.length);
    expect(own.map(({ logId }) => logId)).toEqual(expect.arrayContaining(finding.evidence.map(({ logId }) => logId)));
    expect(own.length).toBeGreaterThan(finding.evidence.length);
    const times = own.map(({ eventTime }) => eventTime);
    expect(times).toEqual(times.toSorted());
    expect(new Set(own.map(({ accountId }) => accountId))).toEqual(new Set([finding.accountId]));
  }
});

test('are gathered only where they are asked for', async () => {
  expect(await audit({ paths: ['fixtures/silent-call'] })).not.toHaveProperty('timelines');
});
