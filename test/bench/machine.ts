/** Where and with what something was measured. */
import { execFile } from 'node:child_process';
import { readFile, statfs } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { version as duckdbVersion } from '@duckdb/node-api';
import { z } from 'zod';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const packageSchema = z.object({ version: z.string() });

export const machineSchema = z.object({
  cpu: z.string(),
  cores: z.int(),
  memoryGigabytes: z.number(),
  system: z.string(),
  diskFreeGigabytes: z.number(),
});
export type Machine = z.infer<typeof machineSchema>;

export async function thisMachine(): Promise<Machine> {
  const disk = await statfs(root);
  const gigabytes = (bytes: number) => Math.round((bytes / 1024 ** 3) * 10) / 10;
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown CPU',
    cores: cpus().length,
    memoryGigabytes: gigabytes(totalmem()),
    system: `${platform()} ${release()} ${arch()}`,
    diskFreeGigabytes: gigabytes(disk.bavail * disk.bsize),
  };
}

/** By name; what is not installed is not in it. */
export async function versions(): Promise<Record<string, string>> {
  const commit = await told('git', ['-C', root, 'describe', '--always', '--dirty']);
  const { version } = packageSchema.parse(JSON.parse(await readFile(`${root}package.json`, 'utf8')));
  const others = await Promise.all(
    Object.keys(versionArgs).map(async (name) => [name, await toolVersion(name)] as const),
  );
  return {
    postlude: commit === null ? version : `${version} (${commit})`,
    node: process.version.slice(1),
    duckdb: duckdbVersion().replace(/^v/, ''),
    ...Object.fromEntries(others.flatMap(([name, found]) => (found === null ? [] : [[name, found]]))),
  };
}

const versionArgs: Readonly<Record<string, readonly string[]>> = {
  jq: ['--version'],
  python3: ['--version'],
  sqlite3: ['--version'],
  lnav: ['-V'],
};

/** NULL where a tool is not installed. */
export async function toolVersion(name: string): Promise<string | null> {
  const text = await told(name, versionArgs[name] ?? ['--version']);
  return text === null ? null : (/\d+(\.\d+)+/.exec(text)?.[0] ?? text);
}

async function told(program: string, args: readonly string[]): Promise<string | null> {
  return run(program, [...args]).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}
