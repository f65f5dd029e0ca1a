import { classifyReason, predicate } from 'postlude';

type Row = { readonly error_reason: string };

export default predicate<Row>((row) => ({ cause: classifyReason(row.error_reason) }));
