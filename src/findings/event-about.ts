import { z } from 'zod';

const text = z.string().nullable();

/** Columns of `event_log` that tell what an event is about, for schemas of rows. */
export const aboutColumns = {
  source: text,
  conversation_id: text,
  participant_id: text,
  communication_id: text,
  resource_id: text,
  participant_type: text,
  name: text,
  profile_id: text,
  channel: text,
  address: text,
} as const;

const row = z.object(aboutColumns);

/** What an event is about, beside what evidence shows of it. */
export type EventAbout = {
  readonly source: string | null;
  readonly conversationId: string | null;
  /** The participant itself; of a communication its author. */
  readonly participantId: string | null;
  readonly communicationId: string | null;
  /** What a diagnostic is about; of a communication its external id. */
  readonly resourceId: string | null;
  readonly participantType: string | null;
  readonly name: string | null;
  readonly profileId: string | null;
  readonly channel: string | null;
  readonly address: string | null;
};

export function aboutOf(found: z.infer<typeof row>): EventAbout {
  return {
    source: found.source,
    conversationId: found.conversation_id,
    participantId: found.participant_id,
    communicationId: found.communication_id,
    resourceId: found.resource_id,
    participantType: found.participant_type,
    name: found.name,
    profileId: found.profile_id,
    channel: found.channel,
    address: found.address,
  };
}
