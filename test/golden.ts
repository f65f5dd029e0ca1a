import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/**
 * Compares a text with a golden file beside the test: `expectGolden(import.meta.url, './golden/empty.txt', text)`.
 * A missing one is written, so that it can be read and committed; on CI it fails, because there nobody would read it.
 */
export function expectGolden(testUrl: string, name: string, actual: string): void {
  const path = fileURLToPath(new URL(name, testUrl));
  if (!existsSync(path)) {
    if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(`golden file is missing: ${name}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
  }
  expect(actual).toBe(readFileSync(path, 'utf8'));
}
