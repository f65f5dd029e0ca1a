/** The words that rules and findings share. Orders matter: the later, the stronger. */

export const severities = ['info', 'warning', 'error', 'critical'] as const;
export type Severity = (typeof severities)[number];

/**
 * - `confirmed`: the log shows it.
 * - `likely`: the innocent explanation is exotic.
 * - `possible`: an innocent explanation is ordinary; the severity is then at most `info`.
 */
export const certainties = ['possible', 'likely', 'confirmed'] as const;
export type Certainty = (typeof certainties)[number];

/** What a finding can be about. */
export const subjectTypes = [
  'account',
  'store',
  'configuration',
  'conversation',
  'participant',
  'communication',
  'profile',
  'request',
  'operation',
  'message',
  'call',
  'address',
  'code',
  'resource',
] as const;
export type SubjectType = (typeof subjectTypes)[number];

/** Whether a text, such as one from a column, is what a finding can be about. */
export function isSubjectType(text: string | null): text is SubjectType {
  return subjectTypes.some((type) => type === text);
}
