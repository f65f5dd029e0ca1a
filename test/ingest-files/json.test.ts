import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSplitter, readJson } from '../../src/ingest/containers/json.ts';
import { placed, readAll, source } from './reading.ts';

const read = (text: string | Buffer, chunkSize?: number) => readAll(readJson(source(text, chunkSize)));

/** Texts that are hard on a splitter: quotes, brackets, escapes, line ends, and more than one byte a character. */
const hardText = fc.string({
  unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '\n', '\r', 'a', 'ü', '😀', ' '),
});
const value = fc.letrec<{ value: unknown; list: unknown[]; object: object; leaf: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('object')),
  leaf: fc.oneof(
    hardText,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (Object.is(x, -0) ? 0 : x)),
    fc.boolean(),
    fc.constant(null),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(hardText, tie('value'), { maxKeys: 3, noNullPrototype: true }),
})).value;
/** `logId` makes each of them an entry, whatever lists it has. */
const entry = fc
  .tuple(
    fc.dictionary(fc.oneof(hardText, fc.constantFrom('events', 'data', 'participants', 'body')), value, {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    hardText,
  )
  .map(([fields, logId]) => ({ ...fields, logId }));

const layouts: Readonly<
  Record<string, (entries: readonly object[]) => { readonly text: string; readonly lines: readonly number[] }>
> = {
  'a compact list': (entries) => ({ text: JSON.stringify(entries), lines: entries.map(() => 1) }),
  'a pretty-printed list': (entries) => {
    const text = JSON.stringify(entries, null, 2);
    return { text, lines: linesOfElements(entries, 2, 1) };
  },
  'an envelope around a list': (entries) => {
    const text = JSON.stringify(
      { meta: { key: 'events', page: [{ no: 'entry' }] }, Events: entries, end: ['x'] },
      null,
      1,
    );
    return {
      text,
      lines: linesOfElements(
        entries,
        1,
        JSON.stringify({ meta: { key: 'events', page: [{ no: 'entry' }] } }, null, 1).split('\n').length,
        2,
      ),
    };
  },
  'objects one after another': (entries) => ({
    text: entries.map((each) => JSON.stringify(each)).join('\n'),
    lines: entries.map((_, at) => at + 1),
  }),
  'pretty-printed objects with CRLF': (entries) => {
    const lines: number[] = [];
    let line = 1;
    const text = entries.map((each) => {
      const printed = JSON.stringify(each, null, 2);
      lines.push(line);
      line += printed.split('\n').length;
      return printed.replaceAll('\n', '\r\n');
    });
    return { text: text.join('\r\n'), lines };
  },
  'lists one after another, ended by CR': (entries) => ({
    text: entries.map((each) => JSON.stringify([each])).join('\r'),
    lines: entries.map((_, at) => at + 1),
  }),
};

/** Lines on which the elements of a pretty-printed list begin that itself begins on line `first`. */
function linesOfElements(entries: readonly object[], indent: number, first: number, levels = 1): number[] {
  const lines: number[] = [];
  let line = first + 1;
  for (const each of entries) {
    lines.push(line);
    line += JSON.stringify(each, null, indent * levels).split('\n').length;
  }
  return lines;
}

describe('reading JSON', () => {
  for (const [name, layout] of Object.entries(layouts)) {
    it(`gives back every record of ${name} with its line, however the bytes are cut`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(entry, { minLength: 1, maxLength: 4 }),
          fc.constantFrom(1, 3, 7, 64, 1_000_000),
          async (entries, chunkSize) => {
            const { text, lines } = layout(entries);
            const result = await read(text, chunkSize);
            expect(result.rejects).toEqual([]);
            expect(placed(result)).toEqual(entries.map((each, at) => [lines[at], JSON.parse(JSON.stringify(each))]));
          },
        ),
        { numRuns: 150 },
      );
    });
  }

  it('says under which key a record stood', async () => {
    const { records } = await read(
      '{"conversations":[{"id":"a"}],"participants":[{"id":"b"}],"meta":{"nextToken":null}}',
    );
    expect(records).toEqual([
      { fields: { id: 'a' }, line: 1, listKey: 'conversations' },
      { fields: { id: 'b' }, line: 1, listKey: 'participants' },
    ]);
  });

  it('finds the list under a key in any spelling, beside fields of the export itself', async () => {
    const { records } = await read('{"account_id":"AC1","exported":"2026-09-14","log_entries":[{"logId":"a"}]}');
    expect(records).toEqual([{ fields: { logId: 'a' }, line: 1, listKey: 'log_entries' }]);
  });

  it('does not take a record with a list of its own for an envelope, wherever its id stands', async () => {
    const conversation = { participants: [{ id: 'p1' }, { id: 'p2' }], id: 'c1' };
    for (const text of [
      JSON.stringify(conversation),
      JSON.stringify([conversation]),
      JSON.stringify({ items: [conversation] }, null, 2),
    ]) {
      const { records, rejects } = await read(text, 5);
      expect(rejects).toEqual([]);
      expect(records.map((record) => record.fields)).toEqual([conversation]);
    }
  });

  it('does not take a list of texts for a list of records', async () => {
    const { records } = await read('{"events":["a","b"],"configured":true}');
    expect(records.map((record) => record.fields)).toEqual([{ events: ['a', 'b'], configured: true }]);
  });

  it('looks into the pages of a list of pages and into lists of lists', async () => {
    const { records } = await read(
      '[{"alerts":[{"sid":"a"}],"meta":{"next_page_url":null}},{"alerts":[{"sid":"b"}]}] [[{"sid":"c"}],[[{"sid":"d"}]]]',
    );
    expect(records.map((record) => record.fields)).toEqual([{ sid: 'a' }, { sid: 'b' }, { sid: 'c' }, { sid: 'd' }]);
  });

  it.each([
    ['{"alerts":[],"meta":{"next_page_url":"https://example.com/2"}}', 'meta.next_page_url'],
    ['{"meta":{"nextToken":"x","key":"stores"},"stores":[{"id":"a"}]}', 'meta.nextToken'],
    ['{"Messages":[{"sid":"a"}],"NextPageUri":"/2"}', 'NextPageUri'],
    ['{"calls":[{"sid":"a"}],"next_page_uri":"/2"}', 'next_page_uri'],
    ['[{"calls":[{"sid":"a"}],"next_page_uri":"/2"}]', 'next_page_uri'],
  ])('tells once that there are more pages: %s', async (text, key) => {
    for (const chunkSize of [1, 1000]) expect((await read(text, chunkSize)).incomplete).toEqual([{ line: 1, key }]);
  });

  it.each([
    '{"alerts":[{"sid":"a"}],"meta":{"next_page_url":null}}',
    '{"calls":[{"sid":"a"}],"next_page_uri":""}',
    '{"calls":[{"sid":"a","next_page_uri":"/2"}]}',
    '{"id":"c","participants":[{"id":"p"}],"nextToken":"x"}',
  ])('does not tell of more pages where there are none: %s', async (text) => {
    expect((await read(text)).incomplete).toEqual([]);
  });

  it('decides about an envelope early where it is long, and still reads what comes after the list', async () => {
    const entries = Array.from({ length: 50 }, (_, at) => ({ logId: `${at}`, text: 'x'.repeat(20) }));
    const text = JSON.stringify({ note: 'x', events: entries, meta: { nextToken: 't' } }, null, 1);
    const seen: unknown[] = [];
    const pages: unknown[] = [];
    const rejects: unknown[] = [];
    const splitter = jsonSplitter(
      {
        record: (fields) => seen.push(fields),
        reject: (...reject) => rejects.push(reject),
        page: (page) => pages.push(page),
      },
      { undecided: 100, element: 1000 },
    );
    for (const byte of Buffer.from(text)) splitter.push(Buffer.from([byte]));
    splitter.end(null);
    expect(rejects).toEqual([]);
    expect(seen).toEqual(entries);
    expect(pages).toEqual([{ line: 1, listKey: 'events', next: 'meta.nextToken', hasPrevious: false }]);
  });

  it('rejects a record over the limit without keeping it, and reads the others', () => {
    const seen: unknown[] = [];
    const rejects: unknown[] = [];
    const splitter = jsonSplitter(
      {
        record: (fields, line) => seen.push([line, fields]),
        reject: (line, reason) => rejects.push([line, reason]),
        page: () => {},
      },
      { undecided: 50, element: 100 },
    );
    const long = { a: '\\"}{'.repeat(100), b: { events: [{ c: ']' }] } };
    for (const byte of Buffer.from(`[{"a":1},\n${JSON.stringify(long)},\n{"a":2}]`)) splitter.push(Buffer.from([byte]));
    splitter.end(null);
    expect(seen).toEqual([
      [1, { a: 1 }],
      [3, { a: 2 }],
    ]);
    expect(rejects).toEqual([[2, 'longer than 0 MiB']]);
  });

  describe('where something is broken', () => {
    const rest = (text: string) => `[{"n":1},\n${text},\n{"n":2},\n{"n":3}]`;
    it.each([
      ['a missing value', '{"a":}'],
      ['a word that is no JSON', '{"a":nil}'],
      ['a missing closing quote', '{"a":"x, "b":"y"}'],
      ['a missing closing quote at the end', '{"a":"x}'],
      ['a missing opening quote', '{"a":x","b":"y"}'],
      ['quotes inside a text', '{"a":"he said "hi" to me","b":1}'],
      ['a missing closing bracket of a list', '{"a":[1,2}'],
      ['a missing closing brace', '{"a":{"b":1}'],
      ['a missing closing brace after a text', '{"a":"b"'],
      ['a line end inside a text', '{"a":"b\nc"}'],
      ['an element that is no object', '"text"'],
    ])('rejects one record and reads the rest: %s', async (_, text) => {
      for (const chunkSize of [1, 3, 1000]) {
        const result = await read(rest(text), chunkSize);
        expect(result.records.map((record) => record.fields)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
        expect(result.rejects.map((reject) => reject.line)).toEqual([2]);
      }
    });

    it('keeps counting lines after a text with a line end in it', async () => {
      const result = await read('[{"a":"b\nc"},\n{"n":1}]');
      expect(placed(result)).toEqual([[3, { n: 1 }]]);
    });

    it('rejects the record in which the input ends, once', async () => {
      const whole = '{"events":[{"n":1},\n{"n":2,"t":"a } b"}]}';
      for (let end = 19; end < whole.length - 3; end++) {
        const result = await read(whole.slice(0, end), 4);
        expect(placed(result)).toEqual([[1, { n: 1 }]]);
        expect(result.rejects).toHaveLength(1);
        expect(result.rejects[0]?.reason).toMatch(/^cut off: the input ends/);
      }
    });

    it('rejects a cut list before another list, and reads that one', async () => {
      const result = await read('[{"n":1},\n{"n":2,"a":\n[{"n":3}]\n[{"n":4},{"n":5}]');
      expect(result.records.map((record) => record.fields)).toEqual([{ n: 1 }, { n: 4 }, { n: 5 }]);
      expect(result.rejects.length).toBeGreaterThan(0);
    });

    it('rejects text between documents', async () => {
      const result = await read('[{"n":1}]\nDone, 1 entry "written"\n{"n":2}\n');
      expect(placed(result)).toEqual([
        [1, { n: 1 }],
        [3, { n: 2 }],
      ]);
      expect(result.rejects).toEqual([
        { line: 2, reason: "not JSON: Unexpected token 'D'", text: 'Done, 1 entry "written"' },
      ]);
    });

    it('rejects a record that is not UTF-8', async () => {
      const result = await read(
        Buffer.concat([Buffer.from('[{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"},{"a":"ü"}]')]),
        1,
      );
      expect(result.records.map((record) => record.fields)).toEqual([{ a: 'ü' }]);
      expect(result.rejects).toMatchObject([{ line: 1, reason: 'not UTF-8' }]);
    });

    it('never throws, and ends, on any text', async () => {
      await fc.assert(
        fc.asyncProperty(hardText, fc.constantFrom(1, 1000), async (text, chunkSize) => {
          await read(`[{"a":1},${text}`, chunkSize);
          await read(text, chunkSize);
        }),
        { numRuns: 2000 },
      );
    });

    it('rejects brackets without end instead of filling the memory', async () => {
      const result = await read('['.repeat(1_000_000));
      expect(result.rejects).toHaveLength(1);
      const deep = await read(`[${'{"a":'.repeat(3000)}1${'}'.repeat(3000)},{"n":1}]`);
      expect(deep.records.map((record) => record.fields)).toEqual([{ n: 1 }]);
      expect(deep.rejects).toMatchObject([{ line: 1, reason: 'nested deeper than 500 levels' }]);
    });
  });
});
