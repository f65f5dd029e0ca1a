/** One simulation: every account of it, what happened there, and what an audit of its export has to find. */

import { isFields } from '../generate/fields.ts';
import { createRandom, intBelow, pick } from '../generate/random.ts';
import { isoTime } from '../generate/world.ts';
import { type Desk, type DeskOptions, openDesk } from './desk.ts';
import { type ExportedFiles, exportSites } from './export.ts';
import type { Label } from './label.ts';
import { edges, ordinaryScene, witnesses } from './life.ts';
import type { Plant } from './plant.ts';
import { plants } from './plants/index.ts';
import { ordinaryOperations } from './plants/operations.ts';
import { day, type Ground, goToLateSlot, goToSlot, openSite, type Site, type SiteOptions } from './site.ts';
import { type Truth, truthOf } from './truth.ts';

export type Simulation = {
  readonly files: ExportedFiles;
  readonly labels: readonly Label[];
  readonly conversations: number;
  readonly entries: number;
  /** What each account was opened for, by account id. */
  readonly names: ReadonlyMap<string, string>;
  /** Everybody who occurs in it. */
  readonly truth: Truth;
};

export type SimulationOptions = {
  readonly seed: string;
  /** Ordinary ones, over all grounds; those of incidents come on top. */
  readonly conversations: number;
  /** False: ordinary life alone. */
  readonly incidents: boolean;
};

/** The accounts of every simulation, and how ordinary life is shared out among them, in percent. */
const grounds: readonly (readonly [Ground, SiteOptions, number])[] = [
  ['hub', {}, 34],
  ['plain', {}, 9],
  ['several', {}, 9],
  ['several', { memory: true }, 9],
  ['seconds', {}, 6],
  ['console', {}, 6],
  ['lean', {}, 9],
  ['warnings', {}, 3],
  ['no-communications', {}, 5],
  ['no-participants', {}, 5],
  ['only-created', {}, 5],
];

export async function simulate({ seed, conversations, incidents }: SimulationOptions): Promise<Simulation> {
  const sites: Site[] = [];
  const open = (name: string, options: SiteOptions, deskOptions: DeskOptions = {}) => {
    const site = openSite(seed, sites.length + 1, name, options);
    sites.push(site);
    const desk = openDesk(site, deskOptions);
    if (site.side) {
      ordinaryOperations(site);
      renamed(site, desk);
    }
    return { site, desk };
  };
  const inhabit = ({ site, desk }: ReturnType<typeof open>, scenes: number) => {
    witnesses(site, desk);
    for (let scene = 0; scene < scenes; scene++) ordinaryScene(site, desk);
    edges(site, desk);
  };

  const stages = grounds.map(([ground, options, share]) => {
    const stage = open(ground, { ground, ...options });
    inhabit(stage, Math.ceil((conversations * share) / 100));
    return stage;
  });

  if (incidents) {
    const random = createRandom(`${seed}/grounds`);
    const stageFor = (plant: Plant, number: number) => {
      if (plant.own !== undefined) {
        const stage = open(`${number} ${plant.rule}/${plant.cause}`, plant.own, plant.desk);
        inhabit(stage, 3);
        return stage;
      }
      const ground = pick(random, plant.grounds ?? ['hub']);
      const there = stages.filter(({ site }) => site.ground === ground);
      const stage = there[intBelow(random, there.length)];
      if (stage === undefined) throw new Error(`${plant.rule} has no ground`);
      return stage;
    };
    plants.forEach((plant, number) => {
      play(plant, stageFor(plant, number));
    });
  }

  return {
    files: await exportSites(sites, seed),
    labels: sites.flatMap(({ labels }) => labels),
    conversations: sites.reduce((sum, { world }) => sum + countConversations(world.entries), 0),
    entries: sites.reduce((sum, { world }) => sum + world.entries.length, 0),
    names: new Map(sites.map(({ accountId, isNameless, name }) => [isNameless ? 'unknown' : accountId, name])),
    truth: truthOf(sites),
  };
}

function countConversations(entries: Site['world']['entries']): number {
  return entries.filter(({ eventType }) => eventType === 'conversation.created').length;
}

/** Configurations change now and then without a change that matters to anybody. */
function renamed(site: Site, { configuration, hasStore }: Desk): void {
  const updatedAt = isoTime(site.begin + 5 * day + 7777);
  const before = site.records.find((record) => isFields(record) && record.id === configuration.id);
  if (!hasStore || !isFields(before)) return;
  site.records.push({ ...before, displayName: 'Renamed', updatedAt, version: 2 });
}

/** Plays an incident, and makes sure that it labelled what the table says it plants. */
function play(plant: Plant, stage: { readonly site: Site; readonly desk: ReturnType<typeof openDesk> }): void {
  const { site } = stage;
  const before = site.labels.length;
  site.actor = `${plant.rule} ▸ ${plant.cause}`;
  if (plant.late === true) goToLateSlot(site);
  else goToSlot(site);
  plant.play(stage);
  const isLabelled = site.labels
    .slice(before)
    .some(
      ({ rule, cause, sureness }) =>
        rule === plant.rule && cause === plant.cause && sureness === (plant.sureness ?? 'sure'),
    );
  if (!isLabelled) throw new Error(`${site.actor} did not plant what it says`);
  site.actor = site.name;
}
