/** The candidate that somebody who typed `word` most likely meant, or null where none is close. */
export function closest(word: string, candidates: Iterable<string>): string | null {
  const typed = word.toLowerCase();
  // A third of the letters may differ, at most three: more than that is another word.
  let limit = Math.min(3, Math.floor(typed.length / 3));
  let best: string | null = null;
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    // Cut short, as `warn` for `warning`, counts as one mistake.
    const isCut = typed.length > 2 && (name.startsWith(typed) || typed.startsWith(name));
    const distance = isCut && typed !== name ? 1 : editDistance(typed, name, limit);
    if (distance > limit || (distance === limit && best !== null)) continue;
    limit = distance;
    best = candidate;
  }
  return best;
}

/** `: did you mean "severity"?`, or nothing where no candidate is close. For the end of a message. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const meant = closest(word, candidates);
  return meant === null ? '' : `: did you mean "${meant}"?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours; anything above `limit` comes back as `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j - 1] ?? 0) + (same ? 0 : 1), (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}
