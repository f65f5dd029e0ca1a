import type { Fields } from './entry.ts';

/**
 * Reads the known fields of an object whatever the spelling of their names: `conversationId`, `conversation_id`,
 * `ConversationId`, `Conversation ID` and `conversation-id` are the same name.
 */
export type Reader<Name extends string> = {
  readonly read: (fields: Fields) => View<Name>;
  /** Of every field what the first view says that says something: neither empty nor the text `null`. */
  readonly merge: (...views: readonly View<Name>[]) => View<Name>;
};

/** What a reader found: `undefined` where the object has no such key, `null` where it has one with `null`. */
export type View<Name extends string> = Slots & Readonly<Record<Name, unknown>>;

/**
 * A view keeps its values in one array and its prototype names them. An object with the names as its own properties reads
 * just as well, and takes five times as long to fill: this is done several times for every entry.
 */
type Slots = { readonly slots: readonly unknown[] };

/** Keys beyond these are looked up without being remembered, so that hostile input cannot fill the memory. */
const rememberedKeys = 4096;

/**
 * Makes a reader of the given names; a name's list holds other words for the same thing (`logId: ['logSid']`).
 * Of two spellings in one object the first that is not `null` or empty wins.
 */
export function reader<Name extends string>(names: Readonly<Record<Name, readonly string[]>>): Reader<Name> {
  const slotOf = new Map<string, number>();
  class Found implements Slots {
    readonly slots: readonly unknown[];
    constructor(slots: readonly unknown[]) {
      this.slots = slots;
    }
  }
  const size = Object.keys(names).length;
  for (const [slot, [name, aliases]] of Object.entries<readonly string[]>(names).entries()) {
    for (const word of [name, ...aliases]) slotOf.set(plainName(word), slot);
    Object.defineProperty(Found.prototype, name, {
      get(this: Found) {
        return this.slots[slot];
      },
    });
  }
  const isView = (found: Found): found is Found & View<Name> => found.slots.length === size;
  const view = (slots: readonly unknown[]): View<Name> => {
    const found = new Found(slots);
    if (!isView(found)) throw new Error('a view has a slot for every name');
    return found;
  };

  const known = new Map<string, number>();
  const learn = (key: string): number => {
    const slot = slotOf.get(plainName(key)) ?? -1;
    if (known.size < rememberedKeys) known.set(key, slot);
    return slot;
  };
  const absent: readonly unknown[] = Array.from({ length: size }, () => undefined);

  return {
    read(fields) {
      const slots = absent.slice();
      for (const key in fields) {
        const slot = known.get(key) ?? learn(key);
        if (slot < 0) continue;
        const before = slots[slot];
        // An empty second spelling must not take the place of a `null`: the key is there either way.
        if (before === undefined || (isEmpty(before) && !isEmpty(fields[key]))) slots[slot] = fields[key];
      }
      return view(slots);
    },
    merge(first, ...others) {
      const slots = first === undefined ? absent.slice() : first.slots.slice();
      for (const other of others) {
        for (let slot = 0; slot < size; slot++)
          if (saysNothing(slots[slot])) slots[slot] = other.slots[slot] ?? slots[slot];
      }
      return view(slots);
    },
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function saysNothing(value: unknown): boolean {
  return isEmpty(value) || value === 'null';
}

/** A name without case, separators and what stands in brackets: `Timestamp (local)` and `time_stamp` are `timestamp`. */
export function plainName(name: string): string {
  const bracket = name.indexOf('(');
  return (bracket > 0 ? name.slice(0, bracket) : name)
    .toLowerCase()
    .replaceAll(/[\s_.:/-]+/g, '')
    .replace('\uFEFF', '');
}

/** Text, or `null` for what means nothing: absent, empty, the text `null`, and values that are no text. */
export function text(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value === 'null' ? null : value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return null;
}

/** A request or correlation id: as `text`, and `0` means none, too. */
export function traceId(value: unknown): string | null {
  const id = text(value);
  return id === '0' ? null : id;
}

/** The first argument that is text. */
export function firstText(...values: readonly unknown[]): string | null {
  for (const value of values) {
    const found = text(value);
    if (found !== null) return found;
  }
  return null;
}

/** An integer, from a number or from digits; `null` for everything else. */
export function integer(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value === 'bigint') return integer(Number(value));
  if (typeof value !== 'string' || value === '' || value.length > 20) return null;
  return /^\s*[+-]?\d+(?:\.0+)?\s*$/.test(value) ? integer(Number(value)) : null;
}

/** An integer as a column of 32 bits has it. Greater numbers mean nothing there, and DuckDB takes none of them. */
export function int32(value: unknown): number | null {
  const number = integer(value);
  return number !== null && Math.abs(number) <= 2_147_483_647 ? number : null;
}

/** A boolean, from a boolean or from the words `true` and `false`; `null` for everything else. */
export function truth(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : null;
}

/** An object, also where it is written as JSON text (once, or once more inside a string); `null` for everything else. */
export function object(value: unknown): Fields | null {
  const found = typeof value === 'string' ? parsed(value, '{') : value;
  return isFields(found) ? found : null;
}

/** A list, also where it is written as JSON text; empty for everything else. */
export function list(value: unknown): readonly unknown[] {
  const found = typeof value === 'string' ? parsed(value, '[') : value;
  if (Array.isArray(found)) return found;
  // Vectors of binary tables are lists without being arrays.
  return isVector(found) ? [...found] : [];
}

function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !ArrayBuffer.isView(value)
  );
}

function isVector(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'length' in value;
}

function parsed(json: string, opening: '{' | '['): unknown {
  const start = json.trimStart();
  const stringified = start.startsWith('"');
  if (!stringified && !start.startsWith(opening)) return null;
  try {
    const value: unknown = JSON.parse(start);
    return stringified && typeof value === 'string' && !value.startsWith('"') ? parsed(value, opening) : value;
  } catch {
    return null;
  }
}
