import { defineConfig } from 'vitest/config';

/** What takes long, so that `npm test` stays quick: `npm run test:all` (mode `all`) tries it. */
const slow = [
  'test/attacks/endless.test.ts',
  'test/attacks/huge-files.test.ts',
  'test/attacks/ids-and-paths.test.ts',
  'test/attacks/log-text.test.ts',
  'test/attacks/predicates.test.ts',
  'test/browser/**/*.test.ts',
  'test/cli/baseline.test.ts',
  'test/cli/many-accounts.test.ts',
  'test/cli/redact.test.ts',
  'test/cli/rules-files.test.ts',
  'test/cli/stop.test.ts',
  'test/hostile/**/*.test.ts',
  'test/pack/pack.test.ts',
  'test/fuzz/fuzz.test.ts',
  'test/parts/parts.test.ts',
  'test/parts/resume.test.ts',
  'test/redact/simulated.test.ts',
  'test/shards/one-run.test.ts',
  'test/shards/simulated.test.ts',
  'test/simulate/simulate.test.ts',
  'test/store/again.test.ts',
  'test/store/killed.test.ts',
  'test/store/killed-audit.test.ts',
  'test/store/load.test.ts',
  'test/store/tables.test.ts',
];

/** What leans on Node itself, or on a package that does: `npm run test:nodes` (mode `nodes`) tries it on other versions than ours. */
const leaning = [
  'test/cli/{audit,cli}.test.ts',
  'test/engine/*.test.ts',
  'test/fixtures.test.ts',
  'test/ingest-files/*.test.ts',
  'test/load.test.ts',
  'test/pack/pack.test.ts',
  'test/redact/masker.test.ts',
  'test/report/{columns,formats,sanitise}.test.ts',
  'test/rules/{authoring,predicate-cache,run}.test.ts',
  'test/shapes/*.test.ts',
];

/** Property tests are in both of the first: they try more in the second. */
const tests: Readonly<Record<string, { readonly include: string[]; readonly exclude?: string[] }>> = {
  test: { include: ['test/**/*.test.ts'], exclude: ['**/node_modules/**', ...slow] },
  all: { include: ['test/invariance.test.ts', ...slow] },
  nodes: { include: leaning },
};

export default defineConfig(({ mode }) => ({
  resolve: { alias: { postlude: new URL('./src/index.ts', import.meta.url).pathname } },
  test: {
    ...tests[mode],
    // DuckDB uses both cores by itself; more workers than that only wait for each other.
    maxWorkers: 2,
    testTimeout: 30_000,
    setupFiles: ['test/draw-alike.ts'],
  },
}));
