import type { SideRow, SideShape } from '../entry.ts';
import { list, object, text } from '../fields.ts';
import { viewOf } from '../shapes/names.ts';
import { addressList, authorOf, textIn } from '../shapes/resource.ts';
import { type SideView, sideViewOf } from './names.ts';
import { type ReadTime, sideShape } from './side-shape.ts';

/** A conversation as the API returned it, with its participants where they are part of it. */
export const conversationSnapshots: SideShape = sideShape('conversation-snapshots', 'conversation', (view, time) => {
  const conversation: SideRow = {
    table: 'conversation_snapshots',
    row: {
      account_id: text(view.accountId),
      conversation_id: text(view.id),
      configuration_id: text(view.configurationId),
      status: text(view.status),
      name: text(view.name),
      ...createdAndUpdated(view, time),
    },
  };
  const participants = list(view.participants).flatMap((each) => {
    const fields = object(each);
    return fields === null ? [] : [participantRow(sideViewOf(fields), view, time)];
  });
  return [conversation, ...participants];
});

/** A participant as the API returned it. */
export const participantSnapshots: SideShape = sideShape('participant-snapshots', 'participant', (view, time) => [
  participantRow(view, null, time),
]);

function participantRow(view: SideView, conversation: SideView | null, time: ReadTime): SideRow {
  return {
    table: 'participant_snapshots',
    row: {
      account_id: text(view.accountId) ?? text(conversation?.accountId),
      participant_id: text(view.id),
      conversation_id: text(view.conversationId) ?? text(conversation?.id),
      participant_type: text(view.type),
      name: text(view.name),
      profile_id: text(view.profileId),
      addresses: addressList(view.addresses).map(({ channel, address, channelId }) => ({
        channel,
        address,
        channel_id: channelId,
      })),
      embedded: conversation !== null,
      ...createdAndUpdated(view, time),
    },
  };
}

/**
 * A communication as the API returned it. The row has `text` in the place of `text_hash`: the hash is DuckDB's own, so that it
 * can be compared with that of events.
 */
export const communicationSnapshots: SideShape = sideShape(
  'communication-snapshots',
  'communication',
  (view, time, fields) => {
    const resource = viewOf(fields);
    const { participantId, addresses } = authorOf(resource);
    const { created_at: createdAt, recorded_at: recordedAt } = createdAndUpdated(view, time);
    return [
      {
        table: 'communication_snapshots',
        row: {
          account_id: text(view.accountId),
          communication_id: text(view.id),
          conversation_id: text(view.conversationId),
          participant_id: participantId,
          channel: addresses[0]?.channel ?? null,
          address: addresses[0]?.address ?? null,
          channel_id: text(view.channelId),
          resource_id: text(view.resourceId),
          text: textIn(resource),
          created_at: time('occurredAt', view.occurredAt) ?? createdAt,
          recorded_at: recordedAt,
        },
      },
    ];
  },
);

/** A memory observation or summary as the API returned it. */
export const observationSnapshots: SideShape = sideShape('observation-snapshots', 'observation', (view, time) => {
  const { created_at: createdAt, recorded_at: recordedAt } = createdAndUpdated(view, time);
  const conversationIds = list(view.conversationIds)
    .map(text)
    .filter((id) => id !== null);
  const conversationId = text(view.conversationId);
  return [
    {
      table: 'observation_snapshots',
      row: {
        account_id: text(view.accountId),
        observation_id: text(view.id),
        profile_id: text(view.profileId),
        conversation_ids: conversationIds.length === 0 && conversationId !== null ? [conversationId] : conversationIds,
        store_id: text(view.memoryStoreId),
        created_at: createdAt ?? time('occurredAt', view.occurredAt),
        recorded_at: recordedAt,
      },
    },
  ];
});

function createdAndUpdated(view: SideView, time: ReadTime) {
  const createdAt = time('createdAt', view.createdAt);
  const updatedAt = time('updatedAt', view.updatedAt);
  return { created_at: createdAt, updated_at: updatedAt, recorded_at: updatedAt ?? createdAt };
}
