import { isUtf8 } from 'node:buffer';
import type { ByteSource } from '../decompress.ts';
import type { Fields } from '../entry.ts';
import { type Batch, batchSize, collector, endingWhereBarren, type Page } from './batch.ts';
import { isEnvelope, isListKey, pageOf } from './envelope.ts';
import { isFields, notAnObject, parseJson, parseLoosely } from './parse-object.ts';

/** Reads JSON documents one after another: lists, envelopes around lists, single objects, compact or pretty-printed. */
export async function* readJson(bytes: ByteSource): AsyncGenerator<Batch> {
  const batch = collector();
  const source = endingWhereBarren(bytes, batch);
  const splitter = jsonSplitter(batch);
  for await (const chunk of source.chunks) {
    splitter.push(chunk);
    const ready = batch.take(batchSize);
    if (ready !== null) yield ready;
  }
  splitter.end(source.problem());
  const last = batch.take(0);
  if (last !== null) yield last;
}

export type JsonSink = {
  record(fields: Fields, line: number, listKey: string | null): void;
  reject(line: number, reason: string, text: string): void;
  page(page: Page): void;
};

export type JsonSplitter = {
  push(chunk: Uint8Array): void;
  /** The input has ended; `problem` says why, where that was not its own end. */
  end(problem: string | null): void;
};

export type JsonLimits = {
  /** An element over this many bytes is rejected without being kept. */
  readonly element: number;
  /** So much of an object is kept until it is certain whether it is an envelope. */
  readonly undecided: number;
};

const defaultLimits: JsonLimits = { element: 64 * 1024 * 1024, undecided: 4 * 1024 * 1024 };

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openList = 0x5b;
const backslash = 0x5c;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const lf = 10;
const cr = 13;
const none = -1;
/** Last significant byte, where it is none of the structural ones. */
const other = 0;

/** More open brackets than this are an attack: what follows is not read. */
const maxBrackets = 100_000;

/** An object that holds a list under a known key, from where its first such list begins to its end. */
type Candidate = {
  readonly start: number;
  readonly line: number;
  /** Level and list key of the object itself. */
  readonly level: number;
  readonly listKey: string | null;
  /** The object without the contents of its lists; `null` once that got too long. */
  skeleton: Buffer[] | null;
  skeletonBytes: number;
  /** From here to where we are belongs to the skeleton; `none` inside a list. */
  skeletonFrom: number;
  /** The keys of its lists. */
  readonly lists: string[];
  /** Elements that wait for the decision; `null` once it is an envelope. */
  waiting: { readonly start: number; readonly end: number; readonly line: number; readonly listKey: string }[] | null;
};

/**
 * Finds the records in a stream of JSON bytes without parsing it as a whole: strings by their quotes, the rest by its
 * brackets. Only the bytes of one record are kept, or of one object that may turn out to be an envelope. What is broken
 * is rejected, and reading goes on at the next place that looks like the beginning of a record.
 *
 * All offsets that outlive a call are those of the whole input.
 */
export function jsonSplitter(sink: JsonSink, limits: JsonLimits = defaultLimits): JsonSplitter {
  let memory = Buffer.alloc(0);
  /** The part of `memory` that holds input. */
  let view = memory;
  /** Offset of the first byte of `view`. */
  let origin = 0;
  /** The next byte to look at, in `view`. */
  let at = 0;

  const brackets: number[] = [];
  /** Depth at which elements stand: 0 is the top, each list that is looked into is one more. */
  let level = 0;
  let listKey: string | null = null;
  let candidate: Candidate | null = null;

  let elementStart = none;
  let elementLine = 1;
  /** The element was found not to be an envelope, or is too long: its lists are not looked into. */
  let isOpaque = false;
  /** The element is over the limit and was rejected; its bytes are not kept. */
  let isSkipped = false;

  let stringStart = none;
  let stringEnd = none;
  let isInString = false;
  let previous = other;
  /** Up to here bytes are looked at a second time, as what stands between strings. */
  let rescuedUntil = none;
  let isDead = false;

  const lines = lineCounter();

  const textOf = (start: number, end: number) => view.subarray(start - origin, end - origin);

  const startElement = () => {
    elementStart = origin + at;
    elementLine = lines.at(view, origin, origin + at);
  };

  const deliver = (start: number, end: number, line: number, key: string | null) => {
    const bytes = textOf(start, end);
    const text = bytes.toString('utf8');
    if (!isUtf8(bytes)) {
      sink.reject(line, 'not UTF-8', text);
      return;
    }
    const parsed = parseJson(text);
    if ('reason' in parsed) sink.reject(line, parsed.reason, text);
    else if (isFields(parsed.value)) sink.record(parsed.value, line, key);
    else sink.reject(line, notAnObject(parsed.value), text);
  };

  const closeElement = (end: number) => {
    const start = elementStart;
    const wasSkipped = isSkipped;
    elementStart = none;
    isSkipped = false;
    isOpaque = false;
    if (wasSkipped) return;
    const waiting = candidate?.waiting ?? null;
    if (waiting === null) deliver(start, end, elementLine, listKey);
    else waiting.push({ start, end, line: elementLine, listKey: listKey ?? '' });
  };

  /** Moves what stands before `end` to the skeleton. */
  const addToSkeleton = (current: Candidate, end: number) => {
    if (current.skeletonFrom === none) return;
    if (current.skeleton === null) {
      current.skeletonFrom = end;
      return;
    }
    const bytes = Buffer.from(textOf(current.skeletonFrom, end));
    current.skeletonFrom = end;
    current.skeletonBytes += bytes.length;
    if (current.skeletonBytes > limits.undecided) current.skeleton = null;
    else current.skeleton.push(bytes);
  };

  const enterList = (current: Candidate, key: string) => {
    addToSkeleton(current, origin + at + 1);
    current.skeletonFrom = none;
    current.lists.push(key);
    brackets.push(openList);
    level = brackets.length;
    listKey = key;
    elementStart = none;
  };

  const leaveList = (current: Candidate) => {
    level = current.level;
    listKey = current.listKey;
    current.skeletonFrom = origin + at;
  };

  /** The object without what stands in its lists, as far as it is known; `closing` completes it. */
  const skeletonOf = (current: Candidate, closing: string): Fields | null => {
    if (current.skeleton === null) return null;
    const parsed = parseLoosely(Buffer.concat(current.skeleton).toString('utf8') + closing);
    return 'value' in parsed && isFields(parsed.value) ? parsed.value : null;
  };

  /** Whether it is an envelope. Without a readable skeleton it is taken for one: its elements are better than nothing. */
  const decide = (current: Candidate, skeleton: Fields | null): boolean => {
    const { waiting } = current;
    if (waiting === null) return true;
    const holdsRecords = current.lists.some((key) => {
      const elements = waiting.filter((element) => element.listKey === key);
      return elements.length === 0 || elements.some(({ start }) => view[start - origin] === openObject);
    });
    if (!holdsRecords || (skeleton !== null && !isEnvelope(Object.keys(skeleton), current.lists))) return false;
    current.waiting = null;
    for (const { start, end, line, listKey: key } of waiting) deliver(start, end, line, key);
    return true;
  };

  /** Takes the candidate for a record after all; it goes on as an ordinary element. */
  const takeAsRecord = (current: Candidate) => {
    candidate = null;
    level = current.level;
    listKey = current.listKey;
    elementStart = current.start;
    elementLine = current.line;
    isOpaque = true;
    isSkipped = false;
  };

  const tellPage = (current: Candidate, skeleton: Fields | null) => {
    const page = skeleton === null ? null : pageOf(skeleton, current.lists[0] ?? null, current.line);
    if (page !== null) sink.page(page);
  };

  const closeCandidate = (current: Candidate, end: number) => {
    addToSkeleton(current, end);
    const skeleton = skeletonOf(current, '');
    if (decide(current, skeleton)) {
      tellPage(current, skeleton);
      candidate = null;
      level = current.level;
      listKey = current.listKey;
      isSkipped = false;
    } else {
      takeAsRecord(current);
      closeElement(end);
    }
  };

  /** Closes the innermost bracket; an element that ends with it ends before `end`. */
  const pop = (end: number) => {
    if (brackets.length === level) {
      if (elementStart !== none) closeElement(origin + at);
      brackets.pop();
      if (candidate !== null && brackets.length === candidate.level + 1) leaveList(candidate);
      else level--;
      return;
    }
    brackets.pop();
    if (candidate !== null && level === candidate.level && brackets.length === level) closeCandidate(candidate, end);
    else if (brackets.length === level) closeElement(end);
  };

  const close = (opening: number) => {
    const match = brackets.lastIndexOf(opening);
    if (match < 0) {
      if (brackets.length === level && elementStart === none) startElement();
      previous = other;
      at++;
      return;
    }
    // What was opened in between was never closed: those elements are broken, and parsing them will say so.
    while (brackets.length > match + 1) pop(origin + at);
    pop(origin + at + 1);
    previous = opening;
    at++;
  };

  /** A bracket opens where an object needs a key: a closing one is missing, and this begins the next element. */
  const breakOff = () => {
    while (candidate !== null && level === candidate.level && brackets.length > level) pop(origin + at);
    if (brackets.length > level) {
      brackets.length = level;
      closeElement(origin + at);
    }
  };

  const isMisplaced = () =>
    brackets.length > level && brackets.at(-1) === openObject && previous !== colon && !isSkipped;

  const open = (bracket: number) => {
    if (isMisplaced()) breakOff();
    if (brackets.length === level) {
      if (elementStart !== none) closeElement(origin + at);
      if (bracket === openList) level++;
      else startElement();
    } else if (bracket === openList && previous === colon && brackets.length === listDepth() && openCandidate()) {
      previous = bracket;
      at++;
      return;
    }
    if (brackets.length >= maxBrackets) {
      isDead = true;
      sink.reject(
        lines.at(view, origin, origin + at),
        `nested deeper than ${maxBrackets} levels: the rest was not read`,
        '',
      );
      return;
    }
    brackets.push(bracket);
    previous = bracket;
    at++;
  };

  /** Depth of the members of the object that is, or may become, the candidate. */
  const listDepth = () => (candidate === null ? level + 1 : level === candidate.level ? level + 1 : none);

  const openCandidate = (): boolean => {
    if (
      isOpaque ||
      isSkipped ||
      brackets.at(-1) !== openObject ||
      stringStart < origin ||
      stringEnd - stringStart > 50
    ) {
      return false;
    }
    const parsed = parseJson(textOf(stringStart, stringEnd).toString('utf8'));
    const key = 'value' in parsed && typeof parsed.value === 'string' ? parsed.value : '';
    if (!isListKey(key)) return false;
    candidate ??= {
      start: elementStart,
      line: elementLine,
      level,
      listKey,
      skeleton: [],
      skeletonBytes: 0,
      skeletonFrom: elementStart,
      lists: [],
      waiting: [],
    };
    enterList(candidate, key);
    return true;
  };

  const ordinary = () => {
    if (previous === quote && !isSkipped && brackets.length > 0 && stringStart >= origin) {
      // A letter right after a string: a quote is missing or too many, and what was taken for strings and for what stands
      // between them has changed places. Look at the last string again as at what stands between strings.
      at = stringStart + 1 - origin;
      rescuedUntil = stringEnd - 1;
      previous = other;
      return;
    }
    if (brackets.length === level && elementStart === none) startElement();
    previous = other;
    at++;
  };

  const scan = () => {
    while (at < view.length && !isDead) {
      if (isInString) {
        const end = closingQuote(view, at, isSkipped ? 0 : Math.max(0, stringStart + 1 - origin));
        if (end < 0) {
          at = view.length;
          return;
        }
        isInString = false;
        stringEnd = origin + end + 1;
        previous = quote;
        at = end + 1;
        continue;
      }
      const byte = view[at];
      switch (byte) {
        case 0x20:
        case 0x09:
          at++;
          break;
        case lf:
        case cr:
          if (brackets.length === 0 && elementStart !== none) closeElement(origin + at);
          at++;
          break;
        case comma:
          // At the top it may as well be part of a sentence.
          if (brackets.length === level && level > 0 && elementStart !== none) closeElement(origin + at);
          previous = comma;
          at++;
          break;
        case colon:
          if (brackets.length === level) {
            ordinary();
          } else {
            previous = colon;
            at++;
          }
          break;
        case quote:
          if (brackets.length === 0 || (origin + at < rescuedUntil && view[at - 1] === backslash)) {
            ordinary();
            break;
          }
          if (brackets.length === level && elementStart === none) startElement();
          stringStart = origin + at;
          isInString = true;
          at++;
          break;
        case openObject:
        case openList:
          open(byte);
          break;
        case closeObject:
          close(openObject);
          break;
        case closeList:
          close(openList);
          break;
        // Between documents: record separators (RFC 7464) and the byte order marks of files that were joined.
        case 0x1e:
        case 0xef:
        case 0xbb:
        case 0xbf:
          if (brackets.length === 0 && elementStart === none) at++;
          else ordinary();
          break;
        default:
          ordinary();
      }
    }
  };

  /** The first byte that is still needed. */
  const keepFrom = (): number => {
    let from = origin + at;
    if (isSkipped) {
      // A run of backslashes decides whether the next quote ends the string; an even number of them does not.
      while (isInString && from - 1 >= origin && view[from - 1 - origin] === backslash) from--;
      return from + ((origin + at - from) & ~1);
    }
    if (isInString || previous === quote || previous === colon) from = Math.min(from, stringStart);
    if (elementStart !== none) from = Math.min(from, elementStart);
    if (candidate !== null) {
      if (candidate.waiting !== null) from = Math.min(from, candidate.start);
      else if (candidate.skeletonFrom !== none) from = Math.min(from, candidate.skeletonFrom);
    }
    return Math.max(from, origin);
  };

  const checkLimits = () => {
    const reached = origin + at;
    if (candidate !== null && candidate.waiting !== null && reached - candidate.start > limits.undecided) {
      addToSkeleton(candidate, reached);
      const isInList = candidate.skeletonFrom === none;
      if (!decide(candidate, isInList ? skeletonOf(candidate, ']}') : null)) takeAsRecord(candidate);
    }
    if (candidate !== null && candidate.waiting === null && candidate.skeletonFrom !== none && !isSkipped) {
      const kept = reached - Math.min(candidate.skeletonFrom, isInString ? stringStart : reached);
      if (kept > limits.element) {
        candidate.skeleton = null;
        sink.reject(candidate.line, tooLong(limits.element), '');
        isSkipped = true;
      } else if (kept > limits.undecided) {
        addToSkeleton(candidate, reached);
      }
    }
    if (elementStart !== none && !isSkipped && reached - elementStart > limits.element) {
      sink.reject(elementLine, tooLong(limits.element), textOf(elementStart, elementStart + 4096).toString('utf8'));
      isSkipped = true;
    }
  };

  const append = (chunk: Uint8Array) => {
    const from = keepFrom();
    lines.at(view, origin, from);
    const kept = origin + view.length - from;
    const wanted = kept + chunk.length;
    const start = from - origin;
    if (view.byteOffset - memory.byteOffset + start + wanted <= memory.length) {
      // Room behind what is there: nothing moves.
      const begin = view.byteOffset - memory.byteOffset + start;
      memory.set(chunk, begin + kept);
      view = memory.subarray(begin, begin + wanted);
    } else {
      const target = wanted * 2 > memory.length ? Buffer.allocUnsafe(Math.max(wanted * 2, 1024)) : memory;
      target.set(view.subarray(start), 0);
      target.set(chunk, kept);
      memory = target;
      view = memory.subarray(0, wanted);
    }
    at -= start;
    origin = from;
  };

  const rejectCut = (problem: string | null) => {
    const where = elementStart === none ? 'before the end of its list' : 'inside this record';
    const reason = problem ?? `cut off: the input ends ${where}`;
    const reached = origin + at;
    if (candidate !== null) {
      const current = candidate;
      const isInList = current.skeletonFrom === none;
      addToSkeleton(current, reached);
      const skeleton = skeletonOf(current, isInList ? ']}' : '}');
      if (!decide(current, skeleton)) {
        sink.reject(current.line, reason, textOf(current.start, reached).subarray(0, 4096).toString('utf8'));
        return;
      }
      tellPage(current, skeleton);
    }
    if (isSkipped) {
      // The record was rejected already, but not what may have stood behind it.
      if (problem !== null) sink.reject(lines.at(view, origin, reached), problem, '');
      return;
    }
    if (elementStart === none) sink.reject(lines.at(view, origin, reached), reason, '');
    else sink.reject(elementLine, reason, textOf(elementStart, reached).subarray(0, 4096).toString('utf8'));
  };

  return {
    push(chunk) {
      if (isDead || chunk.length === 0) return;
      append(chunk);
      scan();
      checkLimits();
    },
    end(problem) {
      if (isDead) return;
      if (brackets.length === 0 && elementStart !== none) closeElement(origin + at);
      if (brackets.length > 0) {
        rejectCut(problem);
      } else if (problem !== null) {
        sink.reject(lines.at(view, origin, origin + at), problem, '');
      }
    },
  };
}

function tooLong(limit: number): string {
  return `longer than ${Math.round(limit / 1024 / 1024)} MiB`;
}

/** Offset of the quote that ends a string, -1 where it is not there yet. `start` is where the string begins. */
function closingQuote(bytes: Buffer, from: number, start: number): number {
  // Most strings are short: looking byte by byte is quicker than a call for them.
  const near = Math.min(bytes.length, from + 40);
  let at = from;
  while (at < near && bytes[at] !== quote) at++;
  if (at === near) at = near === bytes.length ? -1 : bytes.indexOf(quote, near);
  while (at >= 0) {
    let first = at;
    while (first > start && bytes[first - 1] === backslash) first--;
    if ((at - first) % 2 === 0) return at;
    at = bytes.indexOf(quote, at + 1);
  }
  return -1;
}

/** Counts lines up to offsets that only grow: LF, CRLF and CR end them. */
function lineCounter() {
  let line = 1;
  /** A CR was the last byte that was there: it ends a line unless a LF follows. */
  let openCr = none;
  const nextLf = finder(lf);
  const nextCr = finder(cr);

  return {
    /** The line of the byte at `offset` of the input, of which `bytes` begins at `origin`. Bytes before it may go afterwards. */
    at(bytes: Buffer, origin: number, offset: number): number {
      const settle = (crAt: number) => {
        const after = bytes[crAt + 1 - origin];
        openCr = after === undefined ? crAt : none;
        if (after !== undefined && after !== lf) line++;
      };
      if (openCr !== none) settle(openCr);
      while (nextLf(bytes, origin, offset) !== none) line++;
      for (let found = nextCr(bytes, origin, offset); found !== none; found = nextCr(bytes, origin, offset))
        settle(found);
      return line;
    },
  };
}

/** Tells the places of a byte one after another, up to a limit that only grows, and looks at each byte once. */
function finder(byte: number) {
  let searched = 0;
  let found = none;
  return (bytes: Buffer, origin: number, limit: number): number => {
    if (found === none) {
      const index = bytes.indexOf(byte, searched - origin);
      searched = index < 0 ? origin + bytes.length : origin + index + 1;
      if (index < 0) return none;
      found = origin + index;
    }
    if (found >= limit) return none;
    const told = found;
    found = none;
    return told;
  };
}
