/** Numbers in titles and cells. */

/** 0.2 M, 2 M, 20 k. */
export function millions(events: number): string {
  return events >= 100_000 ? `${short(events / 1e6)} M` : `${short(events / 1000)} k`;
}

export function gigabytes(bytes: number): string {
  return bytes >= 1e8 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

export function times(factor: number): string {
  return Number.isFinite(factor) ? factor.toFixed(2) : '–';
}

function short(number: number): string {
  return String(Number(number.toFixed(2)));
}
