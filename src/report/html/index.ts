import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isErrno, UserError } from '../../engine/errors.ts';
import type { Finding } from '../../findings/finding.ts';
import { forestOf } from '../../findings/forest.ts';
import { type People, peopleOf, reachOf } from '../../findings/reach.ts';
import type { AuditResult } from '../../findings/result.ts';
import { nothingFound } from '../nothing-found.ts';
import { atLeast, type ReportOptions } from '../options.ts';
import { sanitise } from '../sanitise.ts';
import { escapedAttribute } from '../xml.ts';
import { embedded } from './embedded.ts';
import {
  type Details,
  detailsId,
  detailsInBlock,
  eventsId,
  eventsInBlock,
  type Head,
  mostListed,
  type Overview,
  overviewId,
} from './page-data.ts';

/**
 * One file that opens offline: the findings as data, and the code and style that show them. Its content security policy lets nothing
 * but these two run, by their hashes, and nothing be loaded or sent.
 */
export function* htmlReport(result: AuditResult, options: Pick<ReportOptions, 'leastSeverity'>): Generator<string> {
  const script = asset('report-page.js');
  const style = asset('report-page.css');
  const shown = atLeast(result, options.leastSeverity);
  const planted = plant(result, shown.findings, peopleOf(result.people ?? []));

  yield head(script, style, result);
  yield block(overviewId, overviewOf(result, shown, planted, options));
  // The code before the rest of the data: the list can be read while the browser still reads on.
  yield `<script>${script}</script>\n`;
  for (let from = 0; from < planted.length; from += detailsInBlock) {
    const some = planted.slice(from, from + detailsInBlock);
    yield block(
      detailsId(from / detailsInBlock),
      some.map((one) => detailsOf(one, result)),
    );
  }
  const events = result.timelines?.events ?? [];
  for (let from = 0; from < events.length; from += eventsInBlock) {
    yield block(eventsId(from / eventsInBlock), events.slice(from, from + eventsInBlock));
  }
  yield '</body>\n</html>\n';
}

/** A finding in its place in the tree of causes. */
type Planted = {
  readonly finding: Finding;
  readonly parent: number | null;
  readonly depth: number;
  readonly hit: Details['hit'];
};

/** The trees of causes in the order in which they are read, as in the terminal. */
function plant({ findings }: AuditResult, shown: readonly Finding[], people: People): readonly Planted[] {
  const isShown = new Set(shown);
  const planted: Planted[] = [];
  const places = new Map<Finding, number>();
  for (const { finding, below, hidden } of forestOf(findings, (each) => isShown.has(each))) {
    const all = [finding, ...below.map((symptom) => symptom.finding), ...hidden];
    places.set(finding, planted.length);
    planted.push({ finding, parent: null, depth: 0, hit: reachOf(all, people) });
    for (const symptom of below) {
      places.set(symptom.finding, planted.length);
      planted.push({
        finding: symptom.finding,
        parent: places.get(symptom.parent) ?? null,
        depth: symptom.depth,
        hit: null,
      });
    }
  }
  return planted;
}

function overviewOf(
  result: AuditResult,
  shown: AuditResult,
  planted: readonly Planted[],
  { leastSeverity }: Pick<ReportOptions, 'leastSeverity'>,
): Overview {
  const { tool, run, files, issues, rules, suppressions, timelines } = result;
  return {
    tool,
    run,
    begin: timelines?.begin ?? null,
    end: timelines?.end ?? run.asOf,
    files,
    // The page tells neither by account, and of hundreds of accounts the ids alone would make it large.
    issues: issues.map(({ accounts: _accounts, ...issue }) => issue),
    rules,
    suppressions: suppressions.map(({ accounts: _accounts, ...entry }) => entry),
    leastSeverity,
    hidden: result.findings.length - shown.findings.length,
    timelinesLeftOut: timelines === undefined ? null : timelines.leftOut,
    findings: planted.map(headOf),
    nothing: planted.length === 0 ? nothingFound(result, leastSeverity).title : null,
  };
}

function headOf({ finding, parent, depth }: Planted): Head {
  const { fingerprint, severity, certainty, ruleId, title, cause, accountId, subject } = finding;
  const { message, firstSeen, lastSeen, ongoing } = finding;
  return {
    fingerprint,
    severity,
    certainty,
    ruleId,
    title,
    cause,
    accountId,
    subject,
    message,
    firstSeen,
    lastSeen,
    ongoing,
    parent,
    depth,
  };
}

function detailsOf({ finding, hit }: Planted, { timelines }: AuditResult): Details {
  const { fix, reference, data, causedBy, related, requestIds, correlationIds, evidence } = finding;
  return {
    fix,
    reference,
    data,
    causedBy,
    related: related.slice(0, mostListed),
    requestIds: requestIds.slice(0, mostListed),
    correlationIds: correlationIds.slice(0, mostListed),
    evidence: evidence.slice(0, mostListed),
    counts: {
      related: related.length,
      requestIds: requestIds.length,
      correlationIds: correlationIds.length,
      evidence: evidence.length,
    },
    hit,
    timeline: timelines?.ofFindings.get(finding.fingerprint) ?? null,
  };
}

function block(id: string, value: unknown): string {
  return `<script type="application/json" id="${id}">${embedded(value)}</script>\n`;
}

function head(script: string, style: string, { tool }: AuditResult): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    // The browser itself refuses every way of making markup out of text.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${escaped(`${tool.name} ${tool.version}`)}">
<meta name="color-scheme" content="light dark">
<title>${escaped(tool.name)} report</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<div id="print"></div>
<noscript><p class="no-script">This report needs JavaScript, which is switched off here. <code>--format terminal</code> or <code>--format markdown</code> do without.</p></noscript>
`;
}

/** A result that is told again can come from anybody, and what it calls its tool be anything. */
function escaped(text: string): string {
  return escapedAttribute(sanitise(text));
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** What the build makes of `app` (rolldown.config.mjs). From `src` as from `dist` it lies at the same place. */
function asset(name: string): string {
  try {
    return readFileSync(fileURLToPath(new URL(`../../../dist/${name}`, import.meta.url)), 'utf8');
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) throw new UserError(`the HTML report is not built: there is no dist/${name}`);
    throw thrown;
  }
}
