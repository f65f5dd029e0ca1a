import type { ByteSource } from '../decompress.ts';
import type { Fields } from '../entry.ts';
import { type Batch, batchSize, type Collector, collector, endingWhereBarren } from './batch.ts';
import { listsOf, pageOf } from './envelope.ts';
import { jsonSplitter } from './json.ts';
import { lineSplitter } from './lines.ts';
import { isFields, notAnObject, type Parsed, parseJson } from './parse-object.ts';

/** Reads one JSON value a line: an object is a record, of a list or a list page each object in it is one. */
export async function* readNdjson(bytes: ByteSource): AsyncGenerator<Batch> {
  const batch = collector();
  const source = endingWhereBarren(bytes, batch);
  const splitter = lineSplitter({
    line(text, line, isLast) {
      const parsed = parseLine(text);
      if (parsed === null) return;
      if ('value' in parsed) {
        addValue(batch, parsed.value, line, text);
        return;
      }
      const problem = isLast ? source.problem() : null;
      if (problem !== null) toldProblem = true;
      if (problem !== null || !addConcatenated(batch, text, line)) batch.reject(line, problem ?? parsed.reason, text);
    },
    unreadable: (reason, beginning, line) => batch.reject(line, reason, beginning),
  });
  let toldProblem = false;
  for await (const chunk of source.chunks) {
    splitter.push(chunk);
    const ready = batch.take(batchSize);
    if (ready !== null) yield ready;
  }
  splitter.end();
  const problem = source.problem();
  if (problem !== null && !toldProblem) batch.reject(splitter.reached(), problem, '');
  const last = batch.take(0);
  if (last !== null) yield last;
}

/** `null` for a line without anything on it. */
function parseLine(text: string): Parsed | null {
  if (text === '') return null;
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed;
  // Byte order marks stand inside where files that begin with one were joined, record separators (RFC 7464) where one of them is a sequence.
  const trimmed = text.replaceAll('\uFEFF', '').replaceAll('\u001E', '').trim();
  if (trimmed === '') return null;
  return trimmed.length === text.length ? parsed : parseJson(trimmed);
}

function addValue(batch: Collector, value: unknown, line: number, text: string): void {
  if (isFields(value)) addObject(batch, value, line, text);
  else if (Array.isArray(value)) addList(batch, value, line, null, text);
  else batch.reject(line, notAnObject(value), text);
}

function addObject(batch: Collector, fields: Fields, line: number, text: string): void {
  const lists = listsOf(fields);
  if (lists === null) {
    batch.record(fields, line, null);
    return;
  }
  for (const [key, list] of lists) addList(batch, list, line, key, text);
  const page = pageOf(fields, lists[0]?.[0] ?? null, line);
  if (page !== null) batch.page(page);
}

function addList(batch: Collector, list: readonly unknown[], line: number, listKey: string | null, text: string): void {
  for (const element of list) {
    if (!isFields(element)) batch.reject(line, notAnObject(element), text);
    else if (listKey === null) addObject(batch, element, line, text);
    else batch.record(element, line, listKey);
  }
}

/** Several objects on one line, where nothing else stands there. */
function addConcatenated(batch: Collector, text: string, line: number): boolean {
  if (!/\}\s*\{/.test(text)) return false;
  const records: (readonly [Fields, string | null])[] = [];
  let isClean = true;
  const splitter = jsonSplitter({
    record: (fields, _line, listKey) => records.push([fields, listKey]),
    reject: () => {
      isClean = false;
    },
    page: (page) => batch.page({ ...page, line }),
  });
  splitter.push(Buffer.from(text));
  splitter.end(null);
  if (!isClean) return false;
  for (const [fields, listKey] of records) batch.record(fields, line, listKey);
  return true;
}
