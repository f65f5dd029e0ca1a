/** An event as far as gaps are concerned: its time in milliseconds, and the request it belongs to. */
type Moment = { readonly time: number; readonly requestId: string | null };

export type Gap = { readonly ms: number | null; readonly standsOut: boolean };

/** What takes longer than that is worth a look: a request is done in milliseconds, while between requests people think. */
const leastWithin = 1000;
const leastBetween = 60_000;
const timesMedian = 5;

/**
 * The gap before each event of a story. It stands out where it is at least a second inside one request, or at least a minute
 * between two, and at least five times the median of the other gaps of that kind. So neither the pace of a conversation nor the
 * haste of a machine makes every line stand out.
 */
export function gapsOf(moments: readonly Moment[]): readonly Gap[] {
  const gaps = moments.map((moment, at) => {
    const before = moments[at - 1];
    if (before === undefined) return null;
    const within = moment.requestId !== null && moment.requestId === before.requestId;
    return { ms: moment.time - before.time, within };
  });
  const sorted = (within: boolean) =>
    gaps.flatMap((gap) => (gap !== null && gap.within === within ? [gap.ms] : [])).sort((a, b) => a - b);
  const [ofOne, ofSeveral] = [sorted(true), sorted(false)];
  return gaps.map((gap) => {
    if (gap === null) return { ms: null, standsOut: false };
    const { ms, within } = gap;
    if (ms < (within ? leastWithin : leastBetween)) return { ms, standsOut: false };
    return { ms, standsOut: ms >= timesMedian * medianOfOthers(within ? ofOne : ofSeveral, ms) };
  });
}

/** The median of sorted numbers without one of them; 0 where there is no other. */
function medianOfOthers(numbers: readonly number[], one: number): number {
  const left = numbers.length - 1;
  if (left < 1) return 0;
  const place = placeOf(numbers, one);
  const at = (index: number) => numbers[index < place ? index : index + 1] ?? 0;
  return left % 2 === 1 ? at((left - 1) / 2) : (at(left / 2 - 1) + at(left / 2)) / 2;
}

/** Where a number stands among sorted ones. */
function placeOf(numbers: readonly number[], one: number): number {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((numbers[middle] ?? one) < one) from = middle + 1;
    else to = middle;
  }
  return from;
}
