import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dataFile, warmUp } from '../data.ts';
import { alternate, measure, median } from '../measure.ts';
import { audit, readResult } from '../postlude.ts';
import type { BenchCall, Scenario, Table } from '../scenario.ts';
import { millions } from '../words.ts';

export const accounts: Scenario = {
  name: 'accounts',
  summary: 'Audits of 1, 100 and 1,000 accounts with the same number of events altogether.',
  measure: measureAccounts,
};

async function measureAccounts(call: BenchCall): Promise<Table[]> {
  const contenders = [];
  const shares = new Map<string, string>();
  for (const count of [1, 100, 1000]) {
    const file = await dataFile({ ...call, accounts: count });
    // Reading the file for its shares warms the page cache as well.
    const sizes = await eventsPerAccount(file);
    const name = count === 1 ? '1 account' : `${count.toLocaleString('en')} accounts`;
    shares.set(name, `${Math.min(...sizes)} – ${median(sizes)} – ${Math.max(...sizes)}`);
    const resultFile = join(call.scratch, `accounts-${count}.json`);
    contenders.push({ name, file, resultFile, run: () => measure(audit([file], resultFile), call.scratch) });
  }
  for (const { file } of contenders) await warmUp(file);
  const series = await alternate(contenders, call.runs);
  const results = await Promise.all(contenders.map(({ resultFile }) => readResult(resultFile)));
  return [
    {
      title: `${millions(call.events)} events`,
      series: series.map((each, at) => ({
        ...each,
        extra: {
          'accounts found': String(results[at]?.run.accounts ?? 0),
          'events per account (min – median – max)': shares.get(each.name) ?? '',
          findings: String(results[at]?.findings.length ?? 0),
        },
      })),
      reference: '1 account',
      remarks: [
        'Every conversation belongs to an account by chance, each as likely as the next; store outages all hit the first.',
      ],
    },
  ];
}

async function eventsPerAccount(file: string): Promise<number[]> {
  const counts = new Map<string, number>();
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const account = /"(?:accountId|created_by)":"(AC\d{32})"/.exec(line)?.[1] ?? '';
    counts.set(account, (counts.get(account) ?? 0) + 1);
  }
  return [...counts.values()];
}
