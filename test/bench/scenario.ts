import { z } from 'zod';
import { machineSchema } from './machine.ts';
import { seriesSchema } from './measure.ts';

export type BenchCall = {
  readonly runs: number;
  /** For data ten times as large; 0 leaves it out. */
  readonly runsLarge: number;
  readonly events: number;
  readonly accounts: number;
  readonly seed: string;
  /** Measured instead of made data, where a scenario is about one file. */
  readonly file: string | null;
  /** How many files a folder has. */
  readonly files: number;
  readonly giveUpSeconds: number;
  /** Emptied when the bench ends. */
  readonly scratch: string;
};

export const tableSchema = z.object({
  title: z.string(),
  series: z.array(seriesSchema),
  /** The series that all others are a multiple of. */
  reference: z.string().optional(),
  remarks: z.array(z.string()),
});
export type Table = z.infer<typeof tableSchema>;

export type Scenario = {
  readonly name: string;
  readonly summary: string;
  readonly measure: (call: BenchCall) => Promise<Table[]>;
};

/** What is kept of a scenario, in `results/`. */
export const recordSchema = z.object({
  scenario: z.string(),
  date: z.string(),
  machine: machineSchema,
  versions: z.record(z.string(), z.string()),
  tables: z.array(tableSchema),
});
export type BenchRecord = z.infer<typeof recordSchema>;
