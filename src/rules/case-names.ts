import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const caseFile = z.object({ cases: z.array(z.object({ name: z.string() }).catch({ name: '' })) });

/** The names of a rule's cases in their order; those that are not written as they should be are passed over. */
export async function caseNames(casesFile: string): Promise<readonly string[]> {
  const text = await readFile(casesFile, 'utf8');
  try {
    const read = caseFile.safeParse(parse(text));
    return read.success ? read.data.cases.map(({ name }) => name).filter((name) => name !== '') : [];
  } catch {
    return [];
  }
}
