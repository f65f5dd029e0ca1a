import type { ByteSource } from '../decompress.ts';
import type { Fields, InputRecord, Reject } from '../entry.ts';

/** A list page that names its neighbours. */
export type Page = {
  /** Line of the document that holds the list. */
  readonly line: number;
  /** The key of its list: `alerts`, `conversations`, … */
  readonly listKey: string | null;
  /** Where it says that more follows: `meta.nextToken`, `next_page_uri`, …; `null` on a last page. */
  readonly next: string | null;
  /** Whether it says that something came before it. */
  readonly hasPrevious: boolean;
};

/** What a container reader hands on, in the order of the input. */
export type Batch = {
  readonly records: readonly InputRecord[];
  readonly rejects: readonly Reject[];
  /** List pages that name a neighbour. */
  readonly pages: readonly Page[];
};

/** Gathers what a container yields until somebody takes it as a batch. */
export type Collector = {
  record(fields: Fields, line: number, listKey: string | null): void;
  /** `text` may be the whole piece: its first 500 characters are kept. */
  reject(line: number, reason: string, text: string): void;
  page(page: Page): void;
  /** How many records and rejects there were until now. */
  gathered(): number;
  /** What was gathered, once it is at least `least` records and rejects; `null` before. */
  take(least: number): Batch | null;
};

/** How many records a batch holds at least, but for the last one. */
export const batchSize = 1000;

const keptCharacters = 500;

export function collector(): Collector {
  let records: InputRecord[] = [];
  let rejects: Reject[] = [];
  let pages: Page[] = [];
  let taken = 0;
  return {
    record(fields, line, listKey) {
      records.push({ fields, line, listKey });
    },
    reject(line, reason, text) {
      rejects.push({ line, reason, text: beginning(text) });
    },
    page(page) {
      pages.push(page);
    },
    gathered: () => taken + records.length + rejects.length,
    take(least) {
      if (records.length + rejects.length < least || records.length + rejects.length + pages.length === 0) return null;
      const batch = { records, rejects, pages };
      taken += records.length + rejects.length;
      records = [];
      rejects = [];
      pages = [];
      return batch;
    },
  };
}

const mostBarrenBytes = 512 * 1024 * 1024;

/**
 * The same source, which ends where far more of it has come than any record is long, and no record with it: kilobytes of a
 * compressed file can hold gigabytes of nothing.
 */
export function endingWhereBarren(source: ByteSource, batch: Collector): ByteSource {
  let problem: string | null = null;
  async function* chunks() {
    let barren = 0;
    let before = 0;
    for await (const chunk of source.chunks) {
      yield chunk;
      const now = batch.gathered();
      barren = now === before ? barren + chunk.length : 0;
      before = now;
      if (barren > mostBarrenBytes) {
        problem = `${mostBarrenBytes / 1024 / 1024} MiB without a single record: the rest was not read`;
        return;
      }
    }
  }
  return { chunks: chunks(), problem: () => problem ?? source.problem() };
}

/** The first characters as a string of their own: a slice would keep the whole block alive that it was cut from. */
function beginning(text: string): string {
  return Buffer.from(text.slice(0, keptCharacters), 'utf16le').toString('utf16le');
}
