import { hash } from 'node:crypto';
import type { LogEntry } from './entry.ts';
import { object } from './fields.ts';

/**
 * An id for an entry that has none of its own: `content-` and 16 hex digits. It depends on what the entry says, not on its
 * file, line, container or order of keys, so that the same entry in two exports stays one event.
 */
export function contentHash(entry: LogEntry): string {
  return `content-${fingerprint({ ...entry, logId: null })}`;
}

/** 16 hex digits that are the same for the same content. */
export function fingerprint(content: unknown): string {
  return hash('sha1', canonical(content, 0), 'hex').slice(0, 16);
}

/** Deeper content does not tell records apart, and a hostile record could exhaust the stack. */
const maxDepth = 64;

/**
 * One text for one content: keys sorted, and without what is empty, as a table has a cell for every column where JSON leaves
 * the key out. Text goes with its length before it, which is as unambiguous as JSON and needs no escapes.
 */
function canonical(value: unknown, depth: number): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value !== 'object' || value === null) return `${value}`;
  if (value instanceof Date) return canonical(value.toJSON(), depth);
  if (depth === maxDepth) return '…';
  let content = '';
  if (Array.isArray(value)) {
    for (const element of value) content += `${canonical(element, depth + 1)},`;
    return `[${content}]`;
  }
  const fields = object(value) ?? {};
  for (const key of Object.keys(fields).sort()) {
    const member = fields[key];
    if (member === null || member === undefined || member === '') continue;
    content += `${canonical(key, depth)}=${canonical(member, depth + 1)},`;
  }
  return `{${content}}`;
}
