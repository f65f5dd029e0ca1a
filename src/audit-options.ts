import type { ConfigFile } from './config/config-file.ts';
import type { Progress } from './engine/progress.ts';
import type { AuditResult } from './findings/result.ts';
import type { Shard } from './ingest/shard.ts';

/** What to audit, and how. */
export type AuditOptions = {
  /** Files, folders and globs; `-` is standard input. */
  readonly paths: readonly string[];
  /** An event store, in the place of `paths`, which are empty then. */
  readonly db?: string;
  /** Keep what is done of the audit of a store beside it until all of it is, and begin with what an earlier run has kept. */
  readonly resume?: boolean;
  /** Patterns of rule ids (`voice/*`, `!memory/*`); all rules where there is none. */
  readonly rules?: readonly string[];
  /** Folders of rules beside the shipped ones. */
  readonly rulesDirs?: readonly string[];
  /** What a configuration file says, from `readConfig` or `parseConfig`; everything else here wins over it. None is looked for. */
  readonly config?: ConfigFile;
  /** Params of rules as text: by rule id, by name. */
  readonly params?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** False: a rule with a predicate is refused, so that rules from strangers run no code. */
  readonly code?: boolean;
  /** Only events from this time on; earlier ones count as not exported. */
  readonly from?: Date;
  /** Only events up to and with this time. */
  readonly to?: Date;
  /** The end of what could be watched; later events are cut. The last event of account and source where absent. */
  readonly asOf?: Date;
  /** Only accounts that match this glob. */
  readonly account?: string;
  /** Only this share of the accounts: run for each share, and merged, the results are those of one run over all. */
  readonly shard?: Shard;
  /** The account of entries that do not say theirs. */
  readonly assumeAccount?: string;
  /** Zone for times without one: an IANA name, an offset such as `+02:00`, or `UTC` (the default). */
  readonly timezone?: string;
  /** DuckDB's limit for its own buffers, such as `2GB`. */
  readonly memoryLimit?: string;
  /** Accounts are audited together as long as they have no more entries than this; as many as fit into memory by default. */
  readonly entriesAtATime?: number;
  /** Where the spill folder is made; the system's folder for temporary files by default. */
  readonly tempDir?: string;
  /** How long one rule may run before it counts as failed. */
  readonly ruleTimeoutMs?: number;
  /** A folder for DuckDB's profiles of the queries of rules, as `voice/silent-call.json`; none are made by default. */
  readonly profileDir?: string;
  /**
   * Where every record goes that could not be loaded, as NDJSON of `file`, `line`, `reason` and `text`, how it begins; null in place of
   * the text where the result is redacted. The file is there, empty, also where nothing was rejected.
   */
  readonly rejectsFile?: string;
  /** Look up whom the findings hit, which only reports for people tell; true by default. */
  readonly people?: boolean;
  /** Look up what happened around the findings, which only a report that draws it tells; false by default. */
  readonly timelines?: boolean;
  /** What is made of the result before anything in it is masked: a comparison with a baseline. */
  readonly compare?: (result: AuditResult) => AuditResult;
  /** Mask addresses and names in the result. Masks are the same where the key is; it has to be secret, of 16 bytes or more. */
  readonly redact?: { readonly key: Uint8Array };
  /** Told about the run while it works. */
  readonly progress?: Progress;
};
