import type { Session } from '../engine/session.ts';
import type { Batch } from './containers/batch.ts';
import { readForm } from './containers/form.ts';
import { readJson } from './containers/json.ts';
import { readNdjson } from './containers/ndjson.ts';
import { readTable } from './containers/table.ts';
import type { BytesRead } from './decompress.ts';
import type { InputFile } from './inputs.ts';
import type { Sniffed } from './sniff.ts';
import { openText } from './text.ts';

export type { Batch } from './containers/batch.ts';

/**
 * The records of an input, whatever it is contained in, in its order and in batches of about a thousand. What cannot be
 * read is among the rejects; it does not throw for what stands in the file.
 */
export async function* readRecords(
  session: Session,
  input: InputFile,
  sniffed: Exclude<Sniffed, { unrecognised: string }>,
  read?: BytesRead,
): AsyncGenerator<Batch> {
  switch (sniffed.container) {
    case 'ndjson':
      yield* readNdjson(openText(input.readPath, sniffed, read));
      break;
    case 'json':
      yield* readJson(openText(input.readPath, sniffed, read));
      break;
    case 'table':
      yield* readTable(openText(input.readPath, sniffed, read), sniffed.table);
      break;
    case 'form':
      yield* readForm(openText(input.readPath, sniffed, read));
      break;
    case 'parquet':
      yield* (await import('./containers/parquet.ts')).readParquet(session, input.readPath);
      break;
    case 'arrow-file':
    case 'arrow-stream':
      // Loaded late: most runs never need it, and it takes a tenth of a second.
      yield* (await import('./containers/arrow.ts')).readArrow(input.readPath, sniffed.container);
      break;
  }
}
