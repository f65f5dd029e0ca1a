import { z } from 'zod';
import type { Issue } from '../engine/issue.ts';

/** An issue as a store keeps it. */
export const issueRow = z.object({
  severity: z.enum(['info', 'notice', 'data_loss', 'error']),
  file: z.string().nullable(),
  line: z.bigint().nullable(),
  message: z.string(),
});

export function issueIn({ severity, file, line, message }: z.infer<typeof issueRow>): Issue {
  return {
    severity,
    message,
    ...(file === null ? {} : { file }),
    ...(line === null ? {} : { line: Number(line) }),
  };
}
