import type { Issue } from '../engine/issue.ts';
import type { InputFile } from './inputs.ts';

/** What is told of a file that cannot be used as an export: no harm is done by one that was only found in a folder. */
export function unrecognisedIssue(file: InputFile, reason: string): Issue {
  return file.named
    ? { severity: 'error', file: file.path, message: `not an export that postlude knows: ${reason}.` }
    : { severity: 'notice', file: file.path, message: `passed over: ${reason}.` };
}

/** Nobody knows what a file holds that cannot be read; that it was only found in a folder makes it no less missing. */
export function unreadIssue(file: InputFile, reason: string): Issue {
  return { severity: 'error', file: file.path, message: `${reason}.` };
}
