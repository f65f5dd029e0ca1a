import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Tool = { readonly name: string; readonly version: string };

/** Name and version as `package.json` has them: it lies one folder above `src` and, once built, above `dist`. */
export function tool(): Tool {
  const manifest: unknown = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
  );
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  if (typeof version !== 'string') throw new Error('package.json of postlude has no version');
  return { name: 'postlude', version };
}
