import type { EventForm } from './event-forms.ts';

/** An ordinary chat of somebody else: found, answered, closed. It has nothing to do with any case. */
export const otherTraffic: readonly EventForm[] = [
  { type: 'conversation.created', at: '-3m', conversation: 'elsewhere', configuration: 'other desk' },
  {
    type: 'participant.created',
    at: '-3m',
    conversation: 'elsewhere',
    participant: 'somebody',
    participantType: 'CUSTOMER',
    profile: 'somebody',
    channel: 'SMS',
    address: '+15550199901',
  },
  {
    type: 'participant.created',
    at: '-3m',
    conversation: 'elsewhere',
    participant: 'clerk',
    participantType: 'HUMAN_AGENT',
    channel: 'SMS',
    address: '+15550199900',
  },
  {
    type: 'communication.created',
    at: '-2m',
    conversation: 'elsewhere',
    participant: 'somebody',
    text: 'Are you open today?',
    recipients: [{ participant: 'clerk' }],
  },
  {
    type: 'communication.created',
    at: '+1m',
    conversation: 'elsewhere',
    participant: 'clerk',
    text: 'Until six.',
    recipients: [{ participant: 'somebody' }],
  },
  { type: 'conversation.updated', at: '+20m', conversation: 'elsewhere', status: 'INACTIVE' },
  { type: 'conversation.updated', at: '+40m', conversation: 'elsewhere', status: 'CLOSED' },
];
