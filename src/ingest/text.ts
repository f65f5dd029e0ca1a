import { type ByteSource, type BytesRead, type Compression, openBytes } from './decompress.ts';

/** How the text of an input is written down; `utf-8-bom` begins with a byte order mark. */
export type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'latin-1';

/** The text of a file as UTF-8 bytes without a byte order mark. What is no character in its encoding becomes a byte that is not UTF-8. */
export function openText(
  path: string,
  { compression, encoding }: { readonly compression: Compression; readonly encoding: Encoding },
  read?: BytesRead,
): ByteSource {
  const source = openBytes(path, compression, read);
  return { chunks: asUtf8(source.chunks, encoding), problem: source.problem };
}

/** As `openText`, of bytes that are there already. */
export async function* asUtf8(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding: Encoding,
): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8' || encoding === 'utf-8-bom') yield* withoutBom(chunks);
  else if (encoding === 'latin-1') yield* fromLatin1(chunks);
  else yield* fromUtf16(chunks, encoding === 'utf-16be');
}

const bom = Buffer.from([0xef, 0xbb, 0xbf]);

async function* withoutBom(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Buffer | null = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start === null) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < bom.length && bom.subarray(0, start.length).equals(start)) continue;
    yield start.subarray(0, bom.length).equals(bom) ? start.subarray(bom.length) : start;
    start = null;
  }
  if (start !== null && start.length > 0) yield start;
}

async function* fromLatin1(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // As browsers do, the label means Windows-1252, which only adds printable characters.
  const decoder = new TextDecoder('latin1');
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
}

async function* fromUtf16(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  isBigEndian: boolean,
): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  let isStart = true;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    let end = bytes.length - (bytes.length % 2);
    // The two halves of a pair must be decoded together.
    if (end >= 2 && (bytes[isBigEndian ? end - 2 : end - 1] ?? 0) >> 2 === 0xd8 >> 2) end -= 2;
    rest = Buffer.from(bytes.subarray(end));
    const units = bytes.subarray(0, end);
    if (isBigEndian) units.swap16();
    let text = units.toString('utf16le');
    if (isStart && text !== '') {
      isStart = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    yield wellFormed(text);
  }
  if (rest.length > 0) yield notText;
}

const notText = Buffer.from([0xff]);

/** UTF-8 with 0xFF for each half of a surrogate pair that stands alone, which otherwise would silently become U+FFFD. */
function wellFormed(text: string): Buffer {
  const parts = text.split(/\p{Surrogate}/u);
  if (parts.length === 1) return Buffer.from(text);
  return Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [Buffer.from(part)] : [notText, Buffer.from(part)])));
}
