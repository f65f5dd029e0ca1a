import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The text of a `.sql` file beside the module that asks: `sqlFile(import.meta.url, './events.sql')`. */
export function sqlFile(moduleUrl: string, name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(name, moduleUrl)), 'utf8');
}
