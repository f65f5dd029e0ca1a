import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateEntries } from '../../src/ingest/locate.ts';

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
});
