import { isE164, predicate, toE164 } from 'postlude';
import type { Row } from './invalid-phone-number.types.ts';

export default predicate<Row>(({ subject_id, subject_type, number, path }) => {
  const data = { number: number ?? undefined, path: path ?? undefined };
  const where = subject_type === 'request' ? ` in request ${subject_id}` : '';
  // The answer does not show it.
  if (number === null) return { data };
  // The prefix names a channel; the number behind it is what has to be right.
  if (isE164(number.replace(/^(?:whatsapp|rcs):/iu, ''))) {
    return { data, message: `The API refused the phone number ${number}${where}.` };
  }
  const e164 = toE164(number);
  const shown = number.length > 40 ? `${number.slice(0, 39)}…` : number;
  return {
    cause: 'not-e164',
    data: e164 === null ? data : { ...data, e164 },
    message: `The API refused "${shown}"${where}, which is not a phone number in E.164${e164 === null ? '' : `; it would be ${e164}`}.`,
  };
});
