import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { compareText } from '../../../engine/compare.ts';
import { certainties } from '../../../rules/vocabulary.ts';
import { overview } from './blocks.ts';
import { matchedBut, matchedCount, rows } from './matching.ts';
import { SeverityMark, worstFirst } from './severity.tsx';
import { isFiltered, nothingFiltered, orders, show, toggled, view } from './state.ts';
import { count, formatTime, grouped } from './text.ts';

const { findings } = overview;

/** What is typed; the list follows when there is a pause. */
const typed = signal(view.value.text);
const pause = 120;

function countsOf(dimension: Parameters<typeof matchedBut>[0], keyOf: (place: number) => string) {
  return computed(() => {
    const counts = new Map<string, number>();
    for (const place of matchedBut(dimension)) counts.set(keyOf(place), (counts.get(keyOf(place)) ?? 0) + 1);
    return counts;
  });
}

const bySeverity = countsOf('severities', (place) => findings[place]?.severity ?? '');
const byCertainty = countsOf('certainties', (place) => findings[place]?.certainty ?? '');
const byRule = countsOf('rules', (place) => findings[place]?.ruleId ?? '');
const byAccount = countsOf('accounts', (place) => findings[place]?.accountId ?? '');

const allRules = [...new Set(findings.map(({ ruleId }) => ruleId))].sort(compareText);
const allAccounts = [...new Set(findings.map(({ accountId }) => accountId))].sort(compareText);
const allCertainties = certainties
  .toReversed()
  .filter((certainty) => findings.some((each) => each.certainty === certainty));

export function Filters() {
  const { text, severities, certainties: chosen, rules, accounts, from, to, order } = view.value;
  useEffect(() => {
    if (typed.value !== text) typed.value = text;
  }, [text]);
  useEffect(() => {
    if (typed.value === text) return;
    const waiting = setTimeout(() => show({ text: typed.value }), pause);
    return () => clearTimeout(waiting);
  }, [typed.value]);
  return (
    <search class="filters">
      <label class="text">
        <span class="unseen">Search findings</span>
        <input
          type="search"
          placeholder="Search messages, ids, codes, files …"
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
      </label>
      <fieldset class="chips">
        <legend class="unseen">Severity</legend>
        {worstFirst.map((severity) => (
          <button
            key={severity}
            type="button"
            class="chip"
            aria-pressed={severities.has(severity)}
            onClick={() => show({ severities: toggled(severities, severity) })}
          >
            <SeverityMark severity={severity} />
            {severity} <span class="n">{grouped(bySeverity.value.get(severity) ?? 0)}</span>
          </button>
        ))}
      </fieldset>
      {allCertainties.length < 2 ? null : (
        <fieldset class="chips">
          <legend class="unseen">Certainty</legend>
          {allCertainties.map((certainty) => (
            <button
              key={certainty}
              type="button"
              class="chip"
              aria-pressed={chosen.has(certainty)}
              onClick={() => show({ certainties: toggled(chosen, certainty) })}
            >
              {certainty} <span class="n">{grouped(byCertainty.value.get(certainty) ?? 0)}</span>
            </button>
          ))}
        </fieldset>
      )}
      <Choice
        name="Rule"
        all={allRules}
        chosen={rules}
        counts={byRule.value}
        onChoose={(next) => show({ rules: next })}
      />
      {allAccounts.length < 2 ? null : (
        <Choice
          name="Account"
          all={allAccounts}
          chosen={accounts}
          counts={byAccount.value}
          onChoose={(next) => show({ accounts: next })}
        />
      )}
      <label class="choice">
        <span>Order</span>
        <select
          value={order}
          onChange={(event) => {
            const next = orders.find((each) => each === event.currentTarget.value);
            if (next !== undefined) show({ order: next });
          }}
        >
          <option value="causes">by cause</option>
          <option value="time">by time</option>
        </select>
      </label>
      {from === null && to === null ? null : (
        <button type="button" class="chip" aria-pressed="true" onClick={() => show({ from: null, to: null })}>
          {`${briefly(from)} – ${briefly(to)} ×`}
        </button>
      )}
      <p class="count">
        <span role="status" aria-live="polite">
          {isFiltered.value
            ? `${grouped(matchedCount.value)} of ${count(findings.length, 'finding')}`
            : count(findings.length, 'finding')}
        </span>
        <span class="quiet">
          {rows.value.length === matchedCount.value ? '' : ` in ${count(rows.value.length, 'row')}`}
        </span>
        {isFiltered.value ? (
          <button type="button" class="plain" onClick={() => show(nothingFiltered)}>
            Show all
          </button>
        ) : null}
      </p>
    </search>
  );
}

function briefly(time: number | null): string {
  return time === null ? '…' : formatTime(new Date(time).toISOString()).replace(/\.000Z$/u, 'Z');
}

type ChoiceGiven = {
  readonly name: string;
  readonly all: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly counts: ReadonlyMap<string, number>;
  readonly onChoose: (next: ReadonlySet<string>) => void;
};

/** One of many; more than one come from the matrix or the address, and are told. */
function Choice({ name, all, chosen, counts, onChoose }: ChoiceGiven) {
  const [only] = chosen;
  const value = chosen.size === 0 ? '' : chosen.size === 1 ? (only ?? '') : '*several*';
  return (
    <label class="choice">
      <span>{name}</span>
      <select
        value={value}
        onChange={(event) => {
          const next = event.currentTarget.value;
          onChoose(new Set(next === '' ? [] : [next]));
        }}
      >
        <option value="">all</option>
        {chosen.size > 1 ? <option value="*several*" disabled>{`${chosen.size} chosen`}</option> : null}
        {all.map((id) => (
          <option key={id} value={id}>{`${id} (${grouped(counts.get(id) ?? 0)})`}</option>
        ))}
      </select>
    </label>
  );
}
