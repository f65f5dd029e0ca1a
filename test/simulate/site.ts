/** An account in the simulation: its world, what stands beside its log, and what of it an export shows. */
import { accountSid } from '../generate/ids.ts';
import { firstNames, lastNames } from '../generate/names.ts';
import { intBelow, intBetween } from '../generate/random.ts';
import type { Person } from '../generate/scenes.ts';
import { createWorld, type World } from '../generate/world.ts';
import type { Label, Sureness } from './label.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The grounds that every simulation has; other accounts are opened for one plant alone. */
export type Ground =
  /** Everything: full bodies, memory's log, configurations, stores, traffic. */
  | 'hub'
  /** Full bodies, and nothing beside the log. */
  | 'plain'
  /** Full bodies in one file with other accounts, some entries without any account. */
  | 'several'
  /** Times to the second, and log ids that tell no time. */
  | 'seconds'
  /** The Console's table: seconds, and neither log ids nor request ids. */
  | 'console'
  /** Only the fields that the Debugger documents as queryable. */
  | 'lean'
  /** From WARNING upwards. */
  | 'warnings'
  /** Without communications. */
  | 'no-communications'
  /** Without participants. */
  | 'no-participants'
  /** Only what was created, and nothing of what became of it. */
  | 'only-created';

export type SiteOptions = {
  readonly ground?: Ground;
  /** Conversation Memory's log is part of the export. */
  readonly memory?: boolean;
  /** In its place the list of observations. */
  readonly observationsListed?: boolean;
  /** Message and call lists are part of it. */
  readonly traffic?: boolean;
  /** Configurations, stores and the like are part of it. */
  readonly side?: boolean;
};

export type Site = {
  readonly world: World;
  readonly accountId: string;
  /** The ground, or what it was opened for. */
  readonly name: string;
  readonly ground: Ground;
  readonly memory: boolean;
  readonly observationsListed: boolean;
  /** Nothing in the export says whose it is. */
  readonly isNameless: boolean;
  readonly traffic: boolean;
  readonly side: boolean;
  /** What the export shows of the log: from `begin` to `end`, both included. Epoch milliseconds. */
  readonly begin: number;
  readonly end: number;
  /** Records beside the log, apart from traffic. */
  readonly records: unknown[];
  readonly labels: Label[];
  /** Who writes labels now. */
  actor: string;
  /** Free times, 20 minutes each, in random order: what happens in two of them does not touch. */
  readonly slots: number[];
  /** The same within the last 20 hours. */
  readonly lateSlots: number[];
  people: number;
  numbers: number;
  texts: number;
};

/** The grounds that are filtered by type: with configurations, so that rules about those try, too. */
const filtered: ReadonlySet<Ground> = new Set(['no-communications', 'no-participants', 'only-created']);

const slotLength = 20 * minute;
const length = 10 * day;

export function openSite(
  seed: string,
  number: number,
  name: string,
  { ground = 'hub', memory, observationsListed = false, traffic, side }: SiteOptions,
): Site {
  const accountId = accountSid(number);
  const world = createWorld({ seed: `${seed}/${number} ${name}`, accountId, start: '2026-09-01T00:00:00Z' });
  const begin = world.now + intBelow(world.random, 2 * day);
  const end = begin + length + intBelow(world.random, 5 * hour);
  world.now = begin;
  const slots: number[] = [];
  const lateSlots: number[] = [];
  for (let time = begin + 2 * hour; time < end - 2 * hour; time += slotLength) {
    if (time < end - 30 * hour) slots.push(time);
    else if (time > end - 20 * hour) lateSlots.push(time);
  }
  shuffle(world, slots);
  shuffle(world, lateSlots);
  return {
    world,
    accountId,
    name,
    ground,
    memory: memory ?? (ground === 'hub' && !observationsListed),
    observationsListed,
    // Only what is lean does not name its account in every body.
    isNameless: ground === 'lean' && intBelow(world.random, 2) === 0,
    traffic: traffic ?? ground === 'hub',
    side: side ?? (ground === 'hub' || filtered.has(ground)),
    begin,
    end,
    records: [],
    labels: [],
    actor: name,
    slots,
    lateSlots,
    people: intBelow(world.random, 100),
    numbers: 0,
    texts: 0,
  };
}

export function shuffle<T>(world: World, list: T[]): void {
  for (let last = list.length - 1; last > 0; last--) {
    const at = intBelow(world.random, last + 1);
    const [one, other] = [list[last], list[at]];
    if (one === undefined || other === undefined) throw new Error('the list has holes');
    list[last] = other;
    list[at] = one;
  }
}

/** Sets the clock to a free time at least a day before the end, so that what it tells is over by then. */
export function goToSlot(site: Site): void {
  goTo(site, site.slots);
}

/** Sets the clock to a free time 2 to 20 hours before the end. */
export function goToLateSlot(site: Site): void {
  goTo(site, site.lateSlots);
}

function goTo({ world, name }: Site, slots: number[]): void {
  const slot = slots.pop();
  if (slot === undefined) throw new Error(`${name} has no free time left`);
  world.now = slot + intBelow(world.random, 4 * minute);
}

/** Somebody who has not been there before, with a telephone number of their own. */
export function newPerson(site: Site): Person {
  const number = site.people++;
  const name = `${firstNames[number % firstNames.length]} ${lastNames[Math.floor(number / 5) % lastNames.length]}`;
  return { name, address: `+1555${2_000_000 + number}` };
}

/** An address of the account's own that nothing else uses. */
export function newOwnNumber(site: Site): string {
  return `+1555010${1000 + site.numbers++}`;
}

/** Writes down what an audit has to find. */
export function label(site: Site, rule: string, cause: string, subject: string, sureness: Sureness = 'sure'): void {
  const account = site.isNameless ? 'unknown' : site.accountId;
  site.labels.push({ rule, cause, account, subject, sureness, by: site.actor });
}

export function chance(site: Site, of: number): boolean {
  return intBelow(site.world.random, 1000) < of * 1000;
}

export function between(site: Site, least: number, most: number): number {
  return intBetween(site.world.random, least, most);
}

export function oneOf<T>(site: Site, from: readonly [T, ...T[]]): T {
  return from[intBelow(site.world.random, from.length)] ?? from[0];
}
