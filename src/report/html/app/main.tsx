import { effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { overview } from './blocks.ts';
import { Chart } from './chart.tsx';
import { Filters } from './filters.tsx';
import { FindingPage } from './finding.tsx';
import { FindingList } from './list.tsx';
import { matched, opensByItself, prepareSearch, reveal, turned } from './matching.ts';
import { Matrix } from './matrix.tsx';
import { followAddress, isComplete, openPlace, show, view } from './state.ts';
import { Limits, PageHead, Tallies } from './summary.tsx';
import { count } from './text.ts';

/** So many findings are printed in full. */
const printed = 100;

function Page() {
  const open = openPlace.value;
  const { findings } = overview;
  return (
    <>
      <button type="button" class="skip" onClick={toList}>
        Skip to the findings
      </button>
      <PageHead />
      <main>
        <Tallies />
        {findings.length === 0 ? null : (
          <div class="charts">
            <section aria-labelledby="chart-title">
              <h2 id="chart-title">Findings over time</h2>
              <Chart />
            </section>
            <section aria-labelledby="matrix-title">
              <h2 id="matrix-title">Rules by accounts</h2>
              <Matrix />
            </section>
          </div>
        )}
        <Limits />
        <section class="findings" aria-labelledby="findings-title">
          <h2 id="findings-title" class="unseen" tabIndex={-1}>
            Findings
          </h2>
          <Filters />
          <div class="panes">
            <FindingList />
            <section class="opened" aria-label="The finding that is open" tabIndex={0} onKeyDown={leave}>
              {open === null ? (
                <p class="none">
                  {findings.length === 0 ? '' : 'Choose a finding to see its cause, its timeline and its evidence.'}
                </p>
              ) : (
                <FindingPage key={open} place={open} />
              )}
            </section>
          </div>
        </section>
      </main>
    </>
  );
}

function toList(): void {
  const list = document.querySelector('.list');
  if (list instanceof HTMLElement) list.focus();
}

/** Escape leads from a finding back to the list. */
function leave(event: KeyboardEvent): void {
  if (event.key === 'Escape') toList();
}

/** What paper shows instead of a list that scrolls: the findings that are chosen, one after the other. */
function Printed() {
  const chosen = overview.findings.flatMap((_, place) => (matched.value[place] === true ? [place] : []));
  const rest = chosen.length - printed;
  return (
    <>
      <h2>Findings</h2>
      {chosen.slice(0, printed).map((place) => (
        <FindingPage key={place} place={place} isPrint />
      ))}
      {rest > 0 ? <p>{`… ${count(rest, 'more finding')}: narrow the list before printing.`}</p> : null}
    </>
  );
}

function preparePrint(): void {
  const container = document.getElementById('print');
  if (container === null) return;
  const paper = matchMedia('print');
  const draw = () => render(paper.matches ? <Printed /> : null, container);
  paper.addEventListener('change', draw);
  // Some browsers lay pages out before they tell that the medium has changed.
  addEventListener('beforeprint', () => render(<Printed />, container));
  addEventListener('afterprint', draw);
}

function start(): void {
  const page = document.getElementById('page');
  if (page === null) return;
  followAddress();
  effect(() => {
    document.documentElement.dataset.theme = view.value.theme;
  });
  effect(() => {
    // What was opened by hand is told from what is usual; where that changes, it starts anew.
    opensByItself.value;
    turned.value = new Set();
  });
  effect(() => {
    // Whatever the list shows, what is open is in it.
    const open = openPlace.value;
    if (open !== null) untracked(() => reveal(open));
  });
  if (view.value.open === null && overview.findings.length > 0 && matchMedia('(min-width: 1000px)').matches) {
    show({ open: overview.findings[0]?.fingerprint ?? null });
  }
  render(<Page />, page);
  effect(() => {
    if (isComplete.value) prepareSearch();
  });
  preparePrint();
}

start();
