/**
 * Why a request to the profile service failed:
 * - `transient`: 5xx, 408, 429, a timeout, a connection that broke; trying again may help.
 * - `store-invalid`: 404 or 403, or the memory store is not found, not accessible, not active.
 * - `malformed-request`: 400 or 422, or the data was not valid.
 * - `unknown`: it does not say.
 */
export type ReasonClass = 'transient' | 'store-invalid' | 'malformed-request' | 'unknown';

/**
 * Reads the `errorReason` of a diagnostic. An HTTP status says more than words, and the first one counts: what follows quotes
 * other failures. Without a status words decide, a store before a malformed request before a timeout: `store not found
 * (request timed out once)` is the store's fault.
 */
export function classifyReason(errorReason: string | null | undefined): ReasonClass {
  if (errorReason === null || errorReason === undefined) return 'unknown';
  // What says why stands at the beginning; logs of megabytes behind it only cost time.
  const text = errorReason.slice(0, READ);
  const status = httpStatus(text);
  if (status !== null) {
    const byStatus = classOfStatus(status);
    if (byStatus !== 'unknown') return byStatus;
  }
  return classOfWords(text);
}

/** Characters of a reason that are looked at, and of what stands around a number in it. */
const READ = 2000;
const AROUND = 80;

/**
 * The HTTP status that a text names, or null. A number counts where it begins or ends the text, has a word such as HTTP,
 * status, code, returned or error before it, or the status's own phrase behind it. Digits inside an id, a time, a duration,
 * an amount or a longer number never do.
 */
export function httpStatus(text: string): number | null {
  const read = text.slice(0, READ);
  for (const match of read.matchAll(/(?<![\w.:+/-])(?<status>[1-5]\d\d)(?![\w-]|[.:/,]\d)/gu)) {
    const before = read.slice(Math.max(0, match.index - AROUND), match.index);
    const behind = read.slice(match.index + 3, match.index + 3 + AROUND);
    const number = Number(match.groups?.status);
    if (namedBefore.test(before)) return number;
    if (unitBehind.test(behind)) continue;
    if (phraseBehind(number, behind)) return number;
    if (/^\W*$/u.test(before)) return number;
    if (/[:(\u2013-]\s*$/u.test(before) && /^\s*\)?\s*$/u.test(behind)) return number;
  }
  // `HTTP/1.1 503` and `status:503` join the number to its word; `E503` and `conv_503` are ids.
  const joined =
    /\b(?:http(?:\/\d(?:\.\d)?)?|status(?:[ _-]?code)?|code)["']?[\s:=#]*["']?(?<status>[1-5]\d\d)\b(?![\w-]|[.:/]\d)/iu.exec(
      read,
    );
  return joined === null ? null : Number(joined.groups?.status);
}

const namedBefore =
  /\b(?:https?(?:\/\d(?:\.\d)?)?|status(?:[ _-]?code)?|code|response|respond(?:ed|s)?(?:\s+with)?|return(?:ed|s)?|answer(?:ed|s)?(?:\s+with)?|got|received|gave|error|failed\s+with|with)(?:\s+(?:a|an|of|is|was|status|code|http))*["']?\s*[:=#(]?\s*["']?$/iu;

const unitBehind =
  /^\s*(?:ms|msec|milliseconds?|s|secs?|seconds?|minutes?|min|hours?|bytes?|kb|mb|times|retries|attempts|characters|chars|items|profiles|traits|participants|%)\b/iu;

const phrases: ReadonlyMap<number, RegExp> = new Map([
  [400, /^\W{0,3}bad request/iu],
  [401, /^\W{0,3}unauthori[sz]ed/iu],
  [403, /^\W{0,3}forbidden/iu],
  [404, /^\W{0,3}not found/iu],
  [408, /^\W{0,3}request time-?out/iu],
  [409, /^\W{0,3}conflict/iu],
  [410, /^\W{0,3}gone/iu],
  [422, /^\W{0,3}unprocessable/iu],
  [429, /^\W{0,3}too many requests/iu],
  [500, /^\W{0,3}internal (?:server )?error/iu],
  [502, /^\W{0,3}bad gateway/iu],
  [503, /^\W{0,3}service (?:is )?(?:temporarily )?unavailable/iu],
  [504, /^\W{0,3}gateway time-?out/iu],
]);

function phraseBehind(status: number, behind: string): boolean {
  return phrases.get(status)?.test(behind) ?? false;
}

function classOfStatus(status: number): ReasonClass {
  if (status >= 500 || status === 408 || status === 429) return 'transient';
  if (status === 404 || status === 403 || status === 410) return 'store-invalid';
  if (status === 400 || status === 422) return 'malformed-request';
  return 'unknown';
}

const storeWords =
  /\bstore\b.{0,60}?\b(?:not (?:be )?(?:found|accessible|active|exist)|does(?:n't| not) exist|inaccessible|inactive|invalid|deleted|unknown|denied|no access)|\b(?:invalid|unknown|inaccessible|inactive|deleted|no such|missing|non-?existent|cannot access|no access to)\b.{0,40}?\bstore\b|\bnot found\b|\bforbidden\b|\baccess denied\b|\bpermission denied\b/isu;
const malformedWords =
  /\bmalformed\b|\bunprocessable\b|\bbad request\b|\bvalidation\b|\binvalid\b|\bschema\b|\btrait mapping\b|\bnot (?:a )?valid\b/iu;
const transientWords =
  /\btime[ds]?[ -]?out\b|\btimeouts?\b|\bunavailable\b|\boutage\b|\bdeadline exceeded\b|\binternal (?:server )?error\b|\bbad gateway\b|\btoo many requests\b|\brate limit|\boverloaded\b|\bconnection (?:was )?(?:reset|refused|closed|aborted|lost)\b|\bsocket hang up\b|\bE(?:CONNRESET|CONNREFUSED|TIMEDOUT|PIPE|AI_AGAIN|HOSTUNREACH)\b|\b5xx\b|\btry again\b|\btemporar/iu;

function classOfWords(text: string): ReasonClass {
  if (storeWords.test(text)) return 'store-invalid';
  if (malformedWords.test(text)) return 'malformed-request';
  if (transientWords.test(text)) return 'transient';
  return 'unknown';
}
