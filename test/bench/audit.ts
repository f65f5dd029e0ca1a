/**
 * How long an audit takes, compared with DuckDB's bare load of the same file: `npm run bench -- --events 2000000 --runs 5`.
 * Needs `npm run build` first. The two take turns, each run in a process of its own, so that neither profits from a quieter machine; times are
 * wall time from start to exit. The data is made on the first call and kept in `test/bench/data/`.
 */
import { spawn } from 'node:child_process';
import { closeSync, createReadStream, existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type BenchOptions, writeBenchData } from '../generate/bench-data.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const bareLoad = fileURLToPath(new URL('bare-load.mjs', import.meta.url));
const reportPeak = new URL('report-peak.mjs', import.meta.url).href;

type Run = { readonly seconds: number; readonly peakMegabytes: number };

const resultSchema = z.object({
  run: z.object({ events: z.int() }),
  findings: z.array(z.object({ ruleId: z.string() })),
});

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '2000000' },
    accounts: { type: 'string', default: '1' },
    seed: { type: 'string', default: 'bench' },
    runs: { type: 'string', default: '5' },
    file: { type: 'string' },
  },
});

if (!existsSync(cli)) throw new Error(`${cli} is missing: run "npm run build" first`);
const options = { events: Number(values.events), accounts: Number(values.accounts), seed: values.seed };
const file = values.file ?? (await dataFile(options));
const scratch = await mkdtemp(join(tmpdir(), 'bench-'));
try {
  await measure(Number(values.runs));
} finally {
  await rm(scratch, { recursive: true });
}

async function measure(runs: number): Promise<void> {
  await warmUp(file);
  const result = join(scratch, 'result.json');
  const bare: Run[] = [];
  const audits: Run[] = [];
  for (let run = 1; run <= runs; run++) {
    bare.push(await timed([bareLoad, file], [0]));
    // 1 says that there are findings of severity error.
    audits.push(await timed([cli, 'audit', file, '--format', `json=${result}`], [0, 1]));
    console.log(`run ${run}: bare load ${told(bare.at(-1))}, audit ${told(audits.at(-1))}`);
  }
  const { run, findings } = resultSchema.parse(JSON.parse(await readFile(result, 'utf8')));
  const [loading, auditing] = [
    median(bare.map(({ seconds }) => seconds)),
    median(audits.map(({ seconds }) => seconds)),
  ];
  console.log(
    `bare load   median ${loading.toFixed(2)} s, peak ${median(bare.map((one) => one.peakMegabytes)).toFixed(0)} MB`,
  );
  console.log(
    `audit       median ${auditing.toFixed(2)} s, peak ${median(audits.map((one) => one.peakMegabytes)).toFixed(0)} MB`,
  );
  console.log(`ratio       ${(auditing / loading).toFixed(2)}`);
  console.log(`throughput  ${Math.round(run.events / auditing)} events/s over ${run.events} events`);
  console.log(`findings    ${findings.length}`);
  const counts = new Map<string, number>();
  for (const { ruleId } of findings) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
  for (const [ruleId, count] of [...counts].toSorted()) console.log(`  ${String(count).padStart(6)} ${ruleId}`);
}

async function dataFile({ events, accounts, seed }: BenchOptions): Promise<string> {
  const path = fileURLToPath(new URL(`data/${seed}-${events}-${accounts}.ndjson`, import.meta.url));
  if (!existsSync(path)) {
    console.log(`making ${path}`);
    // Under another name until it is whole: a file cut short would be measured without a word the next time.
    writeBenchData(`${path}.part`, { events, accounts, seed });
    await rename(`${path}.part`, path);
  }
  return path;
}

/** Reads the file once, so that the first run does not pay for the disk alone. */
async function warmUp(path: string): Promise<void> {
  for await (const _ of createReadStream(path, { highWaterMark: 1 << 22 }));
}

/** Runs a script in a Node process of its own; another exit code than those expected is an error that shows what it wrote. */
async function timed(args: readonly string[], expectedCodes: readonly number[]): Promise<Run> {
  const peakFile = join(scratch, 'peak');
  const logFile = join(scratch, 'log');
  const log = openSync(logFile, 'w');
  const began = performance.now();
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', reportPeak, ...args], {
      env: { ...process.env, PEAK_FILE: peakFile },
      stdio: ['ignore', log, log],
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const seconds = (performance.now() - began) / 1000;
  closeSync(log);
  if (code === null || !expectedCodes.includes(code)) {
    throw new Error(`node ${args.join(' ')} ended with ${code}:\n${await readFile(logFile, 'utf8')}`);
  }
  return { seconds, peakMegabytes: Number(await readFile(peakFile, 'utf8')) / 1024 };
}

function told(run: Run | undefined): string {
  return run === undefined ? '' : `${run.seconds.toFixed(2)} s (${run.peakMegabytes.toFixed(0)} MB)`;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
