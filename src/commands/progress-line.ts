import type { Progress } from '../engine/progress.ts';
import { sanitise } from '../report/sanitise.ts';

export type ProgressLine = Progress & { clear(): void };

type Terminal = { readonly columns?: number; write(text: string): unknown };

const interval = 100;

/** One line that says what is being done, rewritten in place, and gone before the results are printed. */
export function progressLine(terminal: Terminal, now: () => number = Date.now): ProgressLine {
  let name = '';
  let shown = '';
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = (text: string) => {
    if (text === shown) return;
    shown = text;
    drawnAt = now();
    // Cut, never wrapped: a wrapped line could not be cleared again.
    const line = sanitise(text).slice(0, Math.max(10, (terminal.columns || 80) - 1));
    terminal.write(`\r\x1b[2K${line}`);
  };
  return {
    phase(next) {
      name = next;
      draw(`${name} …`);
    },
    fraction(done) {
      if (now() - drawnAt < interval) return;
      draw(`${name} … ${Math.floor(Math.min(Math.max(done, 0), 1) * 100)} %`);
    },
    clear() {
      if (shown !== '') terminal.write('\r\x1b[2K');
      shown = '';
    },
  };
}
