import { isDeepStrictEqual } from 'node:util';
import { compareText } from '../engine/compare.ts';
import type { JsonValue } from '../rules/json-value.ts';
import type { Expectation } from './case-file.ts';
import { caseTime, parseCaseTime } from './times.ts';
import type { Told } from './told.ts';

/** One way in which a case came out otherwise: what it is about, what was expected there and what was found. */
export type Difference = {
  readonly what: string;
  /** As YAML would have them in one line; `undefined` where there is nothing. */
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  /** In which arrangement of the same, where it is not the one that was written. */
  readonly arrangement?: string | undefined;
};

/** Compares all findings of a rule about a case with what it expects. Nothing where they are the same. */
export function compareFindings(expected: readonly Expectation[], found: readonly Told[]): readonly Difference[] {
  const rest = [...found];
  const differences: Difference[] = [];
  for (const expectation of expected) {
    const at = rest.findIndex((finding) => isAbout(finding, expectation));
    const finding = at < 0 ? undefined : rest.splice(at, 1)[0];
    const what = `finding about ${expectation.subject}`;
    if (finding === undefined) {
      differences.push({ what, expected: summary(expectation), found: 'no finding' });
      continue;
    }
    for (const [key, wanted] of Object.entries(normalised(expectation))) {
      const there = propertyOf(finding, key);
      if (key !== 'data') {
        if (!isDeepStrictEqual(wanted, there)) {
          differences.push({ what: `${key} of the ${what}`, expected: shown(wanted), found: shown(there) });
        }
        continue;
      }
      for (const [name, value] of Object.entries(expectation.data ?? {})) {
        const actual: unknown = propertyOf(finding.data, name);
        if (matches(value, actual)) continue;
        differences.push({ what: `data.${name} of the ${what}`, expected: shown(value), found: shown(actual) });
      }
    }
  }
  for (const finding of rest) {
    differences.push({ what: `finding about ${finding.subject}`, expected: 'no finding', found: summary(finding) });
  }
  return differences;
}

function isAbout(finding: Told, { subject, subjectType }: Expectation): boolean {
  return finding.subject === subject && (subjectType === undefined || finding.subjectType === subjectType);
}

/** Times and orders that mean the same are the same. */
function normalised(expectation: Expectation): Expectation {
  const { firstSeen, lastSeen, related } = expectation;
  return {
    ...expectation,
    ...(firstSeen === undefined ? {} : { firstSeen: plainText(firstSeen) }),
    ...(lastSeen === undefined ? {} : { lastSeen: plainText(lastSeen) }),
    ...(related === undefined ? {} : { related: related.toSorted(compareText) }),
  };
}

/**
 * Compares the rows of a step with those expected, in any order: each expected row is matched by another row that has all of
 * its columns.
 */
export function compareRows(
  name: string,
  expected: readonly Readonly<Record<string, unknown>>[],
  found: readonly Readonly<Record<string, JsonValue>>[],
): readonly Difference[] {
  const rest = [...found];
  const missing = expected.filter((wanted) => {
    const at = rest.findIndex((row) => matches(wanted, row));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  const what = `rows of ${name}`;
  const columns = new Set(expected.flatMap((row) => Object.keys(row)));
  const visible = (row: Readonly<Record<string, unknown>>) =>
    columns.size === 0 ? row : Object.fromEntries(Object.entries(row).filter(([key]) => columns.has(key)));
  return [
    ...missing.map((row) => ({ what, expected: shown(row), found: undefined })),
    ...rest.map((row) => ({ what, expected: undefined, found: shown(visible(row)) })),
  ];
}

/** Whether a value is as wanted: of maps only the wanted keys count, numbers are equal where they are to nine digits. */
function matches(wanted: unknown, there: unknown): boolean {
  if (typeof wanted === 'number' && typeof there === 'number') {
    return wanted === there || Math.abs(wanted - there) <= 1e-9 * Math.max(Math.abs(wanted), Math.abs(there));
  }
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(there) && wanted.length === there.length && wanted.every((each, at) => matches(each, there[at]))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    return (
      typeof there === 'object' &&
      there !== null &&
      Object.entries(wanted).every(([key, value]) => matches(value, propertyOf(there, key)))
    );
  }
  if (typeof wanted === 'string' && typeof there === 'string') return plainText(wanted) === plainText(there);
  return wanted === there || (wanted === null && there === undefined);
}

/** A time is the same however it is written. */
function plainText(text: string): string {
  const time = parseCaseTime(text, 0);
  return time === null ? text : caseTime(time, 0);
}

function propertyOf(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function summary({ subject, cause, certainty, severity }: Expectation): string {
  return shown(Object.fromEntries(Object.entries({ subject, cause, certainty, severity }).filter(([, v]) => v)));
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
