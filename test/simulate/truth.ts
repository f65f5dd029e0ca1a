/** Everybody of a simulation: what nothing that is said to be masked may tell. */
import { isFields } from '../generate/fields.ts';
import type { Site } from './site.ts';

export type Truth = {
  /** As logged, or as a list or capture rule writes them. */
  readonly addresses: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
};

/** A telephone number alone, as somebody wrote it into the params of a request. */
function isNumber(text: string): boolean {
  return /^\+?\(?\d[\d ().-]{6,}\d$/.test(text) && !/^\d{4}-\d\d-\d\d/.test(text);
}

export function truthOf(sites: readonly Site[]): Truth {
  const addresses = new Set<string>();
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isFields(value)) {
      for (const [key, each] of Object.entries(value)) {
        if (typeof each !== 'string') collect(each);
        else if (each !== '*' && each !== '' && (['address', 'from', 'to'].includes(key) || isNumber(each))) {
          addresses.add(each);
        }
      }
    }
  };
  for (const { world, records } of sites) {
    for (const { eventType, body } of world.entries) {
      collect(body);
      if (eventType.startsWith('participant.') && typeof body.name === 'string' && body.name !== '')
        names.add(body.name);
    }
    for (const list of [records, world.messages, world.calls]) list.forEach(collect);
  }
  return { addresses, names };
}
