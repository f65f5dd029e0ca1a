/*
 * Annotations for a step of GitHub Actions, worst first, because GitHub shows only ten errors, ten warnings and ten notices of a step.
 * Each stands at the first line of its evidence. What was wrong with the input comes before, since findings may lack for it.
 */
import type { Issue } from '../engine/issue.ts';
import type { Finding } from '../findings/finding.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Severity } from '../rules/vocabulary.ts';
import { atLeast, type ReportOptions } from './options.ts';
import { workflowCommand } from './workflow-command.ts';

const commands = { critical: 'error', error: 'error', warning: 'warning', info: 'notice' } as const satisfies Record<
  Severity,
  string
>;

export function* githubReport(result: AuditResult, options: Pick<ReportOptions, 'leastSeverity'>): Generator<string> {
  for (const issue of result.issues) {
    if (issue.severity === 'error' || issue.severity === 'data_loss') yield annotationOfIssue(issue);
  }
  for (const { id, status, reason } of result.rules) {
    if (status === 'failed') yield workflowCommand('error', { title: `${id} failed` }, reason ?? 'no reason given');
  }
  for (const finding of atLeast(result, options.leastSeverity).findings) yield annotationOf(finding);
}

function annotationOfIssue({ severity, file, line, message }: Issue): string {
  const [command, title] =
    severity === 'error' ? (['error', 'Could not be used'] as const) : (['warning', 'Lost from the input'] as const);
  return workflowCommand(command, { file: file ?? null, line: line ?? null, title }, message);
}

function annotationOf(finding: Finding): string {
  const { severity, certainty, ruleId, title, accountId, subject, message, fix, reference, fingerprint } = finding;
  const first = finding.evidence.find(({ line }) => line !== null) ?? finding.evidence[0];
  const place = { file: first?.file ?? null, line: first?.line ?? null };
  const text = [
    message,
    fix,
    `${severity} (${certainty}), ${subject.type === 'account' ? '' : `${subject.type} ${subject.id} of `}account ${accountId}`,
    reference,
    `fingerprint ${fingerprint}`,
  ];
  return workflowCommand(commands[severity], { ...place, title: `${title} (${ruleId})` }, text.join('\n'));
}
