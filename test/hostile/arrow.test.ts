/** Arrow files and streams that are cut, damaged, of other tables, or of types that no export has. */
import {
  Binary,
  Dictionary,
  Field,
  Int32,
  LargeUtf8,
  List,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { hostile } from './hostile.ts';

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, at) => from + at);
const entries = (count: number, more: Readonly<Record<string, Vector>> = {}) =>
  new Table({
    logId: vectorFromArray(
      numbers(count).map((at) => `hostile-${at}`),
      new LargeUtf8(),
    ),
    eventTime: vectorFromArray(
      numbers(count).map((at) => `2026-09-14T10:${String(at % 60).padStart(2, '0')}:00Z`),
      new Utf8(),
    ),
    eventType: vectorFromArray(
      numbers(count).map(() => 'conversation.created'),
      new Dictionary(new Utf8(), new Int32()),
    ),
    ...more,
  });
const file = (table: Table) => Buffer.from(tableToIPC(table, 'file'));
const stream = (table: Table) => Buffer.from(tableToIPC(table, 'stream'));
const refused = (path: string, reason: string) => `error: ${path}: not an export that postlude knows: ${reason}.`;

function changed(bytes: Buffer, change: (bytes: Buffer) => void): Buffer {
  change(bytes);
  return bytes;
}

hostile('Arrow', [
  {
    name: 'a file and a stream with large text and a dictionary',
    files: { 'a.arrow': file(entries(3)), 'b.arrows': stream(entries(5)) },
    counts: { 'a.arrow': { rows: 3 }, 'b.arrows': { rows: 2, duplicates: 3 } },
  },
  { name: 'only its magic', files: { 'a.arrow': 'ARROW1' }, issues: [/^error: a\.arrow: not an export/], code: 2 },
  {
    name: 'a file without its footer',
    files: { 'a.arrow': changed(file(entries(3)), (bytes) => bytes.fill(0, bytes.length - 10)) },
    issues: [refused('a.arrow', 'cannot be read as Arrow: it is damaged or cut off (line 1)')],
    code: 2,
  },
  {
    name: 'cut in its first part',
    files: { 'a.arrows': stream(entries(3)).subarray(0, 700) },
    issues: [/^error: a\.arrows: not an export that postlude knows: cannot be read as Arrow: /],
    code: 2,
  },
  {
    name: 'a schema that says that it is 2 GB long: no memory is taken for it',
    files: { 'a.arrow': changed(file(entries(3)), (bytes) => bytes.writeInt32LE(0x7ffffff0, 12)) },
    issues: [
      /^error: a\.arrow: not an export that postlude knows: cannot be read as Arrow: Expected to read 2147483632 metadata bytes, but only read \d+ \(line 1\)\.$/,
    ],
    code: 2,
  },
  {
    name: 'a stream whose schema says that it is 60 MB long',
    files: { 'a.arrows': changed(stream(entries(3)), (bytes) => bytes.writeInt32LE(60 * 1024 * 1024, 4)) },
    issues: [
      refused(
        'a.arrows',
        'cannot be read as Arrow: Expected to read 62914560 metadata bytes, but only read 960 (line 1)',
      ),
    ],
    code: 2,
  },
  {
    name: 'a footer that says that it is 2 GB long',
    files: { 'a.arrow': changed(file(entries(3)), (bytes) => bytes.writeInt32LE(0x7ffffff0, bytes.length - 10)) },
    issues: [refused('a.arrow', 'cannot be read as Arrow: it is damaged or cut off (line 1)')],
    code: 2,
  },
  {
    name: 'no rows',
    files: { 'a.arrow': file(entries(0)) },
    issues: [refused('a.arrow', 'it holds no records')],
    code: 2,
  },
  { name: 'no columns', files: { 'a.arrow': file(new Table()) }, issues: [/^error: a\.arrow: not an export/], code: 2 },
  {
    name: 'the table of somebody else',
    files: { 'a.arrow': file(new Table({ a: vectorFromArray([1, 2], new Int32()) })) },
    issues: [refused('a.arrow', 'no known shape (line 1)')],
    code: 2,
  },
  {
    name: 'names of columns that are hostile',
    files: {
      'a.arrow': file(
        entries(3, {
          ['__proto__']: vectorFromArray(numbers(3), new Int32()),
          constructor: vectorFromArray(numbers(3), new Int32()),
          '': vectorFromArray(numbers(3), new Int32()),
          LOGID: vectorFromArray(['x', 'y', 'z'], new Utf8()),
          'a\'b"': vectorFromArray([Buffer.from([255]), Buffer.from([0]), null], new Binary()),
        }),
      ),
    },
    counts: { 'a.arrow': { rows: 3 } },
  },
  {
    name: 'lists in lists, and a thousand columns',
    files: {
      'a.arrow': file(
        entries(2, {
          deep: vectorFromArray(
            [[['a']], [[null], []]],
            new List(new Field('item', new List(new Field('item', new Utf8())))),
          ),
          ...Object.fromEntries(numbers(1000).map((at) => [`c${at}`, vectorFromArray([at, null], new Int32())])),
        }),
      ),
    },
    counts: { 'a.arrow': { rows: 2 } },
  },
]);
