/** One simulation: every account of it, what happened there, and what an audit of its export has to find. */
import { openDesk } from './desk.ts';
import { type ExportedFiles, exportSites } from './export.ts';
import type { Label } from './label.ts';
import { edges, ordinaryScene, witnesses } from './life.ts';
import type { Plant } from './plant.ts';
import { plants } from './plants/index.ts';
import { type Ground, goToLateSlot, goToSlot, oneOf, openSite, type Site, type SiteOptions } from './site.ts';

export type Simulation = {
  readonly files: ExportedFiles;
  readonly labels: readonly Label[];
  readonly conversations: number;
  readonly entries: number;
  /** What each account was opened for, by account id. */
  readonly names: ReadonlyMap<string, string>;
};

export type SimulationOptions = {
  readonly seed: string;
  /** Ordinary ones, over all grounds; those of incidents come on top. */
  readonly conversations: number;
  /** False: ordinary life alone. */
  readonly incidents: boolean;
};

/** How ordinary life is shared out, in percent. */
const shares: Readonly<Record<Ground, number>> = {
  hub: 40,
  plain: 15,
  several: 15,
  seconds: 10,
  lean: 10,
  warnings: 5,
  'no-communications': 5,
};

const grounds = ['hub', 'plain', 'several', 'seconds', 'lean', 'warnings', 'no-communications'] as const;

export async function simulate({ seed, conversations, incidents }: SimulationOptions): Promise<Simulation> {
  const sites: Site[] = [];
  const open = (name: string, options: SiteOptions) => {
    const site = openSite(seed, sites.length + 1, name, options);
    sites.push(site);
    const desk = openDesk(site);
    return { site, desk };
  };
  const inhabit = ({ site, desk }: ReturnType<typeof open>, scenes: number) => {
    witnesses(site, desk);
    for (let scene = 0; scene < scenes; scene++) ordinaryScene(site, desk);
    edges(site, desk);
  };

  const stages = new Map<Ground, ReturnType<typeof open>>();
  for (const ground of grounds) {
    const stage = open(ground, { ground });
    stages.set(ground, stage);
    inhabit(stage, Math.ceil((conversations * shares[ground]) / 100));
  }

  if (incidents) {
    plants.forEach((plant, number) => {
      const name = `${plant.rule}/${plant.cause}`;
      const random = stages.get('hub')?.site;
      if (random === undefined) throw new Error('there is no hub');
      const stage =
        plant.own === undefined
          ? stages.get(oneOf(random, plant.grounds ?? ['hub']))
          : open(`${number} ${name}`, plant.own);
      if (stage === undefined) throw new Error(`${name} has no ground`);
      if (plant.own !== undefined) inhabit(stage, 3);
      play(plant, stage);
    });
  }

  return {
    files: await exportSites(sites, seed),
    labels: sites.flatMap(({ labels }) => labels),
    conversations: sites.reduce((sum, { world }) => sum + countConversations(world.entries), 0),
    entries: sites.reduce((sum, { world }) => sum + world.entries.length, 0),
    names: new Map(sites.map(({ accountId, name }) => [accountId, name])),
  };
}

function countConversations(entries: Site['world']['entries']): number {
  return entries.filter(({ eventType }) => eventType === 'conversation.created').length;
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
