import { formatProblem, type Problem } from '../rules/position.ts';
import { escapeInJson, sanitise } from './sanitise.ts';
import { workflowCommand } from './workflow-command.ts';

export const problemFormats = ['terminal', 'json', 'github'] as const;
export type ProblemFormat = (typeof problemFormats)[number];

/** What is wrong in rule files: one line each, a list for programs, or the commands by which GitHub marks lines of a change. */
export function problemReport(problems: readonly Problem[], format: ProblemFormat): string {
  if (format === 'json') {
    const records = problems.map(({ file, line, column, message }) => ({ file, line, column, message }));
    return `${escapeInJson(JSON.stringify(records, null, 2))}\n`;
  }
  return problems
    .map((problem) => (format === 'github' ? commandOf(problem) : `${sanitise(formatProblem(problem))}\n`))
    .join('');
}

function commandOf({ file, line, column, message }: Problem): string {
  return workflowCommand('error', { file, line, col: column }, message);
}
