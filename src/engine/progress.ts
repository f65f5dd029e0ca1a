/** What a phase has done of what it has to do: 12 of 43 rules. */
export type Reach = {
  readonly done: number;
  readonly of: number;
  readonly unit: 'byte' | 'table' | 'rule' | 'case';
  /** What it is at: the id of a rule. */
  readonly at?: string;
};

/** Told about the run while it works. Printing is the business of the commands; everything below only tells. */
export type Progress = {
  /** A new phase begins. `told` is its name in words where they say more: `loading 3 files`. */
  phase(name: string, told?: string): void;
  /** How far the phase is, where it knows: from 0 to 1, and what that is made of. */
  fraction(done: number, reach?: Reach): void;
};

export const silent: Progress = { phase() {}, fraction() {} };

/** Tells how far a phase is as a share of what it has to do. */
export function reached(progress: Progress, reach: Reach): void {
  progress.fraction(reach.of === 0 ? 1 : reach.done / reach.of, reach);
}

/** How long a phase took, in milliseconds. */
export type PhaseTime = { readonly name: string; readonly ms: number };

export type PhaseClock = Progress & { times(): readonly PhaseTime[] };

/** Passes everything on, and keeps how long each phase took. A phase that comes again is counted with the first. */
export function phaseClock(progress: Progress, now: () => number = () => performance.now()): PhaseClock {
  const spent = new Map<string, number>();
  let current: { readonly name: string; readonly began: number } | null = null;
  const soFar = () => (current === null ? 0 : now() - current.began);
  return {
    phase(name, told) {
      if (current !== null) spent.set(current.name, (spent.get(current.name) ?? 0) + soFar());
      current = { name, began: now() };
      // Its place is where it began first.
      if (!spent.has(name)) spent.set(name, 0);
      progress.phase(name, told);
    },
    fraction: progress.fraction,
    times: () => [...spent].map(([name, ms]) => ({ name, ms: name === current?.name ? ms + soFar() : ms })),
  };
}
