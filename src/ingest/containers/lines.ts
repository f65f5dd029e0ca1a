import { isUtf8 } from 'node:buffer';

export type LineSink = {
  /** A line without its end, which may be empty; `number` from 1. `isLast`: the input ends without a line end after it. */
  line(text: string, number: number, isLast: boolean): void;
  /** A line that is no text, or too long to be kept: with its beginning. */
  unreadable(reason: string, beginning: string, number: number): void;
};

export type LineSplitter = {
  push(chunk: Uint8Array): void;
  end(): void;
  /** Number of the line that was reached. */
  reached(): number;
};

const maxLineBytes = 64 * 1024 * 1024;
const lf = 10;
const cr = 13;

/** Splits UTF-8 at LF, CRLF and CR, also mixed, wherever the chunks are cut. */
export function lineSplitter(sink: LineSink, limit = maxLineBytes): LineSplitter {
  let carried: Uint8Array[] = [];
  let carriedBytes = 0;
  let number = 1;
  /** Beginning of a line that is over the limit: the rest of it is only looked through for its end. */
  let overlong: Buffer | null = null;

  const tooLong = (beginning: string, at: number) => {
    sink.unreadable(`line longer than ${Math.round(limit / 1024 / 1024)} MiB`, beginning, at);
  };

  const carry = (bytes: Uint8Array) => {
    if (overlong !== null) {
      // Only a final CR must be remembered: a LF may follow.
      carried = bytes.at(-1) === cr ? [Buffer.from([cr])] : [];
      return;
    }
    if (bytes.length === 0) return;
    // A copy: whoever gave the chunk may use its memory again.
    carried.push(Buffer.from(bytes));
    carriedBytes += bytes.length;
    if (carriedBytes <= limit || (carriedBytes === limit + 1 && bytes.at(-1) === cr)) return;
    overlong = Buffer.concat(carried).subarray(0, 4096);
    carried = bytes.at(-1) === cr ? [Buffer.from([cr])] : [];
    carriedBytes = 0;
  };

  /** Lines that are complete, of which every one but the last has its end in `text`. */
  const emit = (bytes: Buffer, isEnd: boolean) => {
    if (overlong !== null) {
      const end = firstLineEnd(bytes);
      tooLong(overlong.toString('utf8'), number);
      if (!isEnd) number++;
      overlong = null;
      if (end >= bytes.length) return;
      bytes = bytes.subarray(end);
    }
    const isText = isUtf8(bytes);
    // Latin-1 has a character for each byte, so that offsets in it are offsets of bytes.
    const text = bytes.toString(isText ? 'utf8' : 'latin1');
    // Asked of the bytes: V8 moves a look through the whole text into the loop below, which makes it a hundred times slower.
    let nextCr = bytes.includes(cr) ? text.indexOf('\r') : -1;
    let from = 0;
    while (from < text.length) {
      // Of nothing but empty lines there can be gigabytes, well packed: they take no longer than their bytes.
      if (text.charCodeAt(from) === lf) {
        sink.line('', number++, false);
        from++;
        continue;
      }
      let end = text.indexOf('\n', from);
      if (end < 0) end = text.length;
      let after = end + 1;
      if (nextCr >= 0) {
        if (nextCr < from) nextCr = text.indexOf('\r', from);
        if (nextCr >= 0 && nextCr < end) {
          after = nextCr + 1 === end && end < text.length ? end + 1 : nextCr + 1;
          end = nextCr;
        }
      }
      if (end - from > limit) {
        tooLong(text.slice(from, from + 4096), number);
      } else {
        const line = text.slice(from, end);
        if (isText) sink.line(line, number, isEnd && end === text.length);
        else emitBytes(bytes.subarray(from, end), isEnd && end === text.length);
      }
      if (end < text.length) number++;
      from = after;
    }
  };

  const emitBytes = (bytes: Buffer, isLast: boolean) => {
    if (isUtf8(bytes)) sink.line(bytes.toString('utf8'), number, isLast);
    else sink.unreadable('not UTF-8', bytes.toString('utf8'), number);
  };

  return {
    push(chunk) {
      if (chunk.length === 0) return;
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      // A CR at the end of what was carried ends a line unless this chunk goes on with its LF.
      const carriedCr = carried.at(-1)?.at(-1) === cr;
      const end = lastLineEnd(bytes);
      if (end === 0 && !carriedCr) {
        carry(bytes);
        return;
      }
      const block = carried.length === 0 ? bytes.subarray(0, end) : Buffer.concat([...carried, bytes.subarray(0, end)]);
      carried = [];
      carriedBytes = 0;
      emit(block, false);
      carry(bytes.subarray(end));
    },
    end() {
      const rest = Buffer.concat(carried);
      carried = [];
      if (overlong !== null || rest.length > 0) emit(rest, true);
    },
    reached: () => number,
  };
}

/** Where the last line ends that surely ends here; 0 where none does. A final CR waits for its LF. */
function lastLineEnd(bytes: Buffer): number {
  // `lastIndexOf` is twenty times slower than this loop, and the end is near.
  let at = bytes.length - 1;
  if (bytes[at] === cr) at--;
  while (at >= 0 && bytes[at] !== lf && bytes[at] !== cr) at--;
  return at + 1;
}

function firstLineEnd(bytes: Buffer): number {
  const firstLf = bytes.indexOf(lf);
  const firstCr = bytes.indexOf(cr);
  if (firstCr < 0) return firstLf < 0 ? bytes.length : firstLf + 1;
  if (firstLf < 0 || firstCr < firstLf - 1) return firstCr + 1;
  return firstLf + 1;
}
