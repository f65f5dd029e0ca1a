import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LineIndex } from '../../src/ingest/line-index.ts';
import { indexLines, lineNumbers, locateEntries } from '../../src/ingest/locate.ts';

let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postlude-locate-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string) {
  const path = `log-${++count}.ndjson`;
  writeFileSync(join(folder, path), text);
  return { path, readPath: join(folder, path) };
}

async function locate(files: readonly { path: string; readPath: string }[], ...ids: string[]) {
  return Object.fromEntries(
    [...(await locateEntries(files, new Set(ids)))].map(([id, { path, line, raw }]) => [id, [path, line, raw]]),
  );
}

describe('locating entries', () => {
  it('finds each in the first file that holds it, on its first line', async () => {
    const a = file('{"logId":"a","n":1}\n\n{"logId":"b","n":2}\r\n{"logId":"b","n":3}');
    const b = file('{"logId":"b","n":4}\n{"logId":"c","n":5}');
    expect(await locate([a, b], 'a', 'b', 'c', 'd')).toEqual({
      a: [a.path, 1, '{"logId":"a","n":1}'],
      b: [a.path, 3, '{"logId":"b","n":2}'],
      c: [b.path, 2, '{"logId":"c","n":5}'],
    });
    expect((await locate([b, a], 'b')).b?.slice(0, 2)).toEqual([b.path, 1]);
  });

  it('finds ids in other spellings of the key, with blanks, and with escapes', async () => {
    const log = file(
      '{ "eventTime": "x", "logId" : "a" }\n{"log_id":"b"}\n{"LogId":"\\u0063"}\n{"logId":"d\\"e"}\n{"logId":"ü"}\n',
    );
    const found = await locate([log], 'a', 'b', 'c', 'd"e', 'ü');
    expect(Object.fromEntries(Object.entries(found).map(([id, [, line]]) => [id, line]))).toEqual({
      a: 1,
      b: 2,
      c: 3,
      'd"e': 4,
      ü: 5,
    });
  });

  it('is not misled by ids inside payloads and texts', async () => {
    const log = file(
      '{"logId":"x","body":{"logId":"a"}}\n{"logId":"y","text":"\\"logId\\":\\"a\\""}\n{"body":{"logId":"z"},"logId":"a"}\n',
    );
    expect((await locate([log], 'a')).a?.[1]).toBe(3);
  });

  it('does not take the beginning of an id for the id', async () => {
    const log = file('{"logId":"ab"}\n{"logId":"abc"}\n');
    expect(await locate([log], 'a', 'abcd')).toEqual({});
  });

  it('finds entries around lines longer than what is read at once, and at its borders', async () => {
    const long = JSON.stringify({ logId: 'long', text: 'x'.repeat(9_000_000) });
    const short = Array.from({ length: 20_000 }, (_, at) => JSON.stringify({ logId: `s${at}`, text: 'y'.repeat(500) }));
    const log = file([...short, long, '{"logId":"end"}'].join('\n'));
    const ids = short.map((_, at) => `s${at}`);
    const found = await locate([log], ...ids, 'long', 'end');
    expect(ids.every((id, at) => found[id]?.[1] === at + 1)).toBe(true);
    expect(found.long).toEqual([log.path, 20_001, long]);
    expect(found.end?.[1]).toBe(20_002);
  });

  it('passes over a file that is gone', async () => {
    const log = file('{"logId":"a"}');
    expect((await locate([{ path: 'gone', readPath: join(folder, 'gone') }, log], 'a')).a?.[0]).toBe(log.path);
  });

  it('finds by an index what it finds without, on the first and last line around each mark, and reads no more than it says', async () => {
    for (const count of [0, 1, 15, 16, 17, 32, 33, 1_000]) {
      for (const end of ['\n', '']) {
        const ids = Array.from({ length: count }, (_, at) => `id-${at}`);
        const lines = ids.map(
          (logId, at) => `${JSON.stringify({ logId, text: 'ü'.repeat(at % 7) })}${at % 3 === 0 ? '\r' : ''}`,
        );
        const log = file(
          lines
            .map((line) => `${line}\n`)
            .join('')
            .slice(0, end === '' ? -1 : undefined),
        );
        const indexes = new Map<string, LineIndex>();
        await indexLines([log], indexes);
        const index = indexes.get(log.readPath);
        expect(index?.marks).toHaveLength(Math.ceil(count / 16) + 1);
        if (index === undefined) continue;
        expect([...lineNumbers(index, [...ids, 'none'])]).toEqual(ids.map((id, at) => [id, at + 1]));
        const found = await locateEntries([log], new Set(ids), { indexes });
        expect([...found]).toEqual([...(await locateEntries([log], new Set(ids)))]);
        expect(found.size).toBe(count);
        writeFileSync(log.readPath, '');
        // It was read by the index: of lines that are gone nothing is left.
        expect((await locateEntries([log], new Set(ids), { indexes })).size).toBe(0);
      }
    }
  });

  it('keeps an index of more lines than a piece of it holds', async () => {
    const count = (1 << 20) + 20;
    const log = file(Array.from({ length: count }, (_, at) => `{"logId":"${at}"}\n`).join(''));
    const indexes = new Map<string, LineIndex>();
    await indexLines([log], indexes);
    const index = indexes.get(log.readPath);
    expect(index?.hashes.map((piece) => piece.length)).toEqual([1 << 20, 20]);
    const wanted = ['0', '1048574', '1048575', '1048576', '1048595'];
    const found = await locateEntries([log], new Set(wanted), { indexes });
    expect(wanted.map((id) => found.get(id)?.line)).toEqual([1, 1048575, 1048576, 1048577, 1048596]);
  });
});
