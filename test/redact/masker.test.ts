import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMasker, type Masker } from '../../src/redact/masker.ts';
import { createMasks } from '../../src/redact/masks.ts';

const key = Buffer.from('0123456789abcdef');
const known = [
  { text: 'Ines Duarte', isName: true },
  { text: 'Request', isName: true },
  { text: 'No', isName: true },
  { text: 'Zoë', isName: true },
  { text: '田中', isName: true },
  { text: '+15550100009', isName: true },
  { text: 'visitor-12', isName: false },
  { text: 'visitor-12', isName: true },
  { text: 'client:agent-3', isName: false },
  { text: '5550107', isName: false },
  { text: '404', isName: false },
  { text: '7f1d6f0e-3c1b-4f6e-9d0a-1f2e3d4c5b6a', isName: false },
  { text: 'a-very-long-identity-of-a-chat-that-messages-cut-short', isName: false },
];
const templates = [
  'The API refused "{number}" in {subject_type} {subject_id}.',
  'Request {subject_id} changed {conversations} conversations.',
  'No profile was created.',
  'Write phone numbers as + and the country code, such as +15551234567.',
];
const masker = (): Masker => createMasker(createMasks(key), known, templates);
const { text, address, name, id, advice, value } = masker();
const phone = address('+15550100001');

describe('addresses', () => {
  test('have a mask that tells what they are, and how they were reached', () => {
    expect(phone).toMatch(/^phone-[0-9a-f]{8}$/);
    expect(address('whatsapp:+15550100001')).toBe(`whatsapp:${phone}`);
    expect(address('Ines.Duarte@Example.com')).toMatch(/^mail-[0-9a-f]{8}$/);
    expect(address('sip:ines@pbx.example')).toMatch(/^sip-[0-9a-f]{8}$/);
    expect(address('client:alice')).toMatch(/^client:identity-[0-9a-f]{8}$/);
    expect(address('desk')).toMatch(/^identity-[0-9a-f]{8}$/);
  });

  test.each([
    '+15550100001',
    'rcs:+15550100001',
    '+1 (555) 010-0001',
    '+1 555 010 0001',
    '001 555 010 0001',
    '15550100001',
    '%2B15550100001',
    'tel:+1-555-010-0001',
  ])('are one number, written %s, as a value and in text', (written) => {
    expect(address(written).replace(/^\w+:/, '')).toBe(phone);
    expect(text(`Could not reach ${written}.`).replace(/(?:rcs|tel):/, '')).toBe(`Could not reach ${phone}.`);
  });

  test('compare mail and SIP without case, and SIP without parameters', () => {
    expect(address('INES@example.com')).toBe(address('ines@example.com'));
    expect(address('SIP:Ines@pbx.example;transport=tls')).toBe(address('sip:ines@pbx.example'));
    expect(address('client:Alice')).not.toBe(address('client:alice'));
    expect(address('client:alice')).toBe(`client:${address('alice')}`);
  });

  test('keep blanks around them, which can be what is wrong, and stay where there is none', () => {
    expect(address(' +15550100001')).toBe(` ${phone}`);
    expect(address('*')).toBe('*');
    expect(address('')).toBe('');
  });

  test('of other keys have other masks, of the same key the same', () => {
    const other = createMasker(createMasks(Buffer.from('another key of bytes')), known, templates);
    expect(other.address('+15550100001')).not.toBe(phone);
    expect(masker().address('+15550100001')).toBe(phone);
  });
});

describe('names', () => {
  test('are compared without case, and are addresses where they are written as one', () => {
    expect(name('Ines Duarte')).toMatch(/^person-[0-9a-f]{8}$/);
    expect(name('ines  duarte')).toBe(name('Ines Duarte'));
    expect(name('+15550100001')).toBe(phone);
    expect(name('visitor-12')).toBe(address('visitor-12'));
    expect(name('Reminder')).toMatch(/^name-[0-9a-f]{8}$/);
  });

  test('are found in text as whole words, however they are joined', () => {
    const ines = name('Ines Duarte');
    expect(text('Profile of INES DUARTE not found')).toBe(`Profile of ${ines} not found`);
    expect(text('exports/ines_duarte/day.ndjson')).toBe(`exports/${ines}/day.ndjson`);
    expect(text('Ines%20Duarte')).toBe(ines);
    expect(text('Inessa Duarte and Ines Duarteson')).toBe('Inessa Duarte and Ines Duarteson');
    expect(text('for Zoë, not for Zoës')).toBe(`for ${name('Zoë')}, not for Zoës`);
    expect(text('田中様の番号')).toBe(`${name('田中')}様の番号`);
  });

  test('that are words of messages stay in text, and go as values', () => {
    expect(text('Request failed. No answer.')).toBe('Request failed. No answer.');
    expect(name('Request')).toMatch(/^person-/);
    expect(value('No')).toMatch(/^person-/);
  });

  test('give way to an address that they stand in', () => {
    expect(text('to ines.duarte@example.com')).toBe(`to ${address('ines.duarte@example.com')}`);
  });
});

describe('text', () => {
  test.each([
    ['555-010-1177', 'phone'],
    ['(555) 010-1177', 'phone'],
    ['555.010.1177', 'phone'],
    ['020 7946 0958', 'phone'],
    ['0044 20 7946 0958', 'phone'],
    ['06 12 34 56 78', 'phone'],
    ['4915112345678', 'phone'],
    ['0155501012', 'phone'],
    ['5550107', 'phone'],
    ['ines@example.com', 'mail'],
    ['ines%40example.com', 'mail'],
    ['sip:+15550100001@pbx.example:5060;transport=tls', 'sip'],
    ['visitor-12', 'identity'],
    ['agent-3', 'identity'],
  ])('has no %s any more', (written, kind) => {
    const mask = new RegExp(`^\\("?(?:${kind})-[0-9a-f]{8}"?\\): gone, ${kind}-[0-9a-f]{8}$`);
    expect(text(`("${written}"): gone, ${written}`)).toMatch(mask);
  });

  test.each([
    'AC00000000000000000000000000000006',
    'SM0123456789abcdef0123456789abcdef',
    'conv_conversation_01m2svxazrebrbd64q5n6y8d3a',
    'mem_store_01k00000000000000000000000',
    '91a8e159-9b0e-4c21-b1fa-09cc97d0d415',
    '12345678-1234-4123-8123-123456789012',
    '1789373696123-0a1b2c3d',
    '2026-09-14T10:00:00.123Z',
    '2026-09-14 10:00:00+02:00',
    '2026-09-14',
    '14.09.2026',
    '1789373696',
    '1789373696123',
    '20260914120000',
    '10:00:00 to 11:30:15',
    'PT3H3M11.836S',
    '3 hours 3 minutes',
    'HTTP 503, code 530001, 12,345 events, 20404 of 99999',
    '0.1234567890123',
    '192.168.100.200',
    '/v2/Conversations?PageSize=50',
    'https://www.twilio.com/docs/errors/21211',
    '+02:00, +5 more, C++',
  ])('keeps %s', (written) => {
    expect(text(`Saw ${written} there`)).toBe(`Saw ${written} there`);
  });

  test('that was cut short gives nothing away', () => {
    expect(text('from +155501…')).toMatch(/^from phone-[0-9a-f]{8}…$/);
    expect(text('from a-very-long-identity-of-a-chat-that-m… to')).toMatch(/^from identity-[0-9a-f]{8}… to$/);
    expect(text('of Ines Dua…')).toMatch(/^of identity-[0-9a-f]{8}…$/);
  });

  test('stops a number where a time begins', () => {
    expect(text('+1 555 010 0001 12:30')).toBe(`${phone} 12:30`);
    expect(text('+1 555 010 0001 2026-09-14T12:30:00Z')).toBe(`${phone} 2026-09-14T12:30:00Z`);
    expect(text('+15550100001 (3 times)')).toBe(`${phone} (3 times)`);
  });

  test('masks what it was written with, however short', () => {
    expect(text('Call from 404 to support', new Set(['404', 'support']))).toBe(
      `Call from ${address('404')} to ${address('support')}`,
    );
    expect(text('Answered with 404')).toBe('Answered with 404');
  });

  test('of rules keeps their examples, and of messages does not', () => {
    expect(advice('Write it such as +15551234567, not +15550100001')).toBe(
      `Write it such as +15551234567, not ${phone}`,
    );
    expect(text('+15551234567')).toMatch(/^phone-/);
  });
});

test('ids stay, unless somebody is addressed by them', () => {
  expect(id('conv_conversation_01m2svxazrebrbd64q5n6y8d3a')).toBe('conv_conversation_01m2svxazrebrbd64q5n6y8d3a');
  expect(id('4915112345678')).toBe('4915112345678');
  expect(id('unknown')).toBe('unknown');
  expect(id('whatsapp:+15550100001')).toBe(`whatsapp:${phone}`);
  expect(id('7f1d6f0e-3c1b-4f6e-9d0a-1f2e3d4c5b6a')).toMatch(/^identity-/);
  expect(text('see 7f1d6f0e-3c1b-4f6e-9d0a-1f2e3d4c5b6a')).toMatch(/^see identity-/);
});

describe('whatever stands in a text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(
      ' ',
      ': ',
      '", "',
      '+',
      '@',
      '…',
      '-',
      '(',
      ')',
      '%2B',
      'sip:',
      'client:',
      'visitor-12',
      'Ines ',
      'Duarte',
      '555-',
      '010-',
      '1177',
      '2026-09-14',
      'T10:00:00Z',
      '+15550100001',
      'ines@example.com',
      'phone-',
      'AC00000000000000000000000000000006',
    ),
  );
  const anything = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

  test('masks are not masked again', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const own = masker();
        const once = own.text(given);
        expect(own.text(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('a number with a plus is gone', () => {
    const number = fc.stringMatching(/^\+[1-9][0-9]{7,14}$/);
    fc.assert(
      fc.property(anything, number, anything, (before, digits, after) => {
        expect(text(before + digits + after)).not.toContain(digits);
      }),
      { numRuns: 2000 },
    );
  });

  test('ids, times and counts stay', () => {
    const hexadecimal = fc.stringMatching(/^[0-9a-f]{32}$/);
    const kept = fc.oneof(
      fc.uuid(),
      fc.constant(null).map(() => randomUUID()),
      fc.tuple(fc.constantFrom('AC', 'SM', 'MM', 'CA', 'IS'), hexadecimal).map((parts) => parts.join('')),
      fc
        .tuple(
          fc.constantFrom('conv_conversation_', 'conv_participant_', 'mem_profile_'),
          fc.stringMatching(/^01[0-9a-z]{24}$/),
        )
        .map((parts) => parts.join('')),
      fc
        .date({ noInvalidDate: true, min: new Date('2020-01-01'), max: new Date('2033-01-01') })
        .map((time) => time.toISOString()),
      fc.integer({ min: 0, max: 4_999_999 }).map(String),
      fc
        .tuple(fc.integer({ min: 1_500_000_000_000, max: 1_999_999_999_999 }), fc.stringMatching(/^[0-9a-f]{8}$/))
        .map((parts) => parts.join('-')),
    );
    const between = fc.constantFrom(' ', ', ', ' and ', ': "', '" (', '/', '\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(kept, between), { maxLength: 6 }), (parts) => {
        const given = parts.flat().join('');
        expect(text(given)).toBe(given);
      }),
      { numRuns: 2000 },
    );
  });

  test('a long hostile one is masked in no time', () => {
    for (const part of [
      '@',
      'a@',
      '+1',
      '+1 ',
      '1',
      '1-',
      '0',
      '(',
      'sip:',
      'Ines ',
      'visitor-',
      'a',
      '1.',
      '%40',
      '…',
      'aé',
    ]) {
      const started = performance.now();
      text(part.repeat(200_000 / part.length));
      expect({ part, quick: performance.now() - started < 5000 }).toEqual({ part, quick: true });
    }
  });
});

test('masks that would be the same are told apart', () => {
  const masks = createMasks(key);
  const all = new Set<string>();
  // About ten of them begin with the same eight digits.
  for (let at = 0; at < 300_000; at++) all.add(masks.of('identity', `somebody ${at}`));
  expect(all.size).toBe(300_000);
  expect([...all].some((mask) => mask.length > 'identity-'.length + 8)).toBe(true);
});
