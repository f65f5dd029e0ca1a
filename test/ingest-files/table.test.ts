import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readForm } from '../../src/ingest/containers/form.ts';
import { type Delimiter, readTable, tableLayout } from '../../src/ingest/containers/table.ts';
import { placed, readAll, source } from './reading.ts';

function read(text: string, chunkSize?: number, problem: string | null = null) {
  const layout = tableLayout(text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== ''));
  if (layout === null) throw new Error('not a table');
  return readAll(readTable(source(text, chunkSize, problem), layout));
}

const written = (cell: string, delimiter: string) =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

describe('reading a table', () => {
  it('gives back every cell and the line each row begins on, however the bytes are cut', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ü', '"', ',', ';', '\t', '\n', ' ', '{') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }),
        fc.constantFrom<Delimiter>(',', ';', '\t'),
        fc.constantFrom(1, 3, 1000),
        fc.constantFrom('\n', '\r\n'),
        async (rows, delimiter, chunkSize, lineEnd) => {
          // Rows of empty cells are no records.
          fc.pre(rows.every((cells) => cells.some((each) => each !== '')));
          const lines: number[] = [];
          let line = 2;
          const text = rows.map((cells) => {
            lines.push(line);
            const row = cells.map((each) => written(each, delimiter)).join(delimiter);
            line += row.split('\n').length;
            return row;
          });
          const table = ['One', 'Two', 'Log properties'].join(delimiter) + lineEnd + text.join(lineEnd);
          const layout = { delimiter, columns: ['One', 'Two', 'Log properties'], hasHeader: true };
          const result = await readAll(readTable(source(table, chunkSize), layout));
          expect(result.rejects).toEqual([]);
          expect(placed(result)).toEqual(
            rows.map(([One, Two, properties], at) => [lines[at], { One, Two, 'Log properties': properties }]),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes cells that a row lacks for absent, and cells left empty for empty', async () => {
    expect(placed(await read('a,b,c\n1\n1,,3\n,,\n'))).toEqual([
      [2, { a: '1' }],
      [3, { a: '1', b: '', c: '3' }],
    ]);
  });

  it('rejects a row with more cells than columns, but for empty ones', async () => {
    const result = await read('a,b\n1,2,3\n1,2,,\n');
    expect(placed(result)).toEqual([[3, { a: '1', b: '2' }]]);
    expect(result.rejects).toEqual([{ line: 2, reason: '3 cells in a table of 2 columns', text: '1,2,3' }]);
  });

  it('reads a single column name twice as two columns, and leaves columns without a name out', async () => {
    expect(placed(await read('a,a,,b\n1,2,3,4\n'))).toEqual([[2, { a: '1', 'a (2)': '2', b: '4' }]]);
  });

  it('leaves out a header that comes again, as where files were joined', async () => {
    expect(placed(await read('a,b\n1,2\na,b\n3,4\n'))).toEqual([
      [2, { a: '1', b: '2' }],
      [4, { a: '3', b: '4' }],
    ]);
  });

  it('rejects only the row with a quote that is never closed', async () => {
    const result = await read('a,b\n1,2\n3,"four\n5,6\n7,8\n');
    expect(placed(result)).toEqual([
      [2, { a: '1', b: '2' }],
      [4, { a: '5', b: '6' }],
      [5, { a: '7', b: '8' }],
    ]);
    expect(result.rejects).toEqual([{ line: 3, reason: 'a quote is never closed', text: '3,"four' }]);
  });

  it('notices the quote that was not closed at the next quoted cell', async () => {
    const result = await read('a,b\n3,"four\n5,"six"\n7,"8"\n');
    expect(placed(result)).toEqual([
      [3, { a: '5', b: 'six' }],
      [4, { a: '7', b: '8' }],
    ]);
    expect(result.rejects).toEqual([{ line: 2, reason: 'text after the closing quote of a cell', text: '3,"four' }]);
  });

  it('gives up an open quote after ten thousand lines, and in time', async () => {
    const rows = Array.from({ length: 25_000 }, (_, at) => `${at},x`);
    const result = await read(`a,b\n1,"open\n${rows.join('\n')}\n`);
    expect(result.records).toHaveLength(25_000);
    expect(result.rejects).toHaveLength(1);
  });

  it('takes quotes between tabs for text where they do not enclose a cell', async () => {
    const result = await read('a\tb\n1\t"quoted" and more\n2\t"open\n3\t"fine"\n');
    expect(placed(result)).toEqual([
      [2, { a: '1', b: '"quoted" and more' }],
      [3, { a: '2', b: '"open' }],
      [4, { a: '3', b: 'fine' }],
    ]);
  });

  it('rejects the row in which a damaged stream ends: it would look complete', async () => {
    const result = await read('a,b\n1,2\n3,4', 4, 'zstd stream is cut off');
    expect(placed(result)).toEqual([[2, { a: '1', b: '2' }]]);
    expect(result.rejects).toEqual([{ line: 3, reason: 'zstd stream is cut off', text: '3,4' }]);
  });
});

describe('recognising a table', () => {
  it.each([',', ';', '\t'])('separated by %j', (delimiter) => {
    expect(tableLayout([['Timestamp (local)', 'Error code', 'Log properties'].join(delimiter)])).toEqual({
      delimiter,
      columns: ['Timestamp (local)', 'Error code', 'Log properties'],
      hasHeader: true,
    });
  });

  it('knows what the Twilio CLI prints without a header', async () => {
    const text = 'May 24 2019 11:43:11 GMT-0600\terror\t11200\tHTTP retrieval failure\n';
    expect(placed(await read(text))).toEqual([
      [
        1,
        {
          dateCreated: 'May 24 2019 11:43:11 GMT-0600',
          logLevel: 'error',
          errorCode: '11200',
          alertText: 'HTTP retrieval failure',
        },
      ],
    ]);
  });

  it.each([
    [
      'prose',
      ['Dear colleague, here are the logs', 'as you asked. I hope, although it is late, that they help.', 'Best'],
    ],
    ['a log', ['2026-09-14 08:00:00,123 INFO started', '2026-09-14 08:00:00,124 INFO stopped']],
    ['one column', ['name', 'a', 'b']],
    ['numbers', ['1,2,3', '4,5,6']],
    ['nothing', []],
  ])('does not take %s for one', (_, lines) => {
    expect(tableLayout(lines)).toBeNull();
  });
});

describe('reading form bodies', () => {
  it('decodes one a line and leaves the payload as text', async () => {
    const payload = JSON.stringify({ error_code: 11200, more_info: { Msg: 'a+b & c' } });
    const body = new URLSearchParams({ Sid: 'NO1', AccountSid: 'AC1', Level: 'Error', Payload: payload }).toString();
    const result = await readAll(readForm(source(`${body}\r\n\n${body}\n`, 3)));
    const fields = { Sid: 'NO1', AccountSid: 'AC1', Level: 'Error', Payload: payload };
    expect(placed(result)).toEqual([
      [1, fields],
      [3, fields],
    ]);
    expect(result.rejects).toEqual([]);
  });

  it.each(['Sid=NO1&Level=%E0%A4', 'just text', '{"a":1}', 'Sid=NO1'])('rejects %s', async (line) => {
    const result = await readAll(readForm(source(line)));
    expect(result.rejects).toEqual([{ line: 1, reason: 'not a form body', text: line }]);
  });
});
