import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Wanted } from '../model/build.ts';
import { knownByBuild } from './known-by-build.ts';
import type { Rule } from './rule.ts';
import { textOfFile } from './rule-files.ts';

/** What rules with sound SQL read of the model, by the hash of their text. */
export type KnownSql = ReadonlyMap<string, Wanted>;

/** Its name beside the code. */
export const knownSqlFile = 'known-sql.json';

const written = z.record(z.string(), z.object({ tables: z.array(z.string()), columns: z.array(z.string()) }));

/**
 * What the build has found in the SQL of the shipped rules (write-known-sql.ts): taking it apart is a tenth of a second at each start.
 * Where the build has not been, or a rule was changed since, it is not in here and is checked as any other.
 */
export async function knownSql(): Promise<KnownSql> {
  const known = written.parse(await knownByBuild(knownSqlFile));
  return new Map(
    Object.entries(known).map(([hash, { tables, columns }]) => [
      hash,
      { tables: new Set(tables), columns: new Set(columns) },
    ]),
  );
}

/** As `knownSql` reads it. */
export function knownSqlText(known: KnownSql): string {
  const entries = [...known].map(([hash, { tables, columns }]) => [
    hash,
    { tables: [...tables], columns: [...columns] },
  ]);
  return `${JSON.stringify(Object.fromEntries(entries))}\n`;
}

/** Of all that the check of its SQL looks at: the rule, and its predicate, which can ask for evidence. */
export async function hashOfRule({ text, predicateFile }: Rule): Promise<string> {
  const hash = createHash('sha256').update(text);
  if (predicateFile !== undefined) {
    const read = await textOfFile(predicateFile);
    // Nothing that was written has this hash, so that the check tells what is wrong.
    hash.update('\0').update('text' in read ? read.text : '\0');
  }
  return hash.digest('hex');
}
