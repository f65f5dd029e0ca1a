import { z } from 'zod';
import { compareText } from '../engine/compare.ts';
import type { Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { recordTypes, type StoryRecord } from './story.ts';

const row = z.object({
  type: z.enum(recordTypes),
  id: z.string().nullable(),
  account_id: z.string(),
  time: z.string().nullable(),
  through: z.string(),
  data: z.string(),
  path: z.string(),
  line: z.bigint().nullable(),
});

const columns = z.record(z.string(), z.unknown());

/** JSON that DuckDB made of columns. */
export function dataOf(json: string): Readonly<Record<string, unknown>> {
  return columns.parse(JSON.parse(json));
}

/** What records can belong to in one account, and the time during which configurations count as in force. */
export type Reach = {
  readonly accountId: string;
  readonly ids: Iterable<string>;
  readonly began: string | null;
  readonly ended: string | null;
};

/** The records beside the log that belong to the id or to what the stories name, by account. */
export async function fetchRecords(
  session: Session,
  id: string,
  reaches: readonly Reach[],
): Promise<ReadonlyMap<string, readonly StoryRecord[]>> {
  const named = reaches.flatMap(({ accountId, ids }) => [...ids].map((each) => ({ account_id: accountId, id: each })));
  const spans = reaches.flatMap(({ accountId, began, ended }) =>
    began === null ? [] : [{ account_id: accountId, began, ended }],
  );
  await session.run(await sqlFile(import.meta.url, './record-ids.sql'), { id, named: JSON.stringify(named) });
  await session.run(await sqlFile(import.meta.url, './record-spans.sql'), { spans: JSON.stringify(spans) });

  const rows = await session.rows(row, await sqlFile(import.meta.url, './records.sql'), { id });
  const byAccount = new Map<string, StoryRecord[]>();
  for (const { type, id: own, account_id, time, through, data, path, line } of rows) {
    const record: StoryRecord = {
      type,
      id: own,
      time,
      through,
      data: dataOf(data),
      file: path,
      line: line === null ? null : Number(line),
    };
    const there = byAccount.get(account_id);
    if (there === undefined) byAccount.set(account_id, [record]);
    else there.push(record);
  }
  for (const records of byAccount.values()) records.sort(compareRecords);
  return byAccount;
}

function compareRecords(a: StoryRecord, b: StoryRecord): number {
  return (
    recordTypes.indexOf(a.type) - recordTypes.indexOf(b.type) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.id ?? '', b.id ?? '') ||
    compareText(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0)
  );
}
