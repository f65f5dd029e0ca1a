/** The JSON shapes of an export. Writers return text; `compress.ts` and the files' names do the rest. */

export function ndjson(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

export function jsonArray(records: readonly unknown[]): string {
  return `${JSON.stringify(records, null, 2)}\n`;
}

/** `{"events": […], "count": 3}`: a list inside an object. */
export function enclosed(key: string, records: readonly unknown[]): string {
  return json({ [key]: records, count: records.length });
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
