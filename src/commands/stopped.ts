/** What was done when the process was told to stop. */
export type Work = {
  /** `running rules (12 of 43)`; null before anything was begun. */
  readonly doing: string | null;
  /** Files that were written, each of them whole. */
  readonly files: readonly string[];
  /** Something went to standard output already. */
  readonly printed: boolean;
};

/** With `--by account` there can be thousands. */
const mostNamed = 12;

/** One line that says what was done and what was not: `stopped while running rules (12 of 43): nothing was written`. */
export function stoppedLine({ doing, files, printed }: Work): string {
  const when = doing === null ? 'stopped' : `stopped while ${doing}`;
  if (files.length === 0) return `${when}: ${printed ? 'what was printed is not all' : 'nothing was written'}`;
  const rest = files.length - mostNamed;
  const named = [...files.slice(0, mostNamed), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
  const written = `${named} ${files.length === 1 ? 'was' : 'were'} written`;
  return `${when}: ${written}; ${printed ? 'what was printed is not all' : 'nothing else was'}`;
}
