import { predicate, sharesAddress } from 'postlude';

type Row = { readonly addresses: readonly string[]; readonly other_addresses: readonly string[] };

// The SQL pairs customers by the last digits of their numbers, which can be equal by chance.
export default predicate<Row>((row) => sharesAddress(row.addresses, row.other_addresses));
