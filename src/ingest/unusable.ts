import type { Issue } from '../engine/issue.ts';
import type { InputFile } from './inputs.ts';
import type { Sniffed } from './sniff.ts';

/** What is told of a file that cannot be used as an export. */
export function unusableIssue(
  file: InputFile,
  { unrecognised, unread }: Extract<Sniffed, { unrecognised: string }>,
): Issue {
  // Nobody knows what a file holds that cannot be read; that it was only found in a folder makes it no less missing.
  if (unread === true) return { severity: 'error', file: file.path, message: `${unrecognised}.` };
  return file.named
    ? { severity: 'error', file: file.path, message: `not an export that postlude knows: ${unrecognised}.` }
    : { severity: 'notice', file: file.path, message: `passed over: ${unrecognised}.` };
}
