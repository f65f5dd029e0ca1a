import type { Session } from '../engine/session.ts';
import { checkStopped } from '../engine/stop.ts';
import type { Rule } from './rule.ts';
import type { RuleOutcome } from './run.ts';

export type Ran = { readonly rule: Rule; readonly run: RuleOutcome };

/** Runs rules as many at once as there are lanes. Their outcomes come in the order of the rules. */
export async function runEach(
  lanes: readonly Session[],
  rules: readonly Rule[],
  work: (lane: Session, rule: Rule) => Promise<RuleOutcome>,
): Promise<readonly Ran[]> {
  const outcomes = new Map<Rule, RuleOutcome>();
  // All lanes take from the one iterator.
  const left = rules.values();
  const runLane = async (lane: Session) => {
    for (const rule of left) {
      // A rule that was stopped with everything else did not fail.
      checkStopped();
      outcomes.set(rule, await work(lane, rule));
    }
  };
  const running = lanes.map(runLane);
  // Whoever closes the session must not do it under a query: all come to rest before one that threw is told of.
  await Promise.allSettled(running);
  await Promise.all(running);
  const ran: Ran[] = [];
  for (const rule of rules) {
    const run = outcomes.get(rule);
    const [alone] = lanes;
    if (run === undefined || alone === undefined) continue;
    // What did not fit into memory beside another rule may do so by itself; a predicate that fails for a row fails again.
    const isAgain = lanes.length > 1 && run.status === 'failed' && run.failedOver !== 'rows';
    ran.push({ rule, run: isAgain ? await work(alone, rule) : run });
  }
  return ran;
}
