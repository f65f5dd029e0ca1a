/** A configuration with its store and addresses, as one team of the account uses it. */
import { typeId } from '../generate/ids.ts';
import type { Channel } from '../generate/orchestrator.ts';
import {
  bothWays,
  type CaptureRule,
  type ChannelSettings,
  type Configuration,
  configuration,
  type GroupingType,
  intelligenceConfiguration,
  store,
  type Timeouts,
  type Trigger,
} from '../generate/side.ts';
import type { Body } from '../generate/world.ts';
import { day, newOwnNumber, type Site } from './site.ts';

export type Desk = {
  readonly configuration: Configuration;
  readonly number: string;
  readonly whatsApp: string;
  readonly rcs: string;
  /** The identity that CLIENT calls go to. */
  readonly client: string;
  readonly storeId: string;
  readonly storeStatus: string;
  /** The configuration names a store. */
  readonly hasStore: boolean;
  /** That store is among the account's. */
  readonly storeListed: boolean;
  readonly timeouts: Readonly<Record<Channel, Timeouts | null>>;
  readonly intelligenceId: string;
};

export type DeskOptions = {
  readonly grouping?: GroupingType;
  /** What is different about the configuration's record. */
  readonly changes?: Body;
  readonly channels?: readonly Channel[];
  /** In place of rules in both directions. */
  readonly rules?: (
    desk: Pick<Desk, 'number' | 'whatsApp' | 'rcs' | 'client'>,
  ) => Partial<Record<Channel, readonly CaptureRule[]>>;
  readonly timeouts?: Partial<Record<Channel, Timeouts | null>>;
  readonly storeStatus?: string;
  /** False: the configuration names no store. */
  readonly hasStore?: boolean;
  readonly triggers?: readonly Trigger[];
  readonly extraction?: boolean;
  /** False: the store that the configuration names is not among the account's. */
  readonly storeListed?: boolean;
  /** Snapshots before and beside the current one, whose records are written by whoever opened the desk. */
  readonly unlisted?: boolean;
};

/** Opens a desk weeks before the export begins, and files its records where the site has any. */
export function openDesk(site: Site, options: DeskOptions = {}): Desk {
  const { world } = site;
  const now = world.now;
  world.now = site.begin - 40 * day;
  const isFirst = site.numbers === 0;
  const storeId = typeId(world.random, 'mem_store', world.now);
  const number = newOwnNumber(site);
  const own = {
    number,
    whatsApp: `whatsapp:${newOwnNumber(site)}`,
    rcs: `rcs:desk_${site.numbers++}_agent`,
    client: `agent-${site.numbers++}`,
  };
  const timeouts = { ...usualTimeouts, ...options.timeouts };
  const rules = { ...usualRules(own), ...options.rules?.(own) };
  // A chat rule takes whatever comes, so a second desk with one would overlap with the first.
  const channels =
    options.channels ?? (['SMS', 'WHATSAPP', 'RCS', 'VOICE', ...(isFirst ? ['CHAT' as const] : [])] as const);
  const channelSettings: ChannelSettings = Object.fromEntries(
    channels.map((channel) => [channel, { statusTimeouts: timeouts[channel], captureRules: rules[channel] }]),
  );
  const intelligenceId = typeId(world.random, 'intelligence_configuration', world.now);
  const made: Configuration = {
    ...configuration(world, {
      displayName: `Desk ${site.numbers}`,
      grouping: options.grouping ?? 'GROUP_BY_PROFILE',
      storeId,
      channelSettings,
      intelligenceConfigurationIds: [intelligenceId],
    }),
    memoryExtractionEnabled: options.extraction ?? true,
  };
  const hasStore = options.hasStore ?? true;
  const storeListed = options.storeListed ?? true;
  const storeStatus = options.storeStatus ?? 'ACTIVE';
  if (site.side && options.unlisted !== true) {
    site.records.push({ ...made, ...(hasStore ? {} : { memoryStoreId: null }), ...options.changes });
    if (hasStore && storeListed) site.records.push(store(storeId, { status: storeStatus }));
    const triggers = options.triggers ?? ['COMMUNICATION', 'CONVERSATION_END'];
    site.records.push(intelligenceConfiguration(world, intelligenceId, triggers));
  }
  world.now = now;
  return { configuration: made, ...own, storeId, storeStatus, hasStore, storeListed, timeouts, intelligenceId };
}

const usualTimeouts: Readonly<Record<Channel, Timeouts | null>> = {
  SMS: { inactive: 10, closed: 60 },
  WHATSAPP: { inactive: 15, closed: 90 },
  RCS: { inactive: 10, closed: 60 },
  VOICE: { inactive: 5, closed: 30 },
  CHAT: { inactive: 10, closed: 30 },
};

function usualRules(
  own: Pick<Desk, 'number' | 'whatsApp' | 'rcs' | 'client'>,
): Record<Channel, readonly CaptureRule[]> {
  return {
    SMS: bothWays(own.number),
    WHATSAPP: bothWays(own.whatsApp),
    RCS: bothWays(own.rcs),
    VOICE: [
      ...bothWays(own.number).map((rule) => ({ ...rule, metadata: { callType: 'PSTN' } })),
      { from: '*', to: own.client, metadata: { callType: 'CLIENT' } },
      { from: '*', to: own.number, metadata: { callType: 'PUBLIC_SIP' } },
    ],
    CHAT: [{ from: '*', to: '*', metadata: { chatService: 'IS00000000000000000000000000000001' } }],
  };
}
