import type { ErrorCode } from '../model/error-dictionary.ts';
import type { Rule } from '../rules/rule.ts';
import type { RulesOfCode } from '../rules/rules-of-code.ts';
import { escapeInJson, sanitise } from './sanitise.ts';
import { type Style, style } from './style.ts';
import { wrap } from './text.ts';

/** An entry of the dictionary and who looks at it. */
export type ExplainedCode = { readonly entry: ErrorCode; readonly looking: RulesOfCode };

/** For programs: a list, whether one code was asked for or all of them. */
export function explainedJson(codes: readonly ExplainedCode[]): string {
  const named = (rules: readonly Rule[]) => rules.map(({ id, header }) => ({ id, title: header.title }));
  const records = codes.map(({ entry, looking }) => ({
    code: entry.code,
    title: entry.title,
    level: entry.level,
    source: entry.source,
    httpStatus: entry.httpStatus,
    meaning: entry.meaning,
    advice: entry.advice,
    reference: entry.reference,
    rules: named(looking.naming),
    residualRules: named(looking.residual),
  }));
  return `${escapeInJson(JSON.stringify(records, null, 2))}\n`;
}

/** All codes, one a line. */
export function codeList(codes: readonly ErrorCode[]): string {
  const widest = Math.max(...codes.map(({ source }) => source.length));
  return codes
    .map(
      ({ code, level, source, title }) =>
        `${String(code).padStart(6)}  ${level.padEnd(7)}  ${source.padEnd(widest)}  ${title}\n`,
    )
    .join('');
}

/** What is known about each code, for people. */
export function explainedPages(
  codes: readonly ExplainedCode[],
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const paint = style(colour);
  return codes.map((each) => page(each, Math.min(Math.max(width, 50), 100), paint)).join('\n');
}

const indent = '  ';

function page({ entry, looking }: ExplainedCode, width: number, paint: Style): string {
  const { code, title, level, source, httpStatus, meaning, advice, reference } = entry;
  const origin = source === 'api' ? 'an answer of the API' : `logged by ${source}`;
  const section = (heading: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', heading, ...lines.map((line) => `${indent}${line}`)];
  return `${[
    paint.heading(`${code}: ${title}`),
    paint.quiet(`${level}, ${origin}${httpStatus === null ? '' : `, HTTP ${httpStatus}`}`),
    ...section('What it means', wrap(meaning, width - indent.length)),
    ...section('What to do', wrap(advice, width - indent.length)),
    ...section('Rules that look at it', ruleLines(looking.naming)),
    ...section('Where no other rule tells of it', ruleLines(looking.residual)),
    ...section('Documentation', [reference]),
  ].join('\n')}\n`;
}

function ruleLines(rules: readonly Rule[]): readonly string[] {
  const widest = Math.max(0, ...rules.map(({ id }) => id.length));
  return rules.map(({ id, header }) => `${id.padEnd(widest)}  ${sanitise(header.title)}`);
}
