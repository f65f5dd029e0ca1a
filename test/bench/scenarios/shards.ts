import { join } from 'node:path';
import { dataFile, warmUp } from '../data.ts';
import { alternate, measure, type Run } from '../measure.ts';
import { audit, compared, fingerprint, postlude } from '../postlude.ts';
import type { BenchCall, Scenario, Table } from '../scenario.ts';
import { millions } from '../words.ts';

export const shards: Scenario = {
  name: 'shards',
  summary: 'Eight shards one after another and their merge, against one run.',
  measure: measureShards,
};

const count = 8;

async function measureShards(call: BenchCall): Promise<Table[]> {
  const file = await dataFile({ ...call, accounts: 100 });
  await warmUp(file);
  const { scratch } = call;
  const [whole, merged] = [join(scratch, 'whole.json'), join(scratch, 'merged.json')];
  const parts = Array.from({ length: count }, (_, at) => join(scratch, `shard-${at + 1}.json`));
  let lastRuns: Run[] = [];
  const slowest = async (): Promise<Run> => {
    lastRuns = [];
    for (const [at, part] of parts.entries()) {
      lastRuns.push(await measure(audit([file, '--shard', `${at + 1}/${count}`], part), scratch));
    }
    return lastRuns.reduce((most, run) => (run.seconds > most.seconds ? run : most));
  };
  const series = await alternate(
    [
      { name: 'one run', run: () => measure(audit([file], whole), scratch) },
      { name: `slowest of ${count} shards`, run: slowest },
      {
        name: `all ${count} shards, one after another`,
        // Those of the row above: measured once, told twice.
        run: async () => ({
          seconds: lastRuns.reduce((sum, { seconds }) => sum + seconds, 0),
          peakMegabytes: Math.max(...lastRuns.map(({ peakMegabytes }) => peakMegabytes ?? 0)),
        }),
      },
      {
        name: 'merge',
        run: () =>
          measure({ ...postlude(['merge', ...parts, '--format', `json=${merged}`]), expectedCodes: [0, 1] }, scratch),
      },
    ],
    call.runs,
  );
  return [
    {
      title: `${millions(call.events)} events of 100 accounts`,
      series,
      reference: 'one run',
      remarks: [
        `Findings after the merge, against those of one run: ${compared(await fingerprint(merged), await fingerprint(whole))}.`,
      ],
    },
  ];
}
