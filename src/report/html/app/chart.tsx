import { computed, signal } from '@preact/signals';
import { type TimeInterval, utcTickInterval } from 'd3-time';
import { unknownTime } from '../../../findings/finding.ts';
import type { Severity } from '../../../rules/vocabulary.ts';
import { overview } from './blocks.ts';
import { matchedBut } from './matching.ts';
import { rove } from './roving.ts';
import { worstFirst } from './severity.tsx';
import { show, view } from './state.ts';
import { count, formatTime } from './text.ts';

const { findings } = overview;

/** From its beginning on, before its end. The first one has no beginning where findings speak of what was before the export. */
type Bin = { readonly from: number | null; readonly to: number };

const wantedBins = 48;
const width = 760;
const height = 236;
const bottom = 20;

const bins: readonly Bin[] = binsOf();

/**
 * From the beginning to the end of the export. What findings tell of the time before, from records beside the log, is in one bar:
 * it can be months ago, and all else would be in one bar then. So are those of which nobody knows when.
 */
function binsOf(): readonly Bin[] {
  const known = findings.filter(({ firstSeen }) => firstSeen !== unknownTime);
  const times = known.map(({ firstSeen }) => Date.parse(firstSeen));
  if (times.length === 0) return [];
  const earliest = times.reduce((least, time) => Math.min(least, time));
  const latest = times.reduce((most, time) => Math.max(most, time));
  let first = overview.begin === null ? earliest : Date.parse(overview.begin);
  let last = Math.max(latest, overview.end === null ? latest : Date.parse(overview.end));
  if (last - first < 1000) [first, last] = [first - 30_000, last + 30_000];
  const interval: TimeInterval | null = utcTickInterval(new Date(first), new Date(last), wantedBins);
  if (interval === null) return [{ from: null, to: last + 1 }];
  const begin = interval.floor(new Date(first));
  const all = interval.range(begin, new Date(last + 1)).map((start) => {
    return { from: Number(start), to: Number(interval.offset(start, 1)) };
  });
  return earliest < Number(begin) || known.length < findings.length ? [{ from: null, to: Number(begin) }, ...all] : all;
}

/** The bin that a time falls into. */
function binAt(time: number): number {
  let [low, high] = [0, bins.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((bins[middle]?.from ?? Number.NEGATIVE_INFINITY) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

type Counts = Readonly<Record<Severity, number>>;

const counted = computed((): readonly Counts[] => {
  const all = bins.map(() => ({ info: 0, warning: 0, error: 0, critical: 0 }));
  for (const place of matchedBut('time')) {
    const finding = findings[place];
    const bin = finding === undefined ? undefined : all[binAt(Date.parse(finding.firstSeen))];
    if (finding !== undefined && bin !== undefined) bin[finding.severity] += 1;
  }
  return all;
});

const totalOf = (counts: Counts): number => counts.info + counts.warning + counts.error + counts.critical;

/** Which bar the Tab key leads to. */
const current = signal(0);

/** When the findings were first seen. A bar narrows the list to its time; a part of it to its severity, too. */
export function Chart() {
  const all = counted.value;
  const most = Math.max(1, ...all.map(totalOf));
  const step = width / Math.max(1, bins.length);
  const { from, to } = view.value;
  const scale = (height - bottom - 14) / most;
  const stop = all.findIndex((counts, at) => at >= current.value && totalOf(counts) > 0);
  const first = stop < 0 ? all.findIndex((counts) => totalOf(counts) > 0) : stop;
  if (bins.length === 0) return <p class="quiet">Nothing tells when.</p>;
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label="Findings over time; arrow keys go from bar to bar, Enter shows those of one"
        onKeyDown={rove}
      >
        <g aria-hidden="true">
          <text class="scale" x="0" y="10">
            {most}
          </text>
          <line class="grid" x1="0" x2={width} y1="14" y2="14" />
          <line class="axis" x1="0" x2={width} y1={height - bottom} y2={height - bottom} />
          {labels().map(({ at, text }) => (
            <g key={at}>
              <line class="axis" x1={at * step} x2={at * step} y1={height - bottom} y2={height - bottom + 4} />
              <text class="scale" x={Math.min(at * step + 3, width - 60)} y={height - 6}>
                {text}
              </text>
            </g>
          ))}
        </g>
        {all.map((counts, at) => {
          const bin = bins[at];
          if (bin === undefined || totalOf(counts) === 0) return null;
          const isChosen = from === bin.from && to === bin.to;
          const isOut =
            (from !== null && bin.to <= from) || (to !== null && (bin.from ?? Number.NEGATIVE_INFINITY) >= to);
          let y = height - bottom;
          const choose = () => show(isChosen ? { from: null, to: null } : { from: bin.from, to: bin.to });
          return (
            <g
              key={bin.to}
              role="button"
              class={`bar${isOut ? ' out' : ''}`}
              data-column={at}
              tabIndex={at === first ? 0 : -1}
              aria-pressed={isChosen}
              aria-label={`${spanOf(bin)}: ${wordsOf(counts)}`}
              onFocus={() => {
                current.value = at;
              }}
              onClick={choose}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                choose();
              }}
            >
              <title>{`${spanOf(bin)}: ${wordsOf(counts)}`}</title>
              <rect class="field" x={at * step} y="14" width={step} height={height - bottom - 14} />
              {worstFirst.map((severity) => {
                if (counts[severity] === 0) return null;
                // What is there is seen, however many others there are.
                const high = Math.max(counts[severity] * scale, 1.5);
                y -= high;
                return (
                  <rect
                    key={severity}
                    class={`fill ${severity}`}
                    x={at * step + step * 0.1}
                    y={y}
                    width={step * 0.8}
                    height={high}
                    onClick={(event) => {
                      event.stopPropagation();
                      show({ from: bin.from, to: bin.to, severities: new Set([severity]) });
                    }}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

function labels(): readonly { readonly at: number; readonly text: string }[] {
  const every = Math.max(1, Math.ceil(bins.length / 6));
  const starts = bins.flatMap(({ from }, at) => (from === null ? [] : [{ at, from }]));
  const isLong = (starts.at(-1)?.from ?? 0) - (starts[0]?.from ?? 0) > 36 * 3_600_000;
  return starts.flatMap(({ at, from }, nth) => {
    if (nth % every !== 0) return [];
    const iso = new Date(from).toISOString();
    const time = iso.slice(11, from % 60_000 === 0 ? 16 : 19);
    return [{ at, text: isLong ? `${iso.slice(5, 10)}${time === '00:00' ? '' : ` ${time}`}` : time }];
  });
}

function spanOf({ from, to }: Bin): string {
  const brief = (time: number) => formatTime(new Date(time).toISOString()).replace(/(?::00)?\.000Z$/u, 'Z');
  return from === null ? `before ${brief(to)}` : `${brief(from)} – ${brief(to)}`;
}

function wordsOf(counts: Counts): string {
  const parts = worstFirst.flatMap((severity) => (counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`]));
  return `${count(totalOf(counts), 'finding')}: ${parts.join(', ')}`;
}
