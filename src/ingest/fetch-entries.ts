import type { Issue } from '../engine/issue.ts';
import type { Session } from '../engine/session.ts';
import { lineSplitter } from './containers/lines.ts';
import { isFields, parseJson } from './containers/parse-object.ts';
import { contentHash } from './content-hash.ts';
import type { InputRecord, ShapeContext } from './entry.ts';
import { findInputs, type InputFile } from './inputs.ts';
import { locateEntries } from './locate.ts';
import { readRecords } from './read.ts';
import { recogniseEntry } from './shapes/index.ts';
import { type Recognised, sniff } from './sniff.ts';
import { openText } from './text.ts';
import { unusableIssue } from './unusable.ts';

export type FetchedEntry = {
  readonly path: string;
  /** From 1; in a binary file the row. */
  readonly line: number;
  readonly text: string;
  /** The text is that of the file; otherwise the record as JSON, because it is no line of JSON there. */
  readonly isVerbatim: boolean;
};

export type FetchOptions = {
  /** Files that are looked into first, by the paths under which they are shown: a log id can stand in several. */
  readonly first?: ReadonlySet<string>;
  readonly stdin?: NodeJS.ReadableStream;
};

/**
 * Fetches log entries by their log ids from whatever exports paths lead to. Ids that stand in none of them are not in the result.
 * Each entry was read and has the id; none is taken for its place in a file. Files that cannot be used are issues.
 */
export async function fetchEntries(
  session: Session,
  paths: readonly string[],
  logIds: ReadonlySet<string>,
  { first = new Set(), stdin }: FetchOptions = {},
): Promise<{ readonly entries: ReadonlyMap<string, FetchedEntry>; readonly issues: readonly Issue[] }> {
  const { inputs, issues } = await findInputs(paths, {
    spillDir: session.spillDir,
    ...(stdin === undefined ? {} : { stdin }),
  });
  const entries = new Map<string, FetchedEntry>();
  const wanted = new Set(logIds);
  const found = (id: string, entry: FetchedEntry) => {
    if (wanted.delete(id)) entries.set(id, entry);
  };
  const readable: Readable[] = [];
  const unusable: Issue[] = [];
  for (const file of inputs.toSorted((a, b) => Number(first.has(b.path)) - Number(first.has(a.path)))) {
    const sniffed = await sniff(file.readPath, session);
    if (!('unrecognised' in sniffed)) readable.push({ file, sniffed });
    else unusable.push(unusableIssue(file, sniffed));
  }

  const plain = readable.filter(({ sniffed }) => isPlain(sniffed)).map(({ file }) => file);
  for (const [id, { path, line, raw }] of await locateEntries(plain, wanted)) {
    found(id, { path, line, text: raw, isVerbatim: true });
  }
  for (const input of readable) {
    if (wanted.size === 0) break;
    if (input.sniffed.container === 'ndjson') await searchLines(input, found);
    if (wanted.size > 0) await searchRecords(session, input, found);
  }
  return { entries, issues: [...issues, ...unusable] };
}

type Readable = { readonly file: InputFile; readonly sniffed: Recognised };

type Found = (id: string, entry: FetchedEntry) => void;

function isPlain({ container, compression, encoding }: Recognised): boolean {
  return container === 'ndjson' && compression === 'none' && encoding === 'utf-8';
}

/** Line by line, because a line can be told as it stands there. */
async function searchLines({ file, sniffed }: Readable, found: Found): Promise<void> {
  const splitter = lineSplitter({
    line(text, line) {
      const parsed = parseJson(text);
      if ('reason' in parsed || !isFields(parsed.value)) return;
      const id = idOf({ fields: parsed.value, line, listKey: null });
      if (id !== null) found(id, { path: file.path, line, text: text.trim(), isVerbatim: true });
    },
    unreadable() {},
  });
  for await (const chunk of openText(file.readPath, sniffed).chunks) splitter.push(chunk);
  splitter.end();
}

async function searchRecords(session: Session, { file, sniffed }: Readable, found: Found): Promise<void> {
  for await (const { records } of readRecords(session, file, sniffed)) {
    for (const record of records) {
      const id = idOf(record);
      if (id !== null) found(id, { path: file.path, line: record.line, text: asJson(record), isVerbatim: false });
    }
  }
}

const context: ShapeContext = { timezone: 'UTC', zonelessTime() {} };

/** The id under which an audit knows a record; null where it is no log entry. */
function idOf(record: InputRecord): string | null {
  const entry = recogniseEntry(record)?.project(record, context);
  if (entry === undefined || 'reason' in entry) return null;
  return entry.logId ?? contentHash(entry);
}

function asJson({ fields }: InputRecord): string {
  return JSON.stringify(fields, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
