import type { LogEntry, ShapeContext } from '../entry.ts';
import { firstText, object } from '../fields.ts';
import { noTime, parseTime } from '../times.ts';
import { type EntryView, viewOf } from './names.ts';
import { alertWords, moreInfoWords, payloadReason } from './reason.ts';
import { entryOf, errorCodeOf } from './resource.ts';
import { errorLogged, isOrchestratorCode, orchestrator } from './vocabulary.ts';

/**
 * The entry of an alert, whichever way it came: the Monitor API, the CLI, a Debugger webhook or Event Streams. One with an
 * error code of Conversation Orchestrator is its diagnostic; the others keep the type that Event Streams gives them.
 */
export function alertEntry(
  alert: EntryView,
  { time, timeName, body }: { readonly time: unknown; readonly timeName: string; readonly body: unknown },
  context: ShapeContext,
): LogEntry | { readonly reason: string } {
  const eventTime = parseTime(time, context);
  if (eventTime === null) return { reason: noTime(timeName, time) };
  const payload = viewOf(object(alert.payload));
  const errorCode = errorCodeOf(alert.errorCode) ?? errorCodeOf(payload.errorCode);
  const ofOrchestrator = isOrchestratorCode(errorCode);
  return entryOf(
    {
      logId: firstText(alert.sid, alert.logId),
      eventTime,
      eventType: ofOrchestrator ? 'diagnostic' : errorLogged,
      source: ofOrchestrator ? orchestrator : firstText(alert.productName, payload.productName),
      level: firstText(alert.logLevel, alert.level, payload.logLevel, payload.level),
      errorReason:
        firstText(alert.errorReason, payload.errorReason) ??
        alertWords(alert.alertText) ??
        payloadReason(payload) ??
        firstText(alert.errorMessage, alert.description, alert.message) ??
        moreInfoWords(alert.moreInfo),
      body,
    },
    { body: payload, top: alert, properties: viewOf(object(payload.moreInfo)) },
    context,
  );
}
