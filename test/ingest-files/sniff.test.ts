import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sniff } from '../../src/ingest/sniff.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postlude-sniff-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function sniffed(content: string | Buffer) {
  // A name that says something else: it must not matter.
  const path = join(folder, 'input.png');
  writeFileSync(path, content);
  return sniff(path);
}

const entry = (n: number) => ({ logId: `${n}`, eventType: 'conversation.created' });

describe('what an input is contained in', () => {
  it.each([
    ['one object a line', '{"n":1}\n{"n":2}\n', 'ndjson', 2],
    ['one object a line with blank lines before', '\n\r\n {"n":1}\r\n{"n":2}', 'ndjson', 2],
    ['one object a line, ended by CR', '{"n":1}\r{"n":2}\r', 'ndjson', 2],
    ['one object on one line', '{"n":1}', 'ndjson', 1],
    ['two objects on one line', '{"n":1}{"n":2}\n', 'ndjson', 2],
    ['a broken first line', '{"n":1,"b\n{"n":2}\n{"n":3}\n', 'ndjson', 2],
    ['a first line that is no JSON', 'exported 2 entries\n{"n":2}\n{"n":3}\n', 'ndjson', 2],
    ['a list', '[{"n":1},{"n":2}]', 'json', 2],
    ['a pretty-printed list', JSON.stringify([{ n: 1 }, { n: 2 }], null, 2), 'json', 2],
    ['an empty list', '[]', 'json', 0],
    ['a list a line', '[{"n":1}]\n[{"n":2}]\n', 'json', 2],
    ['a list of one entry a line', '[\n{"n":1},\n{"n":2}\n]', 'json', 2],
    ['an envelope on one line', '{"events":[{"n":1},{"n":2}]}', 'json', 2],
    ['an envelope of one entry a line', '{"events":[\n{"n":1},\n{"n":2}\n]}', 'json', 2],
    ['list pages, one a line', '{"alerts":[{"n":1}]}\n{"alerts":[{"n":2}]}\n', 'json', 2],
    ['a pretty-printed object', JSON.stringify({ n: 1, m: { o: 2 } }, null, 2), 'json', 1],
    [
      'pretty-printed objects in a row',
      `${JSON.stringify({ n: 1 }, null, 2)}\n${JSON.stringify({ n: 2 }, null, 2)}`,
      'json',
      2,
    ],
    ['a list that is cut', '[{"n":1},{"n":2},{"n"', 'json', 2],
    ['an object that is cut', '{"logId":"a","bo', 'json', 0],
  ])('%s', async (_, content, container, records) => {
    const found = await sniffed(content);
    expect(found).toMatchObject({ compression: 'none', encoding: 'utf-8', container });
    expect('head' in found && found.head.length).toBe(records);
  });

  it('a long first line is not taken for lines', async () => {
    const text = `{"note":"${'x'.repeat(1_100_000)}","events":[{"n":1}]}\n`;
    expect(await sniffed(text)).toMatchObject({ container: 'json' });
  });

  it('gives the first 20 records with their lines, of a file that goes on far behind what is looked at', async () => {
    const text = Array.from({ length: 30_000 }, (_, at) => JSON.stringify({ ...entry(at), text: 'x'.repeat(50) })).join(
      '\n',
    );
    const found = await sniffed(text);
    expect(found).toMatchObject({ container: 'ndjson' });
    expect('head' in found && found.head.map(({ line, fields }) => [line, fields.logId])).toEqual(
      Array.from({ length: 20 }, (_, at) => [at + 1, `${at}`]),
    );
  });

  it('gives the first 20 records also where some of the first lines are none', async () => {
    const lines = Array.from({ length: 40 }, (_, n) =>
      n % 4 === 1 ? '' : n % 4 === 2 ? '{"logId":' : JSON.stringify(entry(n)),
    );
    const found = await sniffed(`${lines.join('\n')}\n`);
    if ('unrecognised' in found) throw new Error(found.unrecognised);
    expect(found.container).toBe('ndjson');
    expect(found.head.map(({ line }) => line)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1)
        .filter((line) => line % 4 === 1 || line % 4 === 0)
        .slice(0, 20),
    );
  });

  it('a table with its delimiter and columns', async () => {
    const found = await sniffed(
      'Timestamp (local);Level;"Log properties"\n2026-09-14 08:00:00;INFO;"{""id"":""x""}"\n',
    );
    expect(found).toMatchObject({
      container: 'table',
      table: { delimiter: ';', columns: ['Timestamp (local)', 'Level', 'Log properties'], hasHeader: true },
      head: [
        {
          line: 2,
          fields: { 'Timestamp (local)': '2026-09-14 08:00:00', Level: 'INFO', 'Log properties': '{"id":"x"}' },
        },
      ],
    });
  });

  it('form bodies', async () => {
    expect(await sniffed('Sid=NO1&AccountSid=AC1&Payload=%7B%22a%22%3A1%7D\n')).toMatchObject({
      container: 'form',
      head: [{ line: 1, fields: { Sid: 'NO1', AccountSid: 'AC1', Payload: '{"a":1}' } }],
    });
  });

  it.each([
    ['an empty file', '', 'empty file'],
    ['blank lines', ' \n\n\t', 'empty file'],
    ['nothing, compressed', gzipSync(''), 'empty file inside gzip'],
    ['an image', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'PNG image'],
    [
      'an archive',
      Buffer.from('PK\x03\x04\x14\0', 'latin1'),
      'ZIP archive (or an Excel workbook): unpack it, or save it as CSV',
    ],
    ['an image, compressed', gzipSync(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')), 'PNG image inside gzip'],
    ['gzip in gzip', gzipSync(gzipSync('{"n":1}')), 'gzip file inside gzip: unpack it first'],
    ['bytes', Buffer.from(Array.from({ length: 500 }, (_, at) => (at * 7) % 256)), 'binary data'],
    ['prose', 'These are the logs you asked for.\n', 'text of no known shape'],
    [
      'a classic log',
      '[2026-09-14 08:00:00] INFO started\n[2026-09-14 08:00:01] INFO done\n',
      'text of no known shape',
    ],
    ['a page', '<!DOCTYPE html><html>', 'HTML page'],
    [
      'a broken gzip header',
      Buffer.from([0x1f, 0x8b, 0xff, 0, 0, 0, 0, 0, 0, 0]),
      expect.stringMatching(/^gzip stream is/),
    ],
  ])('is not known of %s', async (_, content, unrecognised) => {
    expect(await sniffed(content)).toEqual({ unrecognised });
  });

  it('is not known of a file that is gone, or is a folder', async () => {
    expect(await sniff(join(folder, 'nothing'))).toEqual({
      unrecognised: expect.stringMatching(/^cannot be read: ENOENT/),
      unread: true,
    });
    expect(await sniff(folder)).toEqual({
      unrecognised: expect.stringMatching(/^cannot be read: EISDIR/),
      unread: true,
    });
  });
});

describe('how an input is written down', () => {
  const line = '{"text":"Grüße"}\n';
  it.each([
    ['UTF-8', Buffer.from(line), 'none', 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${line}`), 'none', 'utf-8-bom'],
    ['UTF-16LE with a mark', Buffer.from(`\uFEFF${line}`, 'utf16le'), 'none', 'utf-16le'],
    ['UTF-16LE', Buffer.from(line, 'utf16le'), 'none', 'utf-16le'],
    ['UTF-16BE with a mark', Buffer.from(`\uFEFF${line}`, 'utf16le').swap16(), 'none', 'utf-16be'],
    ['UTF-16BE', Buffer.from(line, 'utf16le').swap16(), 'none', 'utf-16be'],
    ['Latin-1', Buffer.from(line, 'latin1'), 'none', 'latin-1'],
    ['gzip', gzipSync(line), 'gzip', 'utf-8'],
    ['gzip of UTF-16', gzipSync(Buffer.from(`\uFEFF${line}`, 'utf16le')), 'gzip', 'utf-16le'],
  ])('%s', async (_, content, compression, encoding) => {
    expect(await sniffed(content)).toMatchObject({
      compression,
      encoding,
      head: [{ line: 1, fields: { text: 'Grüße' } }],
    });
  });

  it('is UTF-8 with broken lines, not Latin-1, where the bytes do not read like words', async () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xe2, 0x82], [0xc3, 0xbc, 0xf6]]) {
      const found = await sniffed(
        Buffer.concat([Buffer.from('{"text":"a'), Buffer.from(bytes), Buffer.from('b"}\n{"text":"c"}\n')]),
      );
      expect(found).toMatchObject({ encoding: 'utf-8', head: [{ line: 2, fields: { text: 'c' } }] });
    }
  });

  it('gives the records before a break of a compressed file', async () => {
    const bytes = gzipSync(Array.from({ length: 5000 }, (_, at) => `{"n":${at},"x":"${Math.sin(at)}"}`).join('\n'));
    const found = await sniffed(bytes.subarray(0, bytes.length / 2));
    expect(found).toMatchObject({ compression: 'gzip', container: 'ndjson' });
    expect('head' in found && found.head.length).toBe(20);
  });
});
