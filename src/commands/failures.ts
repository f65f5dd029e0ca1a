import type { Issue } from '../engine/issue.ts';
import type { AuditResult } from '../findings/result.ts';

const shownFailures = 20;

/** Inputs that could not be used and rules that failed, one line each, for standard error; empty where there are none. */
export function failuresOf({ issues, rules }: Pick<AuditResult, 'issues' | 'rules'>): string {
  const lines = [
    ...issues.filter(({ severity }) => severity === 'error').map(issueLine),
    ...rules
      .filter(({ status }) => status === 'failed')
      .map(({ id, reason }) => `rule ${id} failed: ${reason ?? 'no reason given'}`),
  ];
  const rest = lines.length - shownFailures;
  return [...lines.slice(0, shownFailures), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
}

/** `events.ndjson:12: cannot be read`: the place in front, where there is one. */
export function issueLine({ file, line, message }: Issue): string {
  return `${file === undefined ? '' : `${file}:${line === undefined ? '' : `${line}:`} `}${message}`;
}
