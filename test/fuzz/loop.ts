/**
 * Coverage-guided fuzzing in one process: bytes are changed, and what reaches code that nothing reached before is kept, to be changed
 * in turn. Jazzer.js, which does the same by libFuzzer, is not used: its only version with binaries in the package itself (4.0) wants a
 * C library that is newer than what Node 20's own images have, older ones download theirs when they are installed, and both fuzz
 * DuckDB's asynchronous calls no faster than this. Coverage is V8's own, which costs some milliseconds each time it is asked for;
 * so it is asked once for many runs, and those are repeated one by one only where something was new.
 */
import { writeFileSync } from 'node:fs';
import { createRandom, intBelow, type Random } from '../generate/random.ts';
import { corpusOf, keepCorpus, mayBeKept } from './corpus.ts';
import { startCoverage } from './coverage.ts';
import { anyOf, mutated, wordsOf } from './mutate.ts';
import { shrunk } from './shrink.ts';
import type { Target, Trial } from './target.ts';
import { jsonIn, mutatedJson, mutatedValue, mutatedYaml, rewritten, yamlIn } from './values.ts';

export type LoopOptions = {
  readonly folder: string;
  readonly seed: string;
  readonly milliseconds: number;
  /** Where the bytes stand that are being tried, for whoever finds this process dead. */
  readonly currentFile?: string;
  /** Writes what was kept to the corpus. */
  readonly keep?: boolean;
  readonly progress?: (state: Counts) => void;
  readonly found?: (find: Find) => void;
};

export type Counts = {
  readonly runs: number;
  readonly kept: number;
  readonly blocks: number;
  readonly finds: number;
};

export type Find = {
  readonly target: string;
  readonly bytes: Buffer;
  readonly message: string;
  readonly stack: string;
};

const mostFinds = 12;
const shrinkMs = 15_000;

export async function fuzz(target: Target, options: LoopOptions): Promise<Counts & { readonly all: readonly Find[] }> {
  const seeds = await target.seeds();
  const corpus = await corpusOf(target.name);
  const pool = [...seeds, ...corpus.map(({ bytes }) => bytes)];
  const changes = changesOf(target, pool);
  const trial = await target.open(options.folder);
  const coverage = startCoverage();
  const end = Date.now() + options.milliseconds;
  const finds = new Map<string, Find>();
  let runs = 0;
  let fresh = 0;

  const counts = (): Counts => ({ runs, kept: corpus.length + fresh, blocks: coverage.blocks(), finds: finds.size });

  const attempt = async (bytes: Buffer): Promise<void> => {
    if (options.currentFile !== undefined) writeFileSync(options.currentFile, bytes);
    runs++;
    const failure = await failureOf(trial, bytes);
    if (failure === null) return;
    const kind = kindOf(failure);
    if (finds.has(kind)) return;
    const small = await shrunk(bytes, async (shorter) => isOfKind(await failureOf(trial, shorter), kind), shrinkMs);
    const message = failureText((await failureOf(trial, small)) ?? failure);
    const find = { target: target.name, bytes: small, message, stack: stackOf(failure) };
    finds.set(kind, find);
    options.found?.(find);
  };

  /** False where each has to be tried by itself. */
  const holdsOfAll = async (batch: readonly Buffer[]): Promise<boolean> => {
    if (trial.checkAll === undefined) return false;
    if (options.currentFile !== undefined) writeFileSync(options.currentFile, Buffer.concat(batch));
    try {
      await trial.checkAll(batch);
      runs += batch.length;
      return true;
    } catch {
      return false;
    }
  };

  try {
    const size = trial.checkAll === undefined ? 32 : 12;
    for (let at = 0; at < pool.length; at += size) {
      const some = pool.slice(at, at + size);
      for (const bytes of (await holdsOfAll(some)) ? some.slice(0, 1) : some) await attempt(bytes);
    }
    coverage.add(coverage.report());
    let lastTold = 0;
    for (let round = 0; Date.now() < end && finds.size < mostFinds; round++) {
      const random = createRandom(`${options.seed}/${target.name}/${round}`);
      const batch = Array.from({ length: size }, () => changes(random, pool));
      const alone = (await holdsOfAll(batch)) ? batch.slice(0, 1) : batch;
      for (const bytes of alone) {
        await attempt(bytes);
        if (Date.now() - lastTold < 1000) continue;
        lastTold = Date.now();
        options.progress?.(counts());
      }
      if (!coverage.isNew(coverage.report())) continue;
      for (const bytes of batch) {
        await attempt(bytes);
        if (coverage.add(coverage.report()) === 0) continue;
        pool.push(bytes);
        fresh++;
      }
    }
    if (options.keep === true) {
      await keepSmallest(target, trial, { seeds, pool, tell: () => options.progress?.(counts()) });
    }
    return { ...counts(), all: [...finds.values()] };
  } finally {
    coverage.stop();
    await trial.close();
  }
}

async function failureOf(trial: Trial, bytes: Buffer): Promise<{ readonly thrown: unknown } | null> {
  try {
    await trial.check(bytes);
    return null;
  } catch (thrown) {
    return { thrown };
  }
}

type Failure = { readonly thrown: unknown };

/** Failures of one kind differ only in the bytes they are about. */
function kindOf({ thrown }: Failure): string {
  if (!(thrown instanceof Error)) return String(thrown).slice(0, 40);
  const words = thrown.message
    .split(/\n|: /, 3)
    .slice(0, thrown.name === 'BrokenPromise' ? 1 : 3)
    .join(': ');
  const [, place = ''] = /\/(src\/[^\s:]+):\d+/.exec(thrown.stack ?? '') ?? [];
  return `${thrown.name} ${words.replaceAll(/\d+|"[^"]*"|'[^']*'/g, '·')} ${place}`;
}

function isOfKind(failure: Failure | null, kind: string): boolean {
  return failure !== null && kindOf(failure) === kind;
}

function failureText({ thrown }: Failure): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}

function stackOf({ thrown }: Failure): string {
  return thrown instanceof Error ? (thrown.stack ?? '') : '';
}

type Change = (random: Random, pool: readonly Buffer[]) => Buffer;

/** Part of the changes keep to what the bytes mean, the others do not care. */
function changesOf({ kind, name }: Target, seeds: readonly Buffer[]): Change {
  const words = wordsOf(seeds);
  const donors = kind === 'json' ? jsonIn(seeds) : kind === 'yaml' ? yamlIn(seeds) : [];
  const meant = kind === 'json' ? mutatedJson : kind === 'yaml' ? mutatedYaml : () => null;
  const isFile = name === 'read' || name === 'load';
  return (random, pool) => {
    // What was kept last is what leads on.
    const recent = intBelow(random, 3) === 0 ? pool.slice(-50) : pool;
    let bytes = anyOf(random, recent) ?? Buffer.alloc(0);
    if (kind === 'json' && intBelow(random, 6) === 0) bytes = madeOf(random, donors);
    if (intBelow(random, 10) < 6) {
      for (let time = intBelow(random, 4); time >= 0; time--) bytes = meant(random, bytes, donors) ?? bytes;
    }
    if (intBelow(random, 10) < 5) bytes = mutated(random, bytes, { others: pool, words });
    if (isFile && intBelow(random, 8) === 0) bytes = rewritten(random, bytes);
    return bytes;
  };
}

/** A few records of any shapes together. */
function madeOf(random: Random, donors: readonly unknown[]): Buffer {
  const some = Array.from({ length: intBelow(random, 5) + 1 }, () => {
    const one = anyOf(random, donors);
    return intBelow(random, 2) === 0 ? one : mutatedValue(random, one, donors);
  });
  switch (intBelow(random, 4)) {
    case 0:
      return Buffer.from(JSON.stringify(some));
    case 1:
      return Buffer.from(JSON.stringify({ events: some, meta: { nextToken: null } }, null, 1));
    default:
      return Buffer.from(some.map((each) => JSON.stringify(each)).join('\n'));
  }
}

/** Of all that was kept, the smallest ones that together still reach everything that it reached. */
async function keepSmallest(
  target: Target,
  trial: Trial,
  {
    seeds,
    pool,
    tell,
  }: { readonly seeds: readonly Buffer[]; readonly pool: readonly Buffer[]; readonly tell: () => void },
): Promise<void> {
  const coverage = startCoverage();
  const run = async (bytes: Buffer) => {
    tell();
    await failureOf(trial, bytes);
    return coverage.add(coverage.report());
  };
  for (const bytes of seeds) await run(bytes);
  const kept: Buffer[] = [];
  for (const bytes of pool.slice(seeds.length).sort((a, b) => a.length - b.length)) {
    if (mayBeKept(bytes) && (await run(bytes)) > 0) kept.push(bytes);
  }
  coverage.stop();
  await keepCorpus(target.name, kept);
}
