import { expect, test } from 'vitest';
import { csvReport } from '../../src/report/csv.ts';
import { textCell } from '../../src/report/csv-cells.ts';
import { sanitise } from '../../src/report/sanitise.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { attacks, hostile } from './hostile.ts';
import { csvColumns, csvRows, written, writtenText } from './written.ts';

test('is RFC 4180 with the keys of the contract, nested ones as JSON', () => {
  const finding = makeFinding({
    message: 'One, "two"\nthree',
    related: [{ type: 'call', id: 'CA1' }],
    requestIds: ['a', 'b'],
    data: { n: 12345678901234567890n },
  });
  const text = [...csvReport(makeResult({ findings: [finding] }), { leastSeverity: 'info' })].join('');
  expect(text).toBe(
    [
      csvColumns.join(','),
      [
        'voice/silent-call',
        'Voice conversation has no communications',
        'warning',
        'confirmed',
        'no-transcription',
        finding.accountId,
        'conversation',
        finding.subject.id,
        '"[{""type"":""call"",""id"":""CA1""}]"',
        '"One, ""two""\nthree"',
        `"${finding.fix}"`,
        finding.reference,
        '"[""a"",""b""]"',
        '[]',
        finding.firstSeen,
        finding.lastSeen,
        'false',
        '[]',
        '"{""n"":""12345678901234567890""}"',
        '[]',
        finding.fingerprint,
      ].join(','),
      '',
    ].join('\r\n'),
  );
});

test('no cell is a formula, and each is what it was, read by another program', async () => {
  const result = hostile();
  const rows = await csvRows(await written('csv', result));
  expect(rows).toHaveLength(attacks.length);
  for (const [at, row] of rows.entries()) {
    for (const cell of Object.values(row)) expect(cell ?? '').not.toMatch(/^\s*[=@＝＠]|^\s*[+-](?![0-9 ().-]*$)/u);
    const finding = result.findings[at];
    const shown = (finding?.message ?? '')
      .split('\n')
      .map((line) => sanitise(line.replace(/\r$/u, '')))
      .join('\n');
    expect([shown, `'${shown}`]).toContain(row.message ?? '');
    // JSON keeps values as they are, but for halves of pairs, which UTF-8 cannot hold.
    expect(JSON.parse(row.related ?? '')).toEqual(finding?.related);
    expect(JSON.parse(row.evidence ?? '')).toEqual(finding?.evidence);
    expect(JSON.parse(row.data ?? '')).toEqual(finding?.data);
  }
});

test('numbers and telephone numbers stay as programs know them', () => {
  expect(textCell('+15550100001')).toBe('+15550100001');
  expect(textCell('-12.5')).toBe('-12.5');
  expect(textCell('+1+cmd')).toBe("'+1+cmd");
});

test('never cuts evidence', async () => {
  const evidence = Array.from({ length: 5000 }, (_, at) => makeEvidence(`log-${at}`));
  const text = await writtenText('csv', makeResult({ findings: [makeFinding({ evidence })] }));
  expect(text.match(/log-\d+/gu)).toHaveLength(5000);
});
