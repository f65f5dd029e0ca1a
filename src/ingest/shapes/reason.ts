import { firstText, object, text } from '../fields.ts';
import { type EntryView, viewOf } from './names.ts';

/** What an alert says in words. Its text can be a query string whose `parserMessage` or `Msg` holds the words. */
export function alertWords(alertText: unknown): string | null {
  const words = text(alertText);
  if (words === null || !/(?:^|&)(?:parserMessage|Msg)=/i.test(words)) return words;
  const parts = new Map([...new URLSearchParams(words)].map(([key, value]) => [key.toLowerCase(), value]));
  return firstText(parts.get('parsermessage'), parts.get('msg'), words);
}

/** The words in `more_info`: as text or as an object with a message. A link to the documentation is none. */
export function moreInfoWords(moreInfo: unknown): string | null {
  const details = object(moreInfo);
  if (details === null) {
    const words = text(moreInfo);
    return words === null || /^https?:\/\/\S+$/i.test(words) ? null : alertWords(words);
  }
  const view = viewOf(details);
  const message = Object.entries(details).find(([key]) => /^(?:parserMessage|Msg)$/i.test(key))?.[1];
  return (
    firstText(view.errorReason, view.message, message, view.errorMessage, view.description) ?? JSON.stringify(details)
  );
}

/** The reason that a payload gives for an error. */
export function payloadReason(payload: EntryView): string | null {
  return (
    firstText(payload.errorReason, payload.errorMessage, payload.message) ??
    alertWords(payload.alertText) ??
    text(payload.description) ??
    moreInfoWords(payload.moreInfo)
  );
}
