import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFile, warmUp } from '../data.ts';
import { alternate, measure } from '../measure.ts';
import { audit, compared, fingerprint } from '../postlude.ts';
import type { BenchCall, Scenario, Table } from '../scenario.ts';
import { millions } from '../words.ts';

export const memory: Scenario = {
  name: 'memory',
  summary:
    'Audits under `--memory-limit`, of all events and of ten times as many: time, peak, spill, and the same findings.',
  measure: measureMemory,
};

const limits = ['512MB', '1GB', '4GB'] as const;

async function measureMemory(call: BenchCall): Promise<Table[]> {
  const tables: Table[] = [];
  for (const [factor, runs] of [
    [1, call.runs],
    [10, call.runsLarge],
  ] as const) {
    if (runs > 0) tables.push(await underLimits(call, call.events * factor, runs));
  }
  return tables;
}

async function underLimits(call: BenchCall, events: number, runs: number): Promise<Table> {
  const file = await dataFile({ ...call, accounts: 1, events });
  await warmUp(file);
  const spillFolder = join(call.scratch, 'spill');
  await mkdir(spillFolder, { recursive: true });
  const contenders = [null, ...limits].map((limit) => {
    const resultFile = join(call.scratch, `memory-${limit}.json`);
    const options = limit === null ? [] : ['--memory-limit', limit];
    const command = { ...audit([file, '--temp-dir', spillFolder, ...options], resultFile), spillFolder };
    return { name: limit ?? 'no limit', resultFile, run: () => measure(command, call.scratch) };
  });
  // A result of another size must not be taken for one of this.
  for (const { resultFile } of contenders) await rm(resultFile, { force: true });
  const series = await alternate(contenders, runs, { mayFail: true });
  const found = await Promise.all(contenders.map(({ resultFile }) => fingerprint(resultFile).catch(() => null)));
  const free = found[0] ?? null;
  return {
    title: `${millions(events)} events`,
    series: series.map((each, at) => {
      const mine = found[at] ?? null;
      return {
        ...each,
        extra: { findings: free === null || mine === null || each.failure !== undefined ? '–' : compared(mine, free) },
      };
    }),
    reference: 'no limit',
    remarks: [
      'Findings are compared with those without a limit, byte for byte. “Spilled” is the most that lay in the folder for temporary files',
      'when somebody looked, ten times a second; without a limit, DuckDB takes what the machine has.',
    ],
  };
}
