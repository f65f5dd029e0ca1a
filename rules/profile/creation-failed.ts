import { classifyReason, predicate } from 'postlude';
import type { Row } from './creation-failed.types.ts';

export default predicate<Row>((row) => ({
  cause: classifyReason(row.whole_reason),
  data: { whole_reason: undefined },
}));
