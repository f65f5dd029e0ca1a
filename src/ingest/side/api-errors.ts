import type { SideShape } from '../entry.ts';
import { firstText, int32, object, text, traceId, truth } from '../fields.ts';
import { idInHeaders } from '../shapes/request.ts';
import { apiErrorIn } from './api-error-fields.ts';
import { sideViewOf } from './names.ts';
import { sideShape } from './side-shape.ts';

/** An error response of the API, bare or with the request that it answers. */
export const apiErrors: SideShape = sideShape('api-errors', 'api-error', (view, time) => {
  const found = apiErrorIn(view);
  if (found === null) return [];
  const { error, httpStatus } = found;
  const isWrapped = error !== view;
  const response = sideViewOf(object(view.response));
  const path = isWrapped ? pathOf(text(view.path)) : null;
  return [
    {
      table: 'api_errors',
      row: {
        account_id: firstText(view.accountId, error.accountId) ?? accountIn(path),
        occurred_at: time('timestamp', view.timestamp),
        request_id:
          traceId(view.requestId) ??
          traceId(error.requestId) ??
          idInHeaders(response.headers, 'requestid') ??
          idInHeaders(view.headers, 'requestid'),
        method: text(view.method)?.toUpperCase() ?? null,
        path,
        code: int32(error.code),
        http_status: httpStatus,
        message: text(error.message),
        more_info: text(error.moreInfo),
        user_error: truth(error.userError),
        params: object(error.params),
        conflicting_id:
          idInHeaders(response.headers, 'conflictingresourceid') ?? idInHeaders(view.headers, 'conflictingresourceid'),
      },
    },
  ];
});

/** The path without host and query, as rules compare it with ids. */
function pathOf(path: string | null): string | null {
  if (path === null) return null;
  const withoutHost = path.replace(/^https?:\/\/[^/?#]*/i, '');
  return withoutHost === '' ? '/' : withoutHost;
}

/** The account of older products stands in the path: `/2010-04-01/Accounts/AC…/Calls.json`. */
function accountIn(path: string | null): string | null {
  return /\/(AC[0-9a-f]{32})(?:[/.?]|$)/i.exec(path ?? '')?.[1] ?? null;
}
