import { totalmem } from 'node:os';

const gigabyte = 1_000_000_000;

/** What the machine has, or the container that the process is in, in bytes. */
export function machineMemory(): number {
  const constrained = process.constrainedMemory();
  // Where nothing constrains it, it says 0 or a number beyond all machines.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/**
 * How much DuckDB may take where nobody says it, in bytes: two thirds of the machine's memory but for the gigabyte that the process takes
 * besides, and a third of it at least. The rest is for the files that are read: what is in memory of them need not come from the disk.
 */
export function defaultMemoryLimit(machine = machineMemory()): number {
  return Math.max(machine / 3, ((machine - gigabyte) * 2) / 3);
}
