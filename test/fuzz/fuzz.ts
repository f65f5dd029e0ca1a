/** `npm run fuzz -- --help` tells what can be asked. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { nameOf } from './corpus.ts';
import type { Counts } from './loop.ts';
import type { Target } from './target.ts';
import { targets } from './targets/index.ts';

const help = `npm run fuzz -- [OPTIONS]

Tries broken and hostile bytes on everything that takes bytes from outside. Exit code 1 where a promise was not kept.

Options:
  --minutes N     For all targets together [5]
  --target NAME   Only this one of ${targets.map(({ name }) => name).join(', ')}; repeatable
  --seed TEXT     Of the changes [1]
  --keep          Writes what reached new code to test/fuzz/corpus, the smallest ones that do
  --replay FILE   Tries this file alone, on --target
  --help
`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    target: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    replay: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const findsFolder = fileURLToPath(new URL('finds/', import.meta.url));
/** Nothing that is tried takes as long. */
const stuckMs = 120_000;

const countsSchema = z.object({ runs: z.number(), kept: z.number(), blocks: z.number(), finds: z.number() });
const messageSchema = z.union([
  z.object({ state: countsSchema }),
  z.object({ find: z.object({ bytes: z.string(), message: z.string(), stack: z.string() }) }),
]);

const none: Counts = { runs: 0, kept: 0, blocks: 0, finds: 0 };

/** Fuzzes a target in a process of its own: it may be killed by what it tries, or never come back from it. */
async function fuzzApart(target: Target, milliseconds: number, seed: string): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-fuzz-'));
  const current = join(folder, 'current');
  const work = join(folder, 'work');
  await mkdir(work);
  let counts = none;
  let isStuck = false;
  const child = spawn(
    process.execPath,
    [
      ...['--import', 'jiti/register', fileURLToPath(new URL('run-target.ts', import.meta.url))],
      ...['--target', target.name, '--seed', seed, '--milliseconds', String(milliseconds)],
      ...['--folder', work, '--current', current, ...(values.keep ? ['--keep'] : [])],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const killed = () => {
    isStuck = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(killed, 3 * stuckMs);
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors = (errors + text.toString('utf8')).slice(-4000);
  });
  const writing: Promise<void>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(timer);
    timer = setTimeout(killed, stuckMs);
    const told = messageSchema.parse(JSON.parse(line));
    if ('state' in told) {
      counts = told.state;
      progress(target, counts);
    } else {
      const { bytes, message, stack } = told.find;
      writing.push(writeFind(target, Buffer.from(bytes, 'base64'), message, stack));
    }
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  await Promise.all(writing);
  if (code !== 0) {
    const bytes = await readFile(current).catch(() => Buffer.alloc(0));
    await writeFind(target, bytes, isStuck ? 'does not come to an end' : `ends the process (${code})`, errors);
    counts = { ...counts, finds: counts.finds + 1 };
  }
  await rm(folder, { recursive: true, force: true });
  return counts;
}

async function writeFind(target: Target, bytes: Buffer, message: string, stack: string): Promise<void> {
  await mkdir(findsFolder, { recursive: true });
  const file = join(findsFolder, `${target.name}-${nameOf(bytes)}`);
  await writeFile(file, bytes);
  const replay = `npm run fuzz -- --target ${target.name} --replay ${relative(process.cwd(), file)}`;
  await writeFile(`${file}.txt`, `${message}\n\n${stack}\n\nAgain: ${replay}\n`);
  process.stderr.write(`\nfound: ${target.name}: ${message.slice(0, 500)}\n  ${replay}\n`);
}

let lastTold = 0;

function progress({ name }: Target, { runs, kept, blocks, finds }: Counts): void {
  const line = `${name}: ${runs} runs, ${kept} kept, ${blocks} blocks, ${finds} found`;
  if (process.stderr.isTTY) process.stderr.write(`\r${line}\u001b[K`);
  else if (Date.now() - lastTold > 30_000) {
    lastTold = Date.now();
    process.stderr.write(`${line}\n`);
  }
}

function table(rows: readonly (readonly [string, Counts])[]): string {
  const cells = [
    ['target', 'runs', 'corpus', 'blocks', 'finds'],
    ...rows.map(([name, { runs, kept, blocks, finds }]) => [name, ...[runs, kept, blocks, finds].map(String)]),
  ];
  return cells
    .map(([name = '', ...numbers]) => name.padEnd(8) + numbers.map((each) => each.padStart(9)).join(''))
    .join('\n');
}

/** Throws what the target throws. */
async function replay(target: Target, file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-fuzz-'));
  const trial = await target.open(folder);
  try {
    await trial.check(await readFile(file));
    console.log('The promise is kept.');
  } finally {
    await trial.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(): Promise<void> {
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const chosen = targets.filter(({ name }) => values.target.length === 0 || values.target.includes(name));
  const [first] = chosen;
  if (first === undefined) throw new Error(`no such target: ${values.target.join(', ')}`);
  if (values.replay !== undefined) return replay(first, values.replay);

  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  const rows: (readonly [string, Counts])[] = [];
  for (const target of chosen) {
    const milliseconds = (Number(values.minutes) * 60_000 * target.share) / shares;
    rows.push([target.name, await fuzzApart(target, milliseconds, values.seed)]);
  }
  process.stderr.write('\n');
  console.log(table(rows));
  if (rows.some(([, { finds }]) => finds > 0)) process.exitCode = 1;
}

await run();
