import { DuckDBIntervalValue } from '@duckdb/node-api';
import { UserError } from '../engine/errors.ts';
import type { Params as SqlParams } from '../engine/session.ts';
import { didYouMean } from '../engine/suggest.ts';
import { isInterval } from './interval.ts';
import { type ParamValue, paramFromText } from './params.ts';
import type { Params } from './predicate.ts';
import type { Rule } from './rule.ts';
import { readSqlText } from './sql-text.ts';

export function defaultParams(rule: Rule): Params {
  return Object.fromEntries(Object.entries(rule.header.params).map(([name, spec]) => [name, spec.default]));
}

/** Params as text: by rule id, by name. */
export type GivenParams = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The params of every rule: its defaults, and over them what was given.
 * @param rules all rules, not only the selected ones: a param of a rule that does not run now is no mistake
 * @throws UserError for an unknown rule or param, or a value that is not of the param's type
 */
export function resolveParams(rules: readonly Rule[], given: GivenParams): ReadonlyMap<string, Params> {
  const parsed = parseGivenParams(rules, given);
  return new Map(rules.map((rule) => [rule.id, { ...defaultParams(rule), ...parsed.get(rule.id) }]));
}

/**
 * Only what was given, by rule.
 * @throws UserError as `resolveParams`
 */
export function parseGivenParams(rules: readonly Rule[], given: GivenParams): ReadonlyMap<string, Params> {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const parsed = new Map<string, Params>();
  for (const [id, values] of Object.entries(given)) {
    const rule = byId.get(id);
    const name = Object.keys(values)[0] ?? '';
    if (rule === undefined)
      throw new UserError(`--param ${id}.${name}: there is no rule ${id}${didYouMean(id, byId.keys())}`);
    parsed.set(id, paramsOf(rule, values));
  }
  return parsed;
}

/**
 * Given params of one rule.
 * @throws UserError for an unknown name, or a value that is not of the param's type
 */
export function paramsOf(rule: Rule, given: Readonly<Record<string, string>>): Params {
  const parsed: Record<string, ParamValue> = {};
  for (const [name, text] of Object.entries(given)) {
    const spec = Object.hasOwn(rule.header.params, name) ? rule.header.params[name] : undefined;
    if (spec === undefined) {
      const names = Object.keys(rule.header.params);
      const hint = didYouMean(name, names) || (names.length === 0 ? ': it has none' : `: it has ${names.join(', ')}`);
      throw new UserError(`--param ${rule.id}.${name}: ${rule.id} has no param ${name}${hint}`);
    }
    const value = paramFromText(spec.type, text);
    if ('reason' in value) throw new UserError(`--param ${rule.id}.${name} ${value.reason}`);
    parsed[name] = value.value;
  }
  return parsed;
}

/** For DuckDB, and only those that the SQL names: it refuses others. */
export function sqlParams(rule: Rule, params: Params): SqlParams {
  const named = new Set(readSqlText(rule.sql).params.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => (named.has(name) ? [[name, sqlValue(value)]] : [])),
  );
}

function sqlValue(value: ParamValue): SqlParams[string] {
  if (!isInterval(value)) return value;
  return new DuckDBIntervalValue(value.months, value.days, BigInt(Math.round(value.ms * 1000)));
}
