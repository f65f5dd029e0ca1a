import { z } from 'zod';

const count = z.int().nonnegative();

/** A `LoadedFile` as JSON keeps it. */
export const loadedFileSchema = z.object({
  path: z.string(),
  format: z.string(),
  rows: count,
  rejected: count,
  duplicates: count,
  account: z.string().nullable(),
});
