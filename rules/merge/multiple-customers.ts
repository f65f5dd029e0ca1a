import { type Item, predicate, present, sharesAddress } from 'postlude';
import type { Row } from './multiple-customers.types.ts';

type Customer = Item<Row['customers']>;

/** Those who differ from somebody else in both profile and address: one column alone has other explanations, and other rules. */
export default predicate<Row>((row) => {
  const customers = present(row.customers);
  const differing = customers.filter((one) => customers.some((other) => differs(one, other)));
  const second = differing[1];
  if (second === undefined) return false;
  const still = differing.find(
    (one) => one.is_there && differing.some((other) => other.is_there && differs(one, other)),
  );
  return {
    lastSeen: still?.observed_until ?? undefined,
    ongoing: still !== undefined,
    firstSeen: second.first_seen ?? undefined,
    related: present(differing.map((customer) => customer.participant_id)).map((id) => ({ type: 'participant', id })),
    eventKeys: differing.flatMap((customer) => present(customer.event_keys)),
    data: {
      customers: differing.map(({ participant_id, profile_id, addresses }) => ({
        participant_id,
        profile_id,
        addresses,
      })),
    },
  };
});

function differs(one: Customer, other: Customer): boolean {
  return one.profile_id !== other.profile_id && !sharesAddress(present(one.addresses), present(other.addresses));
}
