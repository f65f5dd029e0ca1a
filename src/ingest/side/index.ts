import type { InputRecord, SideShape } from '../entry.ts';
import { apiErrors } from './api-errors.ts';
import { calls } from './calls.ts';
import { configurations } from './configurations.ts';
import { intelligenceConfigurations } from './intelligence-configurations.ts';
import { kindOf, type SideKind } from './kind.ts';
import { messages } from './messages.ts';
import { operations } from './operations.ts';
import {
  communicationSnapshots,
  conversationSnapshots,
  observationSnapshots,
  participantSnapshots,
} from './snapshots.ts';
import { stores } from './stores.ts';

const shapeOfKind: Readonly<Record<SideKind, SideShape>> = {
  configuration: configurations,
  store: stores,
  operation: operations,
  'intelligence-configuration': intelligenceConfigurations,
  message: messages,
  call: calls,
  'api-error': apiErrors,
  conversation: conversationSnapshots,
  participant: participantSnapshots,
  communication: communicationSnapshots,
  observation: observationSnapshots,
};

/** Every shape of side records; no record matches two of them, nor one of them and one of log entries. */
export const sideShapes: readonly SideShape[] = Object.values(shapeOfKind);

/** The shape of a record, or `null` where it is no side record. */
export function recogniseSide(record: InputRecord): SideShape | null {
  const kind = kindOf(record);
  return kind === null ? null : shapeOfKind[kind];
}
