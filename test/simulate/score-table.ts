import { precision, recall, type Score } from './compare.ts';

/** One line a rule and cause, those that are not perfect marked. */
export function scoreTable(scores: readonly Score[]): string {
  const rows = scores
    .toSorted((a, b) => (`${a.rule} ${a.cause}` < `${b.rule} ${b.cause}` ? -1 : 1))
    .map((score) => [
      `${score.missed + score.extra > 0 ? '! ' : '  '}${score.rule} ▸ ${score.cause}`,
      String(score.planted + score.possible),
      String(score.found + score.possibleFound),
      String(score.missed),
      String(score.extra),
      figure(precision(score)),
      figure(recall(score)),
    ]);
  const header = ['  rule ▸ cause', 'planted', 'found', 'missed', 'extra', 'precision', 'recall'];
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

function figure(value: number | null): string {
  return value === null ? '-' : value.toFixed(2);
}
