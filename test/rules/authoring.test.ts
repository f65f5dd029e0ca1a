import { describe, expect, it, test } from 'vitest';
import {
  classifyReason,
  httpStatus,
  intervalMs,
  isE164,
  isSubjectType,
  normaliseAddress,
  present,
  toE164,
} from '../../src/index.ts';

describe('an address', () => {
  it.each([
    ['+15550100001', '+15550100001'],
    [' whatsapp:+15550100001 ', '+15550100001'],
    ['WhatsApp: +1 555 010 0001', '+15550100001'],
    ['rcs:+15550100001', '+15550100001'],
    ['+1 (555) 010-0001', '+15550100001'],
    ['001 555 010 0001', '+15550100001'],
    ['+44 (0)20 7946 0958', '+442079460958'],
    ['+1\u00a0555\u2011010\u20110001', '+15550100001'],
    ['rcs:brand_acme_agent', 'brand_acme_agent'],
    ['Agent.Smith@Example.COM', 'agent.smith@example.com'],
    ['client:Alice', 'client:Alice'],
    ['sip:+15550100001@example.com', 'sip:+15550100001@example.com'],
    ['sip:Bob@Example.com', 'sip:Bob@Example.com'],
    ['agent-1', 'agent-1'],
    ['(555) 010-0001', '(555) 010-0001'],
    ['12345', '12345'],
    ['+999', '+999'],
    ['', ''],
    ['conv_participant_01k1etk2y5f1y9fpe2epfdtvv2', 'conv_participant_01k1etk2y5f1y9fpe2epfdtvv2'],
  ])('%j compares as %j', (address, key) => {
    expect(normaliseAddress(address)).toBe(key);
    expect(normaliseAddress(normaliseAddress(address))).toBe(key);
  });

  it('takes numbers as they are dialled in a country, where it is told which', () => {
    expect(normaliseAddress('(212) 555-0100', { country: 'US' })).toBe('+12125550100');
    expect(normaliseAddress('020 7946 0958', { country: 'GB' })).toBe('+442079460958');
    expect(normaliseAddress('+15550100001', { country: 'GB' })).toBe('+15550100001');
    expect(normaliseAddress('(212) 555-0100', { country: 'nowhere' })).toBe('(212) 555-0100');
  });

  it.each([
    ['+12345678', true],
    ['+1234567', false],
    ['+123456789012345', true],
    ['+1234567890123456', false],
    ['+05550100001', false],
    ['15550100001', false],
    ['+1555010000l', false],
    ['+15550100001\n', false],
    ['+١٥٥٥٠١٠٠٠٠١', false],
  ])('%j is E.164: %s', (text, expected) => {
    expect(isE164(text)).toBe(expected);
  });

  it.each([
    ['whatsapp:+15550100001', '+15550100001'],
    ['0015550100001', '+15550100001'],
    ['5550100001', null],
    ['extension 5550100001', null],
    ['not a number', null],
  ])('%j as E.164 is %j', (text, expected) => {
    expect(toE164(text)).toBe(expected);
  });
});

describe('the reason of a diagnostic', () => {
  it.each([
    ['503 Service Unavailable', 503, 'transient'],
    ['HTTP 503', 503, 'transient'],
    ['HTTP/1.1 502 Bad Gateway', 502, 'transient'],
    ['upstream returned 500', 500, 'transient'],
    ['Profile service responded with 504: gateway timeout', 504, 'transient'],
    ['status=500', 500, 'transient'],
    ['{"status":503,"message":"down"}', 503, 'transient'],
    ['Request failed with status code 429', 429, 'transient'],
    ['HTTP 408 Request Timeout', 408, 'transient'],
    ['Request timed out', null, 'transient'],
    ['request timed out after 500 ms', null, 'transient'],
    ['timeout of 404ms exceeded', null, 'transient'],
    ['Read timeout after 400 milliseconds', null, 'transient'],
    ['ECONNRESET', null, 'transient'],
    ['profile service temporarily unavailable', null, 'transient'],
    ['memory store is unavailable', null, 'transient'],
    ['HTTP 404: memory store not found', 404, 'store-invalid'],
    ['404', 404, 'store-invalid'],
    ['Not Found (404)', 404, 'store-invalid'],
    ['403 Forbidden', 403, 'store-invalid'],
    ['status: 403', 403, 'store-invalid'],
    ['Memory store mem_store_01kzpz503f3fj9rhtxsrkstfz3k not found', null, 'store-invalid'],
    ['The memory store is not accessible', null, 'store-invalid'],
    ['Memory store does not exist', null, 'store-invalid'],
    ['Store record exists but its status is not ACTIVE', null, 'store-invalid'],
    ['invalid memory store id', null, 'store-invalid'],
    ['HTTP 404 after a timeout', 404, 'store-invalid'],
    ['memory store not found (earlier request timed out)', null, 'store-invalid'],
    ['400 Bad Request', 400, 'malformed-request'],
    ['status=422', 422, 'malformed-request'],
    ['error 422: trait phone is not valid', 422, 'malformed-request'],
    ['Profile schema validation failed', null, 'malformed-request'],
    ['malformed profile data', null, 'malformed-request'],
    // The number is what was sent, not what was answered.
    ['validation failed for profile 500', null, 'malformed-request'],
    ['401 Unauthorized', 401, 'unknown'],
    ['409 Conflict', 409, 'unknown'],
    ['something went wrong', null, 'unknown'],
    ['', null, 'unknown'],
    ['mem_profile_500', null, 'unknown'],
    ['request 12f-404-aa failed', null, 'unknown'],
    ['request req-503 failed', null, 'unknown'],
    ['lookup of +15550100500 failed', null, 'unknown'],
    ['lookup of 503 profiles failed', null, 'unknown'],
    ['at 2026-09-14T08:00:00.503Z', null, 'unknown'],
    ['10.0.0.503:404', null, 'unknown'],
    ['took 5000 of 4040', null, 'unknown'],
    ['code 530004', null, 'unknown'],
    ['error code 20404', null, 'unknown'],
  ])('%j has status %j and is %s', (reason, status, expected) => {
    expect(httpStatus(reason)).toBe(status);
    expect(classifyReason(reason)).toBe(expected);
  });

  it('is unknown where there is none', () => {
    expect([classifyReason(null), classifyReason(undefined)]).toEqual(['unknown', 'unknown']);
  });

  it('is read in time that does not grow with hostile text', () => {
    const began = performance.now();
    for (const piece of ['store ', '404 ', 'status ', 'with a an of ', '( : ', 'invalid '])
      classifyReason(piece.repeat(20_000));
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe('an interval of a row', () => {
  it('is milliseconds', () => {
    expect(intervalMs({ months: 0, days: 1, ms: 5 })).toBe(86_400_005);
  });
});

test('the items of a list from a row are those that are there', () => {
  expect(present(['a', null, 'b'])).toEqual(['a', 'b']);
  expect(present([null])).toEqual([]);
  expect(present<string>(null)).toEqual([]);
});

test('what a finding can be about is known by its name', () => {
  expect(['conversation', 'Conversation', 'words', null].map(isSubjectType)).toEqual([true, false, false, false]);
});
