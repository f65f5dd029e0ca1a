import { type FileHandle, open } from 'node:fs/promises';
import { isUnreadable } from '../engine/errors.ts';
import { lineSplitter } from './containers/lines.ts';
import { isFields, parseJson } from './containers/parse-object.ts';
import { openBytes } from './decompress.ts';
import { plainName } from './fields.ts';
import { stateOf } from './file-state.ts';
import { isAmong, type LineIndex, lineIndexer, linesAmong, markEvery } from './line-index.ts';

export type LocatableFile = {
  /** As it is shown to the user. */
  readonly path: string;
  readonly readPath: string;
};

export type LocatedEntry = {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** The text of the line: one JSON object. */
  readonly raw: string;
};

export type LocateOptions = {
  /** Filled with an index of each file that is read, by `readPath`; a file that is in it is not read again. */
  readonly indexes?: Map<string, LineIndex>;
};

/**
 * Finds log entries in plain UTF-8 NDJSON files by their log ids: in the first file that holds each, on its first line.
 * Ids that are in none of the files are not in the result; a file that is gone meanwhile holds none.
 */
export async function locateEntries(
  files: readonly LocatableFile[],
  logIds: ReadonlySet<string>,
  options: LocateOptions = {},
): Promise<Map<string, LocatedEntry>> {
  const found = new Map<string, LocatedEntry>();
  const wanted = new Set(logIds);
  const memory = emptyMemory();
  for (const file of files) {
    if (wanted.size === 0) break;
    const index = options.indexes?.get(file.readPath);
    const looking =
      index === undefined ? scan(file, wanted, found, options, memory) : lookUp(file, index, wanted, found);
    await looking.catch(passOverUnreadable);
  }
  // Ids with escapes in them, under another spelling of the key, or behind a nested key of the same name.
  for (const file of files) {
    if (wanted.size === 0) break;
    await scanByParsing(file, wanted, found);
  }
  return found;
}

/**
 * How quickly files are looked through: told how many bytes were read of each block, before the next one is.
 * @returns whether to go on
 */
export type Pace = (bytes: number) => Promise<boolean>;

/** Adds the indexes of plain UTF-8 NDJSON files that are not among those that are there. */
export async function indexLines(
  files: readonly LocatableFile[],
  indexes: Map<string, LineIndex>,
  pace?: Pace,
): Promise<void> {
  const memory = emptyMemory();
  for (const file of files) {
    if (indexes.has(file.readPath)) continue;
    await scan(file, new Set(), new Map(), { indexes }, memory, pace).catch(passOverUnreadable);
  }
}

const blockBytes = 4 * 1024 * 1024;
const key = Buffer.from('"logId"');
const lf = 10;
const quote = 0x22;
const colon = 0x3a;
const space = 0x20;
const backslash = 0x5c;

/** What files are read into, one after the other: made anew for each of thousands, it takes longer than the reading. */
type Memory = { block: Buffer };

function emptyMemory(): Memory {
  return { block: Buffer.alloc(0) };
}

/** One look over the bytes: only lines whose id is wanted are decoded. */
async function scan(
  file: LocatableFile,
  wanted: Set<string>,
  found: Map<string, LocatedEntry>,
  { indexes }: LocateOptions,
  memory: Memory,
  pace?: Pace,
): Promise<void> {
  const handle = await openIfThere(file.readPath);
  if (handle === null) return;
  try {
    const isWanted = idFilter(wanted);
    const indexer = indexes === undefined ? null : lineIndexer();
    const state = indexes === undefined ? null : await stateOf(file.readPath);
    /** Where the block begins in the file. */
    let blockStart = 0;
    if (memory.block.length === 0) memory.block = Buffer.allocUnsafe(blockBytes);
    let { block } = memory;
    /** Bytes of an unfinished line at the beginning of the block. */
    let kept = 0;
    let line = 1;
    for (;;) {
      if (kept === block.length) {
        // A line longer than the block: make room for it.
        block = Buffer.concat([block], block.length * 2);
        memory.block = block;
      }
      const { bytesRead } = await handle.read(block, kept, block.length - kept);
      if (pace !== undefined && !(await pace(bytesRead))) return;
      const bytes = block.subarray(0, kept + bytesRead);
      // What was kept holds no line end.
      let end = bytes.length;
      while (bytesRead > 0 && end > kept && bytes[end - 1] !== lf) end--;
      if (bytesRead > 0 && end === kept) end = 0;
      let from = 0;
      let nextKey = bytes.indexOf(key);
      while (from < end) {
        let lineEnd = bytes.indexOf(lf, from);
        if (lineEnd < 0) lineEnd = end;
        // Mostly it is the first one, and comparing is quicker than searching.
        if (isKeyAt(bytes, from + 1)) nextKey = from + 1;
        else if (nextKey >= 0 && nextKey < from) nextKey = bytes.indexOf(key, from);
        let hash = 0;
        if (nextKey >= 0 && nextKey < lineEnd) {
          const start = valueAt(bytes, nextKey + key.length);
          if (start >= 0) hash = hashOf(bytes, start);
          const id = start < 0 ? null : isWanted(bytes, start, hash);
          if (id !== null) {
            const raw = bytes.toString('utf8', from, lineEnd).trim();
            if (idOf(raw) === id) {
              wanted.delete(id);
              found.set(id, { path: file.path, line, raw });
              if (wanted.size === 0 && indexer === null) return;
            }
          }
        }
        indexer?.add(hash, blockStart + from);
        line++;
        from = lineEnd + 1;
      }
      if (bytesRead === 0) {
        const index = indexer?.finish(blockStart + bytes.length) ?? null;
        if (index !== null) indexes?.set(file.readPath, { ...index, state });
        return;
      }
      bytes.copy(block, 0, end);
      blockStart += end;
      kept = bytes.length - end;
    }
  } finally {
    await handle.close();
  }
}

function isKeyAt(bytes: Buffer, from: number): boolean {
  for (let at = 0; at < key.length; at++) if (bytes[from + at] !== key[at]) return false;
  return true;
}

/** Where the text begins that is the value behind a key; -1 where the value is none. */
function valueAt(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === space) at++;
  if (bytes[at] !== colon) return -1;
  at++;
  while (bytes[at] === space) at++;
  return bytes[at] === quote ? at + 1 : -1;
}

/**
 * Line numbers of log ids that are known to stand in an indexed file: without reading it, but for ids whose number others share.
 * Ids that are not in the result have to be located.
 */
export function lineNumbers(index: LineIndex, logIds: Iterable<string>): Map<string, number> {
  const idsOf = new Map<number, string[]>();
  for (const id of logIds) {
    const hash = hashOfId(id);
    idsOf.set(hash, [...(idsOf.get(hash) ?? []), id]);
  }
  const lines = new Map<number, number | 'several'>();
  for (const { line, hash } of linesAmong(index, idsOf.keys())) lines.set(hash, lines.has(hash) ? 'several' : line);
  const found = new Map<string, number>();
  for (const [hash, [id, ...others]] of idsOf) {
    const line = lines.get(hash);
    if (id !== undefined && others.length === 0 && typeof line === 'number') found.set(id, line);
  }
  return found;
}

/** Reads only the lines whose numbers are those of wanted ids, and few beside; different ids can share a number. */
async function lookUp(
  file: LocatableFile,
  index: LineIndex,
  wanted: Set<string>,
  found: Map<string, LocatedEntry>,
): Promise<void> {
  const handle = await openIfThere(file.readPath);
  if (handle === null) return;
  try {
    let stretch: Stretch = { first: 1, lines: [] };
    for (const { line } of linesAmong(index, [...wanted].map(hashOfId))) {
      if (wanted.size === 0) return;
      if (stretch.lines[line - stretch.first] === undefined) stretch = await stretchAround(handle, index, line);
      const raw = stretch.lines[line - stretch.first]?.toString('utf8').trim() ?? '';
      const id = idOf(raw);
      if (id === null || !wanted.delete(id)) continue;
      found.set(id, { path: file.path, line, raw });
    }
  } finally {
    await handle.close();
  }
}

/** Some lines of a file, one after the other. */
type Stretch = {
  /** The number of the first one, from 1. */
  readonly first: number;
  readonly lines: readonly Buffer[];
};

/** From the last mark before a line to the next. */
async function stretchAround(handle: FileHandle, { marks }: LineIndex, line: number): Promise<Stretch> {
  const mark = Math.floor((line - 1) / markEvery);
  const begin = marks[mark] ?? 0;
  const bytes = Buffer.alloc((marks[mark + 1] ?? begin) - begin);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, begin);
  const lines: Buffer[] = [];
  for (let from = 0; from < bytesRead; ) {
    const lineEnd = bytes.indexOf(lf, from);
    const end = lineEnd < 0 ? bytesRead : lineEnd;
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return { first: mark * markEvery + 1, lines };
}

/** Checks whether the id that begins at an offset is wanted, for nearly all of them without making a string of it. */
function idFilter(wanted: ReadonlySet<string>): (bytes: Buffer, start: number, hash: number) => string | null {
  const isBeginning = isAmong([...wanted].map(hashOfId));
  return (bytes, start, hash) => {
    if (!isBeginning(hash)) return null;
    const end = bytes.indexOf(quote, start);
    if (end < 0 || bytes[end - 1] === backslash) return null;
    const id = bytes.toString('utf8', start, end);
    return wanted.has(id) ? id : null;
  };
}

function hashOfId(id: string): number {
  return hashOf(Buffer.from(`${id}"`), 0);
}

/** Of the whole id: log ids of one burst begin alike. */
function hashOf(bytes: Buffer, start: number): number {
  let hash = 0;
  const end = Math.min(start + 64, bytes.length);
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? quote;
    if (byte === quote) break;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash;
}

/** The log id of a record under any spelling of its key; `null` where it has none. */
function idOf(raw: string): string | null {
  const parsed = parseJson(raw);
  if ('reason' in parsed || !isFields(parsed.value)) return null;
  const { value } = parsed;
  if (typeof value.logId === 'string') return value.logId;
  const spelled = Object.keys(value).find(
    (name) => name.length <= 40 && (plainName(name) === 'logid' || plainName(name) === 'logsid'),
  );
  const id = spelled === undefined ? null : value[spelled];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

async function scanByParsing(
  file: LocatableFile,
  wanted: Set<string>,
  found: Map<string, LocatedEntry>,
): Promise<void> {
  const splitter = lineSplitter({
    line(raw, line) {
      const id = idOf(raw);
      if (id === null || !wanted.delete(id)) return;
      found.set(id, { path: file.path, line, raw: raw.trim() });
    },
    unreadable() {},
  });
  for await (const chunk of openBytes(file.readPath, 'none').chunks) {
    if (wanted.size === 0) return;
    splitter.push(chunk);
  }
  splitter.end();
}

/** Another thing stands there meanwhile, a folder say, or the disk has gone. */
function passOverUnreadable(thrown: unknown): void {
  if (!isUnreadable(thrown)) throw thrown;
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (thrown) {
    if (isUnreadable(thrown)) return null;
    throw thrown;
  }
}
