/** Changes to JSON and YAML that stay JSON and YAML: they reach what stands behind the parser. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse, stringify } from 'yaml';
import { intBelow, type Random } from '../generate/random.ts';
import { anyOf } from './mutate.ts';

type Fields = Readonly<Record<string, unknown>>;

const hardValues: readonly unknown[] = [
  ...['', ' ', 'null', '0', '0.0', '-1', '1e3', 'true', 'x', '\0', 'a\0b', '\r', 'a\nb', '\ud800', '\udc00', 'a\ud83d'],
  ...['\u001b[31m', '\uFEFF', '\u202e', '😀', '😀'.repeat(130), 'x'.repeat(300), '{"a":1}', '[1]', '"{}"', '{', '['],
  ...['{"id":"\\ud800"}', '[{"__proto__":1}]', "'", '"', '"; DROP', '{x}', '{profile:ann}', '$age', '__proto__'],
  ...['2026-09-14T08:00:00Z', '2026-09-14 08:00:00', '2026-09-14T08:00:00.123456789Z', '2026-09-14', '24:00:00'],
  ...['2999-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '10000-01-01T00:00:00Z', '+5s'],
  ...['-1d', '+999999999d', '5 minutes', 'PT5M', '1789372800500-a', '+15550100001', 'AC1', 'ERROR', 'info'],
  ...['conversation.created', 'com.twilio.memory.profiles.merged', 'diagnostic', 'conv_conversation_x'],
  ...[0, -0, 1, -1, 0.5, 530001, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, -(2 ** 53), 1e21, 1e300, 5e-324, 1789372800],
  ...[true, false, null, [], {}, [null], [[]], [{}], [1, 'a'], { id: 'x' }, [{ id: 'x' }], { a: { b: { c: [] } } }],
];

/** A value with one place in it changed, mostly deep inside. */
export function mutatedValue(random: Random, value: unknown, donors: readonly unknown[]): unknown {
  const goesIn = intBelow(random, 5) > 0;
  if (Array.isArray(value) && value.length > 0 && goesIn) return changedList(random, value, donors);
  if (isFields(value) && Object.keys(value).length > 0 && goesIn) return changedFields(random, value, donors);
  switch (intBelow(random, 8)) {
    case 0:
      return [value];
    case 1:
      return { id: value };
    case 2:
      return JSON.stringify(value) ?? '';
    case 3:
      return anyOf(random, donors);
    case 4:
      return typeof value === 'string' ? value + String(anyOf(random, hardValues)) : String(value);
    default:
      return anyOf(random, hardValues);
  }
}

function changedList(random: Random, list: readonly unknown[], donors: readonly unknown[]): unknown {
  const at = intBelow(random, list.length);
  switch (intBelow(random, 8)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, list[intBelow(random, list.length)]);
    case 2:
      return list.toSpliced(at, 0, anyOf(random, donors));
    default:
      return list.with(at, mutatedValue(random, list[at], donors));
  }
}

function changedFields(random: Random, fields: Fields, donors: readonly unknown[]): unknown {
  const entries = Object.entries(fields);
  const at = intBelow(random, entries.length);
  const [key = '', value] = entries[at] ?? [];
  switch (intBelow(random, 12)) {
    case 0:
      return fromEntries(entries.toSpliced(at, 1));
    case 1:
      return fromEntries(entries.with(at, [spelled(random, key), value]));
    case 2:
      return fromEntries([...entries, [spelled(random, key), mutatedValue(random, value, donors)]]);
    case 3: {
      const donor = anyOf(random, donors);
      return isFields(donor) ? fromEntries([...entries, ...Object.entries(donor).slice(0, 3)]) : fields;
    }
    default:
      return fromEntries(entries.with(at, [key, mutatedValue(random, value, donors)]));
  }
}

/** With `__proto__` as a key of its own, as JSON has it. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): Fields {
  return Object.fromEntries(entries);
}

function spelled(random: Random, key: string): string {
  switch (intBelow(random, 9)) {
    case 0:
      return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    case 1:
      return key.charAt(0).toUpperCase() + key.slice(1);
    case 2:
      return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    case 3:
      return key.toUpperCase();
    case 4:
      return `${key} (x)`;
    case 5:
      return `${key}${String(anyOf(random, hardValues))}`;
    case 6:
      return '__proto__';
    case 7:
      return key.slice(1);
    default:
      return String(anyOf(random, hardValues));
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON as a whole or on one of its lines, also inside gzip; `null` where there is none. */
export function mutatedJson(random: Random, bytes: Buffer, donors: readonly unknown[]): Buffer | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const inside = unzipped(bytes);
    const changed = inside === null ? null : mutatedJson(random, inside, donors);
    return changed === null ? null : gzipSync(changed);
  }
  const text = bytes.toString('utf8');
  const whole = parsed(text);
  if (whole !== undefined) {
    return Buffer.from(JSON.stringify(mutatedValue(random, whole, donors), null, [0, 0, 2][intBelow(random, 3)]) ?? '');
  }
  const lines = text.split('\n');
  const places = lines.flatMap((line, at) => (/^\s*[{[]/.test(line) ? [at] : []));
  const at = anyOf(random, places);
  const value = at === undefined ? undefined : parsed(lines[at] ?? '');
  if (at === undefined || value === undefined) return null;
  return Buffer.from(lines.with(at, JSON.stringify(mutatedValue(random, value, donors)) ?? '').join('\n'));
}

function unzipped(bytes: Buffer): Buffer | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: 1 << 20 });
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** Every JSON value that stands as a whole, or on a line of its own, in some text: what others are changed with. */
export function jsonIn(texts: readonly Buffer[]): readonly unknown[] {
  return texts.flatMap((bytes) => {
    const text = bytes.toString('utf8');
    const whole = parsed(text);
    if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
    return text.split('\n').flatMap((line) => {
      const value = /^\s*[{[]/.test(line) ? parsed(line) : undefined;
      return value === undefined ? [] : [value];
    });
  });
}

/** YAML; in a rule file, that of its header. `null` where it is none. */
export function mutatedYaml(random: Random, bytes: Buffer, donors: readonly unknown[]): Buffer | null {
  const text = bytes.toString('utf8');
  const [, before = '', header = '', after = ''] = /^(\s*\/\*)([\s\S]*?)(\*\/[\s\S]*)$/.exec(text) ?? [];
  try {
    const value: unknown = parse(before === '' ? text : header, { maxAliasCount: 10, logLevel: 'silent' });
    const changed = stringify(mutatedValue(random, value, donors), {
      lineWidth: 0,
      aliasDuplicateObjects: intBelow(random, 4) === 0,
      ...(intBelow(random, 4) === 0 ? { defaultStringType: 'QUOTE_DOUBLE' } : {}),
      ...(intBelow(random, 4) === 0 ? { collectionStyle: 'flow' } : {}),
    });
    return Buffer.from(before === '' ? changed : `${before}\n${changed}${after}`);
  } catch {
    return null;
  }
}

/** Every value of YAML documents. */
export function yamlIn(texts: readonly Buffer[]): readonly unknown[] {
  return texts.flatMap((bytes) => {
    try {
      const text = bytes.toString('utf8');
      const value: unknown = parse(/^\s*\/\*([\s\S]*?)\*\//.exec(text)?.[1] ?? text);
      return [value, ...(isFields(value) ? Object.values(value) : [])];
    } catch {
      return [];
    }
  });
}

/** The same text written down in another way. */
export function rewritten(random: Random, bytes: Buffer): Buffer {
  const text = bytes.toString('utf8');
  switch (intBelow(random, 7)) {
    case 0:
      return gzipSync(bytes);
    case 1:
      return Buffer.from(`\uFEFF${text}`);
    case 2:
      return Buffer.from(`\uFEFF${text}`, 'utf16le');
    case 3:
      return Buffer.from(text, 'utf16le').swap16();
    case 4:
      return Buffer.from(text, 'latin1');
    case 5:
      return Buffer.from(text.replaceAll('\n', '\r\n'));
    default:
      return Buffer.concat([bytes, Buffer.from('\n'), bytes]);
  }
}
