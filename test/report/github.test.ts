import { expect, test } from 'vitest';
import { githubReport } from '../../src/report/github.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { attacks, hostile } from './hostile.ts';
import { incident } from './incident.ts';

const github = (result = incident()) => [...githubReport(result, { leastSeverity: 'info' })].join('');

test('an annotation stands at the first line of the evidence that is known', () => {
  const finding = makeFinding({
    title: 'Silent, or: 100 %',
    message: 'One\r\ntwo, 3: 50 %',
    fix: 'Speak.',
    evidence: [makeEvidence('1-a', { line: null }), makeEvidence('1-b', { file: 'a,b:c%.ndjson', line: 7 })],
  });
  expect(github(makeResult({ findings: [finding] }))).toBe(
    `::warning file=a%2Cb%3Ac%25.ndjson,line=7,title=Silent%2C or%3A 100 %25 (voice/silent-call)::One%0D%0Atwo, 3: 50 %25%0ASpeak.%0Awarning (confirmed), conversation ${finding.subject.id} of account ${finding.accountId}%0A${finding.reference}%0Afingerprint ${finding.fingerprint}\n`,
  );
});

test('without evidence it stands nowhere', () => {
  expect(github(makeResult({ findings: [makeFinding({ severity: 'info' })] }))).toMatch(/^::notice title=/u);
});

test('what was wrong with input and rules comes first, then the worst', () => {
  const lines = github(incident({ symptoms: 1, silentCalls: 1 })).split('\n');
  expect(lines.map((line) => line.slice(0, 40))).toEqual([
    '::warning file=exports/events.ndjson,lin',
    '::error title=memory/no-observations fai',
    '::error file=exports/events.ndjson,line=',
    '::error file=exports/events.ndjson,line=',
    '::error file=exports/events.ndjson,line=',
    '::error title=Customer has no profile (p',
    '::warning title=Voice conversation has n',
    '',
  ]);
});

test('nothing of the log begins a command, or ends one', () => {
  const lines = github(hostile()).split(/[\r\n\u2028]/u);
  // Two issues an attack, one failed rule, one finding an attack, and the end of the last line.
  expect(lines).toHaveLength(attacks.length * 3 + 2);
  for (const line of lines.slice(0, -1)) {
    const [, , properties = ''] = /^::(error|warning|notice) (.*?)::/u.exec(line) ?? [];
    const names = properties.split(',').map((property) => property.slice(0, property.indexOf('=')));
    expect(['file line title', 'file title', 'title']).toContain(names.join(' '));
  }
});
