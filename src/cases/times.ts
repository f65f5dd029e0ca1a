/**
 * Times of a case count from its start, so that it reads as a story and can be told a year later: `+30s`, `-2d`, `+1h30m`,
 * `+250ms`, `+0s`. A full ISO time stands for itself.
 */

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const relative = /^([+-]?)((?:\d+(?:\.\d+)?(?:ms|[smhd]))+)$/u;
const iso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/u;

/** Epoch milliseconds, or `null` where the text is no time. */
export function parseCaseTime(text: string, start: number): number | null {
  const trimmed = text.trim();
  if (iso.test(trimmed)) {
    const time = Date.parse(trimmed);
    return Number.isNaN(time) ? null : time;
  }
  const [, sign = '+', amounts = ''] = relative.exec(trimmed) ?? [];
  if (amounts === '') return null;
  const offset = [...amounts.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/gu)].reduce(
    (sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (unitMs[unit] ?? 0),
    0,
  );
  return start + Math.round(sign === '-' ? -offset : offset);
}

export function isCaseTime(text: string): boolean {
  return parseCaseTime(text, 0) !== null;
}

/** The shortest way to write a time of a case: `+1h30m`, `-2d`, `+0s`, `+5.25s`. */
export function caseTime(time: number, start: number): string {
  const offset = time - start;
  let rest = Math.abs(offset);
  let text = '';
  for (const unit of ['d', 'h', 'm'] as const) {
    const amount = Math.floor(rest / (unitMs[unit] ?? 1));
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * (unitMs[unit] ?? 1);
  }
  if (rest > 0 || text === '') text += rest > 0 && rest < 1000 && text === '' ? `${rest}ms` : `${rest / 1000}s`;
  return `${offset < 0 ? '-' : '+'}${text}`;
}

const isoInText = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/gu;

/** A text with its ISO times told from the start of the case. */
export function withCaseTimes(text: string, start: number): string {
  return text.replaceAll(isoInText, (found) => caseTime(Date.parse(found), start));
}
