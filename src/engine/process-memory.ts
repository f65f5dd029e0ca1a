import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { machineMemory } from './machine-memory.ts';
import { memoryLimitOf } from './memory-limit.ts';
import type { Session } from './session.ts';

/*
 * DuckDB counts what its operators hold, but not the values inside of a vector: `replace(text, 'a', long)` over two thousand rows can
 * take any amount, and is not interrupted meanwhile. Where the system refuses memory instead, that is an error of the query like
 * any other.
 */

const gigabyte = 2 ** 30;
/** Of the machine's memory: beyond it the system would end the process, or others. */
const mostOfMachine = 0.9;
const watchMs = 50;

/** How much the process may take, while rules run that nobody vouches for. */
export type MemoryGuard = {
  readonly bytes: number;
  /** From here on the process may take as much as before. */
  lift(): Promise<void>;
};

/**
 * Keeps the process from taking more than DuckDB's limit lets expect, half as much again and a gigabyte, and from taking nearly all
 * that the machine has. The system is asked for it where it can be (Linux, with `prlimit` of util-linux); elsewhere `watchMemory` is
 * all there is.
 */
export async function guardMemory(session: Session): Promise<MemoryGuard> {
  const resident = process.memoryUsage.rss();
  const expected = 1.5 * (await memoryLimitOf(session)) + gigabyte;
  const bytes = Math.max(Math.min(expected, mostOfMachine * machineMemory()), resident + gigabyte);
  const before = process.platform === 'linux' ? await dataLimits() : null;
  if (before === null) return { bytes, lift: async () => {} };
  // What is reserved is more than what is taken, and stays reserved where it is given back.
  // Later than it is noticed here: near the limit something small may be refused, in a place where DuckDB does not expect it.
  const limit = Math.round(before.reserved + bytes - resident + 2 * gigabyte);
  if (before.soft !== 'unlimited' && Number(before.soft) <= limit) return { bytes, lift: async () => {} };
  const isSet = await setDataLimit(String(limit));
  return {
    bytes,
    async lift() {
      if (isSet) await setDataLimit(before.soft);
    },
  };
}

/** How much private memory the process has reserved to write to, and the limit of that; null where the system does not tell. */
async function dataLimits(): Promise<{ readonly reserved: number; readonly soft: string } | null> {
  try {
    const [status, limits] = await Promise.all(
      ['status', 'limits'].map((name) => readFile(`/proc/self/${name}`, 'utf8')),
    );
    const [, kilobytes] = /^VmData:\s+(\d+) kB$/mu.exec(status ?? '') ?? [];
    const [, soft] = /^Max data size\s+(\d+|unlimited)\s/mu.exec(limits ?? '') ?? [];
    return kilobytes === undefined || soft === undefined ? null : { reserved: Number(kilobytes) * 1024, soft };
  } catch {
    return null;
  }
}

/** The soft limit alone, which can be raised again. */
async function setDataLimit(bytes: string): Promise<boolean> {
  try {
    await promisify(execFile)('prlimit', ['--pid', String(process.pid), `--data=${bytes}:`], { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

/** Calls `tooMuch` again and again while the process takes more than it may, until the returned function is called. */
export function watchMemory({ bytes }: MemoryGuard, tooMuch: () => void): () => void {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > bytes) tooMuch();
  }, watchMs);
  return () => clearInterval(timer);
}
