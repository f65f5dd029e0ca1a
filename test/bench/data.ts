/** The files that are measured, made on the first call and kept in `data/`. */
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchOptions, benchLines, writeBenchData, writeLines } from '../generate/bench-data.ts';

const folder = fileURLToPath(new URL('data/', import.meta.url));

export async function dataFile(options: BenchOptions): Promise<string> {
  const path = join(folder, `${nameOf(options)}.ndjson`);
  if (!existsSync(path)) {
    console.log(`making ${path}`);
    // Under another name until it is whole: a file cut short would be measured without a word the next time.
    writeBenchData(`${path}.part`, options);
    await rename(`${path}.part`, path);
  }
  return path;
}

export type DataFolder = {
  /** Holds `files` files, and nothing else. */
  readonly path: string;
  /** Goes on where the folder ends, one hundredth of its events; lies elsewhere. */
  readonly next: string;
};

export async function dataFolder(options: BenchOptions, files: number): Promise<DataFolder> {
  const whole = join(folder, `${nameOf(options)}-files-${files}`);
  const found: DataFolder = { path: join(whole, 'log'), next: join(whole, 'next.ndjson') };
  if (existsSync(whole)) return found;
  console.log(`making ${whole}`);
  const part = `${whole}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(join(part, 'log'), { recursive: true });
  const more = Math.ceil(options.events / 100);
  const lines = benchLines({ ...options, events: options.events + more });
  for (let file = 0; file < files; file++) {
    const share = Math.floor(((file + 1) * options.events) / files) - Math.floor((file * options.events) / files);
    writeLines(join(part, 'log', `${String(file + 1).padStart(5, '0')}.ndjson`), take(lines, share));
  }
  writeLines(join(part, 'next.ndjson'), lines);
  await rename(part, whole);
  return found;
}

/** Unlike a loop that breaks, it leaves the rest to be taken. */
function* take<T>(from: Iterator<T>, count: number): Generator<T> {
  for (let left = count; left > 0; left--) {
    const next = from.next();
    if (next.done === true) return;
    yield next.value;
  }
}

function nameOf({ seed, events, accounts }: BenchOptions): string {
  return `${seed}-${events}-${accounts}`;
}

/** Reads a file, or the files of a folder, once, so that the first run does not pay for the disk alone. */
export async function warmUp(path: string): Promise<void> {
  if (!path.endsWith('.ndjson')) {
    for (const name of await readdir(path)) await warmUp(join(path, name));
    return;
  }
  for await (const _ of createReadStream(path, { highWaterMark: 1 << 22 }));
}
