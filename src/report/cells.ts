import type { Cell } from '../engine/arrow/rows.ts';
import { type JsonValue, jsonValue } from '../rules/json-value.ts';
import type { Column } from './row-options.ts';

/** A cell as JSON holds it: what `jsonValue` says, days without a time, times without a zone without one, JSON as what it says. */
export function cellValue(column: Column, cell: Cell): JsonValue {
  if (cell instanceof Date) {
    const text = jsonValue(cell);
    if (typeof text !== 'string') return text;
    if (column.type === 'DATE') return text.slice(0, text.indexOf('T'));
    return column.type === 'TIMESTAMP' ? text.replace('Z', '') : text;
  }
  if (column.type === 'JSON' && typeof cell === 'string') {
    try {
      return JSON.parse(cell);
    } catch {
      return cell;
    }
  }
  return jsonValue(cell);
}

/** A cell as text, whole; null where it is NULL. */
export function cellText(column: Column, cell: Cell): string | null {
  if (cell === null) return null;
  // JSON that came as text stays as it was written.
  if (typeof cell === 'string') return cell;
  // In JSON these would be null, as if there were nothing.
  if (typeof cell === 'number') return String(cell);
  const value = cellValue(column, cell);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
