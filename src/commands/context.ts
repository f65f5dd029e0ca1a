import type { ProgressLine } from './progress-line.ts';

/** What a command may use of the process it runs in, so that none of them reaches for it by itself. */
export type Context = {
  /** What the command does, once the call is read. It ends the handler, as yargs would go on with what only help needs. */
  start(work: () => Promise<void>): void;
  /** Writes results to standard output; done once the text is handed over. After a closed pipe it does nothing. */
  print(text: string | Uint8Array): Promise<void>;
  /** Nobody reads standard output any more. */
  closed(): boolean;
  /** Writes lines about the run to standard error. */
  warn(text: string): void;
  /** Sets the exit code; a higher one that was set before stays. */
  exit(code: 0 | 1 | 2 | 3): void;
  /** Columns of the terminal behind standard output; a fixed number where there is none. */
  readonly width: number;
  /** Standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Standard output shows colours. */
  readonly colour: boolean;
  /** Tells how far the work is: to a person where standard error is a terminal, unless they want quiet, and to whoever stops it. */
  progress(quiet: boolean): ProgressLine;
  /** Where statements come from; a person types them where `isTTY` is true. */
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** Where a person is asked for them. */
  readonly prompt: NodeJS.WritableStream;
};
