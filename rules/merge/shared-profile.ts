import { predicate, sharesAddress } from 'postlude';

type Row = { readonly addresses: readonly string[]; readonly other_addresses: readonly string[] };

// How telephone numbers are written differs between channels and systems; whether two are the same is not a matter of text.
export default predicate<Row>((row) => !sharesAddress(row.addresses, row.other_addresses));
