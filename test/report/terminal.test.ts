import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { ReportOptions } from '../../src/report/options.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { makeEvidence, makeFinding, makeResult, otherAccount } from '../findings/make.ts';
import { expectGolden } from '../golden.ts';
import { incident } from './incident.ts';

const options = (over: Partial<ReportOptions> = {}): ReportOptions => ({
  width: 80,
  colour: false,
  leastSeverity: 'info',
  tree: true,
  ...over,
});

describe('golden files', () => {
  test.each([
    ['an incident at 80 columns', 'incident-80.txt', incident(), {}],
    ['an incident at 200 columns', 'incident-200.txt', incident(), { width: 200 }],
    ['an incident without the tree', 'incident-flat.txt', incident({ symptoms: 3, silentCalls: 0 }), { tree: false }],
    ['errors only', 'incident-errors.txt', incident(), { leastSeverity: 'error' }],
    ['nothing found', 'nothing.txt', makeResult(), {}],
  ] as const)('%s', (_, name, result, over) => {
    expectGolden(import.meta.url, `./golden/${name}`, terminalReport(result, options(over)));
  });
});

describe('layout', () => {
  test.each([80, 120, 200])('no line is wider than %i columns, and none ends in a space', (width) => {
    for (const tree of [true, false]) {
      const lines = terminalReport(incident(), options({ width, tree })).split('\n');
      expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
      expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
    }
  });

  test('on a terminal too narrow for them, ids are still whole', () => {
    const report = terminalReport(incident(), options({ width: 40 }));
    expect(report).toContain('conversation conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k\n');
    expect(report).toContain('participant conv_participant_01ktmfgss1eevs991g9j189as2\n');
  });

  test('with colour it says the same as without', () => {
    const coloured = terminalReport(incident(), options({ colour: true }));
    expect(coloured).toContain('\u001b[');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
    expect(coloured.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(terminalReport(incident(), options()));
  });

  test('ends with one line feed', () => {
    expect(terminalReport(incident(), options())).toMatch(/[^\n]\n$/);
  });
});

describe('what it says', () => {
  test('first what the export cannot show, then findings, then what was read', () => {
    const report = terminalReport(incident(), options());
    const places = ['cannot show', 'CRITICAL', 'ERROR', 'WARNING', 'checked'].map((text) => report.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test('of a folder with hundreds of other files it names a few', () => {
    const issues = Array.from(
      { length: 300 },
      (_, at) => ({ severity: 'notice', file: `notes-${at}.txt`, message: 'passed over' }) as const,
    );
    const report = terminalReport(
      makeResult({ issues: [...issues, { severity: 'notice', message: 'no addresses' }] }),
      options(),
    );
    expect(report).toContain('… 295 more');
    expect(report.indexOf('no addresses')).toBeLessThan(report.indexOf('notes-0.txt'));
  });

  test('five hundred symptoms are a count below their cause, not five hundred blocks', () => {
    const report = terminalReport(incident({ symptoms: 500 }), options());
    expect(report).toContain('500 × profile/creation-failed');
    expect(report).toContain('… 497 more');
    expect(report.split('\n').length).toBeLessThan(200);
  });

  test('every finding without a cause has at least a line of its own', () => {
    const result = incident({ symptoms: 5, silentCalls: 40 });
    const report = terminalReport(result, options());
    for (const { subject, ruleId } of result.findings) {
      if (ruleId === 'voice/silent-call') expect(report).toContain(subject.id);
    }
  });

  test('evidence beyond the first eight events is counted', () => {
    const evidence = (n: number) =>
      Array.from({ length: n }, (_, at) => makeEvidence(`log-${at}`, { line: 1000 + at }));
    const eight = terminalReport(makeResult({ findings: [makeFinding({ evidence: evidence(8) })] }), options());
    expect(eight).toContain('events.ndjson:1007');
    expect(eight).not.toContain('more');
    const twenty = terminalReport(makeResult({ findings: [makeFinding({ evidence: evidence(20) })] }), options());
    expect(twenty).toContain('… 12 more');
    expect(twenty).not.toContain('events.ndjson:1008');
  });

  test('findings name their account only where there are several', () => {
    const findings = [makeFinding(), makeFinding({ accountId: otherAccount })];
    const report = terminalReport(makeResult({ findings }), options());
    expect(report).toMatch(new RegExp(`account +${otherAccount}`));
    const single = terminalReport(makeResult({ findings: [makeFinding()] }), options());
    expect(single.match(/account AC/g)).toHaveLength(1);
  });

  test('a finding whose cause is not shown is shown itself, and names the cause', () => {
    const report = terminalReport(
      makeResult({ findings: [makeFinding({ causedBy: ['0123456789abcdef'] })] }),
      options(),
    );
    expect(report).toContain('finding 0123456789abcdef, not shown');
    expect(report).toContain('WARNING');
  });

  test('findings that explain each other in a circle are not lost', () => {
    const one = makeFinding({ ruleId: 'a/one' });
    const two = makeFinding({ ruleId: 'a/two', causedBy: [one.fingerprint] });
    const report = terminalReport(makeResult({ findings: [{ ...one, causedBy: [two.fingerprint] }, two] }), options());
    expect(report).toContain('a/one');
    expect(report).toContain('1 × a/two');
  });

  test('a mild cause of a grave symptom comes before graver findings that stand alone', () => {
    const cause = makeFinding({ ruleId: 'z/cause', severity: 'info' });
    const symptom = makeFinding({ ruleId: 'z/symptom', severity: 'critical', causedBy: [cause.fingerprint] });
    const alone = makeFinding({ ruleId: 'a/alone', severity: 'error' });
    const report = terminalReport(makeResult({ findings: [symptom, alone, cause] }), options());
    expect(report.indexOf('z/cause')).toBeLessThan(report.indexOf('a/alone'));
  });

  test('what was not shown is counted', () => {
    const result = makeResult({ findings: [makeFinding({ severity: 'info' })] });
    expect(terminalReport(result, options({ leastSeverity: 'error' }))).toContain('1 finding below error not shown.');
    expect(terminalReport(result, options({ leastSeverity: 'error' }))).toContain('Nothing found at error or above.');
    expect(terminalReport(result, options())).not.toContain('not shown');
  });

  test('that nothing was found is not said where nothing was looked at', () => {
    expect(terminalReport(makeResult({ rules: [] }), options())).toContain('No rule ran');
    const empty = makeResult({ run: { asOf: null, events: 0, duplicates: 0, accounts: 0, durationMs: 5 } });
    expect(terminalReport(empty, options())).toContain('No events were loaded');
    expect(terminalReport(empty, options())).not.toContain('Nothing found.');
  });
});

test('no text of the log reaches the terminal as it is, and none breaks the width', () => {
  const hostile = fc
    .string({ unit: 'binary', maxLength: 300 })
    .map((text) => `${text}\u001b]0;title\u0007\u009b2J\u202e`);
  fc.assert(
    fc.property(hostile, fc.integer({ min: 80, max: 200 }), (text, width) => {
      const finding = makeFinding({
        subject: { type: 'resource', id: text },
        related: [{ type: 'address', id: text }],
        accountId: text,
        message: text,
        fix: text,
        cause: text,
        requestIds: [text],
        correlationIds: [`${text}!`],
        evidence: [
          makeEvidence(text, {
            eventType: text,
            level: text,
            errorReason: text,
            status: text,
            requestId: text,
            file: text,
          }),
        ],
      });
      const report = terminalReport(
        makeResult({
          findings: [finding, { ...makeFinding(), accountId: otherAccount }],
          issues: [{ severity: 'error', file: text, message: text }],
          files: [{ path: text, format: text, rows: 1, rejected: 1, duplicates: 0, account: text }],
        }),
        options({ width }),
      );
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
      expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(report).not.toMatch(/\p{Surrogate}/u);
      expect(report.split('\n').filter((line) => /\s$/u.test(line))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('a field of many megabytes does not make the report long or slow', () => {
  const text = 'x '.repeat(10_000_000);
  const started = performance.now();
  const report = terminalReport(
    makeResult({ findings: [makeFinding({ message: text, evidence: [makeEvidence('1', { errorReason: text })] })] }),
    options(),
  );
  expect(report.length).toBeLessThan(5000);
  expect(performance.now() - started).toBeLessThan(2000);
});
