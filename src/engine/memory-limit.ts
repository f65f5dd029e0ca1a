import { z } from 'zod';
import type { Session } from './session.ts';

/** How much DuckDB may take in a session for its own buffers, in bytes. */
export async function memoryLimitOf(session: Session): Promise<number> {
  const [row] = await session.rows(
    z.object({ bytes: z.bigint() }),
    "SELECT parse_formatted_bytes(current_setting('memory_limit'))::BIGINT AS bytes",
  );
  return Number(row?.bytes ?? 0n);
}
