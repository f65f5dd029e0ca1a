/** JSON that is cut off, put together wrongly, or not JSON at all. */
import { line, lines } from './entries.ts';
import { hostile } from './hostile.ts';

hostile('JSON', [
  {
    name: 'a last line that is cut off',
    files: { 'a.ndjson': lines(3) + line(4).slice(0, 100) },
    counts: { 'a.ndjson': { rows: 3, rejected: 1 } },
    rejects: [/^a\.ndjson:4: not JSON: Unterminated string in JSON/],
  },
  {
    name: 'the same entries twice in a line',
    files: { 'a.ndjson': `${line(1)}${line(2)}\n${line(1)} ${line(3)}\n` },
    counts: { 'a.ndjson': { rows: 3, duplicates: 1 } },
  },
  {
    name: 'a file that is not there',
    files: {},
    paths: ['missing.ndjson'],
    issues: ['error: missing.ndjson: no such file or folder: check the path.'],
    code: 2,
  },
]);
