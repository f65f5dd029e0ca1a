import { resolve } from 'node:path';
import { UserError } from '../engine/errors.ts';
import type { Comparison } from '../findings/baseline.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Context } from './context.ts';
import { reportFiles } from './keep-apart.ts';
import { onlyText } from './values.ts';

/** Options of the commands that compare findings with those that are known. */
export const baselineOptions = {
  baseline: {
    type: 'string',
    requiresArg: true,
    group: 'Results:',
    describe: 'Leave out the findings in this file, and say which of them are gone',
  },
  'update-baseline': {
    type: 'boolean',
    group: 'Results:',
    describe: 'Write the findings of this run to the file of --baseline, for the next run',
  },
} as const;

/** The file that was named, and whether it is to be written. */
export type BaselineChoice = { readonly file: string; readonly update: boolean };

type Given = { readonly baseline?: unknown; readonly 'update-baseline'?: unknown };

/** @throws UserError where the options do not go together */
export function baselineChoice(given: Given, formats: readonly string[]): BaselineChoice | null {
  const file = onlyText('--baseline', given.baseline);
  const update = given['update-baseline'] === true;
  if (file === undefined) {
    if (update) throw new UserError('--update-baseline needs the file to write: --baseline FILE');
    return null;
  }
  if (file.trim() === '') throw new UserError('--baseline is empty; give it a value, or leave it out');
  if (reportFiles(formats).some((report) => resolve(report.file) === resolve(file))) {
    throw new UserError(`--format and --baseline both name ${file}; give each its own file`);
  }
  return { file, update };
}

export type OpenBaseline = {
  /** @throws UserError where the result lacks what some baseline knew */
  readonly apply: (whole: AuditResult) => AuditResult;
  /** Writes the file, where that was asked for. To be called once the reports are out: what nobody was told must not become known. */
  readonly finish: () => Promise<void>;
};

/**
 * Reads the baseline that was chosen, before any other work is done.
 * @param from where the call has the run begin
 * @throws UserError where it is missing and not to be written, cannot be read or written, or is no baseline
 */
export async function openBaseline(
  context: Context,
  choice: BaselineChoice | null,
  from?: Date,
): Promise<OpenBaseline> {
  if (choice === null) return { apply: (whole) => whole, finish: async () => {} };
  const { file, update } = choice;
  const [{ readBaseline }, { compareWithBaseline }, { baselineFile }, { checkTarget, writeWhole }, { count, grouped }] =
    await Promise.all([
      import('../findings/baseline-file.ts'),
      import('../findings/baseline.ts'),
      import('../report/baseline-file.ts'),
      import('../report/target.ts'),
      import('../report/text.ts'),
    ]);
  const before = await readBaseline(file);
  if (before === null && !update) {
    throw new UserError(`there is no baseline ${file}: check the path, or add --update-baseline to write it`);
  }
  if (update) await checkTarget(file);

  let comparison: Comparison | null = null;
  return {
    apply(whole) {
      if (whole.baseline !== undefined) {
        throw new UserError(
          `the result was made with --baseline ${whole.baseline.file}, so what was known is not in it: leave out --baseline`,
        );
      }
      if (update && whole.run.redacted === true) {
        throw new UserError(
          'the result was made with --redact, so its subjects are masked, and --update-baseline would write them that way: update it from results that are not masked',
        );
      }
      comparison = compareWithBaseline(whole, file, before ?? [], from);
      return comparison.result;
    },
    async finish() {
      if (!update || comparison === null) return;
      const { result, updated } = comparison;
      await writeWhole(file, baselineFile(updated));
      const gone = result.baseline?.gone.length ?? 0;
      context.warn(
        `${file}: ${count(updated.length, 'finding')} written, ${grouped(result.findings.length)} of them new; ${grouped(gone)} gone`,
      );
    },
  };
}
