import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Details, TimelineEvent } from '../page-data.ts';
import { eventOf } from './blocks.ts';
import { rove } from './roving.ts';
import { isComplete } from './state.ts';
import { count, eventFacts, formatDuration, formatTime, placeText } from './text.ts';
import { labelWidth, layOut, type Mark } from './timeline-layout.ts';

type Given = {
  readonly timeline: NonNullable<Details['timeline']>;
  readonly evidence: Details['evidence'];
  readonly isPrint?: boolean;
};

/** What happened around a finding, in lanes over time. */
export function Timeline({ timeline, evidence, isPrint = false }: Given) {
  const events = timeline.events.flatMap((place) => eventOf(place) ?? []);
  if (events.length < timeline.events.length && !isComplete.value)
    return <p class="quiet">The file is still being read …</p>;
  return <Lanes events={events} total={timeline.total} evidence={evidence} isPrint={isPrint} />;
}

type LanesGiven = {
  readonly events: readonly TimelineEvent[];
  readonly total: number;
  readonly evidence: Details['evidence'];
  readonly isPrint: boolean;
};

function Lanes({ events, total, evidence, isPrint }: LanesGiven) {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(isPrint ? 700 : 640);
  const current = useSignal(0);
  const looked = useSignal<number | null>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null || isPrint) return;
    const measure = () => {
      width.value = Math.max(420, Math.floor(element.clientWidth));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, isPrint]);

  const cited = new Set(evidence.map(({ logId }) => logId));
  const layout = useComputed(() => layOut(events, width.value)).value;
  const firstCited = Math.max(
    0,
    events.findIndex(({ logId }) => cited.has(logId)),
  );
  const at = looked.value ?? firstCited;
  const event = events[at];
  const left = total - events.length;
  const [begin, end] = [events[0]?.eventTime ?? '', events.at(-1)?.eventTime ?? ''];
  const stop = looked.value === null ? firstCited : current.value;
  return (
    <div class="timeline">
      <p class="quiet">
        {`${count(events.length, 'event')} within ${formatDuration(Date.parse(end) - Date.parse(begin))}, from ${formatTime(begin)}`}
        {left > 0 ? `; ${count(left, 'more', 'more')} farther from the evidence not shown` : ''}
      </p>
      <div class="drawing" ref={box}>
        <svg
          role="listbox"
          aria-label="Events over time; arrow keys go from one to the next"
          aria-orientation="horizontal"
          width={width.value}
          height={layout.height}
          viewBox={`0 0 ${width.value} ${layout.height}`}
          onKeyDown={rove}
        >
          <g aria-hidden="true">
            {layout.lanes.map(({ id, label, top, height }, lane) => (
              <g key={id}>
                <rect class={lane % 2 === 0 ? 'lane even' : 'lane'} x="0" y={top} width={width.value} height={height} />
                <text class="label" x="8" y={top + height / 2 + 4}>
                  {label}
                </text>
              </g>
            ))}
            {layout.gaps.map((gap) => (
              <g key={gap.x} class="gap">
                <rect x={gap.x + 4} y="18" width={gap.width - 8} height={layout.height - 38} />
                <text x={gap.x + gap.width / 2} y="12">
                  {formatDuration(gap.ms).replace(/(?<=[a-z]) .*$/u, '')}
                </text>
                <title>{`${formatDuration(gap.ms)} without an event, until ${formatTime(gap.before)}`}</title>
              </g>
            ))}
            <line class="axis" x1={labelWidth} x2={width.value} y1={layout.height - 20} y2={layout.height - 20} />
            {layout.ticks.map(({ x, time }) => (
              <g key={x}>
                <line class="axis" x1={x} x2={x} y1={layout.height - 20} y2={layout.height - 16} />
                <text class="scale" x={x - 6} y={layout.height - 5}>
                  {new Date(time).toISOString().slice(11, 19)}
                </text>
              </g>
            ))}
            {layout.spans.map(({ requestId, x, y, width: wide, events: n }) => (
              <rect
                key={requestId}
                class={`request${event !== undefined && event.requestId === requestId ? ' current' : ''}`}
                x={x}
                y={y - 4}
                width={wide}
                height="8"
                rx="2"
              >
                <title>{`request ${requestId}: ${count(n, 'event')}`}</title>
              </rect>
            ))}
          </g>
          {layout.marks.map((mark) => (
            <g
              key={mark.at}
              role="option"
              class={markClass(mark, cited)}
              data-column={mark.at}
              tabIndex={isPrint || mark.at !== stop ? -1 : 0}
              aria-selected={mark.at === at}
              aria-label={labelOf(mark.event, cited.has(mark.event.logId))}
              transform={`translate(${mark.x} ${mark.y})`}
              onFocus={() => {
                current.value = mark.at;
                looked.value = mark.at;
              }}
              onMouseEnter={() => {
                looked.value = mark.at;
              }}
              onClick={(click) => click.currentTarget.focus()}
            >
              <rect class="target" x="-6" y="-6" width="12" height="12" />
              {shapeOf(mark.event)}
            </g>
          ))}
        </svg>
      </div>
      {event === undefined || isPrint ? null : (
        <EventFacts event={event} isCited={cited.has(event.logId)} evidence={evidence} />
      )}
      <p class="key quiet" aria-hidden="true">
        <span class="sample cited" /> evidence
        <span class="sample" /> other event
        <span class="sample error" /> error
        <span class="sample warning" /> warning
        <span class="sample silence" /> silence, drawn narrow
      </p>
    </div>
  );
}

function shapeOf({ level }: TimelineEvent) {
  if (level === 'ERROR') return <path class="shape" d="M0 -5.4 5.4 0 0 5.4 -5.4 0z" />;
  if (level === 'WARNING') return <path class="shape" d="M0 -5 5 4.2 -5 4.2z" />;
  return <circle class="shape" r="4" />;
}

function markClass({ event: { level, logId } }: Mark, cited: ReadonlySet<string>): string {
  const loud = level === 'ERROR' ? ' error' : level === 'WARNING' ? ' warning' : '';
  return `event${loud}${cited.has(logId) ? ' cited' : ''}`;
}

function labelOf(event: TimelineEvent, isCited: boolean): string {
  const parts = [
    formatTime(event.eventTime),
    event.eventType,
    event.level,
    event.errorCode,
    event.errorReason?.slice(0, 200),
  ];
  const told = parts.filter((part) => part !== null && part !== undefined && part !== 'INFO').join(', ');
  return isCited ? `${told}, evidence` : told;
}

function EventFacts({
  event,
  isCited,
  evidence,
}: {
  readonly event: TimelineEvent;
  readonly isCited: boolean;
  readonly evidence: Details['evidence'];
}) {
  // The line is looked up for evidence alone.
  const own = evidence.find(({ logId }) => logId === event.logId);
  return (
    <div class="event-facts">
      <p>
        <time>{formatTime(event.eventTime)}</time> <strong>{event.eventType}</strong>
        {isCited ? <span class="tag">evidence</span> : null}
      </p>
      <dl>
        {eventFacts(own === undefined ? event : { ...event, line: own.line }).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** All events as lines: for those who read rather than look. */
export function EventTable({ timeline, evidence }: Given) {
  const events = timeline.events.flatMap((place) => eventOf(place) ?? []);
  const cited = new Set(evidence.map(({ logId }) => logId));
  return (
    <div class="scrolled" tabIndex={0} role="region" aria-label="Events as a table">
      <table class="lines">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">Says</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event, at) => (
            <tr key={at} class={cited.has(event.logId) ? 'cited' : ''}>
              <td>{formatTime(event.eventTime)}</td>
              <td>{event.eventType}</td>
              <td>
                {eventFacts(event)
                  .filter(([name]) => name !== 'in' && name !== 'log' && name !== 'source')
                  .map(([name, value]) => `${name} ${value}`)
                  .join(', ')}
              </td>
              <td>{placeText(event)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
