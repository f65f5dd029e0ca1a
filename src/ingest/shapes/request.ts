import type { Fields } from '../entry.ts';
import { list, object, plainName, text, traceId } from '../fields.ts';
import { type EntryView, has, says, viewOf } from './names.ts';

/** A request to a callback as somebody stored it: its body and what its headers and the receiver say about it. */
export type StoredRequest = {
  readonly view: EntryView;
  readonly requestId: string | null;
  readonly correlationId: string | null;
  readonly receivedAt: unknown;
};

/**
 * The request in a record: the body itself, or `{receivedAt?, headers?, body}` with the body as object, JSON or form text.
 * `null` where the record is no stored request, as it has a type or an id of its own.
 */
export function storedRequest(top: EntryView): StoredRequest | null {
  const isWrapped = !has(top.eventType) && !has(top.sid) && !has(top.logId) && (says(top.body) || says(top.payload));
  if (!isWrapped) return { view: top, requestId: null, correlationId: null, receivedAt: top.receivedAt };
  const content = object(top.body) ?? object(top.payload) ?? formFields(top.body);
  if (content === null) return null;
  return {
    view: viewOf(content),
    requestId: idInHeaders(top.headers, 'requestid') ?? traceId(top.requestId),
    correlationId: idInHeaders(top.headers, 'correlationid') ?? traceId(top.correlationId),
    receivedAt: says(top.receivedAt) ? top.receivedAt : top.timestamp,
  };
}

function formFields(body: unknown): Fields | null {
  if (typeof body !== 'string' || !/^\w+=[^=]*(?:&|$)/.test(body)) return null;
  return Object.fromEntries(new URLSearchParams(body));
}

type Header = { readonly name: string; readonly value: string };

/** Headers as an object (a value may be a list), or as a list of pairs or of `{name, value}`. */
function headersOf(given: unknown): readonly Header[] {
  const named = object(given);
  const pairs: readonly (readonly [unknown, unknown])[] =
    named !== null
      ? Object.entries(named)
      : list(given).map((each) => {
          if (Array.isArray(each)) return [each[0], each[1]];
          const fields = object(each);
          return [fields?.name ?? fields?.key, fields?.value];
        });
  return pairs.flatMap(([name, value]) => {
    const key = text(name);
    const words = text(Array.isArray(value) ? value[0] : value);
    return key === null || words === null ? [] : [{ name: plainName(key), value: words }];
  });
}

/**
 * The id in a header whose name ends so (`requestid`), from headers in any form. Twilio does not document the name of its
 * header, and a proxy on the way may add an id of its own, so a header that names Twilio goes first.
 */
export function idInHeaders(headers: unknown, ending: string): string | null {
  const candidates = headersOf(headers).filter(({ name, value }) => name.endsWith(ending) && traceId(value) !== null);
  return (candidates.find(({ name }) => name.includes('twilio')) ?? candidates[0])?.value ?? null;
}
