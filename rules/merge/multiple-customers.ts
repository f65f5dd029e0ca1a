import { predicate, sharesAddress } from 'postlude';

type Customer = {
  readonly participant_id: string;
  readonly profile_id: string;
  readonly addresses: readonly string[];
  readonly first_seen: Date;
  readonly event_keys: readonly bigint[];
};

type Row = { readonly customers: readonly Customer[] };

/** Those who differ from somebody else in both profile and address: one column alone has other explanations, and other rules. */
export default predicate<Row>(({ customers }) => {
  const differing = customers.filter((one) =>
    customers.some((other) => one.profile_id !== other.profile_id && !sharesAddress(one.addresses, other.addresses)),
  );
  const second = differing[1];
  if (second === undefined) return false;
  return {
    firstSeen: second.first_seen,
    related: differing.map((customer) => ({ type: 'participant', id: customer.participant_id })),
    eventKeys: differing.flatMap((customer) => customer.event_keys),
    data: {
      customers: differing.map(({ participant_id, profile_id, addresses }) => ({
        participant_id,
        profile_id,
        addresses,
      })),
    },
  };
});
