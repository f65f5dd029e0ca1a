import { normaliseAddress, predicate, present, sharesAddress } from 'postlude';
import type { Row } from './shared-address.types.ts';

// The SQL pairs customers by the last digits of their numbers, which can be equal by chance.
export default predicate<Row>(({ addresses, other_addresses }) => {
  const others = present(other_addresses);
  const shared = present(addresses).filter((address) => sharesAddress([address], others));
  return (
    shared.length > 0 && {
      data: { shared_addresses: [...new Set(shared.map((address) => normaliseAddress(address)))] },
    }
  );
});
