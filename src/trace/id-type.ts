import type { IdType } from './story.ts';

const prefixes: readonly (readonly [prefix: RegExp, type: IdType])[] = [
  [/^conv_conversation_/, 'conversation'],
  [/^(conv|comms)_participant_/, 'participant'],
  [/^(conv|comms)_communication_/, 'communication'],
  [/^(conv|cfg)_configuration_/, 'configuration'],
  [/^mem_profile_/, 'profile'],
  [/^mem_(store|service)_/, 'store'],
  [/^mem_observation_/, 'observation'],
  [/^intelligence_configuration_/, 'intelligence-configuration'],
  [/^(proc_job|comms_operation)_/, 'operation'],
  [/^(SM|MM)/, 'message'],
  [/^CA/, 'call'],
];

/** What an id is by its form: for columns that hold ids of several kinds. `resource` where the form says nothing. */
export function typeOfId(id: string): IdType {
  return prefixes.find(([prefix]) => prefix.test(id))?.[1] ?? 'resource';
}
