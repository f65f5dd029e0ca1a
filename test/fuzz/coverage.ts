import { type Profiler, Session } from 'node:inspector';

/** Which functions ran since the last report, and which parts of them did not. */
export type Report = readonly Profiler.FunctionCoverage[][];

/**
 * What of `src` has run, by V8's own block coverage. V8 joins blocks that ran equally often, so blocks are not compared by their
 * ranges: what is remembered is which characters of each function have ever run.
 */
export type Coverage = {
  /** What ran since it was last asked. */
  report(): Report;
  /** Whether something ran that had not run before. */
  isNew(report: Report): boolean;
  /** Remembers what ran; how many pieces of code were reached for the first time. */
  add(report: Report): number;
  /** How many pieces of code were reached so far. */
  blocks(): number;
  stop(): void;
};

export function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const known = new Map<string, Uint8Array>();
  let blocks = 0;

  const report = (): Report => {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    // It answers before it returns.
    session.post('Profiler.takePreciseCoverage', (failure, answer) => {
      if (failure === null) scripts = answer.result;
    });
    return scripts
      .filter(({ url }) => url.includes('/src/') && !url.includes('/node_modules/'))
      .map(({ url, functions }) => functions.map((each) => ({ ...each, functionName: url })));
  };

  return {
    report,
    isNew: (given) =>
      given.some((functions) => functions.some((each) => freshPieces(known.get(keyOf(each)), each, false) > 0)),
    add(given) {
      let fresh = 0;
      for (const each of given.flat()) {
        const key = keyOf(each);
        const before = known.get(key) ?? new Uint8Array(lengthOf(each));
        known.set(key, before);
        fresh += freshPieces(before, each, true);
      }
      blocks += fresh;
      return fresh;
    },
    blocks: () => blocks,
    stop() {
      session.post('Profiler.stopPreciseCoverage');
      session.disconnect();
    },
  };
}

/** The whole of a function is its first range. The name was replaced by the script's address: names are not unique. */
function keyOf({ functionName, ranges: [whole] }: Profiler.FunctionCoverage): string {
  return `${functionName}:${whole?.startOffset}:${whole?.endOffset}`;
}

function lengthOf({ ranges: [whole] }: Profiler.FunctionCoverage): number {
  return whole === undefined ? 0 : whole.endOffset - whole.startOffset;
}

/** How many pieces of a function ran that had not run before; inner ranges say where another count holds than around them. */
function freshPieces(known: Uint8Array | undefined, each: Profiler.FunctionCoverage, remember: boolean): number {
  const [whole] = each.ranges;
  if (whole === undefined || whole.count === 0) return 0;
  if (known === undefined) return 1;
  const ran = new Uint8Array(known.length);
  for (const { startOffset, endOffset, count } of each.ranges) {
    ran.fill(count > 0 ? 1 : 0, startOffset - whole.startOffset, endOffset - whole.startOffset);
  }
  let pieces = 0;
  let isInside = false;
  for (let at = 0; at < ran.length; at++) {
    const isFresh = ran[at] === 1 && known[at] === 0;
    if (isFresh && !isInside) pieces++;
    isInside = isFresh;
    if (isFresh && remember) known[at] = 1;
  }
  return pieces;
}
