import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Case, Given } from './case-file.ts';
import { type CaseEntry, logEntries } from './log-entries.ts';
import { createNames, type Names } from './names.ts';
import { otherTraffic } from './other-traffic.ts';
import { CaseError } from './placeholders.ts';
import { type SideForms, sideLists, sideRecords } from './side-records.ts';
import { parseCaseTime } from './times.ts';
import { arranged, startOf, type Variant, variants } from './variants.ts';

/** One variant of a case, which plays in an account of its own. */
export type Staged = {
  readonly variant: Variant;
  readonly accountId: string;
  readonly names: Names;
  readonly start: number;
  /** Where the case says when its export ends. */
  readonly asOf: Date | null;
  readonly entries: readonly Line[];
  readonly records: readonly Line[];
  /** Pages of lists that are not complete, each a file of its own: nothing is concluded from what is not in such a file. */
  readonly pages: readonly { readonly list: string; readonly lines: readonly Line[] }[];
};

type Line = Readonly<Record<string, unknown>>;

/** Numbers of accounts between one case and the next: its variants, and the account of other traffic. */
const numbersPerCase = variants.length + 1;

/**
 * Puts a case on stage, once for each variant.
 * @param place tells the cases of a run apart
 * @throws CaseError where it says something that cannot be
 */
export function stage(given: Given, each: Case, start: number, place: number): readonly Staged[] {
  return variants.map((variant, at) => {
    const number = place * numbersPerCase + at + 1;
    const accountId = accountSid(number);
    const begin = startOf(variant, start);
    const names = createNames({ number, sid: accountId }, begin);
    const world = { names, accountId, number, start: begin };
    const before = each.given === false ? {} : given;
    const asOf = each.asOf === undefined ? null : parseCaseTime(each.asOf, begin);
    const entries = logEntries([...(before.events ?? []), ...(each.events ?? [])], {
      ...world,
      lean: each.lean ?? false,
    });
    const last = entries.reduce((latest, { eventTime }) => Math.max(latest, Date.parse(eventTime)), 0);
    if (asOf !== null && last > asOf) throw new CaseError(`asOf ${each.asOf} is earlier than the last event`);
    const forms: SideForms = Object.fromEntries(
      sideLists.map((list) => [list, [...(before[list] ?? []), ...(each[list] ?? [])]]),
    );
    const incomplete = new Set<string>(each.incomplete ?? []);
    const records = sideRecords(forms, world);
    const log = variant === 'amid other traffic' ? amidOthers(entries, number, begin) : entries;
    return {
      variant,
      accountId,
      names,
      start: begin,
      asOf: asOf === null ? null : new Date(asOf),
      entries: incomplete.has('events') ? [] : log,
      records: [...records].flatMap(([list, lines]) => (incomplete.has(list) ? [] : lines)),
      pages: [['events', log] as const, ...records].flatMap(([list, lines]) =>
        incomplete.has(list) && lines.length > 0 ? [{ list, lines }] : [],
      ),
    };
  });
}

/** Entries of the case and of another account in turn. */
function amidOthers(entries: readonly CaseEntry[], number: number, start: number): readonly CaseEntry[] {
  const accountId = accountSid(number + 1);
  const names = createNames({ number: number + 1, sid: accountId }, start);
  const others = logEntries(otherTraffic, { names, accountId, number: number + 1, start, lean: false });
  const longest = Math.max(entries.length, others.length);
  return Array.from({ length: longest }, (_, at) =>
    [entries[at], others[at]].filter((each) => each !== undefined),
  ).flat();
}

/** A file in which nothing is of a known shape is passed over as a whole; beside this record each unknown one is told by itself. */
const recognisable: Line = { id: 'mem_store_00000000000000000000000000', accountId: accountSid(0), status: 'ACTIVE' };

/** Exports of all that is on stage, below a folder: each variant as its files. */
export async function writeExports(folder: string, all: readonly Staged[]): Promise<void> {
  for (const variant of variants) {
    const those = all.filter((staged) => staged.variant === variant);
    const own = join(folder, variant.replaceAll(' ', '-'));
    await mkdir(own, { recursive: true });
    await writeFiles(
      own,
      'log',
      variant,
      those.map(({ entries }) => entries),
    );
    await writeFiles(own, 'side', variant, [[recognisable], ...those.map(({ records }) => records)]);
    for (const { accountId, pages } of those) {
      for (const { list, lines } of pages) {
        const page = { [list]: lines, meta: { key: list, pageSize: lines.length, nextToken: 'more' } };
        await writeFile(join(own, `page-${accountId}-${list}.json`), JSON.stringify(page));
      }
    }
  }
}

async function writeFiles(
  folder: string,
  name: string,
  variant: Variant,
  parts: readonly (readonly unknown[])[],
): Promise<void> {
  const files: unknown[][] = [];
  for (const [seed, lines] of parts.entries()) {
    for (const [at, own] of arranged(variant, lines, seed).entries()) {
      const file = files[at] ?? [];
      files[at] = file;
      file.push(...own);
    }
  }
  for (const [at, lines] of files.entries()) {
    if (lines.length === 0) continue;
    const stream = createWriteStream(join(folder, `${name}-${at + 1}.ndjson`));
    for (const line of lines) stream.write(`${JSON.stringify(line)}\n`);
    stream.end();
    await finished(stream);
  }
}

function accountSid(number: number): string {
  return `AC${String(number).padStart(32, '0')}`;
}
