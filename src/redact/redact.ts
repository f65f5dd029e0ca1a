import type { Session } from '../engine/session.ts';
import type { AuditResult } from '../findings/result.ts';
import type { Rule } from '../rules/rule.ts';
import type { TraceResult } from '../trace/story.ts';
import { fetchKnown } from './known.ts';
import { createMasker, type Masker } from './masker.ts';
import { createMasks } from './masks.ts';
import { maskAudit, maskTrace } from './result.ts';

export type RedactOptions = {
  /** Secret; the same key gives the same masks. */
  readonly key: Uint8Array;
};

/**
 * The result with telephone numbers, e-mail, SIP and client addresses, identities of chats and names of participants masked, the
 * same value always as the same mask. Ids and fingerprints stay.
 * @param session in which the files of the result are loaded
 * @param rules those that wrote it
 */
export async function redactAudit(
  session: Session,
  result: AuditResult,
  rules: readonly Rule[],
  options: RedactOptions,
): Promise<AuditResult> {
  return maskAudit(result, await maskerFor(session, result, rules, options));
}

/** The same for an id that was followed. */
export async function redactTrace(
  session: Session,
  result: TraceResult,
  rules: readonly Rule[],
  options: RedactOptions,
): Promise<TraceResult> {
  return maskTrace(result, await maskerFor(session, result, rules, options));
}

async function maskerFor(
  session: Session,
  result: AuditResult | TraceResult,
  rules: readonly Rule[],
  { key }: RedactOptions,
): Promise<Masker> {
  const known = await fetchKnown(session, textsIn(result));
  return createMasker(createMasks(key), known, rules.flatMap(templatesOf));
}

function templatesOf({ header: { title, causes } }: Rule): readonly string[] {
  return [title, ...Object.values(causes).flatMap(({ message, fix }) => [message, fix])];
}

/** Every text of a value, however deep, with the names of its fields. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const each of value) yield* textsIn(each);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      yield key;
      yield* textsIn(each);
    }
  }
}
