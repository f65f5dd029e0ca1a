/**
 * One stop of the Tab key for many things: within, arrow keys go from one to the next. Things are those that carry `data-column`
 * and, where they stand in rows, `data-row`; without rows the arrows for up and down do the same as those for left and right.
 */
export function rove(event: KeyboardEvent): void {
  const from = event.target;
  const container = event.currentTarget;
  if (!(from instanceof Element) || !(container instanceof Element)) return;
  const here = from.closest('[data-column]');
  if (here === null) return;
  const all = [...container.querySelectorAll('[data-column]')];
  const next = nextOf(event.key, here, all);
  if (next === undefined) return;
  event.preventDefault();
  focusOn(next);
}

function nextOf(key: string, here: Element, all: readonly Element[]): Element | undefined {
  const at = all.indexOf(here);
  switch (key) {
    case 'ArrowRight':
      return all[at + 1];
    case 'ArrowLeft':
      return all[at - 1];
    case 'Home':
      return all[0];
    case 'End':
      return all.at(-1);
    case 'ArrowDown':
      return here.hasAttribute('data-row') ? across(here, all.slice(at + 1)) : all[at + 1];
    case 'ArrowUp':
      return here.hasAttribute('data-row') ? across(here, all.slice(0, at).toReversed()) : all[at - 1];
    default:
      return undefined;
  }
}

/** In the nearest other row the one of the same column, or what is nearest to it. */
function across(here: Element, others: readonly Element[]): Element | undefined {
  const row = others.find((other) => rowOf(other) !== rowOf(here));
  if (row === undefined) return undefined;
  const distance = (other: Element) => Math.abs(columnOf(other) - columnOf(here));
  return others
    .filter((other) => rowOf(other) === rowOf(row))
    .reduce((best, other) => (distance(other) < distance(best) ? other : best), row);
}

const rowOf = (element: Element): number => Number(element.getAttribute('data-row'));
const columnOf = (element: Element): number => Number(element.getAttribute('data-column'));

function focusOn(element: Element): void {
  if (element instanceof HTMLElement || element instanceof SVGElement) element.focus();
}
