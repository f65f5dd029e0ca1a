import { quoted, type Session } from '../engine/session.ts';
import { sqlFile } from '../engine/sql-file.ts';
import { errorCodes } from './error-dictionary.ts';

/** Makes the dictionary a table, so that rules can join it. */
export async function buildErrorCodes(session: Session): Promise<void> {
  await session.run(await sqlFile(import.meta.url, './error-codes.sql'));
  const rows = errorCodes.map(
    ({ code, title, level, source, httpStatus, meaning, advice, reference }) =>
      `(${code}, ${quoted(title)}, ${quoted(level)}, ${quoted(source)}, ${httpStatus ?? 'NULL'}, ${quoted(meaning)}, ${quoted(advice)}, ${quoted(reference)})`,
  );
  await session.run(`INSERT INTO error_codes VALUES ${rows.join(', ')}`);
}
