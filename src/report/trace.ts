import type { TraceResult } from '../trace/story.ts';
import type { Formats, Report } from './index.ts';
import { withoutCommands } from './sanitise.ts';
import { traceJson } from './trace-json.ts';
import type { TraceReportOptions } from './trace-options.ts';
import { traceReport } from './trace-terminal.ts';

/** Every format of a trace's report. */
export const traceFormats: Formats<TraceResult, TraceReportOptions> = new Map<
  string,
  Report<TraceResult, TraceReportOptions>
>([
  ['terminal', (result, options) => [withoutCommands(traceReport(result, options))]],
  ['json', traceJson],
]);
