import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { checkJson, parseJsonText } from '../engine/checked-json.ts';
import { isErrno, messageOf, UserError } from '../engine/errors.ts';
import { severities, subjectTypes } from '../rules/vocabulary.ts';
import type { KnownFinding } from './result.ts';

export const timeSchema = z.iso.datetime({ error: 'must be a time in UTC, such as 2026-09-14T08:00:00.000Z' });

export const fingerprintSchema = z.string().regex(/^[0-9a-f]{16}$/u, 'must be 16 hexadecimal digits');

export const knownFindingSchema = z.object({
  ruleId: z.string(),
  accountId: z.string(),
  subject: z.object({ type: z.enum(subjectTypes), id: z.string() }),
  severity: z.enum(severities),
  firstSeen: timeSchema,
  title: z.string(),
  fingerprint: fingerprintSchema,
});

const fileSchema = z.object({
  version: z.literal(1),
  findings: z.array(knownFindingSchema),
});

/**
 * The findings of a baseline file; null where there is no such file.
 * @throws UserError in one line where it cannot be read or is no baseline
 */
export async function readBaseline(file: string): Promise<readonly KnownFinding[] | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return null;
    throw new UserError(
      isErrno(thrown, 'EISDIR')
        ? `${file} is a folder; name a baseline file`
        : `cannot read ${file}: ${messageOf(thrown)}`,
    );
  }
  const value = parseJsonText({ name: file, text });
  if (typeof value === 'object' && value !== null && 'tool' in value) {
    throw new UserError(`${file} is a result, not a baseline; --update-baseline writes one`);
  }
  return checkJson(file, 'a baseline', value, fileSchema).findings;
}
