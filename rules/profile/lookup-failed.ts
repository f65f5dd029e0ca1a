import { classifyReason, predicate } from 'postlude';

type Row = { readonly whole_reason: string | null };

export default predicate<Row>((row) => ({
  cause: classifyReason(row.whole_reason),
  data: { whole_reason: undefined },
}));
