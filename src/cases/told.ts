import { compareText } from '../engine/compare.ts';
import type { Finding } from '../findings/finding.ts';
import { isJsonMap, type JsonValue, jsonValue } from '../rules/json-value.ts';
import type { Expectation } from './case-file.ts';
import type { Names } from './names.ts';
import { caseTime, withCaseTimes } from './times.ts';

/** A finding in the words of its case: names in place of ids, times from the start. All that a case can expect of it. */
export type Told = { readonly [key in keyof Required<Expectation>]: Exclude<Expectation[key], undefined> };

export function told(finding: Finding, names: Names, start: number): Told {
  const text = (value: string) => withCaseTimes(names.named(value), start);
  const time = (value: string) => caseTime(Date.parse(value), start);
  const { subject, cause, certainty, severity, message, fix, related, evidence, firstSeen, lastSeen, ongoing } =
    finding;
  return {
    subject: names.named(subject.id),
    subjectType: subject.type,
    cause,
    certainty,
    severity,
    message: text(message),
    fix: text(fix),
    related: related.map(({ type, id }) => `${type} ${names.named(id)}`).toSorted(compareText),
    evidence: evidence.map(({ eventTime, eventType }) => `${time(eventTime)} ${eventType}`),
    firstSeen: time(firstSeen),
    lastSeen: time(lastSeen),
    ongoing,
    data: Object.fromEntries(Object.entries(finding.data).map(([key, value]) => [key, inWordsOf(value, text)])),
  };
}

/** A row of a step of the SQL, in the same words. */
export function toldRow(
  row: Readonly<Record<string, unknown>>,
  names: Names,
  start: number,
): Record<string, JsonValue> {
  const text = (value: string) => withCaseTimes(names.named(value), start);
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, inWordsOf(value, text)]));
}

function inWordsOf(value: unknown, text: (value: string) => string): JsonValue {
  const plain = jsonValue(value);
  return reworded(plain, text);
}

function reworded(value: JsonValue, text: (value: string) => string): JsonValue {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((each: JsonValue) => reworded(each, text));
  if (isJsonMap(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reworded(inner, text)]));
  }
  return value;
}
