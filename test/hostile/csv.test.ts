/** Tables of text and form bodies that spreadsheets, shells and people have been at. */
import { hostile } from './hostile.ts';

const header = 'logId,eventTime,eventType,level,body';

/** A row; the same number is the same entry. */
const row = (number: number, body = '') => `hostile-${number},${timeOf(number)},conversation.created,INFO,${body}`;
const timeOf = (number: number) => `2026-09-14T10:${String(number % 60).padStart(2, '0')}:00.000Z`;
const rows = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `${row(from + at)}\n`).join('');
const table = (count: number, from = 1) => `${header}\n${rows(count, from)}`;
const quotedCell = (text: string) => `"${text.replaceAll('"', '""')}"`;
const body = quotedCell('{"id":"conv_conversation_01hostile00000000000000001","name":"a\\"b"}');
const refused = (path: string, reason: string) => `error: ${path}: not an export that postlude knows: ${reason}.`;

hostile('tables of text', [
  {
    name: 'doubled quotes and line ends in cells',
    files: { 'a.csv': `${header}\n${row(1, body)}\n${row(2, '"first\nsecond\r\nthird"')}\n${row(3)}\n` },
    counts: { 'a.csv': { rows: 3 } },
  },
  {
    name: 'a quote that is not closed to the end of the file costs one row only',
    files: { 'a.csv': `${table(1)}${row(2, '"open')}\n${rows(3, 3)}` },
    counts: { 'a.csv': { rows: 4, rejected: 1 } },
    rejects: ['a.csv:3: a quote is never closed'],
  },
  {
    name: 'a quote that is not closed in the last row',
    files: { 'a.csv': `${table(2)}${row(3, '"open')}` },
    counts: { 'a.csv': { rows: 2, rejected: 1 } },
    rejects: ['a.csv:4: a quote is never closed'],
  },
  {
    name: 'text behind a closing quote',
    files: { 'a.csv': `${table(1)}${row(2, '"closed" and on')}\n${rows(1, 3)}` },
    counts: { 'a.csv': { rows: 2, rejected: 1 } },
    rejects: ['a.csv:3: text after the closing quote of a cell'],
  },
  {
    name: 'quotes in the middle of a cell that is not quoted',
    files: { 'a.csv': `${table(1)}${row(2, 'say "hello" twice')}\n${rows(1, 3)}` },
    counts: { 'a.csv': { rows: 3 } },
  },
  {
    name: 'cells that are missing, and cells too many',
    files: { 'a.csv': `${header}\nhostile-1,${timeOf(1)},conversation.created\n${row(2, 'x,y,z')}\n${rows(1, 3)}` },
    counts: { 'a.csv': { rows: 2, rejected: 1 } },
    rejects: ['a.csv:3: 7 cells in a table of 5 columns'],
  },
  {
    name: 'a row that lacks its time',
    files: { 'a.csv': `${table(1)}hostile-2,,conversation.created,INFO,\nhostile-3\n` },
    counts: { 'a.csv': { rows: 1, rejected: 2 } },
    rejects: ['a.csv:3: eventTime is missing', /^a\.csv:4: (no known shape|eventType is missing)$/],
  },
  {
    name: 'nothing but a header',
    files: { 'a.csv': `${header}\n` },
    issues: [refused('a.csv', 'it holds no records')],
    code: 2,
  },
  {
    name: 'no header',
    files: { 'a.csv': rows(3) },
    issues: [/^error: a\.csv: not an export that postlude knows: /],
    code: 2,
  },
  {
    name: 'the header twice, as cat joins two exports',
    files: { 'a.csv': `${table(2)}${table(2, 2)}` },
    counts: { 'a.csv': { rows: 3, duplicates: 1 } },
  },
  {
    name: 'two columns of the same name: the first counts',
    files: {
      'a.csv': `logId,eventTime,eventType,eventType\nhostile-1,${timeOf(1)},conversation.created,nonsense\n`,
    },
    counts: { 'a.csv': { rows: 1 } },
  },
  {
    name: 'other separators',
    files: {
      'a.csv': table(2).replaceAll(',', ';'),
      'b.tsv': table(2, 3).replaceAll(',', '\t'),
      'c.csv': table(2, 5).replaceAll(',', '|'),
    },
    counts: { 'a.csv': { rows: 2 }, 'b.tsv': { rows: 2 }, 'c.csv': { rows: 2 } },
  },
  {
    name: 'decimal commas between semicolons',
    files: { 'a.csv': `logId;eventTime;eventType;price\nhostile-1;${timeOf(1)};conversation.created;1,5\n` },
    counts: { 'a.csv': { rows: 1 } },
  },
  {
    name: 'the line in which Excel says what separates cells',
    files: {
      'a.csv': `sep=;\r\n${table(2).replaceAll(',', ';').replaceAll('\n', '\r\n')}`,
      'b.csv': `\uFEFF"sep=,"\n${table(2, 3)}`,
    },
    counts: { 'a.csv': { rows: 2 }, 'b.csv': { rows: 2 } },
  },
  {
    name: 'a byte order mark, and three ways to end a line',
    files: { 'a.csv': `\uFEFF${header}\r\n${row(1)}\n${row(2)}\r${row(3)}\r\n\r\n\n` },
    counts: { 'a.csv': { rows: 3 } },
  },
  {
    name: 'UTF-16, as Excel saves "Unicode text"',
    files: { 'a.txt': Buffer.from(`\uFEFF${table(2).replaceAll(',', '\t').replaceAll('\n', '\r\n')}`, 'utf16le') },
    counts: { 'a.txt': { rows: 2 } },
  },
  {
    name: 'blanks around names and cells',
    files: { 'a.csv': `logId , eventTime , eventType\nhostile-1 , ${timeOf(1)} , conversation.created\n` },
    counts: { 'a.csv': { rows: 1 } },
  },
  {
    name: 'a NUL in a cell',
    files: { 'a.csv': `${table(1)}${row(2, 'a\0b')}\n` },
    counts: { 'a.csv': { rows: 2 } },
  },
  {
    name: 'a cell that is not UTF-8',
    files: {
      'a.csv': Buffer.concat([
        Buffer.from(`${table(1)}${row(2)}`),
        Buffer.from([0xc3, 0x28, 10]),
        Buffer.from(rows(1, 3)),
      ]),
    },
    counts: { 'a.csv': { rows: 2, rejected: 1 } },
    rejects: ['a.csv:3: not UTF-8'],
  },
  {
    name: 'a cell of 50 MB, and one of 70',
    files: { 'a.csv': `${table(1)}${row(2, 'x'.repeat(50e6))}\n${row(3, 'x'.repeat(70e6))}\n${rows(1, 4)}` },
    counts: { 'a.csv': { rows: 3, rejected: 1 } },
    rejects: ['a.csv:4: line longer than 64 MiB'],
  },
  {
    name: 'ten thousand columns',
    files: {
      'a.csv': `${header},${Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(',')}\n${row(1)}\n${row(2, ','.repeat(10_000))}\n`,
    },
    counts: { 'a.csv': { rows: 2 } },
  },
  {
    name: 'formulas, and names of columns that are hostile',
    files: {
      'a.csv': `logId,eventTime,eventType,__proto__,constructor\n=cmd|' /C calc'!A0,${timeOf(1)},conversation.created,@SUM(1),+1\n`,
    },
    counts: { 'a.csv': { rows: 1 } },
  },
  {
    name: 'columns in another order',
    files: { 'a.csv': `eventType,nonsense,eventTime,logId\nconversation.created,,${timeOf(1)},hostile-1\n` },
    counts: { 'a.csv': { rows: 1 } },
  },
  {
    name: 'JSON in a cell that is cut off',
    files: { 'a.csv': `${table(1)}${row(2, quotedCell('{"id":"conv_conv'))}\n` },
    counts: { 'a.csv': { rows: 2 } },
  },
  {
    name: 'a table of the Console whose last row is cut',
    files: {
      'a.csv': `Timestamp (local),Level,Error code,Source,Event type,Description\n"9/14/2026, 10:00:00 AM",ERROR,31002,conversation-orchestrator,conversation.created,wrong\n"9/14/2026, 10:0`,
    },
    counts: { 'a.csv': { rows: 1, rejected: 1 } },
    rejects: ['a.csv:3: a quote is never closed'],
  },
  {
    name: 'a table of the Console that was wrapped when it was copied',
    files: {
      'a.tsv': `Timestamp\tLevel\tError code\tDescription\n2026-09-14 10:00:00\tERROR\t31002\ta description that\nwent on here\n2026-09-14 10:01:00\tERROR\t31002\tanother\n`,
    },
    counts: { 'a.tsv': { rows: 2, rejected: 1 } },
    rejects: [/^a\.tsv:3: /],
  },
]);

const form = (number: number, payload = '%7B%22error_code%22%3A%2231002%22%7D') =>
  `Sid=NO${String(number).padStart(32, '0')}&AccountSid=AC00000000000000000000000000000001&Timestamp=2026-09-14T10%3A00%3A00Z&Level=ERROR&PayloadType=application%2Fjson&Payload=${payload}`;

hostile('bodies of forms', [
  {
    name: 'escapes that are none',
    files: { 'a.txt': `${form(1)}\n${form(2, '%E0%A4')}\n${form(3, '%zz')}\n${form(4)}\n` },
    counts: { 'a.txt': { rows: 2, rejected: 2 } },
    rejects: ['a.txt:2: not a form body', 'a.txt:3: not a form body'],
  },
  {
    name: 'a key twice',
    files: { 'a.txt': `${form(1)}&Level=WARN\n` },
    counts: { 'a.txt': { rows: 1 } },
  },
  {
    name: 'a value of 1 MB',
    files: { 'a.txt': `${form(1)}\n${form(2, 'x'.repeat(1e6))}\n${form(3)}\n` },
    counts: { 'a.txt': { rows: 3 } },
  },
  {
    name: 'cut in its time',
    files: { 'a.txt': `${form(1)}\n${form(2).slice(0, 110)}` },
    counts: { 'a.txt': { rows: 1, rejected: 1 } },
    rejects: [/^a\.txt:2: /],
  },
]);
