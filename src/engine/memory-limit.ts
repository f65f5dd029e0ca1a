import { z } from 'zod';
import type { Session } from './session.ts';

/** As DuckDB shows a limit, `286.1 MiB`. Its own `parse_formatted_bytes` does not know all of them: of `909.4 PiB` it throws. */
const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** How much DuckDB may take in a session for its own buffers, in bytes. */
export async function memoryLimitOf(session: Session): Promise<number> {
  const [row] = await session.rows(z.object({ shown: z.string() }), "SELECT current_setting('memory_limit') AS shown");
  const [, number, unit = ''] = /^([\d.]+) (\w+)$/u.exec(row?.shown ?? '') ?? [];
  const power = units.indexOf(unit);
  if (number === undefined || power < 0) throw new Error(`DuckDB shows its memory limit as ${row?.shown ?? 'nothing'}`);
  return Number(number) * 1024 ** power;
}
