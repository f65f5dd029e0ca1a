import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { isUnreadable, messageOf } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';
import type { Batch } from './containers/batch.ts';
import { listsOf } from './containers/envelope.ts';
import { formFields, readForm } from './containers/form.ts';
import { readJson } from './containers/json.ts';
import { readNdjson } from './containers/ndjson.ts';
import { isFields, parseJson } from './containers/parse-object.ts';
import { readTable, type TableLayout, tableLayout } from './containers/table.ts';
import { type ByteSource, type Compression, openBytes } from './decompress.ts';
import type { InputRecord } from './entry.ts';
import { asUtf8, type Encoding } from './text.ts';

/** What an input is contained in, with its first records; or why it cannot be read, as a phrase such as `PNG image`. */
export type Sniffed =
  | Recognised
  | {
      readonly unrecognised: string;
      /** It could not be read at all, whatever it is. */
      readonly unread?: true;
    };

export type Recognised = {
  readonly compression: Compression;
  readonly encoding: Encoding;
  /** Up to 20, as the container's reader gives them; of Parquet only where a session was passed. */
  readonly head: readonly InputRecord[];
} & (
  | { readonly container: 'ndjson' | 'json' | 'form' | 'parquet' | 'arrow-file' | 'arrow-stream' }
  | { readonly container: 'table'; readonly table: TableLayout }
);

/** Why a file without a single byte is no export; of a quiet hour it can be one all the same. */
export const emptyFile = 'empty file';

const headRecords = 20;
const headBytes = 1024 * 1024;

/** Read into over and over: made anew for each of thousands of files, it takes longer than all that is done with it. */
let spareMemory: Buffer | null = null;

/** Looks into a file: by its content only, never by its name. Does not throw for what stands in it. */
export async function sniff(readPath: string, session?: Session): Promise<Sniffed> {
  const memory = spareMemory ?? Buffer.allocUnsafe(headBytes + 1);
  // Whoever looks into another file meanwhile has none.
  spareMemory = null;
  try {
    return await sniffWith(memory, readPath, session);
  } finally {
    spareMemory = memory;
  }
}

async function sniffWith(memory: Buffer, readPath: string, session: Session | undefined): Promise<Sniffed> {
  const raw = await beginningOf(readPath, memory);
  if (!Buffer.isBuffer(raw)) return raw;
  if (raw.length === 0) return { unrecognised: emptyFile };
  const binaryTable = await sniffBinaryTable(readPath, raw, session);
  if (binaryTable !== null) return binaryTable;

  const compression = compressionOf(raw);
  const source = openBytes(readPath, compression);
  const head =
    compression === 'none'
      ? { bytes: raw.subarray(0, headBytes), isWhole: raw.length <= headBytes }
      : await firstBytes(source, headBytes);
  const inside = compression === 'none' ? '' : ` inside ${compression}`;
  if (head.bytes.length === 0) return { unrecognised: source.problem() ?? `${emptyFile}${inside}` };
  const foreign = foreignFormat(head.bytes, inside);
  if (foreign !== null) return { unrecognised: foreign };
  const encoding = encodingOf(head.bytes);
  if (encoding === null) return { unrecognised: `binary data${inside}` };

  const text = await utf8(head.bytes, encoding);
  const found = await containerOf(text, head.isWhole);
  return 'unrecognised' in found
    ? { unrecognised: `${found.unrecognised}${inside}` }
    : { compression, encoding, ...found };
}

/** As much of a file as there is room for. */
async function beginningOf(
  path: string,
  memory: Buffer,
): Promise<Buffer | { readonly unrecognised: string; readonly unread: true }> {
  try {
    const handle = await open(path);
    try {
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(memory, length, memory.length - length, length);
        length += bytesRead;
        if (bytesRead === 0 || length === memory.length) return memory.subarray(0, length);
      }
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    if (!isUnreadable(thrown)) throw thrown;
    return { unrecognised: `cannot be read: ${messageOf(thrown)}`, unread: true };
  }
}

async function sniffBinaryTable(path: string, raw: Buffer, session: Session | undefined): Promise<Recognised | null> {
  const layout = { compression: 'none', encoding: 'utf-8' } as const;
  if (startsWith(raw, 'PAR1')) {
    const head =
      session === undefined
        ? []
        : await firstRecords((await import('./containers/parquet.ts')).readParquet(session, path));
    return { ...layout, container: 'parquet', head };
  }
  const container = startsWith(raw, 'ARROW1') ? 'arrow-file' : isArrowStream(raw) ? 'arrow-stream' : null;
  if (container === null) return null;
  return {
    ...layout,
    container,
    head: await firstRecords((await import('./containers/arrow.ts')).readArrow(path, container)),
  };
}

/** A stream begins with a message: a continuation mark, its length, and a flatbuffer whose root stands near. */
function isArrowStream(raw: Buffer): boolean {
  if (raw.length < 16 || raw.readUInt32LE(0) !== 0xffffffff) return false;
  const length = raw.readUInt32LE(4);
  return length > 0 && length % 8 === 0 && length < 64 * 1024 * 1024 && raw.readUInt32LE(8) < 256;
}

function compressionOf(raw: Buffer): Compression {
  if (startsWith(raw, '\x1f\x8b')) return 'gzip';
  const isSkippable = raw.length >= 4 && (raw.readUInt32LE(0) & 0xfffffff0) >>> 0 === 0x184d2a50;
  return startsWith(raw, '\x28\xb5\x2f\xfd') || isSkippable ? 'zstd' : 'none';
}

async function firstBytes(
  source: ByteSource,
  least: number,
): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.chunks) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > least) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, least), isWhole: length <= least };
}

type Foreign = {
  readonly magic: string;
  readonly name: string;
  /** What to do about it. */
  readonly advice?: string;
  readonly offset?: number;
  /** Words may begin like that, too: only what is no text is such a file. */
  readonly isLetters?: true;
};

const unpack = 'unpack it first';
const writeOtherwise = 'write it as Parquet, CSV or NDJSON';

/** What other tools write, by its first bytes, so that the user is told what lies there. */
const foreignFormats: readonly Foreign[] = [
  { magic: '\x89PNG', name: 'PNG image' },
  { magic: '\xff\xd8\xff', name: 'JPEG image' },
  { magic: 'GIF8', name: 'GIF image' },
  { magic: '%PDF-', name: 'PDF document' },
  {
    magic: 'PK\x03\x04',
    name: 'ZIP archive (or an Excel workbook)',
    advice: 'unpack it, or save it as CSV',
  },
  { magic: 'PK\x05\x06', name: 'empty ZIP archive' },
  { magic: '\x1f\x8b', name: 'gzip file', advice: unpack },
  { magic: '\x28\xb5\x2f\xfd', name: 'zstd file', advice: unpack },
  { magic: '\x1f\x9d', name: 'file of the old compress (.Z)', advice: unpack },
  { magic: '1AY&SY', offset: 4, name: 'bzip2 file', advice: unpack },
  { magic: '\xfd7zXZ\0', name: 'xz file', advice: unpack },
  { magic: '7z\xbc\xaf\x27\x1c', name: '7z archive', advice: unpack },
  { magic: 'Rar!\x1a\x07', name: 'RAR archive', advice: unpack },
  { magic: '\x04\x22\x4d\x18', name: 'lz4 file', advice: unpack },
  { magic: '\x02\x21\x4c\x18', name: 'lz4 file', advice: unpack },
  { magic: '\xff\x06\0\0sNaPpY', name: 'snappy file', advice: unpack },
  { magic: '\xd0\xcf\x11\xe0', name: 'old Office document', advice: 'save it as CSV' },
  { magic: 'SQLite format 3\0', name: 'SQLite database', advice: 'write its table as CSV' },
  {
    magic: 'DUCK',
    offset: 8,
    name: 'DuckDB database',
    advice: 'write its table as Parquet, CSV or NDJSON',
    isLetters: true,
  },
  { magic: 'ustar', offset: 257, name: 'tar archive', advice: unpack },
  { magic: 'PAR1', name: 'Parquet file', advice: unpack },
  { magic: 'PARE', name: 'encrypted Parquet file', advice: 'write it without encryption', isLetters: true },
  { magic: 'ARROW1', name: 'Arrow file', advice: unpack },
  { magic: 'FEA1', name: 'Feather file of version 1', advice: 'write it as version 2, Parquet, CSV or NDJSON' },
  { magic: 'ORC', name: 'ORC file', advice: writeOtherwise, isLetters: true },
  { magic: 'Obj\x01', name: 'Avro file', advice: writeOtherwise },
  { magic: '\x89HDF', name: 'HDF5 file', advice: writeOtherwise },
  { magic: '\x7fELF', name: 'program' },
  { magic: '<!DOCTYPE html', name: 'HTML page' },
  { magic: '<!doctype html', name: 'HTML page' },
  { magic: '<html', name: 'HTML page' },
  { magic: '<?xml', name: 'XML document' },
  { magic: '{\\rtf', name: 'RTF document' },
];

/** `PNG image`, or `tar archive inside gzip: unpack it first`. */
function foreignFormat(bytes: Buffer, inside: string): string | null {
  const found = foreignFormats.find(
    ({ magic, offset, isLetters }) => startsWith(bytes, magic, offset) && !(isLetters && looksLikeText(bytes)),
  );
  if (found === undefined) return null;
  return `${found.name}${inside}${found.advice === undefined ? '' : `: ${found.advice}`}`;
}

function startsWith(bytes: Buffer, magic: string, offset = 0): boolean {
  return bytes.subarray(offset, offset + magic.length).equals(Buffer.from(magic, 'latin1'));
}

/** `null` for bytes that are no text. */
function encodingOf(bytes: Buffer): Encoding | null {
  if (startsWith(bytes, '\xef\xbb\xbf')) return 'utf-8-bom';
  if (startsWith(bytes, '\xff\xfe\0\0') || startsWith(bytes, '\0\0\xfe\xff')) return null;
  if (startsWith(bytes, '\xff\xfe')) return 'utf-16le';
  if (startsWith(bytes, '\xfe\xff')) return 'utf-16be';
  const utf16 = utf16WithoutMark(bytes);
  if (utf16 !== null) return utf16;
  if (!looksLikeText(bytes)) return null;
  return isUtf8(bytes) || !isLatin1(bytes) ? 'utf-8' : 'latin-1';
}

/** In UTF-16 every other byte of what is mostly ASCII is zero. */
function utf16WithoutMark(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const pairs = Math.floor(Math.min(bytes.length, 4096) / 2);
  if (pairs < 2) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < pairs * 2; at += 2) {
    if (bytes[at] === 0) even++;
    if (bytes[at + 1] === 0) odd++;
  }
  if (odd > pairs * 0.7 && even < pairs * 0.05) return 'utf-16le';
  if (even > pairs * 0.7 && odd < pairs * 0.05) return 'utf-16be';
  return null;
}

/** Text may have a damaged stretch in it, but it does not consist of control characters. */
function looksLikeText(bytes: Buffer): boolean {
  let controls = 0;
  for (const byte of bytes.subarray(0, 4096)) {
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27 && byte !== 12 && byte !== 30) controls++;
  }
  return controls * 20 <= Math.min(bytes.length, 4096);
}

/**
 * Whether bytes that are no UTF-8 read like words in Latin-1 or Windows-1252. Otherwise it is UTF-8 with broken places,
 * whose lines are rejected: to read them as Latin-1 would load them silently distorted.
 */
function isLatin1(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  // Two or more bytes in a row that are UTF-8, or the beginning of it.
  if (/[\xc2-\xf4][\x80-\xbf]/.test(text)) return false;
  const high = text.match(/[\x80-\xff]/g)?.length ?? 0;
  const inWords =
    text.match(
      /(?<=[a-z '"(>\xc4-\xfc]|^)[\x80\x85\x91-\x97\xa0-\xbf\xc4-\xdf\xe0-\xfc](?=[a-z0-9 .,;:!?'")<\r\n\xc4-\xfc-]|$)/gi,
    )?.length ?? 0;
  return inWords * 10 >= high * 9;
}

async function utf8(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'utf-8') return bytes;
  const parts: Uint8Array[] = [];
  for await (const part of asUtf8([bytes], encoding)) parts.push(part);
  return Buffer.concat(parts);
}

type Container =
  | { readonly container: 'ndjson' | 'json' | 'form'; readonly head: readonly InputRecord[] }
  | { readonly container: 'table'; readonly table: TableLayout; readonly head: readonly InputRecord[] };

/** By the beginning of a text, which is all of it where `isWhole`. */
async function containerOf(text: Buffer, isWhole: boolean): Promise<Container | { readonly unrecognised: string }> {
  const start = text.subarray(0, 4096).toString('utf8').trimStart();
  if (start === '' && text.toString('utf8').trim() === '') return { unrecognised: emptyFile };
  if (start.startsWith('[')) {
    const json = await firstRecords(readJson(sourceOf(text)));
    if (json.length > 0 || /^\[\s*(?:[[\]{"]|$)/.test(start)) return { container: 'json', head: json };
  }
  const plain = await plainLines(text);
  if (plain !== null) return plain;
  const lines = wholeLines(text, isWhole);
  const byLine = await linesOrDocuments(text, lines, isWhole);
  if (byLine !== null) return byLine;
  if (formFields(lines.find((line) => line.trim() !== '')?.trim() ?? '') !== null) {
    return { container: 'form', head: await firstRecords(readForm(sourceOf(text))) };
  }
  const table = tableLayout(lines.filter((line) => line.trim() !== '').slice(0, 50));
  if (table !== null) return { container: 'table', table, head: await firstRecords(readTable(sourceOf(text), table)) };
  return { unrecognised: 'text of no known shape' };
}

const plainBytes = 64 * 1024;

/**
 * Most exports are objects, one a line, as their first lines show: what follows need not be taken apart for that, which takes longer than
 * all the rest where there are thousands of files. `null` where the first lines do not show it.
 */
async function plainLines(text: Buffer): Promise<Container | null> {
  const beginning = text.subarray(0, text.subarray(0, plainBytes).lastIndexOf(0x0a) + 1);
  const first = firstLines(beginning, 1).toString('utf8').trim();
  if (!first.startsWith('{')) return null;
  const parsed = parseJson(first);
  if (!('value' in parsed) || !isFields(parsed.value) || listsOf(parsed.value) !== null) return null;
  // As many lines as there are to be records are enough, unless some of them are none.
  for (const lines of [firstLines(beginning, headRecords), beginning]) {
    const head = await firstRecords(readNdjson(sourceOf(lines)));
    if (head.length === headRecords) return { container: 'ndjson', head };
  }
  return null;
}

/** All of it where there are fewer. */
function firstLines(text: Buffer, count: number): Buffer {
  let end = 0;
  for (let line = 0; line < count; line++) {
    const next = text.indexOf(0x0a, end) + 1;
    if (next === 0) return text;
    end = next;
  }
  return text.subarray(0, end);
}

/** Objects, one a line or laid out otherwise; `null` where the text is neither. */
async function linesOrDocuments(text: Buffer, lines: readonly string[], isWhole: boolean): Promise<Container | null> {
  const first = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  const isObject = first.startsWith('{');
  if (isObject) {
    const parsed = parseJson(first);
    if ('value' in parsed && isFields(parsed.value)) {
      // A list page on one line may be as large as the file.
      const container = listsOf(parsed.value) === null ? 'ndjson' : 'json';
      return {
        container,
        head: await firstRecords(container === 'ndjson' ? readNdjson(sourceOf(text)) : readJson(sourceOf(text))),
      };
    }
  }
  if (lines.length === 0) {
    return text.subarray(0, 64).toString('latin1').trimStart().startsWith('{')
      ? { container: 'json', head: await firstRecords(readJson(sourceOf(text))) }
      : null;
  }
  const ndjson = await counted(readNdjson(sourceOf(text)), isWhole);
  const json = isObject ? await counted(readJson(sourceOf(text)), isWhole) : null;
  if (
    json !== null &&
    (json.records > ndjson.records || (json.records === ndjson.records && json.rejects < ndjson.rejects))
  ) {
    return { container: 'json', head: json.head };
  }
  if (ndjson.records > 0 && ndjson.records >= ndjson.rejects) return { container: 'ndjson', head: ndjson.head };
  // A single record that is cut, or broken: better to be told so than that the file is unknown.
  return isObject && /^\{\s*(?:"|\}|$)/.test(first) ? { container: 'json', head: [] } : null;
}

/** The lines that are surely complete. */
function wholeLines(text: Buffer, isWhole: boolean): readonly string[] {
  const lines = text.toString('utf8').split(/\r\n|\n|\r/);
  return isWhole ? lines : lines.slice(0, -1);
}

function sourceOf(bytes: Buffer): ByteSource {
  async function* chunks() {
    yield bytes;
  }
  return { chunks: chunks(), problem: () => null };
}

async function counted(batches: AsyncIterable<Batch>, isWhole: boolean) {
  let records = 0;
  let rejects = 0;
  const head: InputRecord[] = [];
  for await (const batch of batches) {
    records += batch.records.length;
    rejects += batch.rejects.length;
    head.push(...batch.records.slice(0, headRecords - head.length));
  }
  // Where the text goes on behind what was looked at, the last record only seems to be broken.
  return { records, rejects: isWhole ? rejects : Math.max(0, rejects - 1), head };
}

async function firstRecords(batches: AsyncIterable<Batch>): Promise<readonly InputRecord[]> {
  for await (const batch of batches) {
    if (batch.records.length > 0) return batch.records.slice(0, headRecords);
  }
  return [];
}
