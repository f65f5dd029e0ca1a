/** What the cases of capture rules share: traffic that nothing captured, and configurations with rules of their own. */
import { sid, typeId } from '../../generate/ids.ts';
import type { Channel } from '../../generate/orchestrator.ts';
import { type CaptureRule, type Configuration, callPage, listPage, messagePage } from '../../generate/side.ts';
import { isoTime, type World } from '../../generate/world.ts';
import { type Stage, start, type Told } from '../case.ts';

export const stranger = '+15550109001';

/** A message that the list of messages holds and the log does not. Returns its SID. */
export function lostMessage(
  world: World,
  options: {
    readonly from: string;
    readonly to: string;
    readonly time?: number;
    readonly direction?: 'inbound' | 'outbound-api';
  },
): string {
  const id = sid(world.random, 'SM');
  const { from, to, time = start, direction = 'inbound' } = options;
  world.messages.push({ sid: id, from, to, direction, time });
  return id;
}

export function lostCall(
  world: World,
  options: {
    readonly from: string;
    readonly to: string;
    readonly time?: number;
    readonly direction?: 'inbound' | 'outbound-dial';
    readonly seconds?: number | null;
  },
): string {
  const id = sid(world.random, 'CA');
  const { from, to, time = start, direction = 'inbound', seconds = 40 } = options;
  world.calls.push({ sid: id, from, to, direction, time, seconds });
  return id;
}

export type Rules = Partial<Record<Channel, readonly CaptureRule[]>>;

/** Another configuration of the account, or another snapshot of one where an id is given. */
export function configured(
  { world, configuration }: Stage,
  rules: Rules,
  options: {
    readonly id?: string;
    readonly created?: number;
    readonly updated?: number;
    readonly version?: number;
  } = {},
): Configuration {
  const created = options.created ?? Date.parse(configuration.createdAt);
  return {
    ...configuration,
    id: options.id ?? typeId(world.random, 'conv_configuration', created),
    displayName: 'Another desk',
    channelSettings: Object.fromEntries(
      Object.entries(rules).map(([channel, captureRules]) => [channel, { statusTimeouts: null, captureRules }]),
    ),
    createdAt: isoTime(created),
    updatedAt: isoTime(options.updated ?? created),
    version: options.version ?? 1,
  };
}

/** The account's lists as the APIs return them, complete. */
export function lists({ world }: Stage, configurations: readonly Configuration[]): readonly unknown[] {
  return [
    ...(configurations.length === 0 ? [] : [listPage('configurations', configurations)]),
    messagePage(world, world.messages),
    callPage(world, world.calls),
  ];
}

/** Plays a case beside the lists of the account; the configuration of the stage is one of them unless others are given. */
export const listed =
  (play: (stage: Stage) => Told & { readonly configurations?: readonly Configuration[] }) =>
  (stage: Stage): Told => {
    const { configurations = [stage.configuration], ...told } = play(stage);
    return { side: lists(stage, configurations), ...told };
  };
