/** One fixture folder: its name under `fixtures/` and its files. The README beside them is written by hand. */
export type Story = {
  readonly folder: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
};
