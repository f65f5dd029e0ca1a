/** A column, and DuckDB's name of its type. */
export type Column = { readonly name: string; readonly type: string };

export type RowOptions = {
  /** Rows at most; null for all of them. */
  readonly limit: number | null;
  /** Of the terminal. */
  readonly width: number;
  readonly colour: boolean;
  /** A table shows one record below the other, however wide the terminal is. */
  readonly asRecords?: boolean;
};

/** How many rows were written, and whether there were more of them than the limit. */
export type Written = { readonly rows: number; readonly cut: boolean };
