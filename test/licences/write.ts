import { writeFile } from 'node:fs/promises';
import { thirdParty } from './licences.ts';

await writeFile(new URL('../../THIRD-PARTY.md', import.meta.url), await thirdParty());
