import { parseArgs } from 'node:util';
import { catalogue } from './catalogue.ts';
import { isPerfect, type Score, total } from './compare.ts';
import { plants } from './plants/index.ts';
import { scoreTable } from './score-table.ts';
import { shippedCauses, without } from './shipped.ts';
import { type Trial, tryOut } from './trial.ts';

const help = `npm run simulate -- [OPTIONS]

Simulations against audits: prints planted, found, missed and extra findings per rule and cause. Exit code 1 where any precision or
recall is below 1, or ordinary life alone is reported.

Options:
  --seeds N           How many simulations, each with incidents and once more without [20]
  --first N           The first seed; the others follow it [1]
  --conversations N   Ordinary ones of each [200]
  --incidents-only    Leaves out the simulations of ordinary life alone
  --show              Tells every mismatch
  --keep              Leaves the exported files where they are, and says where
  --help`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1' },
    conversations: { type: 'string', default: '200' },
    'incidents-only': { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const conversations = Number(values.conversations);
const first = Number(values.first);
const all: (readonly Score[])[] = [];
let isRight = true;

const wrong = (line: string): void => {
  isRight = false;
  console.log(line);
};

function tell(seed: number, trial: Trial, kind: string): void {
  const { simulation, mismatches, troubles } = trial;
  console.error(
    `seed ${seed}, ${kind}: ${simulation.conversations} conversations, ${simulation.entries} entries, ${simulation.labels.length} labels, ${mismatches.length} mismatches${values.keep ? `, ${trial.folder}` : ''}`,
  );
  for (const trouble of troubles) wrong(`seed ${seed}: ${trouble}`);
  if (!values.show) return;
  for (const { kind: what, rule, cause, account, subject, about } of mismatches) {
    const name = simulation.names.get(account) ?? account;
    console.log(`  ${what} ${rule} ▸ ${cause} ${subject} [${account.slice(-3)} ${name}] ${about}`);
  }
}

for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const trial = await tryOut({ seed: `simulation ${seed}`, conversations, incidents: true }, { keep: values.keep });
  tell(seed, trial, 'incidents');
  all.push(trial.scores);

  if (values['incidents-only']) continue;
  const calm = await tryOut({ seed: `simulation ${seed}`, conversations, incidents: false }, { keep: values.keep });
  tell(seed, calm, 'ordinary life');
  for (const { rule, cause, subject, severity, message } of calm.findings) {
    if (severity !== 'info')
      wrong(`seed ${seed}, ordinary life: ${severity} ${rule} ▸ ${cause} ${subject}: ${message}`);
  }
  if (calm.mismatches.length > 0) isRight = false;
}

const scores = total(all);
console.log(scoreTable(scores));
if (!scores.every(isPerfect)) isRight = false;

const shipped = await shippedCauses();
const gaps = [
  ['in the catalogue, but not planted', without(catalogue, plants)],
  ['in the catalogue, but not shipped', without(catalogue, shipped)],
  ['shipped, but not planted', without(shipped, plants)],
] as const;
for (const [what, names] of gaps) if (names.length > 0) wrong(`${what}: ${names.join(', ')}`);
process.exitCode = isRight ? 0 : 1;
