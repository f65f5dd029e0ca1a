import { defineConfig } from 'vitest/config';

/** What takes long, so that `npm test` stays quick: `npm run test:all` (mode `all`) tries it. */
const slow = [
  'test/browser/**/*.test.ts',
  'test/cli/baseline.test.ts',
  'test/cli/rules-files.test.ts',
  'test/cli/stop.test.ts',
  'test/fuzz/fuzz.test.ts',
  'test/parts/parts.test.ts',
  'test/redact/simulated.test.ts',
  'test/shards/simulated.test.ts',
  'test/simulate/simulate.test.ts',
  'test/store/again.test.ts',
  'test/store/killed.test.ts',
  'test/store/killed-audit.test.ts',
  'test/store/load.test.ts',
];

export default defineConfig(({ mode }) => ({
  resolve: { alias: { postlude: new URL('./src/index.ts', import.meta.url).pathname } },
  test: {
    // Property tests are in both: they try more in the second.
    ...(mode === 'all'
      ? { include: ['test/invariance.test.ts', ...slow] }
      : { include: ['test/**/*.test.ts'], exclude: ['**/node_modules/**', ...slow] }),
    // DuckDB uses both cores by itself; more workers than that only wait for each other.
    maxWorkers: 2,
    testTimeout: 30_000,
  },
}));
