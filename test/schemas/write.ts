import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemaTexts } from './schemas.ts';

/** `npm run schemas`: writes the JSON Schemas that are shipped in `schemas`. */
const folder = fileURLToPath(new URL('../../schemas/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const [file, text] of schemaTexts()) {
  await writeFile(join(folder, file), text);
  console.log(`schemas/${file}`);
}
