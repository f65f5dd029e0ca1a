import type { Issue } from '../engine/issue.ts';

const before = 'times without a zone were read as ';
const after = '; say which zone they are in with --timezone.';

export function zoneIssue(path: string, timezone: string): Issue {
  return { severity: 'notice', file: path, message: `${before}${timezone}${after}` };
}

/** The zone that such an issue names, by its message; null where it is another. Nothing else in a store says in which zone a file was read. */
export function zoneOfZoneless(message: string): string | null {
  return message.startsWith(before) && message.endsWith(after) ? message.slice(before.length, -after.length) : null;
}
