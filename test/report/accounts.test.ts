/** What reports say of accounts, one beside the other. */
import stringWidth from 'string-width';
import { describe, expect, it, test } from 'vitest';
import { compareWithBaseline } from '../../src/findings/baseline.ts';
import type { Finding } from '../../src/findings/finding.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { markdownReport } from '../../src/report/markdown.ts';
import { plainReport } from '../../src/report/options.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { makeFinding, makeResult } from '../findings/make.ts';

const sid = (n: number) => `AC${String(n).padStart(32, '0')}`;

/** Account 1 has one finding, account 2 two, and so on, of rules and severities in turn. */
function several(
  accounts: number,
  { idle = 0, idOf = sid }: { idle?: number; idOf?: (n: number) => string } = {},
): AuditResult {
  const kinds = [
    ['merge/shared-profile', 'error'],
    ['voice/silent-call', 'warning'],
    ['profile/store-outage', 'critical'],
    ['profile/duplicate-risk', 'info'],
  ] as const;
  const findings = Array.from({ length: accounts }, (_, at) => at + 1).flatMap((n) =>
    Array.from({ length: n }, (_, at): Finding => {
      const [ruleId, severity] = kinds[at % kinds.length] ?? kinds[0];
      return makeFinding({
        ruleId,
        severity,
        accountId: idOf(n),
        subject: { type: 'conversation', id: `c${n}-${at}` },
      });
    }),
  );
  const ids = Array.from({ length: accounts + idle }, (_, at) => idOf(at + 1));
  return makeResult({
    run: { ...makeResult().run, accounts: ids.length },
    findings,
    accounts: ids.map((id) => ({ id, skippedRules: [] })),
  });
}

function section(report: string, heading: string): readonly string[] {
  const lines = report.split('\n');
  const at = lines.findIndex((line) => line.startsWith(heading));
  return at < 0 ? [] : lines.slice(at, lines.indexOf('', at));
}

const told = (result: AuditResult, over: Partial<typeof plainReport> = {}) => {
  const report = terminalReport(result, { ...plainReport, ...over });
  return { report, totals: section(report, 'Accounts by'), matrix: section(report, 'Rules by') };
};

describe('a report for people', () => {
  it('says nothing more of a single account', () => {
    expect(told(several(1))).toMatchObject({ totals: [], matrix: [] });
  });

  it('says of a few accounts how much was found in each, and no more', () => {
    const { totals, matrix } = told(several(2, { idle: 1 }));
    expect(totals).toEqual([
      'Accounts by findings                  critical  error  warning  info  all',
      '  AC00000000000000000000000000000002         ·      1        1     ·    2',
      '  AC00000000000000000000000000000001         ·      1        ·     ·    1',
      '  1 account without any finding',
    ]);
    expect(matrix).toEqual([]);
  });

  it('has a table of rules by accounts where there are more', () => {
    const { totals, matrix } = told(several(5));
    expect(totals).toHaveLength(6);
    expect(totals[1]).toBe('  a  AC00000000000000000000000000000005         1      2        1     1    5');
    expect(matrix).toEqual([
      'Rules by accounts          a   b   c   d   e  all  accounts',
      '  profile/store-outage     1   1   1   ·   ·    3         3',
      '  merge/shared-profile     2   1   1   1   1    6         5',
      '  voice/silent-call        1   1   1   1   ·    4         4',
      '  profile/duplicate-risk   1   1   ·   ·   ·    2         2',
    ]);
  });

  it('tells the accounts with the most findings, and counts the others', () => {
    const { totals } = told(several(14, { idle: 986 }));
    expect(totals).toHaveLength(12);
    expect(totals[1]).toContain(sid(14));
    expect(totals[10]).toContain(sid(5));
    expect(totals[11]).toBe('  … 4 more accounts with 10 findings, 986 without any');
  });

  it('counts what is new, where there is a baseline', () => {
    const whole = several(5);
    const known = compareWithBaseline({ ...whole, findings: whole.findings.slice(0, 13) }, '', []).updated;
    const { result } = compareWithBaseline(whole, 'known.json', known);
    const { totals, matrix } = told(result);
    expect(totals).toEqual([
      'Accounts by new findings              critical  error  warning  info  new  known',
      '  AC00000000000000000000000000000005         ·      1        ·     1    2      3',
      '  4 accounts without any new finding',
    ]);
    expect(matrix).toEqual([]);
    expect(result.accounts?.[4]).toMatchObject({
      byRule: { 'merge/shared-profile': 1, 'profile/duplicate-risk': 1 },
      knownByRule: { 'merge/shared-profile': 1, 'profile/store-outage': 1, 'voice/silent-call': 1 },
    });
  });

  it('counts what is shown, where mild findings are not', () => {
    const { totals } = told(several(5), { leastSeverity: 'error' });
    expect(totals[0]).toBe('Accounts by findings                     critical  error  all');
    expect(totals[1]).toBe('  a  AC00000000000000000000000000000005         1      2    3');
  });

  test.each([50, 60, 80, 100, 120, 200])('fits %i columns', (width) => {
    const { totals, matrix } = told(several(60, { idle: 5 }), { width });
    expect([...totals, ...matrix].filter((line) => stringWidth(line) > width)).toEqual([]);
    expect(totals.join('\n')).toContain(sid(60));
    expect(matrix[0]).toContain('  a ');
  });

  it('is not steered by the name of an account', () => {
    const { report, totals } = told(several(5, { idOf: (n) => `AC\u001b[2J\r\n${'x'.repeat(500)}${n}` }), {
      width: 80,
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    expect(report).not.toMatch(/[\u001b\r]/);
    expect(totals.filter((line) => stringWidth(line) > 80)).toEqual([]);
  });
});

test('a report for tickets has the numbers of the accounts', () => {
  const text = (result: AuditResult) => [...markdownReport(result, plainReport)].join('');
  expect(text(several(1))).not.toContain('| Account |');
  expect(text(several(12))).toContain(`
| Account | critical | error | warning | info | all |
| --- | ---: | ---: | ---: | ---: | ---: |
| \`${sid(12)}\` | 3 | 3 | 3 | 3 | 12 |
`);
  expect(text(several(12))).toContain('… 2 more accounts with 3 findings');
});

describe('a share of the accounts', () => {
  const { run } = makeResult();
  const share = makeResult({ run: { ...run, accounts: 2, shard: { index: 3, of: 16 } } });

  it('says that it is one', () => {
    expect(terminalReport(share, plainReport)).toContain(' of 2 accounts (shard 3/16), as of');
    expect([...markdownReport(share, plainReport)].join('')).toContain(' of 2 accounts (shard 3/16) in 1 file');
  });
});
