import { expect, it } from 'vitest';
import { median, type Series } from './measure.ts';
import { renderResults } from './render.ts';
import type { BenchRecord } from './scenario.ts';

const machine = { cpu: 'a CPU', cores: 2, memoryGigabytes: 16, system: 'linux 6 x64', diskFreeGigabytes: 50 };
const scenarios = [
  { name: 'one', summary: 'The first.' },
  { name: 'two', summary: 'The second.' },
];

function recordOf(scenario: string, date: string, series: Series[], node = '20.1.0'): BenchRecord {
  return {
    scenario,
    date,
    machine,
    versions: { node },
    tables: [{ title: '2 M events', series, reference: 'bare', remarks: ['Remarked.'] }],
  };
}

const bare: Series = { name: 'bare', runs: [2, 4, 3].map((seconds) => ({ seconds, peakMegabytes: 1000 })) };
const audit: Series = {
  name: 'audit',
  runs: [9, 6].map((seconds) => ({ seconds, peakMegabytes: 2000, spillMegabytes: 7 })),
  failure: 'gave up after 600 s',
  extra: { findings: 'a|b' },
};

it('finds the middle of odd and even numbers of runs, and none of none', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, Number.NaN]);
});

it('writes medians, the least and the most, factors and what went wrong', () => {
  const text = renderResults(
    scenarios,
    new Map([['one', recordOf('one', '2026-01-02T00:00:00Z', [bare, audit])]]),
    'Notes.',
  );
  expect(text).toContain('|  | n | seconds | min – max | peak MB | spilled MB | × | findings |');
  expect(text).toContain('| bare | 3 | 3.00 | 2.00 – 4.00 | 1,000 | – | 1.00 |  |');
  expect(text).toContain('| audit | 2 | 7.50 | 6.00 – 9.00 | 2,000 | 7 | 2.50 | a\\|b |');
  expect(text).toContain('audit: a further run gave up after 600 s.');
  expect(text).toContain('## two\n\nThe second.\n\nNot measured yet: `npm run bench -- two`.');
});

it('shows what never ran through, without a number', () => {
  const failed: Series = { name: 'audit', runs: [], failure: 'gave up after 600 s' };
  const text = renderResults(
    scenarios,
    new Map([['one', recordOf('one', '2026-01-02T00:00:00Z', [bare, failed])]]),
    '',
  );
  expect(text).toContain('| audit | 0 | gave up after 600 s | – | – | – |');
});

it('tells of another machine or version only where it differs from the newest', () => {
  const records = new Map([
    ['one', recordOf('one', '2026-01-02T00:00:00Z', [bare])],
    ['two', recordOf('two', '2026-01-03T00:00:00Z', [bare])],
  ]);
  expect(renderResults(scenarios, records, '')).not.toContain('Measured elsewhere');
  records.set('one', recordOf('one', '2026-01-02T00:00:00Z', [bare], '18.0.0'));
  const text = renderResults(scenarios, records, '');
  expect(text.match(/Measured elsewhere/g)).toHaveLength(1);
  expect(text).toContain('| node | 18.0.0 |');
});
