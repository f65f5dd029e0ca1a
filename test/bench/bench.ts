/** `npm run bench -- --help` tells what can be measured. */
import { mkdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { thisMachine, versions } from './machine.ts';
import { checkBuilt } from './postlude.ts';
import { renderResults } from './render.ts';
import { type BenchCall, type BenchRecord, recordSchema, type Scenario, type Table } from './scenario.ts';
import { accounts } from './scenarios/accounts.ts';
import { alternatives } from './scenarios/alternatives.ts';
import { main } from './scenarios/main.ts';
import { memory } from './scenarios/memory.ts';
import { scaling } from './scenarios/scaling.ts';
import { shards } from './scenarios/shards.ts';
import { store } from './scenarios/store.ts';

/** The call is wrong; the message says what. */
class CallError extends Error {}

const scenarios: readonly Scenario[] = [main, scaling, accounts, memory, store, alternatives, shards];
const here = fileURLToPath(new URL('.', import.meta.url));

const help = `npm run bench -- [SCENARIO…] [OPTIONS]

Measures postlude and writes what comes out to RESULTS.md. Needs \`npm run build\` first; data is made in
data/ where it is missing: 1.6 GB for main, 23 GB for all, and half as much again for what is spilled. The machine should do nothing else.

Scenarios [main]:
${[
  ...scenarios,
  { name: 'all', summary: 'Everything above.' },
  { name: 'render', summary: 'Measures nothing; writes RESULTS.md anew.' },
]
  .map(({ name, summary }) => `  ${name.padEnd(13)} ${summary}`)
  .join('\n')}

Options:
  --runs N          Runs of each of those that are compared [5]
  --runs-large N    Runs on the data that is ten times as large; 0 leaves it out [as --runs]
  --events N        Size of the data; scaling and memory take ten times of it, too, and scaling a tenth [2000000]
  --accounts N      Accounts in the data of main [1]
  --seed TEXT       Seed of the data [bench]
  --file FILE       Audit this file instead, in main
  --files N         Files of the folder in store [1000]
  --give-up SECONDS Alternatives that take longer are asked again with a tenth of the data [600]
  --out FOLDER      Where RESULTS.md and results/ are written [test/bench]
  --help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    'runs-large': { type: 'string' },
    events: { type: 'string', default: '2000000' },
    accounts: { type: 'string', default: '1' },
    seed: { type: 'string', default: 'bench' },
    file: { type: 'string' },
    files: { type: 'string', default: '1000' },
    'give-up': { type: 'string', default: '600' },
    out: { type: 'string', default: here },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(help);
else {
  try {
    await bench(chosen(positionals), values.out);
  } catch (thrown) {
    if (!(thrown instanceof CallError)) throw thrown;
    console.error(thrown.message);
    process.exitCode = 2;
  }
}

/** @throws for a name that is none */
function chosen(names: readonly string[]): readonly Scenario[] {
  if (names.includes('all')) return scenarios;
  if (names.includes('render')) return [];
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new CallError(`There is no scenario ${unknown}; --help lists them`);
  return names.length === 0 ? [main] : scenarios.filter(({ name }) => names.includes(name));
}

async function bench(wanted: readonly Scenario[], out: string): Promise<void> {
  const call = callOf();
  const results = join(out, 'results');
  mkdirSync(results, { recursive: true });
  if (wanted.length > 0) checkBuilt();
  const scratch = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    for (const scenario of wanted) {
      console.log(`${scenario.name}: ${scenario.summary}`);
      const tables = await tablesOf(scenario, { ...call, scratch });
      if (tables === null) continue;
      const record: BenchRecord = {
        scenario: scenario.name,
        date: new Date().toISOString(),
        machine: await thisMachine(),
        versions: await versions(),
        tables,
      };
      await writeFile(join(results, `${scenario.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
      // After each, so that what was measured is not lost with a later one.
      await writeResults(out);
    }
    if (wanted.length === 0) await writeResults(out);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** NULL where it fails: that is told, what was measured before stays, and the others go on. */
async function tablesOf(scenario: Scenario, call: BenchCall): Promise<Table[] | null> {
  try {
    return await scenario.measure(call);
  } catch (thrown) {
    console.error(`${scenario.name} failed:`, thrown);
    process.exitCode = 1;
    return null;
  }
}

async function writeResults(out: string): Promise<void> {
  const results = join(out, 'results');
  const files = (await readdir(results)).filter((name) => name.endsWith('.json'));
  const records = await Promise.all(
    files.map(async (name) => recordSchema.parse(JSON.parse(await readFile(join(results, name), 'utf8')))),
  );
  const notes = await readFile(join(here, 'notes.md'), 'utf8');
  const text = renderResults(scenarios, new Map(records.map((record) => [record.scenario, record])), notes);
  await writeFile(join(out, 'RESULTS.md'), text);
  console.log(`written: ${join(out, 'RESULTS.md')}`);
}

function callOf(): Omit<BenchCall, 'scratch'> {
  const runs = whole('runs', values.runs);
  return {
    runs,
    runsLarge: values['runs-large'] === undefined ? runs : whole('runs-large', values['runs-large'], 0),
    events: whole('events', values.events),
    accounts: whole('accounts', values.accounts),
    seed: values.seed,
    file: values.file ?? null,
    files: whole('files', values.files),
    giveUpSeconds: whole('give-up', values['give-up']),
  };
}

function whole(option: string, text: string, least = 1): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new CallError(`--${option} ${text} is no whole number from ${least} on`);
  return number;
}
