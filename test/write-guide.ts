/** `npm run guide`: writes into the README what the commands of its guide print. Needs `npm run build` first. */
import { readFile, writeFile } from 'node:fs/promises';
import { playGuide, readmePath, withOutputs } from './guide.ts';

const readme = await readFile(readmePath, 'utf8');
await writeFile(readmePath, withOutputs(readme, await playGuide(readme)));
