import { useSignal } from '@preact/signals';
import type { Details, Head } from '../page-data.ts';
import { detailsOf, overview } from './blocks.ts';
import { reveal } from './matching.ts';
import { SeverityMark } from './severity.tsx';
import { isComplete, placeOf, show } from './state.ts';
import { count, formatTime, grouped, linkOf, placeText, tail, timeSpan } from './text.ts';
import { EventTable, Timeline } from './timeline.tsx';

const { findings } = overview;

const shownEvidence = 20;
const shownIds = 12;

const children = new Map<number, number[]>();
for (const [place, { parent }] of findings.entries()) {
  if (parent === null) continue;
  const there = children.get(parent);
  if (there === undefined) children.set(parent, [place]);
  else there.push(place);
}

/** Everything about one finding. */
export function FindingPage({ place, isPrint = false }: { readonly place: number; readonly isPrint?: boolean }) {
  const head = findings[place];
  // Looked up again once the browser has read the whole file.
  isComplete.value;
  const details = detailsOf(place);
  if (head === undefined) return null;
  return (
    <article class="finding" aria-labelledby={isPrint ? undefined : 'finding-title'}>
      <p class="kind">
        <SeverityMark severity={head.severity} />
        <strong class={head.severity}>{head.severity}</strong>
        <span>{head.certainty}</span>
        <span class="rule">{head.ruleId}</span>
      </p>
      <h3 id={isPrint ? undefined : 'finding-title'} tabIndex={isPrint ? undefined : -1}>
        {head.title}
      </h3>
      <p class="subject">
        {head.subject.type} <code>{head.subject.id}</code>
        {isPrint ? null : <Copy text={head.subject.id} what="the id" />}
      </p>
      <p class="message">{head.message}</p>
      {details === null ? (
        <p class="quiet">The file is still being read …</p>
      ) : (
        <Rest place={place} head={head} details={details} isPrint={isPrint} />
      )}
    </article>
  );
}

type RestGiven = { readonly place: number; readonly head: Head; readonly details: Details; readonly isPrint: boolean };

function Rest({ place, head, details, isPrint }: RestGiven) {
  const link = linkOf(details.reference);
  const below = children.get(place) ?? [];
  const hit = details.hit === null ? '' : hitText(details.hit);
  const correlations = details.correlationIds.filter((id) => !details.requestIds.includes(id));
  return (
    <>
      <dl class="facts">
        <Fact name="fix">
          <span class="fix">{details.fix}</span>
        </Fact>
        <Fact name="cause">
          <code>{head.cause}</code>
        </Fact>
        <Fact name="seen">{timeSpan(head)}</Fact>
        {hit === '' ? null : <Fact name="hit">{hit}</Fact>}
        <Fact name="account">
          <code>{head.accountId}</code>
        </Fact>
        {details.reference === '' ? null : (
          <Fact name="see">
            {link === null ? (
              details.reference
            ) : (
              <a href={link} target="_blank" rel="noopener noreferrer">
                {details.reference}
              </a>
            )}
          </Fact>
        )}
        {details.causedBy.length === 0 ? null : (
          <Fact name="because of">
            <Links fingerprints={details.causedBy} />
          </Fact>
        )}
        {below.length === 0 ? null : (
          <Fact name="explains">
            <Links fingerprints={below.flatMap((at) => findings[at]?.fingerprint ?? [])} />
          </Fact>
        )}
      </dl>
      {details.timeline !== null && details.timeline.events.length > 0 ? (
        <section>
          <h4>Timeline</h4>
          <Timeline key={head.fingerprint} timeline={details.timeline} evidence={details.evidence} isPrint={isPrint} />
          {isPrint ? null : (
            <Opened summary={`All ${count(details.timeline.events.length, 'event')} as a table`}>
              {() =>
                details.timeline === null ? null : (
                  <EventTable timeline={details.timeline} evidence={details.evidence} />
                )
              }
            </Opened>
          )}
        </section>
      ) : null}
      <Evidence details={details} isPrint={isPrint} />
      <Ids
        name="Related"
        total={details.counts.related}
        ids={details.related.map(({ type, id }) => ({ type, id }))}
        isPrint={isPrint}
      />
      <Ids
        name="Requests"
        total={details.counts.requestIds}
        ids={details.requestIds.map((id) => ({ type: 'request', id }))}
        isPrint={isPrint}
      />
      <Ids
        name="Correlation"
        total={correlations.length}
        ids={correlations.map((id) => ({ type: 'correlation', id }))}
        isPrint={isPrint}
      />
      <Data data={details.data} />
      <p class="quiet fingerprint">
        finding <code>{head.fingerprint}</code>
      </p>
    </>
  );
}

function Fact({ name, children: told }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{told}</dd>
    </div>
  );
}

function hitText(hit: NonNullable<Details['hit']>): string {
  const parts = [
    hit.customers > 0 ? count(hit.customers, 'customer') : '',
    hit.conversations > 0 ? count(hit.conversations, 'conversation') : '',
    hit.numbers > 0 ? count(hit.numbers, 'phone number') : '',
    hit.otherAddresses > 0 ? count(hit.otherAddresses, 'other address', 'other addresses') : '',
  ].filter((part) => part !== '');
  return parts.join(', ');
}

/** Other findings, by which one goes on reading. */
function Links({ fingerprints }: { readonly fingerprints: readonly string[] }) {
  const most = useSignal(4);
  return (
    <ul class="links">
      {fingerprints.slice(0, most.value).map((fingerprint) => {
        const place = placeOf(fingerprint);
        const head = place === null ? undefined : findings[place];
        if (place === null || head === undefined)
          return <li key={fingerprint}>{`finding ${fingerprint}, not shown`}</li>;
        return (
          <li key={fingerprint}>
            <button
              type="button"
              class="link"
              onClick={() => {
                reveal(place);
                show({ open: fingerprint }, true);
              }}
            >
              <SeverityMark severity={head.severity} />
              {head.ruleId}
            </button>{' '}
            <code>{tail(head.subject.id, 12)}</code>
          </li>
        );
      })}
      {fingerprints.length > most.value ? (
        <li>
          <button
            type="button"
            class="plain"
            onClick={() => {
              most.value += 50;
            }}
          >
            {`${grouped(fingerprints.length - most.value)} more`}
          </button>
        </li>
      ) : null}
    </ul>
  );
}

function Evidence({ details, isPrint }: { readonly details: Details; readonly isPrint: boolean }) {
  const most = useSignal(shownEvidence);
  const { evidence, counts } = details;
  if (counts.evidence === 0) return null;
  const shown = evidence.slice(0, most.value);
  const cut = counts.evidence - evidence.length;
  return (
    <section>
      <h4>{`Evidence: ${count(counts.evidence, 'event')}`}</h4>
      <ul class="evidence">
        {shown.map((event, at) => (
          <li key={at}>
            <p>
              <time>{formatTime(event.eventTime)}</time> <strong>{event.eventType}</strong>
              {event.level === null || event.level === 'INFO' ? null : (
                <span class={`level ${event.level === 'ERROR' ? 'error' : 'warning'}`}>{event.level}</span>
              )}
              {event.errorCode === null ? null : <span>{event.errorCode}</span>}
              {event.status === null ? null : <span>{event.status}</span>}
            </p>
            {event.errorReason === null ? null : <p class="reason">{event.errorReason}</p>}
            <p class="quiet">
              <code>{placeText(event)}</code>
              {event.requestId === null ? null : (
                <span>
                  request <code>{event.requestId}</code>
                </span>
              )}
              <span>
                log <code>{event.logId}</code>
              </span>
            </p>
          </li>
        ))}
      </ul>
      {evidence.length > most.value && !isPrint ? (
        <button
          type="button"
          class="plain"
          onClick={() => {
            most.value += 100;
          }}
        >
          {`Show ${grouped(Math.min(100, evidence.length - most.value))} more`}
        </button>
      ) : null}
      {isPrint && counts.evidence > shown.length ? (
        <p class="quiet">{`… ${grouped(counts.evidence - shown.length)} more`}</p>
      ) : null}
      {cut > 0 && !isPrint && most.value >= evidence.length ? (
        <p class="quiet">{`${count(cut, 'more event')} in --format json`}</p>
      ) : null}
    </section>
  );
}

type IdsGiven = {
  readonly name: string;
  readonly total: number;
  readonly ids: readonly { readonly type: string; readonly id: string }[];
  readonly isPrint: boolean;
};

function Ids({ name, total, ids, isPrint }: IdsGiven) {
  const most = useSignal(shownIds);
  if (total === 0) return null;
  const rest = total - Math.min(most.value, ids.length);
  return (
    <section>
      <h4>{`${name}: ${grouped(total)}`}</h4>
      <ul class="ids">
        {ids.slice(0, most.value).map(({ type, id }) => (
          <li key={`${type} ${id}`}>
            <span class="quiet">{type}</span> <code>{id}</code>
          </li>
        ))}
      </ul>
      {rest === 0 ? null : isPrint || most.value >= ids.length ? (
        <p class="quiet">{`… ${grouped(rest)} more`}</p>
      ) : (
        <button
          type="button"
          class="plain"
          onClick={() => {
            most.value += 100;
          }}
        >
          {`Show more of ${grouped(rest)}`}
        </button>
      )}
    </section>
  );
}

function Data({ data }: { readonly data: Details['data'] }) {
  const entries = Object.entries(data);
  if (entries.length === 0) return null;
  return (
    <section>
      <h4>Data</h4>
      <dl class="data">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'string' ? value : JSON.stringify(value, null, 1)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What is worked out only when somebody opens it. */
function Opened({
  summary,
  children: inside,
}: {
  readonly summary: string;
  readonly children: () => preact.ComponentChildren;
}) {
  const isOpen = useSignal(false);
  return (
    <details
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{summary}</summary>
      {isOpen.value ? inside() : null}
    </details>
  );
}

function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  const told = useSignal('Copy');
  return (
    <button
      type="button"
      class="plain"
      aria-label={`${told.value} ${what}`}
      onClick={() => {
        navigator.clipboard.writeText(text).then(
          () => {
            told.value = 'Copied';
          },
          () => {
            told.value = 'Cannot copy';
          },
        );
      }}
    >
      {told.value}
    </button>
  );
}
