import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFile, warmUp } from '../data.ts';
import { toolVersion } from '../machine.ts';
import { alternate, type Command, type Contender, Failure, measure, median, node, type Series } from '../measure.ts';
import { audit, readResult } from '../postlude.ts';
import type { BenchCall, Scenario, Table } from '../scenario.ts';
import { millions } from '../words.ts';

export const alternatives: Scenario = {
  name: 'alternatives',
  summary:
    'The same three questions answered by postlude, DuckDB SQL, jq, Python, SQLite and lnav (see alternatives/README.md).',
  measure: measureAlternatives,
};

const questionOf: Readonly<Record<string, string>> = {
  'merge/multiple-customers': 'different-customers',
  'voice/silent-call': 'silent-call',
  'profile/unresolved-customer': 'no-profile',
};

/** Below this, starting the processes is all that is measured. */
const leastEvents = 2_000;

/** Lines of question, tab, id; sorted. */
type Answers = readonly string[];

type Alternative = {
  readonly name: string;
  readonly tool?: string;
  readonly ask: (file: string) => Promise<{ readonly command: Command; readonly answers: () => Promise<Answers> }>;
};

async function measureAlternatives(call: BenchCall): Promise<Table[]> {
  const everybody = alternativesIn(call);
  const missing: string[] = [];
  for (const { tool } of everybody) {
    if (tool !== undefined && (await toolVersion(tool)) === null) missing.push(tool);
  }
  for (const tool of missing) console.log(`  ${tool} is not installed, so it is left out`);
  const present = everybody.filter(({ tool }) => tool === undefined || !missing.includes(tool));

  const tables: Table[] = [];
  for (let events = call.events; events >= leastEvents; events = Math.round(events / 10)) {
    const { table, isComplete } = await askAll(call, present, events);
    const notInstalled = missing.map((tool) => `${tool} is not installed here, so it was left out.`);
    tables.push({ ...table, remarks: [...table.remarks, ...notInstalled] });
    if (isComplete) break;
  }
  return tables;
}

async function askAll(
  call: BenchCall,
  present: readonly Alternative[],
  events: number,
): Promise<{ table: Table; isComplete: boolean }> {
  const file = await dataFile({ ...call, accounts: 1, events });
  await warmUp(file);
  const given = new Map<string, Answers>();
  const contenders: Contender[] = present.map(({ name, ask }) => ({
    name,
    run: async () => {
      const { command, answers } = await ask(file);
      const run = await measure({ ...command, giveUpSeconds: call.giveUpSeconds }, call.scratch);
      const found = await answers();
      const before = given.get(name);
      if (before !== undefined && !same(before, found)) throw new Failure('answered otherwise than before');
      given.set(name, found);
      return run;
    },
  }));
  const series = await alternate(contenders, call.runs, { mayFail: true });
  const [first] = given.values();
  const differing = [...given].filter(([, answers]) => !same(answers, first ?? []));
  for (const [name, answers] of differing) console.error(difference(name, answers, first ?? []));
  if (differing.length > 0)
    throw new Error(`Others than the first answer otherwise: ${differing.map(([name]) => name).join(', ')}`);
  return {
    table: {
      title: `${millions(events)} events`,
      series: series.map((each) => ({
        ...each,
        extra: { '× of the quickest': multiple(each, series), answers: told(given.get(each.name)) },
      })),
      reference: 'postlude, these three rules',
      remarks: ['Answers: different customers + silent calls + no profile; those of all rows are the same ids.'],
    },
    isComplete: series.every(({ failure }) => failure === undefined),
  };
}

function alternativesIn({ scratch }: BenchCall): Alternative[] {
  const at = (name: string) => fileURLToPath(new URL(`../alternatives/${name}`, import.meta.url));
  const outputFile = join(scratch, 'answers.txt');
  const printed = (command: Command) => ({
    command: { ...command, outputFile },
    answers: async () => (await readFile(outputFile, 'utf8')).split('\n').filter(Boolean).toSorted(),
  });
  const resultFile = join(scratch, 'alternatives.json');
  const audited = (command: Command) => ({ command, answers: () => answersIn(resultFile) });
  return [
    { name: 'postlude, all rules', ask: async (file) => audited(audit([file], resultFile)) },
    {
      name: 'postlude, these three rules',
      ask: async (file) =>
        audited(audit([file, ...Object.keys(questionOf).flatMap((id) => ['--rules', id])], resultFile)),
    },
    { name: 'DuckDB, SQL by hand', ask: async (file) => printed(node([at('duckdb/run.mjs'), file])) },
    {
      name: 'Python',
      tool: 'python3',
      ask: async (file) => printed({ program: 'python3', args: [at('questions.py'), file] }),
    },
    {
      name: 'jq',
      tool: 'jq',
      ask: async (file) => printed({ program: 'jq', args: ['-n', '-r', '-f', at('questions.jq'), file] }),
    },
    {
      name: 'SQLite',
      tool: 'sqlite3',
      ask: async (file) => {
        const db = join(scratch, 'sqlite.db');
        await rm(db, { force: true });
        const shell = [
          'PRAGMA synchronous = OFF',
          'CREATE TABLE lines (line TEXT)',
          '.mode ascii',
          '.separator "\\037" "\\n"',
        ];
        const args = [db, ...[...shell, `.import '${file}' lines`].flatMap((each) => ['-cmd', each])];
        return printed({ program: 'sqlite3', args, inputFile: at('sqlite.sql') });
      },
    },
    {
      name: 'lnav',
      tool: 'lnav',
      ask: async (file) => {
        // Its own folder for settings and formats, so that nothing of the user's has a say.
        const home = join(scratch, 'lnav');
        await mkdir(join(home, 'formats', 'twilio'), { recursive: true });
        await copyFile(at('lnav/export.json'), join(home, 'formats', 'twilio', 'export.json'));
        return printed({
          program: 'lnav',
          args: ['-n', '-q', '-I', home, '-f', at('lnav/questions.lnav'), file],
          env: { HOME: home, XDG_CONFIG_HOME: home },
        });
      },
    },
  ];
}

async function answersIn(resultFile: string): Promise<Answers> {
  const { findings } = await readResult(resultFile);
  return findings
    .flatMap(({ ruleId, subject }) => {
      const question = questionOf[ruleId];
      return question === undefined ? [] : [`${question}\t${subject.id}`];
    })
    .toSorted();
}

function same(one: Answers, other: Answers): boolean {
  return one.length === other.length && one.every((answer, at) => answer === other[at]);
}

function difference(name: string, answers: Answers, first: Answers): string {
  const [more, less] = [
    answers.filter((answer) => !first.includes(answer)),
    first.filter((answer) => !answers.includes(answer)),
  ];
  return [
    `${name}: ${more.length} more, ${less.length} less`,
    ...more.slice(0, 5).map((one) => `+ ${one}`),
    ...less.slice(0, 5).map((one) => `- ${one}`),
  ].join('\n');
}

function told(answers: Answers | undefined): string {
  if (answers === undefined) return '–';
  const count = (question: string) => answers.filter((answer) => answer.startsWith(`${question}\t`)).length;
  return ['different-customers', 'silent-call', 'no-profile'].map(count).join(' + ');
}

function multiple(one: Series, all: readonly Series[]): string {
  const of = ({ runs }: Series) => median(runs.map(({ seconds }) => seconds));
  const times = of(one) / Math.min(...all.map(of).filter(Number.isFinite));
  return Number.isFinite(times) ? times.toFixed(2) : '–';
}
