import { int32, object, text } from '../fields.ts';
import { type SideView, sideViewOf } from './names.ts';

/** An error response: what it says itself, and its HTTP status, which can stand around it. */
export type ApiError = { readonly error: SideView; readonly httpStatus: number | null };

/**
 * The error response in a record: the record itself, in one of the API's two forms (`{code, httpStatusCode, message,
 * userError, params}` and `{code, message, more_info, status}`), or `response`, or the `body` of that. `null` where none is.
 */
export function apiErrorIn(view: SideView): ApiError | null {
  const response = object(view.response);
  if (response === null) {
    const isError =
      isErrorBody(view) &&
      [view.httpStatusCode, view.status, view.moreInfo, view.userError].some((each) => text(each) !== null);
    return isError ? { error: view, httpStatus: statusOf(view) } : null;
  }
  const outer = sideViewOf(response);
  const inner = object(outer.body);
  const error = inner === null ? outer : sideViewOf(inner);
  const httpStatus = statusOf(error) ?? statusOf(outer) ?? statusOf(view);
  // A server that is down answers with a page instead of a code.
  return isErrorBody(error) || (httpStatus !== null && httpStatus >= 400) ? { error, httpStatus } : null;
}

function isErrorBody(view: SideView): boolean {
  return int32(view.code) !== null && text(view.message) !== null;
}

function statusOf(view: SideView): number | null {
  return int32(view.httpStatusCode) ?? int32(view.status);
}
