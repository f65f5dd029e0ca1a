import { severityRank } from '../findings/order.ts';
import type { TraceResult } from '../trace/story.ts';
import type { ReportOptions } from './options.ts';

export type TraceReportOptions = ReportOptions & {
  /** Every event, id, finding and record; otherwise what repeats itself is cut and counted. JSON always has all of them. */
  readonly all: boolean;
};

/** The result with only the findings that are to be shown, for events as well. */
export function storiesAtLeast(result: TraceResult, options: Pick<ReportOptions, 'leastSeverity'>): TraceResult {
  return {
    ...result,
    stories: result.stories.map((story) => {
      const findings = story.findings.filter(
        ({ severity }) => severityRank(severity) >= severityRank(options.leastSeverity),
      );
      if (findings.length === story.findings.length) return story;
      const shown = new Set(findings.map(({ fingerprint }) => fingerprint));
      const events = story.events.map((event) => ({
        ...event,
        findings: event.findings.filter((each) => shown.has(each)),
      }));
      return { ...story, findings, events };
    }),
  };
}
