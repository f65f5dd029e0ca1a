/**
 * The words that masks of `--redact` begin with, by what they stand for. `identity` is any address that is neither number nor
 * mail nor SIP: of a chat, of a client, of a sender. `name` is what something other than a participant is called.
 */
export const maskKinds = ['phone', 'mail', 'sip', 'identity', 'person', 'name'] as const;
export type MaskKind = (typeof maskKinds)[number];

/** Whether an address without the prefix of its channel is a masked telephone number, which still counts as one. */
export function isMaskedNumber(address: string): boolean {
  return /^phone-[0-9a-f]{8,}$/.test(address);
}
