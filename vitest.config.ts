import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { postlude: new URL('./src/index.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    // DuckDB uses both cores by itself; more workers than that only wait for each other.
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
