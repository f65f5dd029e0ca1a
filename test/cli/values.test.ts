import { describe, expect, test } from 'vitest';
import { auditCall } from '../../src/commands/audit-call.ts';
import { exitCode } from '../../src/commands/exit-code.ts';
import { progressLine } from '../../src/commands/progress-line.ts';
import { stoppedLine } from '../../src/commands/stopped.ts';
import { parseMemoryLimit, parseParams, parseTimeOption, parseTimeout } from '../../src/commands/values.ts';
import { UserError } from '../../src/engine/errors.ts';
import { severities } from '../../src/rules/vocabulary.ts';
import { makeFinding, makeResult } from '../findings/make.ts';

describe('times', () => {
  test.each([
    ['2026-09-14', '2026-09-14T00:00:00.000Z'],
    ['2026-09-14T08:00', '2026-09-14T08:00:00.000Z'],
    ['2026-09-14 08:00:00.003Z', '2026-09-14T08:00:00.003Z'],
    ['2026-09-14T08:00:00,5', '2026-09-14T08:00:00.500Z'],
    ['2026-09-14T10:00:00+02:00', '2026-09-14T08:00:00.000Z'],
    ['2026-09-14T02:30:00-0530', '2026-09-14T08:00:00.000Z'],
    ['2026-09-14T10:00:00+02', '2026-09-14T08:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseTimeOption('--from', text, 'down').toISOString()).toBe(expected);
  });

  test.each([
    '',
    'now',
    '14.09.2026',
    '2026-9-14',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-09-14T24:00:00Z',
    '2026-09-14T08:60:00Z',
    '2026-09-14T08:00:00+25:00',
    '2026-09-14T08:00:00 Europe/Berlin',
    '1789372800',
    '2026-09-14Z',
  ])('"%s" is refused', (text) => {
    expect(() => parseTimeOption('--from', text, 'down')).toThrow(UserError);
  });

  test('what is finer than a millisecond is rounded so that no event is lost', () => {
    const text = '2026-06-08T20:41:53.788355855Z';
    expect(parseTimeOption('--from', text, 'down').toISOString()).toBe('2026-06-08T20:41:53.788Z');
    expect(parseTimeOption('--to', text, 'up').toISOString()).toBe('2026-06-08T20:41:53.789Z');
    expect(parseTimeOption('--to', '2026-06-08T20:41:53.788000Z', 'up').toISOString()).toBe('2026-06-08T20:41:53.788Z');
  });
});

describe('limits', () => {
  test.each(['512MB', '2GB', '1.5 GiB', '900kb'])('%s is a size', (text) => {
    expect(parseMemoryLimit(text)).toBe(text);
  });
  test.each(['', '2', '80%', 'GB', '-1GB', '0GB', '2 apples', "2GB'; DROP TABLE x"])('"%s" is none', (text) => {
    expect(() => parseMemoryLimit(text)).toThrow(UserError);
  });
  test.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['0.5s', 500],
    ['5m', 300_000],
    ['5 min', 300_000],
    ['1h', 3_600_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseTimeout('--rule-timeout', text)).toBe(ms);
  });
  test.each(['', '0', '-1', '5x', '1000h', 'soon'])('"%s" is no timeout', (text) => {
    expect(() => parseTimeout('--rule-timeout', text)).toThrow(UserError);
  });
});

describe('params', () => {
  test('go by rule and name; the value may hold anything', () => {
    expect(
      parseParams(['voice/silent-call.min_age=10 minutes', 'voice/silent-call.x=a=b.c', 'my.rules/x.y=', 'a.b=1']),
    ).toEqual({
      'voice/silent-call': { min_age: '10 minutes', x: 'a=b.c' },
      'my.rules/x': { y: '' },
      a: { b: '1' },
    });
  });
  test.each(['', 'min_age=1', 'voice/silent-call=1', 'voice/silent-call.min_age', '.x=1'])(
    '"%s" is refused',
    (text) => {
      expect(() => parseParams([text])).toThrow(UserError);
    },
  );
  test('one set twice is refused', () => {
    expect(() => parseParams(['a.b=1', 'a.b=2'])).toThrow(/twice/);
  });
});

describe('a call', () => {
  test('without options leaves everything to its default', () => {
    expect(auditCall(['a', 'b'], {})).toEqual({
      audit: { paths: ['a', 'b'], rules: [], rulesDirs: [], params: {}, code: true },
      config: 'search',
      formats: [],
      leastSeverity: 'info',
      failOn: 'error',
      strict: false,
      timing: false,
      noColour: false,
      redact: { kind: 'off' },
      quiet: false,
      tree: 'short',
      by: null,
    });
  });

  test('with an end before its beginning is refused', () => {
    expect(() => auditCall(['a'], { from: '2026-01-02', to: '2026-01-01' })).toThrow(/--from .* is later than --to/);
    expect(auditCall(['a'], { from: '2026-01-01', to: '2026-01-01' }).audit.from).toEqual(new Date('2026-01-01'));
  });

  test.each([{ rules: [''] }, { account: ' ' }, { 'rules-dir': [''] }, { 'temp-dir': '' }, { profile: '' }])(
    'with empty text is refused: %j',
    (given) => {
      expect(() => auditCall(['a'], given)).toThrow(/is empty/);
    },
  );
});

describe('--tree', () => {
  const tree = (given: { readonly tree?: unknown }) => auditCall(['exports'], given).tree;

  test('is short unless something else is asked for', () => {
    expect(tree({})).toBe('short');
    for (const word of ['short', 'full', 'flat']) expect(tree({ tree: word })).toBe(word);
  });

  test.each([
    ['fulll', /--tree must be one of short, full, flat, not "fulll": did you mean "full"\?/],
    ['', /--tree must be one of short, full, flat/],
    [['full', 'short'], /--tree can be given only once/],
  ])('%j is refused', (word, message) => {
    expect(() => tree({ tree: word })).toThrow(UserError);
    expect(() => tree({ tree: word })).toThrow(message);
  });
});

describe('exit code', () => {
  const of = (severity: (typeof severities)[number], failOn: (typeof severities)[number] | 'never') =>
    exitCode(makeResult({ findings: [makeFinding({ severity })] }), { failOn, strict: false });

  test('is 1 from the level on, and 0 below it', () => {
    expect(severities.map((severity) => of(severity, 'error'))).toEqual([0, 0, 1, 1]);
    expect(severities.map((severity) => of(severity, 'info'))).toEqual([1, 1, 1, 1]);
    expect(severities.map((severity) => of(severity, 'never'))).toEqual([0, 0, 0, 0]);
  });

  test('is 2 where an input or a rule was wrong, whatever was found', () => {
    const findings = [makeFinding({ severity: 'critical' })];
    const failed = { id: 'a/b', status: 'failed', reason: 'r', findings: 0, durationMs: 0 } as const;
    expect(exitCode(makeResult({ findings, rules: [failed] }), { failOn: 'never', strict: false })).toBe(2);
    expect(
      exitCode(makeResult({ findings, issues: [{ severity: 'error', message: 'm' }] }), {
        failOn: 'info',
        strict: false,
      }),
    ).toBe(2);
  });

  test('is 2 for lost input only where that is asked for', () => {
    const result = makeResult({ issues: [{ severity: 'data_loss', message: 'm' }] });
    expect(exitCode(result, { failOn: 'error', strict: false })).toBe(0);
    expect(exitCode(result, { failOn: 'error', strict: true })).toBe(2);
  });
});

describe('progress', () => {
  function terminal(columns = 40) {
    let text = '';
    return { columns, write: (more: string) => (text += more), text: () => text };
  }

  test('is one line, rewritten, never wider than the terminal, and cleared at the end', () => {
    const tty = terminal(20);
    const progress = progressLine(tty);
    progress.phase(`loading ${'x'.repeat(100)}\u001b]0;x\u0007`);
    progress.clear();
    progress.clear();
    const drawn = tty.text().split('\r\u001b[2K');
    expect(drawn).toHaveLength(3);
    expect(drawn.at(-1)).toBe('');
    expect(drawn[1]?.length).toBeLessThan(20);
    expect(tty.text()).not.toContain('\n');
  });

  test('draws how far it is at most ten times a second', () => {
    const tty = terminal();
    let time = 0;
    const progress = progressLine(tty, () => time);
    progress.phase('loading');
    for (; time < 1000; time += 1) progress.fraction(time / 1000);
    expect(tty.text().split('\r').length).toBeLessThanOrEqual(12);
    expect(tty.text()).toContain('loading … 50 %');
  });

  test('tells how long it goes on at this rate, and leaves out what does not fit', () => {
    let time = 0;
    const drawn = (columns: number) => {
      const tty = terminal(columns);
      const progress = progressLine(tty, () => time);
      time = 0;
      progress.phase('loading', 'loading 2 files');
      time = 4000;
      progress.fraction(0.25, { done: 400e6, of: 1600e6, unit: 'byte' });
      return tty.text().split('\r\u001b[2K').at(-1);
    };
    expect(drawn(80)).toBe('loading 2 files … 25 %, 12 s left, 400 of 1,600 MB, 100 MB/s');
    expect(drawn(60)).toBe('loading 2 files … 25 %, 12 s left, 400 of 1,600 MB');
    expect(drawn(40)).toBe('loading 2 files … 25 %, 12 s left');
    expect(drawn(20)).toBe('loading 2 files …');
  });

  test('tells somebody who stops it what was being done, also without a terminal', () => {
    const progress = progressLine(null);
    expect(progress.told()).toBeNull();
    progress.phase('rules', 'running rules');
    expect(progress.told()).toBe('running rules');
    progress.fraction(12 / 43, { done: 12, of: 43, unit: 'rule', at: 'voice/silent-call' });
    expect(progress.told()).toBe('running rules (12 of 43)');
    progress.phase('loading', 'loading 1 file');
    progress.fraction(0.5, { done: 5, of: 10, unit: 'byte' });
    expect(progress.told()).toBe('loading 1 file (50 %)');
    progress.clear();
  });
});

describe('what was done when it was stopped', () => {
  test.each([
    [{ doing: null, files: [], printed: false }, 'stopped: nothing was written'],
    [
      { doing: 'running rules (12 of 43)', files: [], printed: false },
      'stopped while running rules (12 of 43): nothing was written',
    ],
    [{ doing: 'x', files: ['a.json'], printed: false }, 'stopped while x: a.json was written; nothing else was'],
    [
      { doing: 'x', files: ['a.json', 'b.csv'], printed: true },
      'stopped while x: a.json, b.csv were written; what was printed is not all',
    ],
    [{ doing: 'x', files: [], printed: true }, 'stopped while x: what was printed is not all'],
  ])('%j', (work, line) => {
    expect(stoppedLine(work)).toBe(line);
  });
});
