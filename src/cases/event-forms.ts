import { z } from 'zod';
import { isCaseTime } from './times.ts';

const name = z.string().trim().min(1).describe('A name for what has an id, such as talk or ann; or an id.');
const time = z
  .string()
  .refine(isCaseTime, 'must be a time such as +30s, -2d, +1h30m or 2026-09-14T08:00:00Z')
  .describe('From the start of the case: +30s, -2d, +1h30m, +250ms; or an ISO time.');

export const timeSchema = time;

const eventType = z
  .union([
    z.enum([
      'conversation.created',
      'conversation.updated',
      'conversation.deleted',
      'participant.created',
      'participant.updated',
      'participant.removed',
      'communication.created',
      'communication.updated',
      'communication.deleted',
      'diagnostic',
    ]),
    z.string().regex(/^com\.twilio\.[\w.-]+$/u, 'must be the name of an event'),
  ])
  .describe(
    'An event of the orchestrator, or the full name of one of another product: com.twilio.memory.profiles.merged',
  );

const address = z.strictObject({
  channel: z.string().describe('VOICE, SMS, RCS, WHATSAPP, CHAT, …'),
  address: z.string(),
  channelId: name.nullable().optional().describe('The call or message.'),
});

const recipient = z.strictObject({
  participant: name.optional(),
  channel: z.string().optional(),
  address: z.string().optional(),
  deliveryStatus: z.string().optional().describe('INITIATED, IN_PROGRESS, DELIVERED, COMPLETED, FAILED'),
});

/**
 * A log entry in short: what the case is about; the rest is what such an entry usually says. An event about a participant,
 * conversation or communication that the case knows already carries what earlier ones said of it, as real updates carry the whole resource.
 */
export const eventForm = z
  .strictObject({
    type: eventType,
    at: time.optional().describe('When; the time of the event before it where it is left out, +0s for the first.'),
    conversation: name.optional(),
    participant: name.optional().describe('The participant itself; of a communication its author.'),
    communication: name.optional(),
    configuration: name.optional(),
    profile: name.nullable().optional().describe('null: the entry shows that there is none, as full exports do.'),
    store: name.optional(),
    about: name.optional().describe('What a diagnostic is about: a participant, or a conversation, of the case.'),
    request: name.nullable().optional().describe('A request of its own where it is left out; null for none.'),
    correlation: name.nullable().optional().describe('The request again where it is left out; null for none.'),
    participantType: z.string().optional().describe('CUSTOMER, HUMAN_AGENT, AI_AGENT, AGENT, UNKNOWN'),
    status: z.string().nullable().optional().describe('Of a conversation ACTIVE, INACTIVE or CLOSED.'),
    name: z.string().nullable().optional(),
    channel: z.string().nullable().optional(),
    address: z.string().nullable().optional(),
    channelId: name.nullable().optional().describe('The call or message.'),
    addresses: z
      .array(address)
      .optional()
      .describe('In place of channel and address, where there are several or none.'),
    text: z.string().nullable().optional(),
    resourceId: z
      .string()
      .nullable()
      .optional()
      .describe('Of a communication: a message, or for voice a transcription.'),
    recipients: z.array(recipient).optional(),
    errorCode: z.int().optional(),
    errorReason: z.string().optional().describe('Free text; {ann} or {store:crm} in it is the id of that name.'),
    level: z.enum(['INFO', 'WARNING', 'ERROR']).optional().describe('INFO, or what the error code says.'),
    source: z.string().optional(),
    createdAt: time.optional().describe('Of the resource; that of its first event where it is left out.'),
    lean: z.boolean().optional().describe('Only the fields that the Debugger documents as queryable.'),
    omit: z
      .array(z.string())
      .optional()
      .describe('Fields of the payload that this entry does not have, although such entries do: profileId.'),
    body: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Further fields of the payload; {ann} is the id of ann.'),
  })
  .describe('A log entry in short.');

export type EventForm = z.infer<typeof eventForm>;
