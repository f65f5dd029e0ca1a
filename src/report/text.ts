import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { unknownTime } from '../findings/finding.ts';
import { sanitise } from './sanitise.ts';

/** Longer texts are cut before anything looks at them: a single log field can be 100 MB. */
const longest = 4000;

/** Any text as one harmless line of at most `columns` columns; what was cut is marked with `…`. */
export function clip(text: string, columns: number): string {
  const clean = sanitise(text.slice(0, longest));
  if (text.length <= longest && stringWidth(clean) <= columns) return clean;
  let width = 0;
  let kept = '';
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(clean)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Any text as harmless lines of at most `columns` columns, at most `maxLines` of them. */
export function wrap(text: string, columns: number, maxLines = 12): string[] {
  const clean = sanitise(text.slice(0, longest).replace(/\s+$/u, ''));
  const lines = wrapAnsi(clean, Math.max(columns, 10), { hard: true })
    .split('\n')
    .map((line) => line.trimEnd());
  if (lines.length <= maxLines && text.length <= longest) return lines;
  const kept = lines.slice(0, maxLines);
  const last = kept.pop() ?? '';
  return [...kept, clip(`${last} …`, columns)];
}

/** A text padded with spaces to a number of columns on the terminal. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}

/** `1 finding`, `2 findings`, `12,345 events`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** `12345` as `12,345`. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `2026-09-14T08:00:00.003Z` as `2026-09-14 08:00:00.003Z`: a space is easier on the eye, and the zone stays. */
export function formatTime(iso: string): string {
  return iso === unknownTime ? 'an unknown time' : iso.replace('T', ' ');
}

/** `events.ndjson:12`; the file alone where no line is known. */
export function placeText({ file, line }: { readonly file: string; readonly line: number | null }): string {
  return line === null ? file : `${file}:${line}`;
}

/** `350 ms`, `1.2 s`, `2 min 3 s`, `3 h 4 min`, `2 d 5 h`: two units, the smaller one rounded. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
