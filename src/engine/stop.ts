import { rmSync } from 'node:fs';

/*
 * What has to come to rest, and what has to go, when the process is told to stop. In one place and for the whole process, as a signal
 * comes at any moment and is meant for all that goes on. Nothing here listens to signals: the entry of the program does.
 */

const working = new Set<() => Promise<unknown>>();
const temporary = new Set<string>();
const written: string[] = [];
const unstoppable = new Set<string>();
let told = false;

/** Thrown where work would go on although the process was told to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export function isStopped(): boolean {
  return told;
}

/** @throws Stopped once the process was told to stop */
export function checkStopped(): void {
  if (told) throw new Stopped('the process was told to stop');
}

/** Until the returned function is called, `halt` is what a stop waits for: it ends the work, and settles when nothing of it runs. */
export function haltable(halt: () => Promise<unknown>): () => void {
  working.add(halt);
  return () => working.delete(halt);
}

/** Until the returned function is called, a stop removes the file or folder. */
export function temporaryPath(path: string): () => void {
  temporary.add(path);
  return () => temporary.delete(path);
}

/** An output is there, whole. */
export function tellWritten(file: string): void {
  written.push(file);
}

/** Every output that is there, in the order in which they were finished. */
export function writtenFiles(): readonly string[] {
  return written;
}

/** Until the returned function is called, something runs on another thread that nothing ends but the end of the process. */
export function tellUnstoppable(what: string): () => void {
  unstoppable.add(what);
  return () => unstoppable.delete(what);
}

/** What still runs and cannot be stopped. A process that ends as usual would wait for it. */
export function stillRunning(): readonly string[] {
  return [...unstoppable];
}

/** Brings all work to rest, once and for ever. False where some of it goes on after `ms` milliseconds: then only the end of the process ends it. */
export async function stopWork(ms: number): Promise<boolean> {
  told = true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const rest = Promise.allSettled([...working].map((halt) => halt())).then(() => true);
  const isAtRest = await Promise.race([rest, late]);
  clearTimeout(timer);
  return isAtRest;
}

/** At once, so that nothing can be put into a folder between its removal and the end of the process. */
export function removeTemporary(): void {
  for (const path of temporary) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // What cannot be removed keeps nothing else from going.
    }
  }
}
