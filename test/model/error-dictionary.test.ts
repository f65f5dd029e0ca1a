import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openSession } from '../../src/engine/session.ts';
import { buildErrorCodes } from '../../src/model/error-codes.ts';
import { errorCode, errorCodes, nearCodes } from '../../src/model/error-dictionary.ts';

describe('the dictionary of error codes', () => {
  test('has each code once, in order', () => {
    const codes = errorCodes.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].toSorted((a, b) => a - b));
  });

  test('knows what is documented of Conversation Orchestrator, and guesses nothing', () => {
    const own = errorCodes.filter(({ code }) => code >= 530_000 && code < 531_000);
    expect(own.map(({ code, level }) => [code, level])).toEqual([
      [530_001, 'WARNING'],
      [530_003, 'WARNING'],
      [530_004, 'ERROR'],
    ]);
    expect(errorCode(530_002)).toBeNull();
  });

  test.each(errorCodes)(
    '$code is told in whole sentences',
    ({ title, meaning, advice, reference, source, httpStatus }) => {
      expect(title).toMatch(/^[A-Z][^.]+[^.\s]$/);
      expect(meaning).toMatch(/^[A-Z].+\.$/);
      expect(advice).toMatch(/^[A-Z].+\.$/);
      expect(Math.max(meaning.length, advice.length)).toBeLessThan(240);
      expect(reference).toMatch(/^https:\/\/www\.twilio\.com\/docs\//);
      if (source !== 'api') expect(httpStatus).toBeNull();
    },
  );

  test('is a table for rules, too', async () => {
    const session = await openSession({});
    try {
      await buildErrorCodes(session);
      const rows = await session.rows(
        z.object({ code: z.int(), http_status: z.int().nullable(), advice: z.string() }),
        'SELECT code, http_status, advice FROM error_codes ORDER BY code',
      );
      expect(rows).toEqual(
        errorCodes.map(({ code, httpStatus, advice }) => ({ code, http_status: httpStatus, advice })),
      );
    } finally {
      await session.close();
    }
  });
});

describe('codes near another one', () => {
  test.each([
    ['one that is a gap', 530_002, [530_001, 530_003, 530_004]],
    ['one with a digit too few', 53_004, [530_004]],
    ['one with a digit too many', 5_300_044, [530_004]],
    ['one with a wrong digit', 21_615, [21_614]],
    ['one with two digits swapped', 503_004, [530_004]],
    ['one of a thousand with many codes', 520_066, [520_066, 520_065, 520_067]],
    ['one that is like none', 11_200, []],
  ])('are told for %s', (_, code, near) => {
    expect(nearCodes(code)).toEqual(near);
  });
});
