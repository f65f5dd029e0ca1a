import {
  type Details,
  detailsId,
  detailsInBlock,
  eventsId,
  eventsInBlock,
  type Overview,
  overviewId,
  type TimelineEvent,
} from '../page-data.ts';

/** What src/report/html/index.ts wrote into the page, taken apart when somebody needs it. */

export const overview: Overview = JSON.parse(textOf(overviewId) ?? '');

const detailBlocks = new Map<number, readonly Details[]>();
const eventBlocks = new Map<number, readonly TimelineEvent[]>();

/** Null while the browser still reads the file. */
export function detailsOf(place: number): Details | null {
  return blockOf(detailBlocks, Math.floor(place / detailsInBlock), detailsId)?.[place % detailsInBlock] ?? null;
}

/** Null while the browser still reads the file. */
export function eventOf(place: number): TimelineEvent | null {
  return blockOf(eventBlocks, Math.floor(place / eventsInBlock), eventsId)?.[place % eventsInBlock] ?? null;
}

function blockOf<Block>(known: Map<number, Block>, at: number, idOf: (at: number) => string): Block | null {
  const there = known.get(at);
  if (there !== undefined) return there;
  const id = idOf(at);
  // An element is there from its beginning on; only one that others follow, or that ends the file, is there whole.
  const element = document.getElementById(id);
  if (element === null || (document.readyState === 'loading' && element.nextElementSibling === null)) return null;
  const block: Block = JSON.parse(element.textContent);
  // Its text is not needed twice.
  element.remove();
  known.set(at, block);
  return block;
}

function textOf(id: string): string | null {
  return document.getElementById(id)?.textContent ?? null;
}
