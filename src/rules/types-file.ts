import { basename } from 'node:path';
import { propertyName, type ResultColumn, typeScriptType } from '../engine/arrow.ts';
import type { Header } from './header.ts';
import type { ParamType } from './params.ts';
import type { Rule } from './rule.ts';
import { typesMark } from './types-mark.ts';

/** The file beside a rule that holds the types of its rows and params. */
export function typesFileOf(rule: Rule): string {
  return rule.file.replace(/\.sql$/u, '.types.ts');
}

/** A run fails where these are NULL, so that no predicate meets it. */
const neverNull: ReadonlySet<string> = new Set(['account_id', 'subject_id']);

/**
 * The types of what a predicate gets: `Row`, which has each column of the SELECT as `rowReader` gives it, and `Params`.
 * What DuckDB returns can be NULL as far as anybody can tell from outside.
 */
export function typesText(rule: Rule, columns: readonly ResultColumn[]): string {
  const row = columns.map(({ name, duckdbType }) => {
    const type = typeScriptType(duckdbType, '  ');
    const field = `readonly ${propertyName(name)}: ${neverNull.has(name) ? type.replace(/ \| null$/u, '') : type};`;
    return duckdbType.alias === 'JSON' ? `/** JSON as text. */\n  ${field}` : field;
  });
  const params = Object.entries(rule.header.params).map(([name, { type, description }]) => {
    const words = description.replaceAll('*/', '*\\/').replaceAll(/\s+/gu, ' ');
    return `/** ${words} */\n  readonly ${name}: ${paramTypes[type]};`;
  });
  const usesInterval =
    columns.some(({ duckdbType }) => /\bInterval\b/u.test(typeScriptType(duckdbType))) || hasInterval(rule.header);
  return [
    // Not the id, which depends on the folder that the rule was looked for in.
    `${typesMark}: what ${basename(rule.file)} returns, and its params. Change that, not this file.`,
    ...(usesInterval ? ["import type { Interval } from 'postlude';"] : []),
    '',
    '/** A candidate: one row of the SELECT. */',
    ...objectType('Row', row),
    '',
    '/** The params of the rule, as they are set for the run. */',
    ...(params.length === 0 ? ['export type Params = Readonly<Record<string, never>>;'] : objectType('Params', params)),
    '',
  ].join('\n');
}

const paramTypes: Readonly<Record<ParamType, string>> = {
  interval: 'Interval',
  integer: 'number',
  number: 'number',
  string: 'string',
  boolean: 'boolean',
};

function hasInterval({ params }: Header): boolean {
  return Object.values(params).some(({ type }) => type === 'interval');
}

function objectType(name: string, fields: readonly string[]): readonly string[] {
  return [`export type ${name} = {`, ...fields.map((field) => `  ${field}`), '};'];
}
