import type { ByteSource } from '../decompress.ts';
import type { Fields } from '../entry.ts';
import { type Batch, batchSize, collector, endingWhereBarren } from './batch.ts';
import { lineSplitter } from './lines.ts';

/** Reads stored bodies of form requests (`application/x-www-form-urlencoded`), one a line. */
export async function* readForm(bytes: ByteSource): AsyncGenerator<Batch> {
  const batch = collector();
  const source = endingWhereBarren(bytes, batch);
  let toldProblem = false;
  const splitter = lineSplitter({
    line(text, line, isLast) {
      if (text.trim() === '') return;
      const fields = formFields(text.trim());
      const problem = isLast ? source.problem() : null;
      if (problem !== null) {
        toldProblem = true;
        batch.reject(line, problem, text);
      } else if (fields === null) {
        batch.reject(line, 'not a form body', text);
      } else {
        batch.record(fields, line, null);
      }
    },
    unreadable: (reason, beginning, line) => batch.reject(line, reason, beginning),
  });
  for await (const chunk of source.chunks) {
    splitter.push(chunk);
    const ready = batch.take(batchSize);
    if (ready !== null) yield ready;
  }
  splitter.end();
  const problem = source.problem();
  if (problem !== null && !toldProblem) batch.reject(splitter.reached(), problem, '');
  const last = batch.take(0);
  if (last !== null) yield last;
}

/** The decoded fields of a form body; `null` where the text is none, or its escapes are no UTF-8. */
export function formFields(text: string): Fields | null {
  if (!/^[A-Za-z_][\w.%[\]-]*=[^\s"<>&]*(?:&[\w.%[\]-]+=[^\s"<>&]*)+$/.test(text)) return null;
  try {
    const decoded = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
    return Object.fromEntries(
      text.split('&').map((pair) => {
        const at = pair.indexOf('=');
        return [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
      }),
    );
  } catch (thrown) {
    if (thrown instanceof URIError) return null;
    throw thrown;
  }
}
