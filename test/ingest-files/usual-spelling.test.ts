import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openSession } from '../../src/engine/session.ts';
import type { Fields } from '../../src/ingest/entry.ts';
import { loadExports } from '../../src/ingest/load.ts';
import { isUsualSpelling, isUsualThroughout } from '../../src/ingest/usual-spelling.ts';
import { benchLines } from '../generate/bench-data.ts';
import { entrySamples } from '../shapes/samples.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-spelling-'));
});
afterAll(() => rm(folder, { recursive: true }));

const samples = entrySamples['debugger-log'] ?? {};
const of = (variant: string, more: Fields = {}, body: Fields = {}): Fields => {
  const entry = samples[variant] ?? {};
  return { ...entry, ...more, body: { ...Object(entry.body), ...body } };
};

it('takes what is documented as usual', () => {
  for (const variant of ['conversation', 'participant', 'communication', 'diagnostic', 'memory']) {
    expect([variant, isUsualSpelling(of(variant))]).toEqual([variant, true]);
  }
  for (const line of benchLines({ seed: 'spelling', events: 500, accounts: 1 })) {
    expect(isUsualSpelling(JSON.parse(line)), line).toBe(true);
  }
});

it.each([
  ['beside the payload', of('conversation', { 'Error Code': 530003 })],
  ['beside the payload, what stands in it', of('diagnostic', { communicationId: 'c' })],
  ['in the payload', of('communication', {}, { communication_id: 'c' })],
  ['in its author', of('communication', {}, { author: { participant_id: 'p' } })],
  ['in one of its addresses', of('participant', {}, { addresses: [{ channel: 'SMS' }, { Address: '+15550100001' }] })],
])('sees another spelling %s', (_, entry) => {
  expect(isUsualSpelling(entry)).toBe(false);
});

it('passes over what no shape looks at', () => {
  expect(isUsualSpelling(of('conversation', { region: 'us1' }, { updated_at: 'x', labels: { error_code: 1 } }))).toBe(
    true,
  );
});

/** Lines of the same length, so that places are where they are thought to be. */
async function written(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

it('looks at the end of a file, and at places all over a long one', async () => {
  const usual = JSON.stringify(of('conversation'));
  const odd = JSON.stringify(of('communication', {}, { communication_id: 'c' }));
  const isUsual = async (lines: readonly string[]) => {
    const path = await written('log.ndjson', lines);
    return isUsualThroughout(path, (await stat(path)).size);
  };
  const many = Array.from({ length: 70_000 }, () => usual);
  expect(await isUsual(many.slice(0, 100))).toBe(true);
  expect(await isUsual([...many.slice(0, 100), odd])).toBe(false);
  expect(await isUsual(many)).toBe(true);
  // As where two exports were put into one file.
  expect(await isUsual([...many.slice(0, 35_000), ...many.slice(35_000).map(() => odd), ...many.slice(0, 100)])).toBe(
    false,
  );
});

it('so that an entry says the same, packed or not', async () => {
  const lines = [
    ...Array.from({ length: 40 }, (_, at) => JSON.stringify(of('conversation', { logId: `17893728005${at + 10}-a` }))),
    JSON.stringify(of('diagnostic', { logId: 'd1' }, { communication_id: 'conv_communication_1' })),
  ];
  const plain = await written('odd.ndjson', lines);
  await writeFile(`${plain}.gz`, gzipSync(lines.join('\n')));
  const saidIn = async (path: string) => {
    const session = await openSession();
    try {
      await loadExports(session, { paths: [path] });
      return await session.rows(
        z.object({ communication_id: z.string().nullable() }),
        "SELECT communication_id FROM event_log WHERE log_id = 'd1'",
      );
    } finally {
      await session.close();
    }
  };
  expect(await saidIn(plain)).toEqual([{ communication_id: 'conv_communication_1' }]);
  expect(await saidIn(`${plain}.gz`)).toEqual(await saidIn(plain));
});
