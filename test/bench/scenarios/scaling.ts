import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFile, warmUp } from '../data.ts';
import { alternate, measure, medianSeconds } from '../measure.ts';
import { audit, bareLoad } from '../postlude.ts';
import type { BenchCall, Scenario, Table } from '../scenario.ts';
import { gigabytes, millions, times } from '../words.ts';

export const scaling: Scenario = {
  name: 'scaling',
  summary: 'Bare load and audit of a tenth of the events, all of them, and ten times as many.',
  measure: measureScaling,
};

async function measureScaling(call: BenchCall): Promise<Table[]> {
  const tables: Table[] = [];
  let before: { readonly events: number; readonly seconds: ReadonlyMap<string, number> } | null = null;
  for (const [factor, runs] of [
    [0.1, call.runs],
    [1, call.runs],
    [10, call.runsLarge],
  ] as const) {
    if (runs === 0) continue;
    const events = Math.round(call.events * factor);
    const file = await dataFile({ ...call, accounts: 1, events });
    await warmUp(file);
    const series = await alternate(
      [
        { name: 'bare load', run: () => measure(bareLoad(file), call.scratch) },
        { name: 'audit', run: () => measure(audit([file], join(call.scratch, 'scaling.json')), call.scratch) },
      ],
      runs,
    );
    const seconds = new Map(series.map((each) => [each.name, medianSeconds(each)]));
    const growth = (name: string) => (seconds.get(name) ?? Number.NaN) / (before?.seconds.get(name) ?? Number.NaN);
    const heading = before === null ? null : `growth from ${millions(before.events)}`;
    tables.push({
      title: `${millions(events)} events, ${gigabytes((await stat(file)).size)}`,
      series: series.map((each) => ({
        ...each,
        extra: {
          'k events/s': (events / 1000 / medianSeconds(each)).toFixed(0),
          ...(heading === null ? {} : { [heading]: times(growth(each.name)) }),
        },
      })),
      reference: 'bare load',
      remarks: [],
    });
    before = { events, seconds };
  }
  return tables;
}
