import type { Issue } from '../engine/issue.ts';
import type { Session } from '../engine/session.ts';
import { lineSplitter } from './containers/lines.ts';
import { isFields, parseJson } from './containers/parse-object.ts';
import { contentHash } from './content-hash.ts';
import type { InputRecord, LogEntry } from './entry.ts';
import { findInputs, type InputFile } from './inputs.ts';
import { locateEntries } from './locate.ts';
import { readRecords } from './read.ts';
import { recogniseEntry } from './shapes/index.ts';
import { type Recognised, sniff } from './sniff.ts';
import { openText } from './text.ts';
import { unusableIssue } from './unusable.ts';
import { formatOffset, parseOffset } from './zones.ts';

export type FetchedEntry = {
  readonly path: string;
  /** From 1; in a binary file the row. */
  readonly line: number;
  readonly text: string;
  /** The text is that of the file; otherwise the record as JSON, because it is no line of JSON there. */
  readonly isVerbatim: boolean;
};

export type CitedEntry = {
  /** ISO 8601 in UTC. */
  readonly eventTime: string;
  readonly line: number | null;
};

export type FetchOptions = {
  /** Files that are looked into first, by the paths under which they are shown: a log id can stand in several. */
  readonly first?: ReadonlySet<string>;
  readonly stdin?: NodeJS.ReadableStream;
  /** What the audit said of the entries, by log id: what has neither an id nor a zone is found by it. */
  readonly cited?: ReadonlyMap<string, CitedEntry>;
};

/**
 * Fetches log entries by their log ids from whatever exports paths lead to. Ids that stand in none of them are not in the result.
 * Each entry was read and has the id; none is taken for its place in a file. Files that cannot be used are issues.
 */
export async function fetchEntries(
  session: Session,
  paths: readonly string[],
  logIds: ReadonlySet<string>,
  { first = new Set(), stdin, cited = new Map() }: FetchOptions = {},
): Promise<{ readonly entries: ReadonlyMap<string, FetchedEntry>; readonly issues: readonly Issue[] }> {
  const { inputs, issues } = await findInputs(paths, {
    spillDir: session.spillDir,
    ...(stdin === undefined ? {} : { stdin }),
  });
  const entries = new Map<string, FetchedEntry>();
  const wanted = new Set(logIds);
  const instants = new Set([...cited].flatMap(([id, { eventTime }]) => (wanted.has(id) ? Date.parse(eventTime) : [])));
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
  let isAnyZoneless = false;
  const search = async (isMeant: (id: string, line: number) => boolean) => {
    const idOf = (record: InputRecord) => {
      const { ids, isZoneless } = idsOf(record, instants);
      isAnyZoneless ||= isZoneless;
      return ids.find((id) => wanted.has(id) && (!isZoneless || isMeant(id, record.line))) ?? null;
    };
    for (const input of readable) {
      if (wanted.size === 0) return;
      if (input.sniffed.container === 'ndjson') await searchLines(input, { idOf, found });
      if (wanted.size > 0) await searchRecords(session, input, { idOf, found });
    }
  };
  // Of entries that differ in nothing but their times, one is the other on a clock of another zone: its line tells it.
  await search((id, line) => cited.get(id)?.line === line);
  // In another export of the same it stands elsewhere.
  if (isAnyZoneless) await search(() => true);
  return { entries, issues: [...issues, ...unusable] };
}

type Readable = { readonly file: InputFile; readonly sniffed: Recognised };

type Search = {
  /** The id under which a record is wanted; null where it is not. */
  readonly idOf: (record: InputRecord) => string | null;
  readonly found: (id: string, entry: FetchedEntry) => void;
};

function isPlain({ container, compression, encoding }: Recognised): boolean {
  return container === 'ndjson' && compression === 'none' && encoding === 'utf-8';
}

/** Line by line, because a line can be told as it stands there. */
async function searchLines({ file, sniffed }: Readable, { idOf, found }: Search): Promise<void> {
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

async function searchRecords(session: Session, { file, sniffed }: Readable, { idOf, found }: Search): Promise<void> {
  for await (const { records } of readRecords(session, file, sniffed)) {
    for (const record of records) {
      const id = idOf(record);
      if (id !== null) found(id, { path: file.path, line: record.line, text: asJson(record), isVerbatim: false });
    }
  }
}

/**
 * The ids under which an audit can know a record; none where it is no log entry. Where neither an id nor a zone is written, the id
 * is made of the content with its time, which depends on the --timezone of that audit. Its result does not name the zone, and the
 * files of a store can have been loaded in several: but what was logged at a known instant tells how far its clock was from UTC.
 */
function idsOf(
  record: InputRecord,
  instants: ReadonlySet<number>,
): { readonly ids: readonly string[]; readonly isZoneless: boolean } {
  const shape = recogniseEntry(record);
  let hasZone = true;
  const read = (timezone: string): LogEntry | null => {
    const zonelessTime = () => {
      hasZone = false;
    };
    const entry = shape?.project(record, { timezone, zonelessTime });
    return entry === undefined || 'reason' in entry ? null : entry;
  };
  const entry = read('UTC');
  if (entry === null) return { ids: [], isZoneless: false };
  if (entry.logId !== null) return { ids: [entry.logId], isZoneless: false };
  if (hasZone) return { ids: [contentHash(entry)], isZoneless: false };
  const wallClock = Date.parse(entry.eventTime);
  const offsets = [0, ...[...instants].map((instant) => (wallClock - instant) / 60_000)];
  const zones = new Set(offsets.filter(isOffset).map(formatOffset));
  return { ids: [...zones].flatMap((zone) => read(zone) ?? []).map(contentHash), isZoneless: true };
}

/** Whether a clock can be so many minutes ahead of UTC. */
function isOffset(minutes: number): boolean {
  return Number.isInteger(minutes) && parseOffset(formatOffset(minutes)) !== null;
}

function asJson({ fields }: InputRecord): string {
  return JSON.stringify(fields, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
