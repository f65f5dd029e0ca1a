import { formatProblem, type Problem } from '../rules/position.ts';
import { escapeInJson, sanitise } from './sanitise.ts';

export const problemFormats = ['terminal', 'json', 'github'] as const;
export type ProblemFormat = (typeof problemFormats)[number];

/** What is wrong in rule files: one line each, a list for programs, or the commands by which GitHub marks lines of a change. */
export function problemReport(problems: readonly Problem[], format: ProblemFormat): string {
  if (format === 'json') {
    const records = problems.map(({ file, line, column, message }) => ({ file, line, column, message }));
    return `${escapeInJson(JSON.stringify(records, null, 2))}\n`;
  }
  const lineOf = format === 'github' ? workflowCommand : formatProblem;
  return problems.map((problem) => `${sanitise(lineOf(problem))}\n`).join('');
}

/** See "Workflow commands for GitHub Actions": properties end at a comma or colon, and `%` begins an escape. */
function workflowCommand({ file, line, column, message }: Problem): string {
  const property = escapeData(file).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::error file=${property},line=${line},col=${column}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
