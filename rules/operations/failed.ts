import { predicate } from 'postlude';
import type { Row } from './failed.types.ts';

/** In the order of the header: a malformed number in a capture rule is first of all a malformed number. */
const signs = [
  ['invalid-phone-number', /\b(?:tele)?phone[\s_-]?numbers?\b|phoneNumber|\bE\.?164\b|\b21614\b/iu],
  ['memory-store', /\bmemory[\s_-]?stores?\b|memoryStore|\bmem_(?:store|service)_|\bstores?\b/iu],
  ['capture-rules', /\bcapture[\s_-]?rules?\b|captureRule|\bcallType\b|channelSettings/iu],
] as const;

export default predicate<Row>(({ error_title, error_detail }) => {
  const text = `${error_title ?? ''} ${error_detail ?? ''}`;
  return { cause: signs.find(([, sign]) => sign.test(text))?.[0] ?? 'other' };
});
