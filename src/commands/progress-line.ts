import type { Progress, Reach } from '../engine/progress.ts';
import { sanitise } from '../report/sanitise.ts';

export type ProgressLine = Progress & {
  /** Takes the line away, before anything else is printed. */
  clear(): void;
  /** What is being done, for somebody who stops it: `running rules (12 of 43)`. Null before the first phase. */
  told(): string | null;
};

type Terminal = { readonly columns?: number; write(text: string): unknown };

const interval = 100;
/** Estimates of the first moment are worth nothing. */
const knownAfterMs = 1000;
const knownFrom = 0.02;
/** A line that stands still for so long says at least that time passes. */
const ticksAfterMs = 3000;

/**
 * One line that says what is being done, rewritten in place, and gone before the results are printed. Without a terminal nothing is
 * drawn, and it only knows what is being done.
 */
export function progressLine(terminal: Terminal | null, now: () => number = () => performance.now()): ProgressLine {
  let name: string | null = null;
  let began = 0;
  let share: number | null = null;
  let reach: Reach | null = null;
  let shown = '';
  let drawnAt = Number.NEGATIVE_INFINITY;
  let ticking: NodeJS.Timeout | undefined;

  const draw = () => {
    if (terminal === null || name === null) return;
    // Cut, never wrapped: a wrapped line could not be cleared again.
    const width = Math.max(10, (terminal.columns || 80) - 1);
    const parts = lineParts(sanitise(name), share, reach, now() - began);
    let line = parts.join(', ').replace(', ', ' … ');
    while (line.length > width && parts.length > 1) {
      parts.pop();
      line = parts.join(', ').replace(', ', ' … ');
    }
    drawnAt = now();
    line = (parts.length === 1 ? `${line} …` : line).slice(0, width);
    if (line === shown) return;
    shown = line;
    terminal.write(`\r\x1b[2K${line}`);
  };
  return {
    phase(next, words = next) {
      name = words;
      began = now();
      share = null;
      reach = null;
      // Drawn at once: what comes next may let nobody else have a turn for a while.
      draw();
      if (terminal !== null) ticking ??= setInterval(draw, 1000).unref();
    },
    fraction(done, of) {
      share = Math.min(Math.max(done, 0), 1);
      reach = of ?? null;
      if (now() - drawnAt >= interval) draw();
    },
    clear() {
      clearInterval(ticking);
      ticking = undefined;
      if (shown !== '') terminal?.write('\r\x1b[2K');
      shown = '';
    },
    told() {
      if (name === null || reach === null) return name;
      if (reach.unit === 'byte') return `${name} (${Math.floor((share ?? 0) * 100)} %)`;
      return `${name} (${reach.done} of ${reach.of})`;
    },
  };
}

/** What the line says, the dispensable last. */
function lineParts(name: string, share: number | null, reach: Reach | null, elapsedMs: number): string[] {
  const parts = [name];
  if (share !== null) parts.push(`${Math.floor(share * 100)} %`);
  const isKnown = share !== null && share >= knownFrom && elapsedMs >= knownAfterMs;
  if (isKnown && share < 1) parts.push(`${inWords((elapsedMs / share) * (1 - share))} left`);
  else if (elapsedMs >= ticksAfterMs) parts.push(`${inWords(elapsedMs)} so far`);
  if (reach === null) return parts;
  if (reach.unit !== 'byte') {
    parts.push(`${reach.done} of ${reach.of}`);
    return reach.at === undefined ? parts : [...parts, sanitise(reach.at)];
  }
  if (reach.of >= 1e6) parts.push(`${megabytes(reach.done)} of ${megabytes(reach.of)} MB`);
  if (isKnown && reach.done > 0) parts.push(`${megabytes(reach.done / (elapsedMs / 1000))} MB/s`);
  return parts;
}

function megabytes(bytes: number): string {
  const mega = bytes / 1e6;
  return mega < 10 ? mega.toFixed(1) : String(Math.round(mega)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Whole seconds: nothing here is known better. */
function inWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return seconds < 600 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${minutes} min`;
}
