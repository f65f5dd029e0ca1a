import type { AuditResult } from '../findings/result.ts';
import type { ReportSpec } from '../report/index.ts';
import type { ReportOptions } from '../report/options.ts';

/** What `--by` can tell apart. */
export const divisions = ['account'] as const;
export type Division = (typeof divisions)[number];

/** What is written beside the reports of a result. */
export type Beside<Result, Options extends ReportOptions> = {
  /** @throws UserError where it cannot be, before any work is done */
  readonly check: (specs: readonly ReportSpec<Result, Options>[]) => Promise<void>;
  /** Returns what stands there of the same kind, and was not written now: earlier runs left it. */
  readonly write: (
    specs: readonly ReportSpec<Result, Options>[],
    result: Result,
    options: Options,
  ) => Promise<readonly string[]>;
};

/** The reports of single accounts, where they are asked for. */
export function besideReports(by: Division | null): Beside<AuditResult, ReportOptions> | undefined {
  if (by === null) return undefined;
  const load = () => import('../report/by-account.ts');
  return {
    check: async (specs) => (await load()).checkByAccount(specs),
    write: async (specs, result, options) => (await load()).writeByAccount(specs, result, options),
  };
}
