import { fingerprint } from '../content-hash.ts';
import type { SideRow, SideShape } from '../entry.ts';
import { firstText, int32, integer, list, object, reader, text, truth } from '../fields.ts';
import { sideShape } from './side-shape.ts';

const settingsReader = reader({ statusTimeouts: [], captureRules: [] });
const timeoutReader = reader({ inactive: [], closed: [] });
const ruleReader = reader({ from: [], to: [], metadata: [] });
const metadataReader = reader({ callType: [], chatService: [] });

/** A configuration of Conversation Orchestrator with its channels and capture rules. */
export const configurations: SideShape = sideShape('configurations', 'configuration', (view, time, fields) => {
  const key = {
    account_id: text(view.accountId),
    configuration_id: firstText(view.id, view.configurationId),
    snapshot_id: fingerprint(fields),
  };
  const createdAt = time('createdAt', view.createdAt);
  const updatedAt = time('updatedAt', view.updatedAt);
  const configuration: SideRow = {
    table: 'configurations',
    row: {
      ...key,
      display_name: text(view.displayName),
      grouping_type: text(view.conversationGroupingType),
      memory_store_id: text(view.memoryStoreId),
      memory_extraction_enabled: truth(view.memoryExtractionEnabled),
      intelligence_configuration_ids: list(view.intelligenceConfigurationIds)
        .map(text)
        .filter((id) => id !== null),
      version: integer(view.version),
      created_at: createdAt,
      updated_at: updatedAt,
      recorded_at: updatedAt ?? createdAt,
    },
  };
  const channels = Object.entries(object(view.channelSettings) ?? {}).flatMap(([channel, settings]) =>
    channelRows({ ...key, channel: channel.toUpperCase() }, settings),
  );
  return [configuration, ...channels];
});

type ChannelKey = {
  readonly account_id: string | null;
  readonly configuration_id: string | null;
  readonly snapshot_id: string;
  readonly channel: string;
};

function channelRows(key: ChannelKey, given: unknown): readonly SideRow[] {
  const settings = settingsReader.read(object(given) ?? {});
  const timeoutFields = object(settings.statusTimeouts);
  const timeouts = timeoutReader.read(timeoutFields ?? {});
  const channel: SideRow = {
    table: 'channel_settings',
    row: {
      ...key,
      has_timeouts: timeoutFields !== null,
      inactive_after: minutes(timeouts.inactive),
      closed_after: minutes(timeouts.closed),
    },
  };
  const rules = list(settings.captureRules).map((each, at): SideRow => {
    const rule = ruleReader.read(object(each) ?? {});
    const metadata = metadataReader.read(object(rule.metadata) ?? {});
    return {
      table: 'capture_rules',
      row: {
        ...key,
        position: at + 1,
        from_address: text(rule.from),
        to_address: text(rule.to),
        call_type: text(metadata.callType),
        chat_service: text(metadata.chatService),
      },
    };
  });
  return [channel, ...rules];
}

/** A timeout, which the API counts in minutes, as an interval. */
function minutes(value: unknown): string | null {
  const count = int32(value);
  return count === null ? null : `${count} minutes`;
}
