import { batch, computed, signal } from '@preact/signals';
import { type Certainty, certainties, type Severity, severities } from '../../../rules/vocabulary.ts';
import { overview } from './blocks.ts';

/** What is shown, all of it kept in the address, so that it can be passed on. */
export type View = {
  readonly text: string;
  readonly severities: ReadonlySet<Severity>;
  readonly certainties: ReadonlySet<Certainty>;
  readonly rules: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  /** First seen from then and before then, in epoch milliseconds. */
  readonly from: number | null;
  readonly to: number | null;
  readonly order: Order;
  /** The fingerprint of the finding that is open. */
  readonly open: string | null;
  readonly theme: Theme;
};

/** `causes`: as trees, the worst first. `time`: each by itself, the earliest first. */
export const orders = ['causes', 'time'] as const;
export type Order = (typeof orders)[number];

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const view = signal<View>(viewOf(location.hash));

/** The browser has read the file to its end, so everything about each finding is there. */
export const isComplete = signal(document.readyState !== 'loading');

/** What is open, by its place. */
export const openPlace = computed(() => placeOf(view.value.open));

const places = new Map(overview.findings.map(({ fingerprint }, place) => [fingerprint, place]));

export function placeOf(fingerprint: string | null): number | null {
  return fingerprint === null ? null : (places.get(fingerprint) ?? null);
}

/** Changes what is shown. `step`: the way back leads to what was shown before. */
export function show(change: Partial<View>, step = false): void {
  const next = { ...view.value, ...change };
  const hash = hashOf(next);
  batch(() => {
    view.value = next;
  });
  const address = hash === '' ? location.pathname + location.search : `#${hash}`;
  if (step) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
}

export function toggled<Item>(set: ReadonlySet<Item>, item: Item): ReadonlySet<Item> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

/** Everything that narrows the list. */
export const nothingFiltered = {
  text: '',
  severities: new Set<Severity>(),
  certainties: new Set<Certainty>(),
  rules: new Set<string>(),
  accounts: new Set<string>(),
  from: null,
  to: null,
} satisfies Partial<View>;

export const isFiltered = computed(() => {
  const { text, severities, certainties, rules, accounts, from, to } = view.value;
  const sets = severities.size + certainties.size + rules.size + accounts.size;
  return text.trim() !== '' || sets > 0 || from !== null || to !== null;
});

/** Addresses are changed by hand, and by the way back. */
export function followAddress(): void {
  const follow = () => {
    view.value = viewOf(location.hash);
  };
  addEventListener('hashchange', follow);
  addEventListener('popstate', follow);
  if (!isComplete.value) {
    document.addEventListener('DOMContentLoaded', () => {
      isComplete.value = true;
    });
  }
}

function viewOf(hash: string): View {
  const params = new URLSearchParams(hash.replace(/^#/u, ''));
  const several = (name: string) => new Set(params.getAll(name));
  const known = <Word extends string>(words: readonly Word[], name: string): ReadonlySet<Word> => {
    const asked = several(name);
    return new Set(words.filter((word) => asked.has(word)));
  };
  const one = <Word extends string>(words: readonly Word[], name: string, otherwise: Word): Word =>
    words.find((word) => word === params.get(name)) ?? otherwise;
  return {
    text: params.get('text') ?? '',
    severities: known(severities, 'severity'),
    certainties: known(certainties, 'certainty'),
    rules: several('rule'),
    accounts: several('account'),
    from: timeOf(params.get('from')),
    to: timeOf(params.get('to')),
    order: one(orders, 'order', 'causes'),
    open: params.get('finding'),
    theme: one(themes, 'theme', 'auto'),
  };
}

function timeOf(text: string | null): number | null {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : time;
}

function hashOf({ text, severities, certainties, rules, accounts, from, to, order, open, theme }: View): string {
  const params = new URLSearchParams();
  if (text !== '') params.set('text', text);
  for (const word of severities) params.append('severity', word);
  for (const word of certainties) params.append('certainty', word);
  for (const rule of rules) params.append('rule', rule);
  for (const account of accounts) params.append('account', account);
  if (from !== null) params.set('from', new Date(from).toISOString());
  if (to !== null) params.set('to', new Date(to).toISOString());
  if (order !== 'causes') params.set('order', order);
  if (open !== null) params.set('finding', open);
  if (theme !== 'auto') params.set('theme', theme);
  return params.toString();
}
