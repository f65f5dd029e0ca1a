import type { KnownFinding } from '../findings/result.ts';
import { escapeInJson } from './sanitise.ts';

const about =
  'Findings that are known: --baseline leaves them out of reports and exit codes, --update-baseline writes this file.';

/** A baseline as its file holds it, in pieces: JSON, but one finding a line, so that a diff has a line for each that came or went. */
export function* baselineFile(findings: readonly KnownFinding[]): Generator<string> {
  yield `{\n  "about": ${JSON.stringify(about)},\n  "version": 1,\n  "findings": [`;
  for (const [at, entry] of findings.entries()) {
    const { accountId, ruleId, subject, severity, firstSeen, title, fingerprint } = entry;
    const { type, id } = subject;
    // What the lines are sorted by comes first.
    const line = { accountId, ruleId, subject: { type, id }, severity, firstSeen, title, fingerprint };
    yield `${at === 0 ? '' : ','}\n    ${escapeInJson(JSON.stringify(line))}`;
  }
  yield findings.length === 0 ? ']\n}\n' : '\n  ]\n}\n';
}
