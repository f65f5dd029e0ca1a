/** JSON that is cut off, put together wrongly, or not JSON at all. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { bothWays, countsOfBoth, entry, idOf, line, lines, lineWith, lineWithBody } from './entries.ts';
import { hostile } from './hostile.ts';

const list = (count: number, from = 1) => Array.from({ length: count }, (_, at) => entry(from + at));
const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** Writes pieces one after another, as they would not fit into one string. */
function pieces(parts: () => Iterable<string | Uint8Array>) {
  return async (path: string): Promise<void> => {
    const stream = createWriteStream(path);
    for (const part of parts()) if (!stream.write(part)) await once(stream, 'drain');
    stream.end();
    await finished(stream);
  };
}

const mebibyte = 'x'.repeat(1024 * 1024);

hostile('JSON', [
  {
    name: 'a last line that is cut off',
    files: { 'a.ndjson': lines(3) + line(4).slice(0, 100) },
    counts: { 'a.ndjson': { rows: 3, rejected: 1 } },
    rejects: [/^a\.ndjson:4: not JSON: Unterminated string in JSON/],
  },
  {
    name: 'a last line that is cut off, compressed',
    files: { 'a.ndjson.gz': gzipSync(lines(3) + line(4).slice(0, 100)) },
    counts: { 'a.ndjson.gz': { rows: 3, rejected: 1 } },
    rejects: [/^a\.ndjson\.gz:4: not JSON: Unterminated string in JSON/],
  },
  {
    name: 'the same entries twice in a line',
    files: { 'a.ndjson': `${line(1)}${line(2)}\n${line(1)} ${line(3)}\n` },
    counts: { 'a.ndjson': { rows: 3, duplicates: 1 } },
  },
  {
    name: 'a file that is not there',
    files: {},
    paths: ['missing.ndjson'],
    issues: ['error: missing.ndjson: no such file or folder: check the path.'],
    code: 2,
  },
  {
    name: 'an entry that begins in one file and ends in another',
    files: {
      'a.ndjson': lines(2) + line(3).slice(0, 100),
      'b.ndjson': `${line(3).slice(100)}\n${lines(2, 4)}`,
    },
    counts: { 'a.ndjson': { rows: 2, rejected: 1 }, 'b.ndjson': { rows: 2, rejected: 1 } },
    rejects: [/^a\.ndjson:3: not JSON: /, /^b\.ndjson:1: not JSON: /],
  },
  {
    name: 'a file that consists of the end of an entry',
    files: { 'a.ndjson': `${line(3).slice(100)}\n` },
    issues: [/^error: a\.ndjson: not an export that postlude knows: /],
    code: 2,
  },
  {
    name: 'two writers whose lines got into each other',
    files: {
      'a.ndjson': `${lines(2)}${line(3).slice(0, 90)}${line(4).slice(0, 50)}\n${line(3).slice(90)}${line(4).slice(50)}\n${lines(2, 5)}`,
    },
    counts: { 'a.ndjson': { rows: 4, rejected: 2 } },
    rejects: [/^a\.ndjson:3: not JSON: /, /^a\.ndjson:4: not JSON: /],
  },
  {
    name: 'entries without anything between them',
    files: { 'a.json': lines(5).replaceAll('\n', '') },
    counts: { 'a.json': { rows: 5 } },
  },
  {
    name: 'lines that end in commas, as what stands between the brackets of a list',
    files: { 'a.json': lines(4).replaceAll('\n', ',\n') },
    counts: { 'a.json': { rows: 4 } },
  },
  {
    name: 'commas before closing brackets',
    files: bothWays(
      line(1),
      line(2).replace(/\}$/, ' , }'),
      line(3).replace('"status":"ACTIVE"', '"status":"ACTIVE","extra":[1,]'),
    ),
    counts: countsOfBoth(3),
  },
  {
    name: 'a comma behind the last element of a list',
    files: { 'a.json': `[\n${list(3).map(pretty).join(',\n')},\n]\n` },
    counts: { 'a.json': { rows: 3 } },
  },
  {
    name: 'a pretty-printed list',
    files: { 'a.json': pretty(list(4)) },
    counts: { 'a.json': { rows: 4 } },
  },
  {
    name: 'pretty-printed entries one after another',
    files: { 'a.json': list(4).map(pretty).join('\n') },
    counts: { 'a.json': { rows: 4 } },
  },
  {
    name: 'a pretty-printed list with a single entry on one line in it, and that entry on a line behind it',
    files: { 'a.json': `${pretty(list(2)).replace(/\]$/, `,\n${line(3)}\n]`)}\n${line(3)}\n` },
    counts: { 'a.json': { rows: 3, duplicates: 1 } },
  },
  {
    name: 'a pretty-printed list without the closing brace of one entry',
    files: { 'a.json': `[\n${pretty(entry(1))},\n${pretty(entry(2)).replace(/\n\}$/, '')},\n${pretty(entry(3))}\n]\n` },
    counts: { 'a.json': { rows: 2, rejected: 1 } },
    rejects: [new RegExp(`^a\\.json:${2 + pretty(entry(1)).split('\n').length}: not JSON: `)],
  },
  {
    name: 'a pretty-printed list without the opening quote of a text',
    files: {
      'a.json': `[\n${pretty(entry(1))},\n${pretty(entry(2)).replace('"INFO"', 'INFO"')},\n${pretty(entry(3))}\n]\n`,
    },
    counts: { 'a.json': { rows: 2, rejected: 1 } },
    rejects: [new RegExp(`^a\\.json:${2 + pretty(entry(1)).split('\n').length}: not JSON: `)],
  },
  {
    name: 'a line without its closing brace, and one without a quote',
    files: {
      'a.ndjson': `${line(1)}\n${line(2).slice(0, -1)}\n${line(3).replace('"level"', '"level')}\n${lines(2, 4)}`,
    },
    counts: { 'a.ndjson': { rows: 3, rejected: 2 } },
    rejects: [/^a\.ndjson:2: not JSON: /, /^a\.ndjson:3: not JSON: /],
  },
  {
    name: 'a list that is never closed',
    files: {
      'a.json': `[${list(3)
        .map((each) => JSON.stringify(each))
        .join(',')}`,
    },
    counts: { 'a.json': { rows: 3, rejected: 1 } },
    rejects: ['a.json:1: cut off: the input ends before the end of its list'],
  },
  {
    name: 'a list that ends inside an entry',
    files: { 'a.json': `[\n${lines(3).replaceAll('\n', ',\n')}${line(4).slice(0, 100)}` },
    counts: { 'a.json': { rows: 3, rejected: 1 } },
    rejects: ['a.json:5: cut off: the input ends inside this record'],
  },
  {
    name: 'a list page that ends inside an entry',
    files: { 'a.json': `{"events":[\n${lines(3).replaceAll('\n', ',\n')}${line(4).slice(0, 100)}` },
    counts: { 'a.json': { rows: 3, rejected: 1 } },
    rejects: ['a.json:5: cut off: the input ends inside this record'],
  },
  {
    name: 'a list page whose end is missing, and a whole one behind it',
    files: { 'a.json': `{"events":[${line(1)},${line(2)}\n{"events":[${line(3)}]}\n` },
    // The second page is an element of the list of the first, and no entry.
    counts: { 'a.json': { rows: 2, rejected: 2 } },
    rejects: ['a.json:2: no known shape', /^a\.json:3: cut off: the input ends before the end of its list$/],
  },
  {
    name: 'an envelope in an envelope in a list',
    files: { 'a.json': JSON.stringify([{ data: { events: list(3) } }]) },
    issues: [/^error: a\.json: not an export that postlude knows: no known shape \(line 1\)\.$/],
    code: 2,
  },
  {
    name: 'a list in lists',
    files: { 'a.json': JSON.stringify([[entry(1)], [[entry(2)], entry(3)], []]) },
    counts: { 'a.json': { rows: 3 } },
  },
  {
    name: 'two lists in a file, on lines of their own and on one line',
    files: {
      'a.json': `${JSON.stringify(list(2))}\n${JSON.stringify(list(2, 3))}\n`,
      'b.json': `${JSON.stringify(list(2, 5))}${JSON.stringify(list(2, 7))}`,
    },
    counts: { 'a.json': { rows: 4 }, 'b.json': { rows: 4 } },
  },
  {
    name: 'a list page without anything in it',
    files: { 'a.json': '{"events":[],"meta":{}}\n' },
    issues: ['error: a.json: not an export that postlude knows: it holds no records.'],
    code: 2,
  },
  {
    name: 'NaN and Infinity as values, as Python writes them',
    files: bothWays(
      ...['NaN', 'Infinity', '-Infinity', '"NaN"', '["NaN",NaN]'].map((json, at) =>
        lineWithBody(at + 1, 'latency', json),
      ),
    ),
    counts: countsOfBoth(5),
  },
  {
    name: 'undefined, and other words that are no values',
    files: bothWays(
      line(1),
      ...['undefined', 'None', 'True', 'nil'].map((json, at) => lineWith(at + 2, 'errorCode', json)),
    ),
    counts: countsOfBoth(1, 4),
    rejects: ['a\\.ndjson', 'b\\.ndjson\\.gz'].flatMap((file) =>
      [2, 3, 4, 5].map((at) => new RegExp(`^${file}:${at}: not JSON: `)),
    ),
  },
  {
    name: 'comments on lines of their own',
    files: { 'a.ndjson': `// exported today\n${lines(3)}# that was all\n/* really */\n` },
    counts: { 'a.ndjson': { rows: 3, rejected: 3 } },
    rejects: [1, 5, 6].map((at) => new RegExp(`^a\\.ndjson:${at}: not JSON: `)),
  },
  {
    name: 'comments in a pretty-printed list',
    files: { 'a.json': `[\n// the first\n${pretty(entry(1))},\n/* the second */\n${pretty(entry(2))}\n]\n` },
    counts: { 'a.json': { rows: 2, rejected: 2 } },
    rejects: [/^a\.json:2: not JSON: /, new RegExp(`^a\\.json:${3 + pretty(entry(1)).split('\n').length}: not JSON: `)],
  },
  {
    name: 'single quotes, as Python prints objects',
    files: { 'a.txt': lines(3).replaceAll('"', "'") },
    issues: [/^error: a\.txt: not an export that postlude knows: /],
    code: 2,
  },
  {
    name: 'single quotes in one line',
    files: { 'a.ndjson': `${lines(2)}${line(3).replaceAll('"', "'")}\n` },
    counts: { 'a.ndjson': { rows: 2, rejected: 1 } },
    rejects: [/^a\.ndjson:3: not JSON: /],
  },
  {
    name: 'JSON in a JSON text on each line',
    files: { 'a.ndjson': [1, 2, 3].map((at) => `${JSON.stringify(line(at))}\n`).join('') },
    issues: [/^error: a\.ndjson: not an export that postlude knows: /],
    code: 2,
  },
  {
    name: 'scalars, empty objects and empty lists as lines',
    files: { 'a.ndjson': `${lines(3)}1\n"x"\nnull\ntrue\n[]\n{}\n[1]\n` },
    counts: { 'a.ndjson': { rows: 3, rejected: 6 } },
    rejects: [
      'a.ndjson:4: not an object: a number',
      'a.ndjson:5: not an object: a string',
      'a.ndjson:6: not an object: null',
      'a.ndjson:7: not an object: a boolean',
      'a.ndjson:9: no known shape',
      'a.ndjson:10: not an object: a number',
    ],
  },
  {
    name: 'nothing but scalars',
    files: { 'a.ndjson': '1\n2\n3\n', 'b.ndjson': 'null\n' },
    issues: [
      /^error: a\.ndjson: not an export that postlude knows: /,
      /^error: b\.ndjson: not an export that postlude knows: /,
    ],
    code: 2,
  },
  {
    name: 'a line end inside a text',
    files: { 'a.ndjson': `${line(1)}\n${line(2).replace('"level"', '"le\nvel"')}\n${line(3)}\n` },
    counts: { 'a.ndjson': { rows: 2, rejected: 2 } },
    rejects: [/^a\.ndjson:2: not JSON: /, /^a\.ndjson:3: not JSON: /],
  },
  {
    name: 'lists and objects 10,000 deep in a field, in the body and as a line',
    files: {
      'a.ndjson': [
        line(1),
        lineWith(2, 'extra', '['.repeat(10_000) + ']'.repeat(10_000)),
        lineWith(3, 'extra', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
        lineWithBody(4, 'extra', '['.repeat(10_000) + ']'.repeat(10_000)),
        lineWithBody(5, 'extra', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
        '['.repeat(10_000) + ']'.repeat(10_000),
        `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
        '['.repeat(200_000),
        line(6),
      ].join('\n'),
    },
    counts: { 'a.ndjson': { rows: 2, rejected: 7 } },
    rejects: [
      ...[2, 3, 4, 5, 6, 7].map((at) => `a.ndjson:${at}: nested deeper than 500 levels`),
      /^a\.ndjson:8: not JSON: /,
    ],
  },
  {
    name: 'entries 10,000 deep in lists',
    files: { 'a.json': `${'['.repeat(10_000)}${line(1)},${line(2)}${']'.repeat(10_000)}` },
    counts: { 'a.json': { rows: 2 } },
  },
  {
    name: 'a million opening brackets',
    files: { 'a.json': '['.repeat(1_000_000), 'b.json': '{"a":'.repeat(300_000) },
    issues: [
      /^error: a\.json: not an export that postlude knows: /,
      /^error: b\.json: not an export that postlude knows: /,
    ],
    code: 2,
  },
  {
    name: '100,000 keys in an entry, in its body, and as many in as many entries',
    files: {
      'a.ndjson': `${[
        line(1, Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`key ${at}`, at]))),
        line(2, {
          body: {
            id: idOf('conversation', 2),
            ...Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`key ${at}`, at])),
          },
        }),
      ].join('\n')}\n`,
      'b.ndjson': Array.from({ length: 100_000 }, (_, at) => `${line(at + 3, { [`key ${at}`]: at })}\n`).join(''),
    },
    counts: { 'a.ndjson': { rows: 2 }, 'b.ndjson': { rows: 100_000 } },
  },
  {
    name: '100,000 keys in as many entries, compressed',
    files: {
      'a.ndjson.gz': gzipSync(
        Array.from({ length: 100_000 }, (_, at) => `${line(at, { [`key ${at}`]: at })}\n`).join(''),
        { level: 1 },
      ),
    },
    counts: { 'a.ndjson.gz': { rows: 100_000 } },
  },
  {
    name: 'a line of 200 MB that is JSON',
    files: {
      'a.ndjson': pieces(function* () {
        yield `${lines(2)}{"logId":"hostile-3","extra":"`;
        for (let at = 0; at < 200; at++) yield mebibyte;
        yield `"}\n${lines(2, 4)}`;
      }),
    },
    counts: { 'a.ndjson': { rows: 4, rejected: 1 } },
    rejects: ['a.ndjson:3: line longer than 64 MiB'],
  },
  {
    name: 'a line of 200 MB that is no JSON',
    files: {
      'a.ndjson': pieces(function* () {
        yield lines(2);
        for (let at = 0; at < 200; at++) yield mebibyte;
        yield `\n${lines(2, 4)}`;
      }),
    },
    counts: { 'a.ndjson': { rows: 4, rejected: 1 } },
    rejects: ['a.ndjson:3: line longer than 64 MiB'],
  },
  {
    name: 'a list page of 100,000 entries on one line',
    files: {
      'a.json': pieces(function* () {
        yield '{"meta":{},"events":[';
        for (let at = 1; at < 100_000; at++) yield `${line(at)},`;
        yield `${line(100_000)}]}`;
      }),
    },
    counts: { 'a.json': { rows: 100_000 } },
  },
  {
    name: 'an entry of 100 MB in a pretty-printed list',
    files: {
      'a.json': pieces(function* () {
        yield `[\n${pretty(entry(1))},\n{"logId":"hostile-2","extra":"`;
        for (let at = 0; at < 100; at++) yield mebibyte;
        yield `"},\n${pretty(entry(3))}\n]\n`;
      }),
    },
    counts: { 'a.json': { rows: 2, rejected: 1 } },
    rejects: [new RegExp(`^a\\.json:${2 + pretty(entry(1)).split('\n').length}: longer than 64 MiB$`)],
  },
  {
    name: 'a million short lines of garbage',
    files: { 'a.ndjson': lines(3) + 'x\n'.repeat(1_000_000) },
    counts: { 'a.ndjson': { rows: 3, rejected: 1_000_000 } },
    eachReject: /^a\.ndjson:\d+: not JSON: /,
  },
  {
    name: 'a million empty objects',
    files: { 'a.ndjson': lines(3) + '{}\n'.repeat(1_000_000) },
    counts: { 'a.ndjson': { rows: 3, rejected: 1_000_000 } },
    eachReject: /^a\.ndjson:\d+: no known shape$/,
  },
  {
    name: 'nothing but a million short lines of garbage',
    files: { 'a.ndjson': 'x\n'.repeat(1_000_000), 'b.ndjson': '{}\n'.repeat(1_000_000) },
    issues: [
      /^error: a\.ndjson: not an export that postlude knows: /,
      /^error: b\.ndjson: not an export that postlude knows: no known shape \(line 1\)\.$/,
    ],
    code: 2,
  },
]);
