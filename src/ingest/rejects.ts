import { z } from 'zod';
import type { Session } from '../engine/session.ts';

/** Where rejected records and the names of their files are. */
export type RejectTables = { readonly rejects: string; readonly files: string };

export const loadedRejects: RejectTables = { rejects: 'rejects', files: 'input_files' };

const rejectRow = z.object({
  file: z.string(),
  line: z.bigint(),
  reason: z.string(),
  text: z.string().nullable(),
});

/**
 * Every record that could not be loaded, as NDJSON: the file as it was named, its line there, the reason, and how its text begins
 * (500 characters at most). In the order of files and lines, whatever the order in which they were read.
 * Nothing else runs on the session's connection until the last line was taken.
 * @param withText false where nobody is to see the text, which nothing can mask: what is no record has no known fields
 */
export async function* rejectLines(
  session: Session,
  { rejects, files }: RejectTables,
  withText: boolean,
): AsyncGenerator<string, void, undefined> {
  // Arrow takes a while to load, and most exports are whole.
  const { rowReader, streamBatches } = await import('../engine/arrow.ts');
  const batches = streamBatches(
    session.connection,
    `SELECT files.path AS file, rejects.line, rejects.reason, ${withText ? 'rejects.text' : 'NULL::VARCHAR'} AS text
    FROM ${rejects} AS rejects JOIN ${files} AS files USING (file_id)
    ORDER BY ALL`,
  );
  for await (const batch of batches) {
    const read = rowReader(batch);
    let lines = '';
    for (let index = 0; index < batch.numRows; index++) {
      const { file, line, reason, text } = rejectRow.parse(read(index));
      lines += `${JSON.stringify({ file, line: Number(line), reason, text })}\n`;
    }
    yield lines;
  }
}
