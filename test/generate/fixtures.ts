/** Writes the sample exports under `fixtures/` (`npm run fixtures`): the same bytes every time, and no file that says the same already. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSameContent } from './same-content.ts';
import { cleanDay } from './stories/clean-day.ts';
import { mixed } from './stories/mixed.ts';
import { sharedNumber } from './stories/shared-number.ts';
import { sharedProfile } from './stories/shared-profile.ts';
import { silentCall, silentCallLean } from './stories/silent-call.ts';
import { filteredWarnings, storeOutage } from './stories/store-outage.ts';
import type { Story } from './stories/story.ts';

export const fixturesFolder = fileURLToPath(new URL('../../fixtures/', import.meta.url));

export async function stories(): Promise<readonly Story[]> {
  return [
    sharedProfile(),
    sharedNumber(),
    silentCall(),
    silentCallLean(),
    storeOutage(),
    filteredWarnings(),
    cleanDay(),
    await mixed(),
  ];
}

async function writeStory(story: Story): Promise<void> {
  const folder = join(fixturesFolder, story.folder);
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name !== 'README.md' && story.files[name] === undefined) await rm(join(folder, name), { recursive: true });
  }
  for (const [name, content] of Object.entries(story.files)) {
    const path = join(folder, name);
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const present = await readFile(path).catch(() => null);
    if (present !== null && (await isSameContent(name, present, bytes))) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const story of await stories()) await writeStory(story);
}
