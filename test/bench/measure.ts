/** Runs whole processes, one after another, and tells how long each took and how much memory it needed at most. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const reportUsage = new URL('../report-usage.mjs', import.meta.url).href;
const usageSchema = z.object({ peak: z.number() });
const megabyte = 1024 * 1024;

export const runSchema = z.object({
  seconds: z.number(),
  /** Peak resident memory; absent where the system does not tell it. */
  peakMegabytes: z.number().optional(),
  /** The most that lay in the folder for temporary files. */
  spillMegabytes: z.number().optional(),
});
export type Run = z.infer<typeof runSchema>;

export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  /** Where standard output goes; standard error and, without it, standard output are shown only where the command fails. */
  readonly outputFile?: string;
  readonly inputFile?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** 0 alone by default. */
  readonly expectedCodes?: readonly number[];
  readonly giveUpSeconds?: number;
  /** Its size is watched. */
  readonly spillFolder?: string;
};

/** Thrown where a command takes too long, needs too much memory or ends with an unexpected code; the message is for the table. */
export class Failure extends Error {}

/** A script in a Node process of its own. */
export function node(args: readonly string[]): Pick<Command, 'program' | 'args'> {
  return { program: process.execPath, args: ['--import', reportUsage, ...args] };
}

/** @throws Failure */
export async function measure(command: Command, scratch: string): Promise<Run> {
  const usageFile = join(scratch, 'usage');
  const logFile = join(scratch, 'log');
  await rm(usageFile, { force: true });
  const log = openSync(logFile, 'w');
  const output = command.outputFile === undefined ? log : openSync(command.outputFile, 'w');
  const input = command.inputFile === undefined ? 'ignore' : openSync(command.inputFile, 'r');
  const began = performance.now();
  const child = spawn(command.program, command.args, {
    env: { ...process.env, ...command.env, USAGE_FILE: usageFile },
    stdio: [input, output, log],
  });
  const watch = watchChild(child, command);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  }).finally(() => {
    watch.stop();
    for (const opened of new Set([log, output, input])) if (typeof opened === 'number') closeSync(opened);
  });
  const seconds = (performance.now() - began) / 1000;
  if (watch.gaveUp() !== null) throw new Failure(watch.gaveUp() ?? '');
  if (code === null || !(command.expectedCodes ?? [0]).includes(code)) {
    const told = (await readFile(logFile, 'utf8')).trim();
    console.error(`${command.program} ${command.args.join(' ')} ended with ${code}:\n${told}`);
    throw new Failure(`ended with ${code}: ${told.replaceAll(scratch, '…').split('\n')[0] ?? ''}`);
  }
  const usage = await readFile(usageFile, 'utf8').catch(() => null);
  const peakMegabytes = usage === null ? watch.peakMegabytes() : usageSchema.parse(JSON.parse(usage)).peak / 1024;
  return {
    seconds,
    ...(peakMegabytes === null ? {} : { peakMegabytes }),
    ...(command.spillFolder === undefined ? {} : { spillMegabytes: watch.spillMegabytes() }),
  };
}

/** Looks at a process from outside: other programs than Node do not tell their peak themselves. */
function watchChild(child: ChildProcess, { giveUpSeconds, spillFolder }: Command) {
  let peak: number | null = null;
  let spill = 0;
  let gaveUp: string | null = null;
  const giveUp = (why: string) => {
    gaveUp = why;
    child.kill('SIGKILL');
  };
  const looking = setInterval(() => {
    const status = child.pid === undefined ? '' : processStatus(child.pid);
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    if (kilobytes !== undefined) peak = Number(kilobytes) / 1024;
    const isTooMuch = giveUpSeconds !== undefined && peak !== null && peak * megabyte > 0.85 * totalmem();
    if (isTooMuch) giveUp(`gave up at ${Math.round(peak ?? 0)} MB of memory`);
  }, 25);
  const weighing =
    spillFolder === undefined
      ? undefined
      : setInterval(async () => {
          spill = Math.max(spill, (await bytesIn(spillFolder)) / megabyte);
        }, 100);
  const timer =
    giveUpSeconds === undefined
      ? undefined
      : setTimeout(() => giveUp(`gave up after ${giveUpSeconds} s`), giveUpSeconds * 1000);
  return {
    stop() {
      clearInterval(looking);
      clearInterval(weighing);
      clearTimeout(timer);
    },
    peakMegabytes: () => peak,
    spillMegabytes: () => spill,
    gaveUp: () => gaveUp,
  };
}

function processStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** What the files in a folder occupy, in folders below it too. Files that vanish meanwhile count nothing. */
export async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (file) => (file.isFile() ? file.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export type Contender = {
  readonly name: string;
  /** One run, with everything before it that is not to be measured. */
  readonly run: () => Promise<Run>;
};

export const seriesSchema = z.object({
  name: z.string(),
  runs: z.array(runSchema),
  /** Why there are no more runs. */
  failure: z.string().optional(),
  /** Further columns, by their heading. */
  extra: z.record(z.string(), z.string()).optional(),
});
export type Series = z.infer<typeof seriesSchema>;

/**
 * Run 1 of each, run 2 of each, …: whatever else the machine does meanwhile hits all of them alike.
 *
 * @throws Failure unless failures are results too; then one that fails is not run again
 */
export async function alternate(
  contenders: readonly Contender[],
  runs: number,
  { mayFail = false }: { readonly mayFail?: boolean } = {},
): Promise<Series[]> {
  const all: { name: string; runs: Run[]; failure?: string }[] = contenders.map(({ name }) => ({ name, runs: [] }));
  for (let run = 1; run <= runs; run++) {
    for (const [at, contender] of contenders.entries()) {
      const series = all[at];
      if (series === undefined || series.failure !== undefined) continue;
      try {
        const measured = await contender.run();
        series.runs.push(measured);
        console.log(`  run ${run} of ${runs}: ${contender.name} ${told(measured)}`);
      } catch (thrown) {
        if (!mayFail || !(thrown instanceof Failure)) throw thrown;
        series.failure = thrown.message;
        console.log(`  run ${run} of ${runs}: ${contender.name} ${thrown.message}`);
      }
    }
  }
  return all;
}

function told({ seconds, peakMegabytes }: Run): string {
  return `${seconds.toFixed(2)} s${peakMegabytes === undefined ? '' : ` (${peakMegabytes.toFixed(0)} MB)`}`;
}

/** NaN of no numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function medianSeconds(series: Series | undefined): number {
  return median((series?.runs ?? []).map(({ seconds }) => seconds));
}
