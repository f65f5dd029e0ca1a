/** What of a simulation is exported, in which files and shapes: an untidy folder, as real ones are. */
import { gzipSync } from 'node:zlib';
import { lean } from '../generate/lean.ts';
import { createRandom, hex, intBelow, type Random } from '../generate/random.ts';
import { callbackRequests } from '../generate/shapes/callbacks.ts';
import { enclosed, json, jsonArray, ndjson } from '../generate/shapes/json.ts';
import { consoleTable, envelopeTable } from '../generate/shapes/tables.ts';
import { callPage, messagePage } from '../generate/side.ts';
import { type Entry, isoTime, timeOf } from '../generate/world.ts';
import type { Site } from './site.ts';

/** Content by path. */
export type ExportedFiles = ReadonlyMap<string, string | Uint8Array>;

export async function exportSites(sites: readonly Site[], seed: string): Promise<ExportedFiles> {
  const random = createRandom(`${seed}/export`);
  const files = new Map<string, string | Uint8Array>();
  const together: Entry[] = [];
  for (const site of sites) {
    const shown = shownEntries(site, random);
    const folder = site.isNameless ? 'somewhere' : site.accountId;
    switch (site.ground) {
      case 'several':
        together.push(...shown);
        break;
      case 'hub':
        spread(files, folder, shown, random);
        break;
      case 'seconds':
        files.set(
          `${folder}/events.json`,
          enclosed(
            'events',
            shown.map((entry) => toSeconds(entry, random)),
          ),
        );
        break;
      case 'console':
        files.set(`${folder}/console.csv`, consoleTable(shuffled(shown, random)));
        break;
      case 'lean':
        files.set(`${folder}/lean.ndjson`, ndjson(shown.map(lean)));
        break;
      case 'warnings':
        files.set(`${folder}/warnings.ndjson`, ndjson(shown.filter(({ level }) => level !== 'INFO')));
        break;
      case 'no-communications':
        files.set(`${folder}/debugger.ndjson`, ndjson(shown.filter(isNot('communication.'))));
        break;
      case 'no-participants':
        files.set(`${folder}/debugger.ndjson`, ndjson(shown.filter(isNot('participant.'))));
        break;
      case 'only-created':
        files.set(`${folder}/debugger.ndjson`, ndjson(shown.filter(({ eventType }) => eventType.endsWith('.created'))));
        break;
      default:
        files.set(`${folder}/debugger.ndjson`, ndjson(withDuplicates(shown, random)));
        // Somebody kept some of the callbacks, too, which tell again what the log tells.
        files.set(
          `${folder}/callbacks.ndjson`,
          ndjson(callbackRequests(shown.filter(() => intBelow(random, 3) === 0))),
        );
    }
    if (site.side) files.set(`${folder}/records.ndjson`, ndjson(site.records));
    if (site.traffic) {
      files.set(`${folder}/messages.json`, json(messagePage(site.world, site.world.messages)));
      files.set(`${folder}/calls.json`, json(callPage(site.world, site.world.calls)));
    }
  }
  // The accounts of one file, mixed, and with it entries that do not say whose they are.
  files.set('several-accounts.ndjson', ndjson(shuffled(together, random).map((entry) => nameless(entry, random))));
  return files;
}

const isNot =
  (begins: string) =>
  ({ eventType }: Entry) =>
    !eventType.startsWith(begins);

/** From the middle of things to the middle of things. */
function shownEntries(site: Site, random: Random): readonly Entry[] {
  const inside = site.world.entries.filter(
    (entry) =>
      timeOf(entry) >= site.begin &&
      timeOf(entry) <= site.end &&
      (site.memory || entry.source !== 'conversation-memory'),
  );
  return jumbled(inside, random);
}

/** In several files of different shapes, which overlap. */
function spread(
  files: Map<string, string | Uint8Array>,
  folder: string,
  entries: readonly Entry[],
  random: Random,
): void {
  const parts: Entry[][] = [[], [], [], []];
  for (const entry of entries) {
    parts[intBelow(random, 4)]?.push(entry);
    if (intBelow(random, 20) === 0) parts[intBelow(random, 4)]?.push(entry);
  }
  const [first = [], second = [], third = [], fourth = []] = parts;
  files.set(`${folder}/debugger.ndjson`, ndjson(shuffled(first, random)));
  files.set(`${folder}/debugger.json`, jsonArray(second));
  files.set(`${folder}/debugger.csv`, envelopeTable(third));
  files.set(`${folder}/debugger-more.ndjson.gz`, gzipSync(ndjson(fourth)));
}

function withDuplicates(entries: readonly Entry[], random: Random): readonly Entry[] {
  return entries.flatMap((entry) => (intBelow(random, 25) === 0 ? [entry, entry] : [entry]));
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  return list
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** What one request logs within a few milliseconds is logged in any order; a communication even before its conversation. */
function jumbled(entries: readonly Entry[], random: Random): readonly Entry[] {
  const byRequest = new Map<string, Entry[]>();
  for (const entry of entries) {
    const there = byRequest.get(entry.requestId);
    if (there === undefined) byRequest.set(entry.requestId, [entry]);
    else there.push(entry);
  }
  return [...byRequest.values()].flatMap((alike) => clusters(alike).flatMap((cluster) => reordered(cluster, random)));
}

function clusters(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const found: Entry[][] = [];
  for (const entry of entries.toSorted((a, b) => timeOf(a) - timeOf(b))) {
    const last = found.at(-1);
    const previous = last?.at(-1);
    if (last !== undefined && previous !== undefined && timeOf(entry) - timeOf(previous) <= 5) last.push(entry);
    else found.push([entry]);
  }
  return found;
}

function reordered(cluster: readonly Entry[], random: Random): readonly Entry[] {
  if (cluster.length < 2 || intBelow(random, 3) !== 0) return cluster;
  const times = shuffled(cluster.map(timeOf), random);
  return cluster.map((entry, index) => {
    const early = entry.eventType === 'communication.created' ? intBelow(random, 13) : 0;
    return atTime(entry, (times[index] ?? timeOf(entry)) - early);
  });
}

function atTime(entry: Entry, time: number): Entry {
  return {
    ...entry,
    logId: `${time}${entry.logId.slice(entry.logId.indexOf('-'))}`,
    eventTime: `${isoTime(time).slice(0, 19)}Z`,
  };
}

function toSeconds(entry: Entry, random: Random): Entry {
  return { ...entry, logId: `log-${hex(random, 16)}` };
}

/** Some entries do not name their account; something else of the same conversation does. */
function nameless(entry: Entry, random: Random): Entry {
  if (entry.eventType.endsWith('.created') || intBelow(random, 2) === 0) return entry;
  const { accountId, ...body } = entry.body;
  return accountId === undefined ? entry : { ...entry, body };
}
