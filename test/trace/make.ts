import type { StoryEvent } from '../../src/trace/story.ts';
import { makeEvidence } from '../findings/make.ts';

/** An event of a story that says nothing but its type and time. */
export function makeEvent(logId: string, over: Partial<StoryEvent> = {}): StoryEvent {
  return {
    ...makeEvidence(logId),
    format: 'debugger-log',
    source: 'conversation-orchestrator',
    correlationId: null,
    conversationId: null,
    participantId: null,
    communicationId: null,
    resourceId: null,
    participantType: null,
    name: null,
    profileId: null,
    channel: null,
    address: null,
    channelId: null,
    configurationId: null,
    storeId: null,
    reason: 'id',
    gapMs: null,
    gapStandsOut: false,
    findings: [],
    ...over,
  };
}
