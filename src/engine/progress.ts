/** Told about the run while it works. Printing is the business of the commands; everything below only tells. */
export type Progress = {
  /** A new phase begins, as a verb phrase: `loading 3 files`. */
  phase(name: string): void;
  /** How far the phase is, where it knows: from 0 to 1. */
  fraction(done: number): void;
};

export const silent: Progress = { phase() {}, fraction() {} };
