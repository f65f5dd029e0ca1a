import { z } from 'zod';

/** An issue as JSON keeps it, read as an `Issue`. */
export const issueSchema = z
  .object({
    severity: z.enum(['info', 'notice', 'data_loss', 'error']),
    file: z.string().nullish(),
    line: z.int().nonnegative().nullish(),
    message: z.string(),
    accounts: z.array(z.string()).optional(),
  })
  .transform(({ severity, file, line, message, accounts }) => ({
    severity,
    ...(file == null ? {} : { file }),
    ...(line == null ? {} : { line }),
    ...(accounts === undefined ? {} : { accounts }),
    message,
  }));
