import { join } from 'node:path';
import { dataFile, warmUp } from '../data.ts';
import { alternate, measure, median, medianSeconds } from '../measure.ts';
import { audit, bareLoad, readResult } from '../postlude.ts';
import type { BenchCall, Scenario, Table } from '../scenario.ts';
import { millions, percent } from '../words.ts';

export const main: Scenario = {
  name: 'main',
  summary: "An audit with all rules against DuckDB's bare load of the same file, and where the rest of the time goes.",
  measure: measureMain,
};

type Phases = ReadonlyMap<string, number>;

async function measureMain(call: BenchCall): Promise<Table[]> {
  const file = call.file ?? (await dataFile(call));
  await warmUp(file);
  const resultFile = join(call.scratch, 'main.json');
  const phases: Phases[] = [];
  const series = await alternate(
    [
      { name: 'bare load', run: () => measure(bareLoad(file), call.scratch) },
      {
        name: 'audit',
        run: async () => {
          const run = await measure(audit([file], resultFile), call.scratch);
          const told = (await readResult(resultFile)).run.timing?.phases ?? [];
          const times = told.map(({ name, ms }) => [name, ms / 1000] as const);
          const inPhases = times.reduce((sum, [, seconds]) => sum + seconds, 0);
          phases.push(new Map([...times, ['start, report and exit', run.seconds - inPhases]]));
          return run;
        },
      },
    ],
    call.runs,
  );
  const { run, rules, findings } = await readResult(resultFile);
  const auditSeconds = medianSeconds(series[1]);
  return [
    {
      title: `${millions(run.events)} events${run.accounts === 1 ? '' : `, ${run.accounts} accounts`}`,
      series,
      reference: 'bare load',
      remarks: [
        `${Math.round(run.events / auditSeconds).toLocaleString('en')} events a second, ${findings.length} findings,`,
        `${rules.filter(({ status }) => status === 'matched' || status === 'clean').length} of ${rules.length} rules ran; the others need side files.`,
      ],
    },
    {
      title: 'Where an audit spends its time',
      series: [...(phases[0]?.keys() ?? [])].map((name) => {
        const seconds = phases.map((each) => each.get(name) ?? 0);
        return {
          name,
          runs: seconds.map((each) => ({ seconds: each })),
          extra: { share: percent(median(seconds) / auditSeconds) },
        };
      }),
      remarks: ['As `--timing` tells it; the last row is what the process spends outside of the phases.'],
    },
  ];
}
