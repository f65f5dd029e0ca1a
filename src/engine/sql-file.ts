import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The text of a `.sql` file beside the module that asks: `sqlFile(import.meta.url, './events.sql')`.
 * Read at once, as the files are small: queries then queue in the order in which they were asked for, not in that of the disk.
 */
export async function sqlFile(moduleUrl: string, name: string): Promise<string> {
  return readFileSync(fileURLToPath(new URL(name, moduleUrl)), 'utf8');
}
