import { type Item, predicate, present, sharesAddress } from 'postlude';
import type { Row } from './shared-profile.types.ts';

type Customer = Item<Row['customers']>;
type Pair = { readonly one: Customer; readonly other: Customer; readonly certainty: Certainty; readonly since: number };

const certainties = ['confirmed', 'likely', 'possible'] as const;
type Certainty = (typeof certainties)[number];

// How telephone numbers are written differs between channels and systems; whether two are the same is not a matter of text.
export default predicate<Row>((row) => {
  const customers = present(row.customers);
  const pairs = customers.flatMap((one, at) =>
    customers.slice(at + 1).flatMap((other) => (shareProfile(one, other) ? [pairOf(one, other)] : [])),
  );
  // The surest pair is told, and of those the one that met first.
  const [told] = pairs.toSorted(
    (a, b) => certainties.indexOf(a.certainty) - certainties.indexOf(b.certainty) || a.since - b.since,
  );
  if (told === undefined) return false;
  const involved = new Set(pairs.flatMap(({ one, other }) => [one, other]));
  const found = customers.filter((customer) => involved.has(customer));
  const alike = found.filter(({ profile_id }) => profile_id === told.one.profile_id);
  const apart = found.filter((customer) => !alike.includes(customer));
  const still = pairs.find(({ one, other }) => one.is_there === true && other.is_there === true);
  return {
    certainty: told.certainty,
    firstSeen: new Date(Math.min(...pairs.map(({ since }) => since))),
    lastSeen: still?.one.observed_until ?? undefined,
    ongoing: still !== undefined,
    eventKeys: found.flatMap((customer) => present(customer.event_keys)),
    related: [
      ...ids(found.map(({ participant_id }) => participant_id)).map((id) => ({ type: 'participant' as const, id })),
      ...ids(found.map(({ profile_id }) => profile_id)).map((id) => ({ type: 'profile' as const, id })),
    ],
    message: found.length === 2 ? undefined : messageOf(alike, apart),
    data: {
      profile_id: told.one.profile_id,
      addresses: told.one.addresses,
      other_addresses: told.other.addresses,
      name: told.one.name,
      other_name: told.other.name,
      customers: found.map(({ participant_id, name, addresses, profile_id }) => ({
        participant_id,
        name,
        addresses,
        profile_id,
      })),
    },
  };
});

function ids(list: readonly (string | null)[]): readonly string[] {
  return [...new Set(present(list))];
}

function shareProfile(one: Customer, other: Customer): boolean {
  return one.profile_id === other.profile_id && !sharesAddress(present(one.addresses), present(other.addresses));
}

function pairOf(one: Customer, other: Customer): Pair {
  const since = Math.max(one.profile_since?.getTime() ?? 0, other.profile_since?.getTime() ?? 0);
  const namesDiffer = one.own_name !== null && other.own_name !== null && one.own_name !== other.own_name;
  const grounds = namesDiffer ? ['confirmed'] : [one.since_merge, other.since_merge];
  return { one, other, since, certainty: certainties.find((certainty) => grounds.includes(certainty)) ?? 'possible' };
}

/** The first two by their addresses, and how many more there are. */
function messageOf({ length: alike }: readonly Customer[], apart: readonly Customer[]): string {
  const who =
    alike === 2
      ? '{addresses} and {other_addresses}: both customers'
      : `{addresses}, {other_addresses} and ${alike - 2} more: all ${alike} customers`;
  const others = new Set(apart.map(({ profile_id }) => profile_id)).size;
  const rest =
    others === 0 ? '' : `; ${apart.length} more share ${others === 1 ? 'another profile' : `${others} other profiles`}`;
  return `Conversation {subject_id} joins ${who} carry profile {profile_id}${rest}.`;
}
