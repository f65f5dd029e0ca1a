/** Bytes that are no UTF-8, that are text of another encoding, or that stand around what is JSON. */
import { gzipSync } from 'node:zlib';
import { bothWays, countsOfBoth, line, lines, lineWithBody } from './entries.ts';
import { hostile } from './hostile.ts';

const name = 'SELECT name FROM conversations ORDER BY created_at';
const bom = '\uFEFF';

/** An entry whose name is made of bytes. */
function named(number: number, bytes: readonly number[]): Buffer {
  const [before = '', after = ''] = lineWithBody(number, 'name', '"@"').split('@');
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(`${after}\n`)]);
}

function utf16(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

function utf32(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.alloc([...text].length * 4);
  [...text].forEach((character, at) => {
    const point = character.codePointAt(0) ?? 0;
    if (isBigEndian) bytes.writeUInt32BE(point, at * 4);
    else bytes.writeUInt32LE(point, at * 4);
  });
  return bytes;
}

/** As `jq -C` writes JSON. */
function coloured(json: string): string {
  const reset = '\u001B[0m';
  return `\u001B[1;39m${json
    .replaceAll(/"[^"]*"(?=:)/g, (key) => `${reset}\u001B[34;1m${key}${reset}\u001B[1;39m`)
    .replaceAll(/(?<=m:)"[^"]*"/g, (value) => `\u001B[0;32m${value}${reset}\u001B[1;39m`)}${reset}`;
}

const endings: readonly (readonly [name: string, end: string])[] = [
  ['CRLF', '\r\n'],
  ['CR alone', '\r'],
  ['blank lines', '\n\n\n'],
  ['blanks and tabs around entries', ' \t \n \t '],
  ['form feeds between', '\n\f\n'],
  ['vertical tabs between', '\n\v\n'],
  ['record separators of JSON text sequences', '\n\u001E'],
];

hostile('encodings', [
  ...endings.map(([what, end]) => {
    const text = lines(30).replaceAll('\n', end);
    return {
      name: `lines that end in ${what}`,
      files: { 'a.ndjson': text, 'b.ndjson.gz': gzipSync(text) },
      counts: { 'a.ndjson': { rows: 30 }, 'b.ndjson.gz': { duplicates: 30 } },
      notices: [],
    };
  }),
  {
    name: 'a JSON text sequence, each entry with its record separator in front',
    files: { 'a.json-seq': [1, 2, 3].map((at) => `\u001E${line(at)}\n`).join('') },
    counts: { 'a.json-seq': { rows: 3 } },
  },
  {
    name: 'lines that end in LF, CRLF and CR in turn, the last in nothing',
    files: { 'a.ndjson': `${line(1)}\n${line(2)}\r\n${line(3)}\r${line(4)}\r\r\n${line(5)}` },
    counts: { 'a.ndjson': { rows: 5 } },
  },
  {
    name: 'line and paragraph separators of Unicode in texts',
    files: bothWays(lineWithBody(1, 'name', '"a\u2028b\u2029c\u0085d"'), line(2)),
    counts: countsOfBoth(2),
    notices: [],
    answers: { [name]: ['a\u2028b\u2029c\u0085d', null] },
  },
  {
    name: 'a byte order mark, two of them, and one with CRLF',
    files: {
      'a.ndjson': bom + lines(3),
      'b.ndjson': bom + bom + lines(3, 4),
      'c.ndjson': bom + lines(3, 7).replaceAll('\n', '\r\n'),
      'd.json': `${bom}[${line(10)},${line(11)}]`,
    },
    counts: { 'a.ndjson': { rows: 3 }, 'b.ndjson': { rows: 3 }, 'c.ndjson': { rows: 3 }, 'd.json': { rows: 2 } },
  },
  {
    name: 'files with byte order marks that were joined',
    files: {
      'a.ndjson': bom + lines(30) + bom + lines(30, 31),
      'b.ndjson': lines(30, 61) + bom + lines(30, 91),
      'c.json': `${bom}[${line(121)}]${bom}[${line(122)}]\n${bom}[${line(123)}]`,
    },
    counts: { 'a.ndjson': { rows: 60 }, 'b.ndjson': { rows: 60 }, 'c.json': { rows: 3 } },
  },
  {
    name: 'nothing but a byte order mark, or blanks',
    files: { 'a.ndjson': bom, 'b.ndjson': ' \n\n\t\r\n', 'c.ndjson': '' },
    issues: ['a', 'b', 'c'].map((file) => `error: ${file}.ndjson: not an export that postlude knows: empty file.`),
    code: 2,
  },
  {
    name: 'NUL bytes on a line of their own, at the end of a line, and inside of a text',
    files: {
      'a.ndjson': `${line(1)}\n\0\0\0\0\n${line(2)}\0\n${lineWithBody(3, 'name', '"a\0b"')}\n${line(4)}\n`,
    },
    counts: { 'a.ndjson': { rows: 2, rejected: 3 } },
    rejects: [2, 3, 4].map((at) => new RegExp(`^a\\.ndjson:${at}: not JSON: `)),
  },
  {
    name: 'NUL as an escape in a text and in a log id',
    files: bothWays(lineWithBody(1, 'name', '"a\\u0000b"'), line(2, { logId: 'hostile\0-2' })),
    counts: countsOfBoth(2),
    notices: [],
    answers: { 'SELECT length(name) FROM conversations ORDER BY created_at': ['3', null] },
  },
  {
    name: 'nothing but NUL bytes, and a file that begins with a page of them',
    files: {
      'a.ndjson': Buffer.alloc(100_000),
      'b.ndjson': Buffer.concat([Buffer.alloc(4096), Buffer.from(lines(3))]),
    },
    issues: ['a', 'b'].map((file) => `error: ${file}.ndjson: not an export that postlude knows: binary data.`),
    code: 2,
  },
  {
    name: 'a page of NUL bytes behind the last entry, as a crash leaves it',
    files: { 'a.ndjson': Buffer.concat([Buffer.from(lines(30)), Buffer.alloc(4096)]) },
    counts: { 'a.ndjson': { rows: 30, rejected: 1 } },
    rejects: [/^a\.ndjson:31: not JSON: /],
  },
  {
    name: 'UTF-8 that is cut in the middle, overlong, of a surrogate, beyond Unicode, or a byte of nothing',
    files: {
      'a.ndjson': Buffer.concat([
        Buffer.from(`${lines(1)}${lineWithBody(2, 'name', '"Zoë 😀"')}\n`),
        named(3, [0xe2, 0x82]),
        named(4, [0xc0, 0xaf]),
        named(5, [0xc0, 0x80]),
        named(6, [0xed, 0xa0, 0x80]),
        named(7, [0xf4, 0x90, 0x80, 0x80]),
        named(8, [0xff]),
        named(9, [0x80]),
        Buffer.from(lines(1, 10)),
      ]),
    },
    counts: { 'a.ndjson': { rows: 3, rejected: 7 } },
    rejects: [3, 4, 5, 6, 7, 8, 9].map((at) => `a.ndjson:${at}: not UTF-8`),
  },
  {
    name: 'a file that ends in the middle of a character',
    files: { 'a.ndjson': Buffer.from(lines(2) + lineWithBody(3, 'name', '"😀"')).subarray(0, -7) },
    counts: { 'a.ndjson': { rows: 2, rejected: 1 } },
    rejects: [/^a\.ndjson:3: not (?:UTF-8|JSON: .*)$/],
  },
  {
    name: 'broken UTF-8 in a pretty-printed list',
    files: {
      'a.json': Buffer.concat([
        Buffer.from(`[\n${line(1)},\n`),
        named(2, [0xc3, 0x28]),
        Buffer.from(`,\n${line(3)}\n,\n${lineWithBody(4, 'name', '"Zoë"')}]`),
      ]),
    },
    counts: { 'a.json': { rows: 3, rejected: 1 } },
    rejects: ['a.json:3: not UTF-8'],
  },
  ...[false, true].flatMap((isBigEndian) => {
    const kind = isBigEndian ? 'BE' : 'LE';
    const text = `${lines(2)}${lineWithBody(3, 'name', '"Zoë 😀"')}\n`;
    const answers = { [name]: [null, null, 'Zoë 😀'] };
    return [
      {
        name: `UTF-16 ${kind} with a byte order mark`,
        files: { 'a.ndjson': utf16(bom + text, isBigEndian) },
        counts: { 'a.ndjson': { rows: 3 } },
        answers,
      },
      {
        name: `UTF-16 ${kind} without a byte order mark`,
        files: { 'a.ndjson': utf16(text, isBigEndian) },
        counts: { 'a.ndjson': { rows: 3 } },
        answers,
      },
      {
        name: `UTF-16 ${kind} of an odd number of bytes`,
        files: { 'a.ndjson': utf16(bom + lines(3) + line(4), isBigEndian).subarray(0, -1) },
        counts: { 'a.ndjson': { rows: 3, rejected: 1 } },
        rejects: [/^a\.ndjson:4: not (?:UTF-8|JSON: .*)$/],
      },
      {
        name: `UTF-16 ${kind} with half of a pair of surrogates`,
        files: {
          'a.ndjson': utf16(`${bom + lines(2) + lineWithBody(3, 'name', '"a\uD83Db"')}\n${lines(1, 4)}`, isBigEndian),
        },
        counts: { 'a.ndjson': { rows: 3, rejected: 1 } },
        rejects: ['a.ndjson:3: not UTF-8'],
      },
      {
        name: `UTF-32 ${kind} with and without a byte order mark`,
        files: { 'a.ndjson': utf32(bom + text, isBigEndian), 'b.ndjson': utf32(text, isBigEndian) },
        issues: ['a', 'b'].map((file) => new RegExp(`^error: ${file}\\.ndjson: not an export that postlude knows: `)),
        code: 2 as const,
      },
    ];
  }),
  {
    name: 'Latin-1 and Windows-1252',
    files: {
      'a.ndjson': Buffer.concat([named(1, [...Buffer.from('Zoë Müller, Köln', 'latin1')]), Buffer.from(lines(1, 2))]),
      'b.ndjson': named(3, [...Buffer.from('O'), 0x92, ...Buffer.from('Brien')]),
    },
    counts: { 'a.ndjson': { rows: 2 }, 'b.ndjson': { rows: 1 } },
    answers: { [name]: ['Zoë Müller, Köln', null, 'O’Brien'] },
  },
  {
    name: 'files of UTF-8 and of Latin-1 that were joined: what is no UTF-8 is rejected',
    files: {
      'a.ndjson': Buffer.concat([
        Buffer.from(`${lineWithBody(1, 'name', '"Zoë Müller"')}\n`),
        named(2, [...Buffer.from('Zoë Müller', 'latin1')]),
        Buffer.from(lines(1, 3)),
      ]),
    },
    counts: { 'a.ndjson': { rows: 2, rejected: 1 } },
    rejects: ['a.ndjson:2: not UTF-8'],
  },
  {
    name: 'files of UTF-8 and of UTF-16 that were joined',
    files: { 'a.ndjson': Buffer.concat([Buffer.from(lines(30)), utf16(bom + lines(1, 31), false)]) },
    counts: { 'a.ndjson': { rows: 30, rejected: 2 } },
    rejects: [/^a\.ndjson:31: not (?:UTF-8|JSON: .*)$/, /^a\.ndjson:32: not JSON: /],
  },
  {
    name: 'colours around JSON, as `jq -C` writes them',
    files: { 'a.ndjson': [1, 2, 3].map((at) => `${coloured(line(at))}\n`).join('') },
    issues: [/^error: a\.ndjson: not an export that postlude knows: /],
    code: 2,
  },
  {
    name: 'colours in a single line, and a text with escapes of a terminal in it',
    files: { 'a.ndjson': `${lines(2)}${coloured(line(3))}\n${line(4, { errorReason: '\u001B[31mred\u001B[0m' })}\n` },
    counts: { 'a.ndjson': { rows: 3, rejected: 1 } },
    rejects: [/^a\.ndjson:3: not JSON: \P{Cc}*$/u],
  },
  {
    name: 'what a logger writes in front of each line',
    files: { 'a.log': [1, 2, 3].map((at) => `2026-09-14T10:00:0${at}Z app[1]: ${line(at)}\n`).join('') },
    issues: [/^error: a\.log: not an export that postlude knows: /],
    code: 2,
  },
  {
    name: 'what a logger writes in front of some lines, and lines of its own',
    files: { 'a.log': `${lines(3)}2026-09-14 INFO ${line(4)}\nServer started\n[1] done\n{not json}\n${lines(2, 5)}` },
    counts: { 'a.log': { rows: 5, rejected: 4 } },
    rejects: [4, 5, 6, 7].map((at) => new RegExp(`^a\\.log:${at}: not JSON: `)),
  },
]);
