import { normaliseAddress, predicate, sharesAddress } from 'postlude';

type Row = { readonly addresses: readonly string[]; readonly other_addresses: readonly string[] };

// The SQL pairs customers by the last digits of their numbers, which can be equal by chance.
export default predicate<Row>(({ addresses, other_addresses }) => {
  const shared = addresses.filter((address) => sharesAddress([address], other_addresses));
  return (
    shared.length > 0 && {
      data: { shared_addresses: [...new Set(shared.map((address) => normaliseAddress(address)))] },
    }
  );
});
