import type { Desk, DeskOptions } from './desk.ts';
import type { Sureness } from './label.ts';
import type { Ground, Site, SiteOptions } from './site.ts';

/** Where a plant is played: an account with its desk, and ordinary life around. The clock stands at a free time. */
export type Stage = { readonly site: Site; readonly desk: Desk };

/** One incident that has to be found by this rule, for this cause. What else follows from it is labelled, too. */
export type Plant = {
  readonly rule: string;
  readonly cause: string;
  readonly sureness?: Sureness;
  /** The grounds on which it shows; `hub` where left out. */
  readonly grounds?: readonly [Ground, ...Ground[]];
  /** An account of its own, because the rule looks at whole accounts. */
  readonly own?: SiteOptions;
  /** The desk of that account, where it is not as it should be. */
  readonly desk?: DeskOptions;
  /** It happens 2 to 20 hours before the end, not earlier. */
  readonly late?: boolean;
  readonly play: (stage: Stage) => void;
};

/** The grounds whose entries carry whole resources. */
export const fullBodies = ['hub', 'plain', 'several', 'seconds', 'console'] as const satisfies readonly Ground[];
/** The grounds whose times have milliseconds, and that is needed where parts of a second count. */
export const exactTimes = ['hub', 'plain', 'several'] as const satisfies readonly Ground[];
