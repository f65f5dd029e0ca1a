import { expect, it } from 'vitest';
import { z } from 'zod';
import { benchLines } from './bench-data.ts';

const options = { events: 80_000, accounts: 2, seed: 'test' };
const entryOf = z.object({
  logId: z.string().regex(/^\d{13}-[0-9a-f]{8}$/),
  eventTime: z.iso.datetime(),
  eventType: z.string(),
  errorCode: z.int(),
  requestId: z.uuid(),
  body: z.looseObject({
    id: z.string().optional(),
    conversationId: z.string().optional(),
    type: z.string().optional(),
    accountId: z.string().optional(),
  }),
});
const lines = [...benchLines(options)];
const entries = lines.map((line) => entryOf.parse(JSON.parse(line)));

it('writes as many lines as were asked for, each of them one entry', () => {
  expect(lines).toHaveLength(options.events);
  expect(lines.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)).toBe(true);
});

it('is the same for the same seed, and another for another', () => {
  const first = (seed: string) => [...benchLines({ ...options, events: 500, seed })];
  expect(first('test')).toEqual(lines.slice(0, 500));
  expect(first('other')).not.toEqual(lines.slice(0, 500));
});

it('uses no log id twice, and goes on from second to second', () => {
  expect(new Set(entries.map(({ logId }) => logId)).size).toBe(entries.length);
  for (let at = 1; at < entries.length; at++) {
    if ((entries[at]?.eventTime ?? '') < (entries[at - 1]?.eventTime ?? ''))
      throw new Error(`line ${at + 1} goes back`);
  }
});

it('gives ids that are UUIDs of version 7 of their own time', () => {
  const symbols = '0123456789abcdefghjkmnpqrstvwxyz';
  for (const { eventType, body, logId } of entries.slice(0, 2000)) {
    if (!eventType.endsWith('.created')) continue;
    let bits = 0n;
    for (const symbol of (body.id ?? '').slice(-26)) bits = bits * 32n + BigInt(symbols.indexOf(symbol));
    expect(Number(bits >> 80n)).toBe(Number.parseInt(logId, 10));
    expect([(bits >> 76n) & 15n, (bits >> 62n) & 3n]).toEqual([7n, 2n]);
  }
});

it('holds incidents of many kinds, and few of each', () => {
  const codes = entries.map(({ errorCode }) => errorCode);
  for (const code of [530001, 530003, 530004]) {
    const count = codes.filter((each) => each === code).length;
    expect(count, String(code)).toBeGreaterThan(0);
    expect(count, String(code)).toBeLessThan(options.events / 1000);
  }
  const spoken = new Set(
    entries.filter((entry) => entry.eventType === 'communication.created').map(({ body }) => body.conversationId),
  );
  const opened = entries.filter((entry) => entry.eventType === 'conversation.created');
  const silent = opened.filter(({ body }) => !spoken.has(body.id));
  expect(silent.length).toBeGreaterThan(0);
  expect(silent.length).toBeLessThan(opened.length / 100);

  const customers = new Map<string, Set<string>>();
  for (const { eventType, body } of entries) {
    if (eventType !== 'participant.created' || body.type !== 'CUSTOMER') continue;
    const present = customers.get(body.conversationId ?? '') ?? new Set();
    customers.set(body.conversationId ?? '', present.add(body.id ?? ''));
  }
  const crowded = [...customers.values()].filter((present) => present.size > 1).length;
  expect(crowded).toBeGreaterThanOrEqual(4);
  expect(entries.some((entry) => entry.eventType === 'com.twilio.memory.profiles.merged')).toBe(true);
});
