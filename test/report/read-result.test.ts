import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/engine/errors.ts';
import { compareWithBaseline } from '../../src/findings/baseline.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { jsonReport } from '../../src/report/json.ts';
import { plainReport } from '../../src/report/options.ts';
import { readResult } from '../../src/report/read-result.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { makeFinding, makeResult } from '../findings/make.ts';
import { hostile } from './hostile-known.ts';
import { incident } from './incident.ts';

const written = (result: AuditResult) => [...jsonReport(result, plainReport)].join('');
const read = (text: string) => readResult({ name: 'findings.json', text });

/** What JSON holds of a result: neither whom findings hit nor, unless somebody asks, where the time went. */
function kept({ people: _, run: { timing: __, ...run }, ...rest }: AuditResult): AuditResult {
  return { ...rest, run };
}

/** An incident of which half is known and something is gone. */
function compared(): AuditResult {
  const whole = { ...incident(), accounts: [{ id: incident().findings[0]?.accountId ?? '', skippedRules: ['a/b'] }] };
  const fixed = makeFinding({ ruleId: 'voice/stuck-active', subject: { type: 'call', id: 'CA1' } });
  const before = { ...whole, findings: [...whole.findings.slice(0, 5), fixed] };
  const { updated } = compareWithBaseline(before, 'known.json', []);
  const issues = whole.issues.filter(({ severity }) => severity !== 'error');
  return compareWithBaseline({ ...whole, issues }, 'known.json', updated).result;
}

/** With everything that tells of single accounts. */
function share(): AuditResult {
  const whole = incident();
  const entry = { rule: 'voice', account: null, subject: null, fingerprint: null, reason: 'known', expires: null };
  return {
    ...whole,
    run: { ...whole.run, shard: { index: 3, of: 16 }, asked: ['--to=2026-09-14T09:00:00.000Z'] },
    issues: [{ severity: 'notice', accounts: ['AC1', 'AC2'], message: 'all 2 accounts: it is lean.' }],
    suppressions: [{ ...entry, status: 'used', findings: 2, accounts: [{ id: 'AC1', findings: 2 }] }],
    accounts: [
      {
        id: 'AC1',
        events: 3,
        skippedRules: ['a/b'],
        findings: { critical: 0, error: 1, warning: 2, info: 3 },
        byRule: { 'voice/silent-call': 6, constructor: 1, ['__proto__']: 2 },
        knownByRule: { ['__proto__']: 2 },
      },
    ],
  };
}

describe('what was written is read again as it was', () => {
  test.each([
    ['an incident', incident()],
    ['nothing', makeResult({ run: { ...makeResult().run, asOf: null, config: 'postlude.config.yaml' } })],
    ['a comparison with a baseline', compared()],
    ['a share of the accounts', share()],
  ])('%s', (_, result) => {
    expect(read(written(result))).toEqual(kept(result));
  });

  test.each([80, 200])('and is the same report in %i columns', (width) => {
    for (const result of [incident(), compared()].map(kept)) {
      for (const tree of ['short', 'full', 'flat'] as const) {
        const options = { ...plainReport, width, tree };
        expect(terminalReport(read(written(result)), options)).toBe(terminalReport(result, options));
      }
    }
  });

  test('with where the time went, in whole milliseconds, where that was asked for', () => {
    const options = { ...plainReport, timing: { reportMs: () => 0 } };
    const text = [...jsonReport(incident(), options)].join('');
    expect(read(text).run.timing?.phases).toContainEqual({ name: 'reading rules', ms: 120 });
  });

  test('with a byte order mark in front, with keys that are not known, and without those that are new', () => {
    const { suppressions: _, ...older } = JSON.parse(written(incident()));
    const later = {
      ...older,
      weather: 'fine',
      findings: older.findings.map((finding: object) => ({ ...finding, mood: 1 })),
    };
    expect(read(`\uFEFF${JSON.stringify(later)}`)).toEqual(kept(incident()));
  });
});

describe('is refused in one line', () => {
  const changed = (change: (result: Record<string, never> & { findings: Record<string, unknown>[] }) => void) => {
    const result = JSON.parse(written(incident()));
    change(result);
    return JSON.stringify(result);
  };
  const whole = written(incident());

  test.each([
    ['nothing', '', 'findings.json is empty'],
    [
      'one that is cut off',
      whole.slice(0, whole.length / 2),
      'findings.json is cut off: it ends in the middle of its JSON; write it again',
    ],
    [
      'one that is cut off within a text',
      '{"tool": {"na',
      'findings.json is cut off: it ends in the middle of its JSON; write it again',
    ],
    [
      'one that is cut off after a key',
      '{"tool"',
      'findings.json is cut off: it ends in the middle of its JSON; write it again',
    ],
    ['a report for people', 'postlude 0.1.0: 5 events', /^findings\.json is not JSON/],
    [
      'log entries',
      '{"logId": "1"}\n{"logId": "2"}\n',
      /^findings\.json is not JSON: it stops being so in line 2, column 1$/,
    ],
    ['a list', '[]', 'findings.json is a list; report reads what audit --format json wrote'],
    ['a number', '1', 'findings.json is no JSON object; report reads what audit --format json wrote'],
    [
      'something else',
      '{"name": "left-pad"}',
      'findings.json is no result of postlude; report reads what audit --format json wrote',
    ],
    [
      'a baseline',
      '{"version": 1, "findings": []}',
      'findings.json is a baseline; report reads what audit --format json wrote',
    ],
    [
      'a trace',
      '{"tool": {}, "stories": []}',
      'findings.json is a result of trace; report reads what audit --format json wrote',
    ],
    [
      'one without findings',
      changed((r) => Reflect.deleteProperty(r, 'findings')),
      'findings.json is not a result of audit --format json: findings is missing',
    ],
    [
      'a wrong type',
      changed((r) => Object.assign(r.findings[3] ?? {}, { message: 7 })),
      'findings.json is not a result of audit --format json: findings[3].message must be text, not 7',
    ],
    [
      'an unknown word',
      changed((r) => Object.assign(r.findings[3] ?? {}, { severity: 'bad' })),
      'findings.json is not a result of audit --format json: findings[3].severity must be one of info, warning, error, critical, not "bad"',
    ],
    [
      'a list in place of a text',
      changed((r) => Object.assign(r.findings[0] ?? {}, { causedBy: 'x', data: [] })),
      /: findings\[0\]\.data must be an object, not a list \(and 1 more\)$/,
    ],
    [
      'no number of findings of a rule',
      changed((r) => Object.assign(r, { accounts: [{ id: 'AC1', skippedRules: [], byRule: { constructor: -1 } }] })),
      /: accounts\[0\]\.byRule\.constructor is not as it should be, not -1$/,
    ],
    [
      'a fingerprint that steers terminals',
      changed((r) => Object.assign(r.findings[0] ?? {}, { fingerprint: '\u001b[2J' })),
      /findings\[0\]\.fingerprint must be 16 hexadecimal digits, not "\\u001b\[2J"$/,
    ],
    [
      'a time that is none',
      changed((r) => Object.assign(r.findings[0] ?? {}, { firstSeen: 'now\u001b[2J' })),
      /findings\[0\]\.firstSeen must be a time in UTC, .*not "now\\u001b\[2J"$/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => read(text)).toThrow(UserError);
    expect(() => read(text)).toThrow(message);
    try {
      read(text);
    } catch (thrown) {
      expect(String(thrown)).not.toContain('\n');
    }
  });
});

test('hostile text stays text', () => {
  const report = terminalReport(read(written(hostile())), { ...plainReport, tree: 'full' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
});
