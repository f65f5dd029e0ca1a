import { sanitise } from './sanitise.ts';

export type Place = { readonly file?: string | null; readonly line?: number | null; readonly col?: number };

/**
 * The line by which a step of GitHub Actions marks a line of a file. See "Workflow commands for GitHub Actions": properties end at a
 * comma or colon, and `%` begins an escape. Line ends are escaped, so that text of the log begins no command of its own.
 */
export function workflowCommand(
  command: 'error' | 'warning' | 'notice',
  { file, line, col, title }: Place & { readonly title?: string },
  message: string,
): string {
  const properties = Object.entries({ file, line, col, title }).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  const given = properties.length === 0 ? '' : ` ${properties.join(',')}`;
  return `${sanitise(`::${command}${given}::${escapeData(message)}`)}\n`;
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
