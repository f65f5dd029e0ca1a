import { computed, signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { overview } from './blocks.ts';
import { type Row, rows, turned } from './matching.ts';
import { SeverityMark } from './severity.tsx';
import { openPlace, show, toggled, view } from './state.ts';
import { briefTime, grouped, tail } from './text.ts';

const { findings } = overview;

const rowHeight = 46;
/** Rows that are drawn above and below what is in sight. */
const spare = 8;

const scrolled = signal(0);
const inSight = signal(600);

/** Where the keyboard is: a place among the findings. */
const active = signal<number | null>(null);

const activeRow = computed(() => {
  const place = active.value ?? openPlace.value;
  const at = place === null ? -1 : rows.value.findIndex((row) => row.place === place);
  return Math.max(at, 0);
});

/** The findings as a tree, of which only the rows in sight are in the page: with 20,000 of them everything else would be slow. */
export function FindingList() {
  const box = useRef<HTMLDivElement>(null);
  const all = rows.value;
  const from = Math.max(0, Math.floor(scrolled.value / rowHeight) - spare);
  const to = Math.min(all.length, Math.ceil((scrolled.value + inSight.value) / rowHeight) + spare);
  const at = activeRow.value;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => {
      inSight.value = element.clientHeight;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // What was opened from elsewhere comes into sight.
  const open = openPlace.value;
  useLayoutEffect(() => {
    if (open !== null) active.value = open;
    const place = all.findIndex((row) => row.place === open);
    if (place >= 0) bringIntoSight(box.current, place);
  }, [open]);

  const isTree = view.value.order === 'causes';
  return (
    <div
      ref={box}
      class="list"
      role={isTree ? 'tree' : 'listbox'}
      aria-label="Findings"
      tabIndex={0}
      {...(at >= from && at < to ? { 'aria-activedescendant': idOf(all[at]?.place) } : {})}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
      }}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const page = Math.max(1, Math.floor(inSight.value / rowHeight) - 1);
        if (press(event.key, at, page)) {
          event.preventDefault();
          bringIntoSight(box.current, activeRow.value);
        }
      }}
    >
      <div role="presentation" class="whole" style={{ height: `${all.length * rowHeight}px` }}>
        {all.slice(from, to).map((row, offset) => (
          <ListRow
            key={row.place}
            row={row}
            top={(from + offset) * rowHeight}
            isActive={from + offset === at}
            isTree={isTree}
          />
        ))}
      </div>
      {all.length === 0 ? <p class="none">{`${overview.nothing ?? 'No finding matches'}.`}</p> : null}
    </div>
  );
}

function bringIntoSight(box: HTMLDivElement | null, at: number): void {
  if (box === null) return;
  const top = at * rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
}

/** What a key does to the list; false where nothing. */
function press(key: string, at: number, page: number): boolean {
  const all = rows.value;
  const row = all[at];
  if (row === undefined) return false;
  const go = (to: number) => {
    const target = all[Math.min(Math.max(to, 0), all.length - 1)];
    if (target === undefined) return;
    active.value = target.place;
    show({ open: findings[target.place]?.fingerprint ?? null });
  };
  switch (key) {
    case 'ArrowDown':
      go(at + 1);
      return true;
    case 'ArrowUp':
      go(at - 1);
      return true;
    case 'PageDown':
      go(at + page);
      return true;
    case 'PageUp':
      go(at - page);
      return true;
    case 'Home':
      go(0);
      return true;
    case 'End':
      go(all.length - 1);
      return true;
    case 'ArrowRight':
      if (row.below > 0 && !row.isOpen) turn(row.place);
      else if (row.below > 0) go(at + 1);
      return true;
    case 'ArrowLeft': {
      const parent = findings[row.place]?.parent ?? null;
      if (row.isOpen) turn(row.place);
      else if (parent !== null) go(all.findIndex(({ place }) => place === parent));
      return true;
    }
    case 'Enter':
    case ' ':
      open(row.place);
      // Once it is drawn.
      setTimeout(() => document.getElementById('finding-title')?.focus());
      return true;
    default:
      return false;
  }
}

function turn(place: number): void {
  turned.value = toggled(turned.value, place);
}

function open(place: number): void {
  active.value = place;
  show({ open: findings[place]?.fingerprint ?? null }, true);
}

function idOf(place: number | undefined): string {
  return `row-${place ?? 0}`;
}

type RowGiven = { readonly row: Row; readonly top: number; readonly isActive: boolean; readonly isTree: boolean };

function ListRow({ row, top, isActive, isTree }: RowGiven) {
  const finding = findings[row.place];
  if (finding === undefined) return null;
  const isChosen = openPlace.value === row.place;
  const namesAccount = overview.run.accounts > 1;
  return (
    <div
      id={idOf(row.place)}
      role={isTree ? 'treeitem' : 'option'}
      class={`row${isActive ? ' active' : ''}${row.matches ? '' : ' beside'}`}
      aria-selected={isChosen}
      {...(isTree
        ? {
            'aria-level': row.depth + 1,
            'aria-posinset': row.at,
            'aria-setsize': row.of,
            ...(row.below > 0 ? { 'aria-expanded': row.isOpen } : {}),
          }
        : { 'aria-posinset': row.at, 'aria-setsize': row.of })}
      style={{ top: `${top}px`, paddingLeft: `${6 + Math.min(row.depth, 8) * 18}px` }}
      onClick={() => open(row.place)}
    >
      <span
        class={`twist${row.below > 0 ? (row.isOpen ? ' unfolded' : ' folded') : ''}`}
        onClick={(event) => {
          if (row.below === 0) return;
          event.stopPropagation();
          turn(row.place);
        }}
      />
      <SeverityMark severity={finding.severity} />
      <span class="title">
        <span class="unseen">{`${finding.severity}: `}</span>
        {finding.title}
        {finding.certainty === 'confirmed' ? null : <span class="tag">{finding.certainty}</span>}
        {row.below > 0 ? <span class="tag">{`${grouped(row.below)} below`}</span> : null}
      </span>
      <time>{briefTime(finding.firstSeen)}</time>
      <span class="about">
        <code>{finding.subject.id}</code>
        {namesAccount ? <code class="account">{tail(finding.accountId, 4)}</code> : null} {finding.message}
      </span>
    </div>
  );
}
