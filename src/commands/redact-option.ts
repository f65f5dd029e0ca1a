import type { AuditOptions } from '../audit-options.ts';
import { UserError } from '../engine/errors.ts';
import type { Context } from './context.ts';
import { onlyText } from './values.ts';

/** What a call says about masking. */
export type RedactChoice =
  | { readonly kind: 'off' }
  /** By a key of this run alone. */
  | { readonly kind: 'once' }
  | { readonly kind: 'key'; readonly file: string };

/** A key file alone asks for masks, too. */
export function redactChoice(given: { readonly redact?: unknown; readonly 'redact-key'?: unknown }): RedactChoice {
  const file = onlyText('--redact-key', given['redact-key']);
  if (file === undefined) return { kind: given.redact === true ? 'once' : 'off' };
  if (file.trim() === '') throw new UserError('--redact-key is empty; name a file, or leave it out');
  return { kind: 'key', file };
}

/** @throws UserError where the key can neither be read nor made */
export async function chosenRedaction(context: Context, choice: RedactChoice): Promise<AuditOptions['redact']> {
  if (choice.kind === 'off') return undefined;
  const { keyFromFile, randomKey } = await import('../redact/key.ts');
  if (choice.kind === 'once') return { key: randomKey() };
  const { key, isNew } = await keyFromFile(choice.file);
  if (isNew) context.warn(`postlude: wrote a new key to ${choice.file}; keep it secret, whoever has it can undo masks`);
  return { key };
}
