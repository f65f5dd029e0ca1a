import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { type ReportOptions, trees } from '../../src/report/options.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { makeEvidence, makeFinding, makeResult, otherAccount } from '../findings/make.ts';
import { expectGolden } from '../golden.ts';
import { incident } from './incident.ts';

const options = (over: Partial<ReportOptions> = {}): ReportOptions => ({
  width: 80,
  colour: false,
  leastSeverity: 'info',
  tree: 'short',
  ...over,
});

const timed = { timing: { reportMs: () => 31 } };

describe('golden files', () => {
  test.each([
    ['an incident at 80 columns', 'incident-80.txt', incident(), {}],
    ['an incident at 200 columns', 'incident-200.txt', incident(), { width: 200 }],
    ['an incident at 60 columns', 'incident-60.txt', incident(), { width: 60 }],
    ['an incident with its times', 'incident-timing.txt', incident({ symptoms: 1, silentCalls: 0 }), timed],
    [
      'the same on a narrow terminal',
      'incident-timing-60.txt',
      incident({ symptoms: 1, silentCalls: 0 }),
      { ...timed, width: 50 },
    ],
    ['an incident without the tree', 'incident-flat.txt', incident({ symptoms: 3, silentCalls: 0 }), { tree: 'flat' }],
    ['an incident opened up', 'incident-full.txt', incident(), { tree: 'full' }],
    ['an incident with little below it', 'incident-small.txt', incident({ symptoms: 1, silentCalls: 4 }), {}],
    ['errors only', 'incident-errors.txt', incident(), { leastSeverity: 'error' }],
    ['nothing found', 'nothing.txt', makeResult(), {}],
  ] as const)('%s', (_, name, result, over) => {
    expectGolden(import.meta.url, `./golden/${name}`, terminalReport(result, options(over)));
  });
});

describe('layout', () => {
  test.each([80, 120, 200])('no line is wider than %i columns, and none ends in a space', (width) => {
    for (const tree of trees) {
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
    // Nothing was read from them, so they come last; what is odd about a file that was read comes first.
    expect(report.indexOf('notes-0.txt')).toBeGreaterThan(report.indexOf('Nothing found'));
    const odd = { severity: 'notice', file: 'exports/events.ndjson', message: 'times have no zone' } as const;
    const told = terminalReport(makeResult({ issues: [odd] }), options());
    expect(told.indexOf('times have no zone')).toBeLessThan(told.indexOf('Nothing found'));
    expect(report.indexOf('no addresses')).toBeLessThan(report.indexOf('notes-0.txt'));
  });

  test('five hundred symptoms are a count below their cause, not five hundred blocks', () => {
    const report = terminalReport(incident({ symptoms: 500, silentCalls: 0 }), options());
    expect(report).toContain('500 × profile/creation-failed');
    expect(report).toContain('  2 × profile/unresolved-customer');
    expect(report).toContain('502 findings below it');
    expect(report).toContain('500 customers, 500 conversations, 500 numbers');
    expect(report).not.toContain('conv_participant_01ktmfgjf2es6vd494d6d00499');
    expect(report.split('\n').length).toBeLessThan(80);
  });

  test('opened up, each of them has a line', () => {
    const result = incident({ symptoms: 500, silentCalls: 0 });
    const lines = terminalReport(result, options({ tree: 'full' })).split('\n');
    for (const { ruleId, subject } of result.findings.filter(({ causedBy }) => causedBy.length > 0)) {
      const about = ruleId === 'profile/unresolved-customer' ? 'same participant' : subject.id;
      expect(lines.some((line) => line.trim().startsWith(`${ruleId}  ${about}  error`))).toBe(true);
    }
    expect(lines.filter((line) => line.includes('creation-failed  conv_participant'))).toHaveLength(500);
  });

  test('three findings below a root are told with their messages, a fourth makes it a table', () => {
    const below = (n: number) => {
      const root = makeFinding({ ruleId: 'a/root' });
      const symptoms = Array.from({ length: n }, (_, at) =>
        makeFinding({ ruleId: `a/symptom-${at}`, message: `Message ${at}.`, causedBy: [root.fingerprint] }),
      );
      return terminalReport(makeResult({ findings: [root, ...symptoms] }), options());
    };
    expect(below(3)).toContain('      Message 2.');
    expect(below(3)).not.toContain('--tree full');
    expect(below(4)).not.toContain('Message');
    expect(below(4)).toContain('1 × a/symptom-3');
    expect(below(4)).toContain('--tree full');
  });

  test('a root says whether it goes on, and what below it does', () => {
    const root = makeFinding({ ruleId: 'a/root', firstSeen: '2026-09-14T08:00:00.003Z' });
    const symptom = makeFinding({ ruleId: 'a/symptom', ongoing: true, causedBy: [root.fingerprint] });
    const told = (ongoing: boolean, lastSeen = root.lastSeen) =>
      terminalReport(makeResult({ findings: [{ ...root, ongoing, lastSeen }, symptom] }), options());
    expect(told(true)).toContain('seen      since 2026-09-14 08:00:00.003Z, still going on when the export ends\n');
    expect(told(false)).toContain('from 2026-09-14 08:00:00.003Z to 2026-09-14 08:12:00.000Z, not since\n');
    expect(told(false, root.firstSeen)).toContain('seen      at 2026-09-14 08:00:00.003Z, not since\n');
    expect(told(false)).toContain('1 finding below it, still going on');
  });

  test('customers of whom no number is known are not said to have none', () => {
    const finding = makeFinding({ related: [{ type: 'participant', id: 'conv_participant_1' }] });
    const report = terminalReport(makeResult({ findings: [finding] }), options());
    expect(report).toContain('hit       1 customer, 1 conversation; no number is known\n');
    const configuration = makeFinding({ subject: { type: 'configuration', id: 'conv_configuration_1' } });
    expect(terminalReport(makeResult({ findings: [configuration] }), options())).not.toMatch(/^ +hit/m);
  });

  test('more rules below a root than a screen has room for are counted', () => {
    const root = makeFinding({ ruleId: 'a/root' });
    const symptoms = (n: number) =>
      Array.from({ length: n }, (_, at) =>
        makeFinding({ ruleId: `b/symptom-${String(at).padStart(2, '0')}`, causedBy: [root.fingerprint] }),
      );
    expect(terminalReport(makeResult({ findings: [root, ...symptoms(10)] }), options())).toContain('b/symptom-09');
    const eleven = terminalReport(makeResult({ findings: [root, ...symptoms(11)] }), options());
    expect(eleven).not.toContain('b/symptom-09');
    expect(eleven).toContain('… 2 more of 2 rules');
  });

  test('roots of one kind with little below them are told in brief after the third', () => {
    const roots = Array.from({ length: 5 }, (_, at) =>
      makeFinding({ subject: { type: 'conversation', id: `conv_conversation_${at}` } }),
    );
    const symptoms = roots.map(({ subject, fingerprint }) =>
      makeFinding({ ruleId: 'voice/stuck-active', subject, causedBy: [fingerprint] }),
    );
    const findings = [...roots, ...symptoms];
    const report = terminalReport(makeResult({ findings }), options());
    expect(report.match(/^WARNING {2}voice\/silent-call {2}/gm)).toHaveLength(3);
    expect(report).toContain('  conversation conv_conversation_4  no-transcription  1 below  2026-09-14');
    const full = terminalReport(makeResult({ findings }), options({ tree: 'full' }));
    expect(full.match(/voice\/stuck-active {2}same conversation/g)).toHaveLength(5);
  });

  test('what a hidden finding explains hangs below the one that explains it', () => {
    const root = makeFinding({ ruleId: 'a/root', severity: 'critical' });
    const between = makeFinding({ ruleId: 'b/between', severity: 'info', causedBy: [root.fingerprint] });
    const symptom = makeFinding({ ruleId: 'c/symptom', severity: 'error', causedBy: [between.fingerprint] });
    const result = makeResult({ findings: [root, symptom, between] });
    const report = terminalReport(result, options({ leastSeverity: 'error' }));
    expect(report).toContain('1 finding below it');
    expect(report).not.toMatch(/^ERROR/m);
    expect(report).not.toContain('b/between');
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
    expect(report).toContain('1 finding below it');
    expect(report).toContain('a/two  same conversation');
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

  test('of a folder with many files it tells their shapes, and the names of those that lost something', () => {
    const file = (at: number, rejected: number) => ({
      ...{ path: `exports/${at}.ndjson`, format: at === 0 ? 'configurations' : 'debugger-log', rows: 1000 + at },
      ...{ rejected, duplicates: 0, account: null },
    });
    const one = terminalReport(makeResult({ files: [file(2, 0)] }), options());
    expect(one).toContain('exports/2.ndjson: debugger-log, 1,002 rows');
    const many = terminalReport(makeResult({ files: [file(0, 0), file(1, 0), file(2, 0), file(3, 4)] }), options());
    expect(many).toContain('exports/3.ndjson: debugger-log, 1,003 rows, 4 rejected');
    expect(many).toContain('debugger-log 2,003 rows of 2 files, configurations 1,000 rows\n');
    expect(many).not.toContain('exports/2.ndjson');
  });

  test('rules that lack side files are told together, and failed ones each', () => {
    const rule = (id: string, status: 'skipped' | 'failed', reason: string) => ({
      ...{ id, status, reason, findings: 0, durationMs: 0 },
    });
    const advice = 'add an export of them to the folder of the logs';
    const report = terminalReport(
      makeResult({
        rules: [
          rule('operations/a', 'skipped', `needs operations: ${advice}`),
          rule('operations/b', 'skipped', `needs operations: ${advice}`),
          rule('operations/c', 'skipped', `needs operations: ${advice}`),
          rule('capture/a', 'skipped', `needs messages or calls: ${advice}`),
          rule('mine/a', 'failed', 'a.sql:1:2: no such column'),
          rule('mine/b', 'failed', 'b.sql:1:2: no such column'),
        ],
      }),
      options({ width: 200 }),
    );
    expect(report).toContain('skipped: 4 rules (needs operations; messages or calls): add');
    expect(report).toContain('failed: mine/a (a.sql:1:2: no such column)\n');
    expect(report).toContain('failed: mine/b (b.sql:1:2: no such column)\n');
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
          tool: { name: text, version: text },
          run: {
            ...makeResult().run,
            config: text,
            timing: { phases: [{ name: text, ms: 5 }], tables: [{ name: text, ms: 5 }] },
          },
          findings: [finding, { ...makeFinding(), accountId: otherAccount }],
          issues: [{ severity: 'error', file: text, message: text }],
          files: [{ path: text, format: text, rows: 1, rejected: 1, duplicates: 0, account: text }],
        }),
        options({ width, ...timed }),
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
