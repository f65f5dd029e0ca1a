import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { compareWithBaseline } from '../../src/findings/baseline.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { plainReport } from '../../src/report/options.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { account, makeFinding, makeResult, otherAccount } from '../findings/make.ts';

const about = (at: number, over = {}) =>
  makeFinding({
    subject: { type: 'conversation', id: `conv_conversation_01kzpzmjf3fj9rhtxsrkst${String(at).padStart(4, '0')}` },
    ...over,
  });

/** A run that lacks `gone` findings of the baseline, and has one that got worse. */
function compared(gone: number): AuditResult {
  const before = [...Array.from({ length: gone }, (_, at) => about(at)), about(900), about(901, { severity: 'error' })];
  const worse = about(900, { severity: 'critical' });
  const whole = makeResult({
    run: { ...makeResult().run, accounts: 2 },
    findings: [worse],
    rules: [{ id: worse.ruleId, status: 'matched', reason: null, findings: 1, durationMs: 1 }],
    accounts: [account, otherAccount].map((id) => ({ id, skippedRules: [] })),
  });
  return compareWithBaseline(whole, 'known.json', compareWithBaseline({ ...whole, findings: before }, '', []).updated)
    .result;
}

const linesOf = (gone: number, width = 160) => terminalReport(compared(gone), { ...plainReport, width }).split('\n');

test('what is gone is told with rule, subject and account, the worst first', () => {
  const gone = linesOf(1).filter((line) => line.includes('gone: '));
  expect(gone.map((line) => line.trim())).toEqual([
    `gone: error voice/silent-call: conversation ${about(901).subject.id} of ${account}`,
    `gone: warning voice/silent-call: conversation ${about(0).subject.id} of ${account}`,
  ]);
});

test('of much that is gone the rest is counted', () => {
  const lines = linesOf(40).map((line) => line.trim());
  expect(lines.filter((line) => line.startsWith('gone: '))).toHaveLength(12);
  expect(lines).toContain('… 29 more');
  expect(lines).toContain('baseline known.json: 0 known, 1 new, 1 of them worse than before, 41 gone');
});

test('what got worse says what it was', () => {
  expect(linesOf(1)).toContainEqual(expect.stringMatching(/^CRITICAL, was warning {2}voice\/silent-call/));
});

test.each([70, 80, 120])('fits %i columns, and breaks no id', (width) => {
  const lines = linesOf(15, width);
  const foot = lines.slice(lines.findIndex((line) => line.startsWith('baseline')));
  expect(foot.filter((line) => stringWidth(line) > width)).toEqual([]);
  expect(foot.join('\n').match(/conversation conv_conversation_01kzpzmjf3fj9rhtxsrkst\d{4}\b/g)).toHaveLength(12);
});
