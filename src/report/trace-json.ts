import type {
  Story,
  StoryEvent,
  StoryFinding,
  StoryRecord,
  StoryRequest,
  Touched,
  TraceResult,
} from '../trace/story.ts';
import { evidenceRecord, findingRecord, list, print, runPieces, suppressionRecord, toolPiece } from './json.ts';
import type { ReportOptions } from './options.ts';
import { storiesAtLeast } from './trace-options.ts';

/** The machine contract of `postlude trace`, in pieces: keys in the order of the types in `src/trace/story.ts`. */
export function* traceJson(
  result: TraceResult,
  options: Pick<ReportOptions, 'leastSeverity' | 'timing'>,
): Generator<string> {
  const { tool, id, run, files, issues, rules, stories, suppressions } = storiesAtLeast(result, options);
  yield toolPiece(tool);
  yield `  "id": ${print(id)},\n`;
  yield* runPieces({ run, files, issues, rules }, options.timing !== undefined);
  yield* list('stories', stories.map(storyRecord));
  yield ',\n';
  yield* list('suppressions', suppressions.map(suppressionRecord));
  yield '\n}\n';
}

function storyRecord(story: Story) {
  return {
    accountId: story.accountId,
    matches: story.matches.map(({ type, events, records }) => ({ type, events, records })),
    began: story.began,
    ended: story.ended,
    exportBegin: story.exportBegin,
    asOf: story.asOf,
    files: story.files.map(({ path, format, events }) => ({ path, format, events })),
    requests: story.requests.map(requestRecord),
    touched: story.touched.map(touchedRecord),
    events: story.events.map(eventRecord),
    findings: story.findings.map(storyFinding),
    records: story.records.map(recordRecord),
  };
}

function requestRecord({ requestId, correlationIds, events, errors, warnings, began, ended }: StoryRequest) {
  return { requestId, correlationIds, events, errors, warnings, began, ended };
}

function touchedRecord({ type, id, events, data }: Touched) {
  return { type, id, events, data };
}

function eventRecord(event: StoryEvent) {
  return {
    ...evidenceRecord(event),
    format: event.format,
    source: event.source,
    correlationId: event.correlationId,
    conversationId: event.conversationId,
    participantId: event.participantId,
    communicationId: event.communicationId,
    resourceId: event.resourceId,
    participantType: event.participantType,
    name: event.name,
    profileId: event.profileId,
    channel: event.channel,
    address: event.address,
    channelId: event.channelId,
    configurationId: event.configurationId,
    storeId: event.storeId,
    reason: event.reason,
    gapMs: event.gapMs,
    gapStandsOut: event.gapStandsOut,
    findings: event.findings,
  };
}

function storyFinding(finding: StoryFinding) {
  return { ...findingRecord(finding), touches: finding.touches };
}

function recordRecord({ type, id, time, through, data, file, line }: StoryRecord) {
  return { type, id, time, through, data, file, line };
}
