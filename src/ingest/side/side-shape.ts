import type { ShapeContext, SideRow, SideShape } from '../entry.ts';
import { noTime, parseTime } from '../times.ts';
import { kindOf, type SideKind } from './kind.ts';
import { type SideView, sideViewOfRecord } from './names.ts';

/** Reads a time of a record: `null` where it has none, and a reason to reject it where it has one that cannot be read. */
export type ReadTime = (name: string, value: unknown) => string | null;

/** A shape of all records of one kind, with what its rows are. */
export function sideShape(
  name: string,
  kind: SideKind,
  rowsOf: (view: SideView, time: ReadTime, fields: Readonly<Record<string, unknown>>) => readonly SideRow[],
): SideShape {
  return {
    name,
    matches: (record) => kindOf(record) === kind,
    project(record, context) {
      const clock = timeReader(context);
      const rows = rowsOf(sideViewOfRecord(record), clock.read, record.fields);
      const reason = clock.problem();
      return reason === null ? rows : { reason };
    },
  };
}

function timeReader(context: ShapeContext): { readonly read: ReadTime; readonly problem: () => string | null } {
  let reason: string | null = null;
  return {
    read(name, value) {
      if (value === undefined || value === null || value === '' || value === 'null') return null;
      const time = parseTime(value, context);
      if (time === null) reason ??= noTime(name, value);
      return time;
    },
    problem: () => reason,
  };
}
