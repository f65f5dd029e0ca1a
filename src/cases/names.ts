/** What has an id in a case, and how such an id looks. */
export const namedKinds = [
  'conversation',
  'participant',
  'communication',
  'configuration',
  'store',
  'profile',
  'operation',
  'intelligence-configuration',
  'observation',
  'request',
  'message',
  'call',
] as const;
export type NamedKind = (typeof namedKinds)[number];

const prefixes: Readonly<Partial<Record<NamedKind, string>>> = {
  conversation: 'conv_conversation',
  participant: 'conv_participant',
  communication: 'conv_communication',
  configuration: 'conv_configuration',
  store: 'mem_store',
  profile: 'mem_profile',
  operation: 'proc_job',
  'intelligence-configuration': 'intelligence_configuration',
  observation: 'mem_observation',
};

const literal =
  /^(?:(?:conv|mem|proc_job|intelligence|comms|cfg)_\w+|(?:SM|MM|CA|CH|IS|AC)[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/u;

/** Something that is an id already stands for itself. */
function isLiteralId(text: string): boolean {
  return literal.test(text);
}

/**
 * The names that a case gives to what has an id: `talk`, `ann`. Each gets an id of the right form when it is first used; their order is that
 * of their first use, whatever the account and the time, so that who compares ids comes to the same in every variant of the case.
 */
export type Names = {
  /** The id of a name; what is an id already is given back as it is. `call:phone` says of what kind it is, whatever would be usual there. */
  readonly id: (kind: NamedKind, name: string) => string;
  /** Gives a name to an id that was made elsewhere. */
  readonly call: (id: string, name: string) => void;
  /** All names that were used so far. */
  readonly known: () => readonly string[];
  /** The ids that a name has, by kind. */
  readonly idsOf: (name: string) => ReadonlyMap<NamedKind, string>;
  /** A text with every id replaced by its name. */
  readonly named: (text: string) => string;
};

/** @param account a number that no other case of the run has: its ids are made from it */
export function createNames(account: { readonly number: number; readonly sid: string }, start: number): Names {
  const idsByName = new Map<string, Map<NamedKind, string>>();
  const nameById = new Map<string, string>([[account.sid, 'account']]);
  let count = 0;
  let pattern: RegExp | null = null;
  return {
    id(usual, given) {
      if (isLiteralId(given)) return given;
      const { kind, name } = kindIn(given) ?? { kind: usual, name: given };
      const ids = idsByName.get(name) ?? new Map<NamedKind, string>();
      idsByName.set(name, ids);
      const known = ids.get(kind);
      if (known !== undefined) return known;
      const made = makeId(kind, ++count, account.number, start);
      ids.set(kind, made);
      nameById.set(made, name);
      pattern = null;
      return made;
    },
    call(id, name) {
      nameById.set(id, name);
      pattern = null;
    },
    known: () => [...idsByName.keys()],
    idsOf: (name) => idsByName.get(name) ?? new Map(),
    named(text) {
      // Ids are made of letters, digits, _ and -, which mean nothing else in an expression.
      pattern ??= new RegExp([...nameById.keys()].join('|'), 'gu');
      return text.replaceAll(pattern, (id) => nameById.get(id) ?? id);
    },
  };
}

function kindIn(given: string): { readonly kind: NamedKind; readonly name: string } | null {
  const [, prefix, name] = /^\{?([a-z-]+):([^{}]+)\}?$/u.exec(given) ?? [];
  const kind = namedKinds.find((each) => each === prefix);
  return kind === undefined || name === undefined ? null : { kind, name };
}

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';

function makeId(kind: NamedKind, place: number, account: number, start: number): string {
  const prefix = prefixes[kind];
  if (prefix !== undefined) {
    // 26 characters that spell a UUIDv7, as real ids do: time, version, and behind the variant what tells ids apart.
    return `${prefix}_${base32(start, 10)}e${base32(place, 2)}8${base32(account, 12)}`;
  }
  const number = `${hex(place, 4)}${hex(account, 12)}`;
  if (kind === 'request') return `${hex(place, 8)}-0000-4000-8000-${hex(account, 12)}`;
  return `${kind === 'call' ? 'CA' : 'SM'}${number.padStart(32, '0')}`;
}

function base32(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = crockford.charAt(rest % 32) + text;
  return text;
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}
