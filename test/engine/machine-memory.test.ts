import { describe, expect, it } from 'vitest';
import { defaultMemoryLimit, machineMemory } from '../../src/engine/machine-memory.ts';

describe('memory where nobody names a limit', () => {
  it('is two thirds of what the machine has beside a gigabyte, and a third of it at least', () => {
    const gigabytes = [0.5, 1, 2, 4, 16, 64];
    expect(gigabytes.map((machine) => Math.round((defaultMemoryLimit(machine * 1e9) / 1e9) * 100) / 100)).toEqual([
      0.17, 0.33, 0.67, 2, 10, 42,
    ]);
  });

  it('is less than what this machine has', () => {
    expect(machineMemory()).toBeGreaterThan(0);
    expect(defaultMemoryLimit()).toBeLessThan(machineMemory());
  });
});
