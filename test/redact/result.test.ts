import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { createMasker } from '../../src/redact/masker.ts';
import { createMasks } from '../../src/redact/masks.ts';
import { maskAudit } from '../../src/redact/result.ts';

const number = '+15550100001';
const somebody = `${number}, ines@example.com, sip:ines@pbx.example, client:ines and Ines Duarte`;
const traces = /15550100001|ines/i;
const account = 'AC00000000000000000000000000000001';

const finding: Finding = {
  ruleId: 'capture/overlapping-rules',
  title: 'Rules overlap',
  severity: 'error',
  certainty: 'confirmed',
  cause: 'overlap',
  accountId: account,
  subject: { type: 'address', id: number },
  related: [
    { type: 'address', id: 'al' },
    { type: 'call', id: 'CA0123456789abcdef0123456789abcdef' },
  ],
  message: `Traffic of ${somebody} and from al is captured twice, and the al in also stays.`,
  fix: `Ask ${somebody}.`,
  reference: 'https://example.com/',
  requestIds: ['91a8e159-9b0e-4c21-b1fa-09cc97d0d415'],
  correlationIds: [],
  firstSeen: '2026-09-18T09:00:00.000Z',
  lastSeen: '2026-09-18T09:00:00.000Z',
  ongoing: false,
  evidence: [
    {
      logId: '1789373696123-0a1b2c3d',
      eventTime: '2026-09-18T09:00:00.000Z',
      eventType: 'diagnostic',
      level: 'ERROR',
      errorCode: 530001,
      errorReason: `Nobody is ${somebody}`,
      status: null,
      requestId: '91a8e159-9b0e-4c21-b1fa-09cc97d0d415',
      file: `exports/${number}/Ines Duarte.ndjson`,
      line: 3,
    },
  ],
  data: {
    name: 'Ines Duarte',
    other_name: 'al',
    display_name: 'Desk 1',
    participant_type: 'CUSTOMER',
    channels: ['SMS', 'VOICE'],
    addresses: [number, 'al'],
    from: 'al',
    phone_number: 15550100001,
    duration: 4915112345678,
    capture_rules: [{ from: '*', to: number, call_type: 'PSTN' }],
    params: { [`participants.${number}`]: somebody, deep: [[`{"to":"${number}"}`]] },
    nothing: null,
  },
  causedBy: ['0123456789abcdef'],
  fingerprint: 'fedcba9876543210',
};

const result: AuditResult = {
  tool: { name: 'postlude', version: '0.0.0' },
  run: {
    asOf: null,
    events: 1,
    duplicates: 0,
    accounts: 1,
    durationMs: 5,
    config: `/home/ines@example.com/postlude.yaml`,
  },
  files: [{ path: `exports/${number}.csv`, format: 'console-table', rows: 1, rejected: 0, duplicates: 0, account }],
  issues: [
    { severity: 'error', file: `${number}.csv`, line: 1, accounts: [number], message: `cannot be read: ${somebody}` },
  ],
  rules: [{ id: 'a/b', status: 'failed', reason: `Conversion Error: ${somebody}`, findings: 0, durationMs: 1 }],
  findings: [finding],
  suppressions: [
    {
      rule: '*',
      account,
      subject: number,
      fingerprint: null,
      reason: `${somebody} knows`,
      expires: '2026-12-31',
      status: 'used',
      findings: 1,
      accounts: [{ id: number, findings: 1 }],
    },
  ],
  accounts: [{ id: number, events: 1, skippedRules: [], byRule: { 'a/b': 1 } }],
  people: [
    {
      accountId: account,
      participantId: 'conv_participant_1',
      conversationId: null,
      type: 'CUSTOMER',
      addresses: [number],
    },
  ],
};

const known = [
  { text: 'Ines Duarte', isName: true },
  { text: 'CUSTOMER', isName: true },
  { text: 'al', isName: false },
];
const masker = createMasker(createMasks(Buffer.from('0123456789abcdef')), known);
const masked = maskAudit(result, masker);
const phone = masker.address(number);

test('nobody is left in any field, and the same one has the same mask everywhere', () => {
  const text = JSON.stringify(masked);
  expect(text).not.toMatch(traces);
  expect(new Set(text.match(/phone-[0-9a-f]+/g))).toEqual(new Set([phone]));
  for (const kind of ['mail', 'sip', 'person'])
    expect(new Set(text.match(new RegExp(`${kind}-[0-9a-f]+`, 'g'))).size).toBe(1);
});

test('what tells of nobody stays', () => {
  const [found] = masked.findings;
  expect(found).toMatchObject({
    ruleId: finding.ruleId,
    accountId: account,
    subject: { type: 'address', id: phone },
    related: [
      { type: 'address', id: masker.address('al') },
      { type: 'call', id: 'CA0123456789abcdef0123456789abcdef' },
    ],
    requestIds: finding.requestIds,
    causedBy: finding.causedBy,
    fingerprint: finding.fingerprint,
    evidence: [{ logId: '1789373696123-0a1b2c3d', errorCode: 530001, line: 3 }],
    data: {
      display_name: 'Desk 1',
      participant_type: 'CUSTOMER',
      channels: ['SMS', 'VOICE'],
      addresses: [phone, masker.address('al')],
      from: masker.address('al'),
      other_name: masker.address('al'),
      phone_number: phone,
      duration: 4915112345678,
      capture_rules: [{ from: '*', to: phone, call_type: 'PSTN' }],
      nothing: null,
    },
  });
  expect(found?.message).toContain(
    `from ${masker.address('al')} is captured twice, and the ${masker.address('al')} in also stays`,
  );
  expect(masked.run).toEqual({ ...result.run, config: masked.run.config, redacted: true });
});

test('what was asked of a share stays, but for params, whose masks can differ between shares', () => {
  const asked = ['--from=2026-09-14T08:00:00.000Z', `--account=${account}`, `--assume-account=${number}`];
  const run = { ...result.run, shard: { index: 1, of: 2 }, asked: [...asked, `--param=a/b.of=${number}`] };
  expect(maskAudit({ ...result, run }, masker).run.asked).toEqual([...asked.slice(0, 2), `--assume-account=${phone}`]);
});

test('hostile text is masked around, and stays as it is for reports to make harmless', () => {
  const hostile = `</script><img onerror=x> \u001b[2J =cmd|' ${number}\u202e ${number}`;
  const { message } = maskAudit({ ...result, findings: [{ ...finding, message: hostile }] }, masker).findings[0] ?? {};
  expect(message).toBe(hostile.replaceAll(number, phone));
});
