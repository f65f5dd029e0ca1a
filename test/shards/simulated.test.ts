/** What shares of the accounts find, merged, is what one run over all of them finds. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import { mergeResults } from '../../src/findings/merge.ts';
import { jsonReport } from '../../src/report/json.ts';
import { plainReport } from '../../src/report/options.ts';
import { readResult } from '../../src/report/read-result.ts';
import { seed } from '../seed.ts';
import { simulate } from '../simulate/simulate.ts';
import { comparable, findingsText } from './comparable.ts';

it('is so in an untidy folder of many accounts', { timeout: 300_000 }, async () => {
  const { files } = await simulate({ seed: String(seed), conversations: 40, incidents: true });
  const folder = await mkdtemp(join(tmpdir(), 'postlude-shards-'));
  try {
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const whole = await audit({ paths: [folder], people: false });
    expect(whole.accounts?.length).toBeGreaterThan(20);
    const of = 5;
    const parts = [];
    for (let index = 1; index <= of; index++) {
      const part = await audit({ paths: [folder], people: false, shard: { index, of } });
      // As they come back from their files.
      parts.push(readResult({ name: 'part', text: [...jsonReport(part, plainReport)].join('') }));
    }
    expect(parts.every(({ findings }) => findings.length > 0 && findings.length < whole.findings.length)).toBe(true);
    const merged = mergeResults(parts);
    const text = [...jsonReport(whole, plainReport)].join('');
    expect(findingsText(merged), `seed ${seed}`).toBe(findingsText(readResult({ name: 'whole', text })));
    expect(comparable(merged), `seed ${seed}`).toBe(comparable(whole));
  } finally {
    await rm(folder, { recursive: true });
  }
});
