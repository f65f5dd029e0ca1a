import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineSplitter } from '../../src/ingest/containers/lines.ts';
import { readNdjson } from '../../src/ingest/containers/ndjson.ts';
import { placed, readAll, source } from './reading.ts';

const read = (text: string | Buffer, chunkSize?: number) => readAll(readNdjson(source(text, chunkSize)));

function split(bytes: Buffer, chunkSize: number, limit?: number) {
  const lines: [number, string][] = [];
  const unreadable: [number, string][] = [];
  const splitter = lineSplitter(
    {
      line: (text, number) => lines.push([number, text]),
      unreadable: (reason, _, number) => unreadable.push([number, reason]),
    },
    limit,
  );
  for (let at = 0; at < bytes.length; at += chunkSize) splitter.push(bytes.subarray(at, at + chunkSize));
  splitter.end();
  return { lines, unreadable };
}

describe('splitting lines', () => {
  it('gives every line with its number, whatever ends it and however the bytes are cut', () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: fc.constantFrom('a', 'ü', '😀', '{', ' ') }), lineEnd)),
        fc.constantFrom(1, 2, 3, 1000),
        (lines, chunkSize) => {
          // An empty line that ends in LF behind one that ends in CR is the same bytes as one CRLF.
          fc.pre(lines.every(([text, end], at) => !(text === '' && end === '\n' && lines[at - 1]?.[1] === '\r')));
          const bytes = Buffer.from(lines.map(([text, end]) => text + end).join(''));
          const expected = lines.map(([text], at) => [at + 1, text]);
          expect(split(bytes, chunkSize).lines).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keeps only the beginning of a line over the limit, and goes on behind it', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      for (const chunkSize of [1, 7, 1000]) {
        const result = split(Buffer.from(['a', 'x'.repeat(101), 'y'.repeat(100), 'b'].join(end)), chunkSize, 100);
        expect(result.lines).toEqual([
          [1, 'a'],
          [3, 'y'.repeat(100)],
          [4, 'b'],
        ]);
        expect(result.unreadable).toEqual([[2, 'line longer than 0 MiB']]);
      }
    }
  });

  it('says of a line over the limit at the very end that it is too long', () => {
    expect(split(Buffer.from(`a\n${'x'.repeat(200)}`), 10, 100)).toEqual({
      lines: [[1, 'a']],
      unreadable: [[2, 'line longer than 0 MiB']],
    });
  });

  it('tells of a line that is not UTF-8 and gives the ones around it', () => {
    const bytes = Buffer.concat([Buffer.from('ü\n'), Buffer.from([0xc3, 0x28, 0x0a]), Buffer.from('😀')]);
    expect(split(bytes, 100)).toEqual({
      lines: [
        [1, 'ü'],
        [3, '😀'],
      ],
      unreadable: [[2, 'not UTF-8']],
    });
  });
});

describe('reading NDJSON', () => {
  it('gives each object with its line and leaves blank lines out', async () => {
    const result = await read('{"n":1}\n\n  \r\n{"n":2}\r\n{"n":3}');
    expect(placed(result)).toEqual([
      [1, { n: 1 }],
      [4, { n: 2 }],
      [5, { n: 3 }],
    ]);
    expect(result.rejects).toEqual([]);
  });

  it('rejects a line that is no JSON, with its number, its beginning and a reason without the text itself', async () => {
    const result = await read(`{"n":1}\n{"n":2,"t":"${'x'.repeat(600)}\n{"n":3}\n\u001b[31mred\n`);
    expect(placed(result)).toEqual([
      [1, { n: 1 }],
      [3, { n: 3 }],
    ]);
    expect(result.rejects.map((reject) => reject.line)).toEqual([2, 4]);
    expect(result.rejects[0]?.reason).toMatch(/^not JSON: Unterminated string/);
    expect(result.rejects[0]?.text).toBe(`{"n":2,"t":"${'x'.repeat(488)}`);
    expect(result.rejects[1]?.reason).toBe("not JSON: Unexpected token '?'");
  });

  it.each([
    ['null', 'not an object: null'],
    ['17', 'not an object: a number'],
    ['"text"', 'not an object: a string'],
    ['{"n":1} done', 'not JSON: Unexpected non-whitespace character after JSON at position 8'],
    ['{"n":1} {"n":', 'not JSON: Unexpected non-whitespace character after JSON at position 8'],
  ])('rejects the line %s', async (line, reason) => {
    const result = await read(`${line}\n{"n":2}\n`);
    expect(placed(result)).toEqual([[2, { n: 2 }]]);
    expect(result.rejects).toEqual([{ line: 1, reason, text: line }]);
  });

  it('takes several objects on one line for several records', async () => {
    const result = await read('{"n":1}{"n":2} {"n":3}\n{"n":4}');
    expect(placed(result)).toEqual([
      [1, { n: 1 }],
      [1, { n: 2 }],
      [1, { n: 3 }],
      [2, { n: 4 }],
    ]);
    expect(result.rejects).toEqual([]);
  });

  it('takes the objects of a list on one line, and of a list page', async () => {
    const result = await read(
      '[{"n":1},2,{"n":3}]\n{"alerts":[{"n":4}],"meta":{"next_page_url":"https://example.com"}}\n{"n":5}',
    );
    expect(result.records).toEqual([
      { line: 1, fields: { n: 1 }, listKey: null },
      { line: 1, fields: { n: 3 }, listKey: null },
      { line: 2, fields: { n: 4 }, listKey: 'alerts' },
      { line: 3, fields: { n: 5 }, listKey: null },
    ]);
    expect(result.rejects).toMatchObject([{ line: 1, reason: 'not an object: a number' }]);
    expect(result.incomplete).toEqual([{ line: 2, key: 'meta.next_page_url' }]);
  });

  it('overlooks byte order marks where files were joined', async () => {
    expect(placed(await read('{"n":1}\n\uFEFF{"n":2}\n'))).toEqual([
      [1, { n: 1 }],
      [2, { n: 2 }],
    ]);
  });

  it('keeps keys that would change an object instead of its fields', async () => {
    const { records } = await read('{"__proto__":{"x":1},"n":1}');
    expect(JSON.stringify(records[0]?.fields)).toBe('{"__proto__":{"x":1},"n":1}');
  });

  it('keeps numbers as text that JavaScript would round, or take for infinite', async () => {
    const line = String.raw`{"a":9007199254740993,"b":[1e400,-90071992547409931],"c":"9007199254740993\\","d\"":1e300,"e":9007199254740994}`;
    expect((await read(line)).records.map(({ fields }) => fields)).toEqual([
      {
        a: '9007199254740993',
        b: ['1e400', '-90071992547409931'],
        c: '9007199254740993\\',
        'd"': 1e300,
        e: 9007199254740994,
      },
    ]);
  });

  it('rejects what is nested too deep to be written again', async () => {
    const deep = `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect((await read(`${deep}\n{"n":1}`)).rejects).toMatchObject([
      { line: 1, reason: 'nested deeper than 500 levels' },
    ]);
  });

  it('reports a source that ended early once, on the line that was reached', async () => {
    const cutInside = await readAll(readNdjson(source('{"n":1}\n{"n":2', 5, 'gzip stream is cut off')));
    expect(placed(cutInside)).toEqual([[1, { n: 1 }]]);
    expect(cutInside.rejects).toEqual([{ line: 2, reason: 'gzip stream is cut off', text: '{"n":2' }]);
    const cutBetween = await readAll(readNdjson(source('{"n":1}\n{"n":2}\n', 5, 'gzip stream is cut off')));
    expect(placed(cutBetween)).toEqual([
      [1, { n: 1 }],
      [2, { n: 2 }],
    ]);
    expect(cutBetween.rejects).toEqual([{ line: 3, reason: 'gzip stream is cut off', text: '' }]);
  });

  it('hands on batches while it reads', async () => {
    const text = '{"n":1}\n'.repeat(5000);
    const sizes: number[] = [];
    for await (const batch of readNdjson(source(text, 4000))) sizes.push(batch.records.length);
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5000);
  });
});
