import type { SideShape } from '../entry.ts';
import { firstText, int32, object, reader, text } from '../fields.ts';
import { sideShape } from './side-shape.ts';

const problemReader = reader({ title: [], detail: ['message'], status: ['httpStatusCode'] });
const resultReader = reader({ id: [] });

/** An asynchronous operation: its result is told as `related` ids or, for memory stores, as `result.id`. */
export const operations: SideShape = sideShape('operations', 'operation', (view, time) => {
  const problemFields = object(view.error);
  const problem = problemReader.read(problemFields ?? {});
  const createdAt = time('createdAt', view.createdAt);
  const completedAt = time('completedAt', view.completedAt);
  return [
    {
      table: 'operations',
      row: {
        account_id: text(view.accountId),
        operation_id: firstText(view.operationId, view.id),
        status: text(view.status),
        created_at: createdAt,
        completed_at: completedAt,
        error_title: problemFields === null ? text(view.error) : text(problem.title),
        error_detail: text(problem.detail),
        error_status: int32(problem.status),
        result_id: text(resultReader.read(object(view.result) ?? {}).id),
        related_ids: Object.values(object(view.related) ?? {})
          .map(text)
          .filter((id) => id !== null),
        recorded_at: completedAt ?? time('updatedAt', view.updatedAt) ?? createdAt,
      },
    },
  ];
});
