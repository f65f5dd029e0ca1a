/** Parquet files that are cut, damaged, of other tables, or of types that no export has; and files of other programs. */
import { hostile } from './hostile.ts';
import { entriesSql, parquet } from './tables.ts';

const three = entriesSql(3);
const withColumns = (columns: string) => `SELECT *, ${columns} FROM (${three})`;
const footerOf = (bytes: Buffer) => bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8);
const refused = (path: string, reason: string) => `error: ${path}: not an export that postlude knows: ${reason}.`;
const unreadable =
  /^error: a\.parquet: not an export that postlude knows: cannot be read as Parquet: (?!.*(?:SELECT|LINE|\/)).+\.$/;
/** Groups of 2,048 rows; a damaged one is to cost no other. */
const groups = { options: ', ROW_GROUP_SIZE 2048, COMPRESSION zstd' };

hostile('Parquet', [
  {
    name: 'cut in its middle: the footer, which says where everything is, is gone',
    files: { 'a.parquet': parquet(three, { spoil: (bytes) => bytes.subarray(0, bytes.length >> 1) }) },
    issues: [unreadable],
    code: 2,
  },
  {
    name: 'cut in its footer',
    files: { 'a.parquet': parquet(three, { spoil: (bytes) => bytes.subarray(0, -6) }) },
    issues: [unreadable],
    code: 2,
  },
  { name: 'only its magic', files: { 'a.parquet': 'PAR1' }, issues: [unreadable], code: 2 },
  { name: 'its magic at both ends', files: { 'a.parquet': 'PAR1\0\0\0\0PAR1' }, issues: [unreadable], code: 2 },
  {
    name: 'a footer that says that it is 4 GB long',
    files: {
      'a.parquet': parquet(three, {
        spoil: (bytes) => {
          bytes.writeUInt32LE(0xfffffff0, bytes.length - 8);
          return bytes;
        },
      }),
    },
    issues: [unreadable],
    code: 2,
  },
  {
    name: 'a footer that is damaged',
    files: {
      'a.parquet': parquet(three, { spoil: (bytes) => bytes.fill(0xff, footerOf(bytes), footerOf(bytes) + 40) }),
    },
    issues: [unreadable],
    code: 2,
  },
  {
    name: 'the table of somebody else',
    files: { 'a.parquet': parquet('SELECT 1 AS a, 2 AS b') },
    issues: [refused('a.parquet', 'no known shape (line 1)')],
    code: 2,
  },
  {
    name: 'no rows',
    files: { 'a.parquet': parquet(`${three} LIMIT 0`) },
    issues: [refused('a.parquet', 'it holds no records')],
    code: 2,
  },
  {
    name: 'columns of every type beside those of an entry',
    files: {
      'a.parquet': parquet(
        withColumns(`'\\xFF'::BLOB AS b, 170141183460469231731687303715884105727::HUGEINT AS h, 1.5::DECIMAL(38, 10) AS d,
          DATE '2026-09-14' AS day, TIME '10:00:00' AS t, TIMESTAMP_NS '2026-09-14 10:00:00.123456789' AS ns, INTERVAL 3 MONTH AS i,
          uuid() AS u, 'x'::ENUM('x', 'y') AS e, [1, NULL] AS l, MAP {'k': [1]} AS m, {'a': {'b': NULL}} AS s,
          'infinity'::TIMESTAMP AS inf, 'nan'::DOUBLE AS nan, true AS flag, NULL AS nothing, '{"a":1}'::JSON AS j`),
      ),
    },
    counts: { 'a.parquet': { rows: 3 } },
  },
  {
    name: 'ids and types as binary, enums and dictionaries',
    files: {
      'a.parquet': parquet(
        `SELECT encode("logId") AS "logId", "eventTime"::TIMESTAMP_NS AS "eventTime", "eventType"::ENUM('conversation.created') AS "eventType" FROM (${three})`,
      ),
    },
    counts: { 'a.parquet': { rows: 3 } },
  },
  {
    name: 'times that are none in one row',
    files: {
      'a.parquet': parquet(
        `SELECT * REPLACE (CASE WHEN "logId" = 'hostile-2' THEN NULL ELSE "eventTime" END AS "eventTime") FROM (${three})`,
      ),
    },
    counts: { 'a.parquet': { rows: 2, rejected: 1 } },
    rejects: ['a.parquet:2: eventTime is missing'],
  },
  {
    name: 'lists twenty deep',
    files: { 'a.parquet': parquet(withColumns(`${'['.repeat(20)}1${']'.repeat(20)} AS deep`)) },
    counts: { 'a.parquet': { rows: 3 } },
  },
  {
    name: 'five thousand columns',
    files: { 'a.parquet': parquet(withColumns(Array.from({ length: 5000 }, (_, at) => `${at} AS c${at}`).join(', '))) },
    counts: { 'a.parquet': { rows: 3 } },
  },
  {
    name: 'names of columns that are hostile',
    files: {
      'a.parquet': parquet(
        withColumns(
          `1 AS "__proto__", 2 AS "a""b'; DROP TABLE event_log", 3 AS " ", 4 AS "constructor", 5 AS "filename"`,
        ),
      ),
    },
    counts: { 'a.parquet': { rows: 3 } },
  },
  {
    name: 'a column of the name by which rows are numbered',
    files: { 'a.parquet': parquet(withColumns('7 AS file_row_number')) },
    counts: { 'a.parquet': { rows: 3 } },
  },
  {
    name: 'a damaged page in one of five groups of rows: the others are read, and what is lost is told',
    files: {
      'a.parquet': parquet(entriesSql(5 * 2048), {
        ...groups,
        spoil: (bytes) => bytes.fill(0xa7, bytes.length >> 1, (bytes.length >> 1) + 64),
      }),
    },
    counts: { 'a.parquet': { rows: 4 * 2048, rejected: 1 } },
    rejects: [/^a\.parquet:\d+: the rows up to [\d,]+ cannot be read as Parquet: (?!.*\/).+$/],
  },
]);

const binary = (start: string, offset = 0) =>
  Buffer.concat([Buffer.alloc(offset, 1), Buffer.from(start, 'latin1'), Buffer.alloc(500, '\x01\x02\0\xfe', 'latin1')]);

hostile('files of other programs are refused in a line that says what they are', [
  {
    name: 'every kind of it',
    files: {
      'a.parquet': binary('PARE'),
      'b.orc': binary('ORC'),
      'c.avro': binary('Obj\x01'),
      'd.sqlite': binary('SQLite format 3\0'),
      'e.duckdb': binary('DUCK', 8),
      'f.xlsx': binary('PK\x03\x04'),
      'g.pdf': binary('%PDF-1.7\n'),
      'h.png': binary('\x89PNG\r\n\x1a\n'),
      'i.elf': binary('\x7fELF'),
      'j.feather': binary('FEA1'),
      'k.h5': binary('\x89HDF\r\n'),
      'l.xls': binary('\xd0\xcf\x11\xe0'),
    },
    issues: [
      refused('a.parquet', 'encrypted Parquet file: write it without encryption'),
      refused('b.orc', 'ORC file: write it as Parquet, CSV or NDJSON'),
      refused('c.avro', 'Avro file: write it as Parquet, CSV or NDJSON'),
      refused('d.sqlite', 'SQLite database: write its table as CSV'),
      refused('e.duckdb', 'DuckDB database: write its table as Parquet, CSV or NDJSON'),
      refused('f.xlsx', 'ZIP archive (or an Excel workbook): unpack it, or save it as CSV'),
      refused('g.pdf', 'PDF document'),
      refused('h.png', 'PNG image'),
      refused('i.elf', 'program'),
      refused('j.feather', 'Feather file of version 1: write it as version 2, Parquet, CSV or NDJSON'),
      refused('k.h5', 'HDF5 file: write it as Parquet, CSV or NDJSON'),
      refused('l.xls', 'old Office document: save it as CSV'),
    ],
    code: 2,
  },
]);
