import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isErrno } from '../engine/errors.ts';
import type { Wanted } from '../model/build.ts';
import type { Rule } from './rule.ts';

/** What rules with sound SQL read of the model, by the hash of their text. */
export type KnownSql = ReadonlyMap<string, Wanted>;

const file = fileURLToPath(new URL('../known-sql.json', import.meta.url));

const written = z.record(z.string(), z.object({ tables: z.array(z.string()), columns: z.array(z.string()) }));

/**
 * What the build has found in the SQL of the shipped rules (write-known-sql.ts): taking it apart is a tenth of a second at each start.
 * Where the build has not been, or a rule was changed since, it is not in here and is checked as any other.
 */
export async function knownSql(): Promise<KnownSql> {
  try {
    const known = written.parse(JSON.parse(await readFile(file, 'utf8')));
    return new Map(
      Object.entries(known).map(([hash, { tables, columns }]) => [
        hash,
        { tables: new Set(tables), columns: new Set(columns) },
      ]),
    );
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return new Map();
    throw thrown;
  }
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
  if (predicateFile !== undefined) hash.update('\0').update(await readFile(predicateFile, 'utf8'));
  return hash.digest('hex');
}
