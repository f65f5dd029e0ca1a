/*
 * JUnit's XML, for the test pages of CI servers: a rule is a suite and an account a case, so that an account that is clean tonight
 * passes, and its history can be seen. An account with findings fails, one that the rule could not look at is skipped, and a rule
 * that failed is an error everywhere. The elements are those that the schema of Jenkins' xUnit plugin (junit-10.xsd) knows.
 */
import { compareText } from '../engine/compare.ts';
import type { Finding } from '../findings/finding.ts';
import type { AuditResult, RuleSummary } from '../findings/result.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { sanitise } from './sanitise.ts';
import { count, placeText } from './text.ts';
import { type Element, xmlDocument } from './xml.ts';

export function* junitReport(result: AuditResult, options: Pick<ReportOptions, 'leastSeverity'>): Generator<string> {
  const { findings } = atLeast(result, options.leastSeverity);
  const accounts = accountsOf(result);
  const skippedRules = new Map(result.accounts?.map(({ id, skippedRules }) => [id, new Set(skippedRules)]));
  const byPlace = new Map<string, Finding[]>();
  for (const finding of findings) {
    const place = `${finding.ruleId}\n${finding.accountId}`;
    const there = byPlace.get(place);
    if (there === undefined) byPlace.set(place, [finding]);
    else there.push(finding);
  }
  const suites = rulesOf(result, findings).map((rule) => {
    const outcomes = accounts.map((account) => {
      const own = byPlace.get(`${rule.id}\n${account}`) ?? [];
      return { account, outcome: outcomeOf(rule, own, skippedRules.get(account)?.has(rule.id) === true) };
    });
    return { rule, outcomes, counts: countsOf(outcomes.map(({ outcome }) => outcome)) };
  });
  const all = countsOf(suites.flatMap(({ outcomes }) => outcomes.map(({ outcome }) => outcome)));
  yield* xmlDocument({
    name: 'testsuites',
    attributes: {
      name: sanitise(result.tool.name),
      tests: all.tests,
      failures: all.failures,
      errors: all.errors,
      time: seconds(result.run.durationMs),
    },
    children: suites.map(({ rule, outcomes, counts }) => ({
      name: 'testsuite',
      attributes: { name: sanitise(rule.id), ...counts, time: seconds(rule.durationMs) },
      children: outcomes.map(({ account, outcome }) => ({
        name: 'testcase',
        attributes: { classname: sanitise(rule.id), name: sanitise(account) },
        children: outcome === null ? [] : [outcome],
      })),
    })),
  });
}

/** An element within its case; null for one that passed. */
type Outcome = (Element & { readonly name: 'failure' | 'error' | 'skipped' }) | null;

function outcomeOf(rule: RuleSummary, findings: readonly Finding[], isSkipped: boolean): Outcome {
  const [worst] = findings;
  if (worst !== undefined) {
    const more = findings.length > 1 ? `${count(findings.length, 'finding')}: ` : '';
    return {
      name: 'failure',
      attributes: { type: worst.severity, message: sanitise(`${more}${worst.message}`) },
      text: findings.map(told).join('\n\n'),
    };
  }
  const message = sanitise(rule.reason ?? 'no reason given');
  if (rule.status === 'failed') return { name: 'error', attributes: { type: 'failed', message } };
  return rule.status === 'skipped' || isSkipped ? { name: 'skipped', attributes: { message } } : null;
}

function told(finding: Finding): string {
  const { severity, certainty, title, cause, subject, message, fix, reference, fingerprint, evidence } = finding;
  const [first] = evidence;
  return [
    `${severity} (${certainty}): ${title}`,
    message,
    `fix: ${fix}`,
    `${subject.type} ${subject.id}, cause ${cause}`,
    ...(first === undefined
      ? []
      : [
          `evidence: ${count(evidence.length, 'log entry', 'log entries')}, first ${first.eventTime} ${placeText(first)}`,
        ]),
    `reference: ${reference}`,
    `fingerprint: ${fingerprint}`,
  ]
    .map(sanitise)
    .join('\n');
}

function countsOf(outcomes: readonly Outcome[]) {
  const named = (name: string) => String(outcomes.filter((outcome) => outcome?.name === name).length);
  return {
    tests: String(outcomes.length),
    failures: named('failure'),
    errors: named('error'),
    skipped: named('skipped'),
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** A result that does not say which accounts it covers tells at least of those that its files and findings name. */
function accountsOf({ accounts, files, findings }: AuditResult): readonly string[] {
  const known = new Set([
    ...(accounts ?? []).map(({ id }) => id),
    ...(accounts === undefined ? files.flatMap(({ account }) => account ?? []) : []),
    ...findings.map(({ accountId }) => accountId),
  ]);
  return [...known].sort(compareText);
}

/** With rules that only a finding names, so that none is lost. */
function rulesOf({ rules }: AuditResult, findings: readonly Finding[]): readonly RuleSummary[] {
  const known = new Set(rules.map(({ id }) => id));
  const others = new Set(findings.map(({ ruleId }) => ruleId).filter((id) => !known.has(id)));
  const made = [...others].map((id) => ({ id, status: 'matched' as const, reason: null, findings: 0, durationMs: 0 }));
  return [...rules, ...made];
}
