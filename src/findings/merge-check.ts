import { UserError } from '../engine/errors.ts';
import { firstFew } from '../engine/first-few.ts';
import { type Shard, shardText } from '../ingest/shard.ts';
import type { AuditResult } from './result.ts';

/** A result with what it is called in errors. */
export type Part = { readonly name: string; readonly result: AuditResult };

/**
 * Makes sure that results belong together. Returns the shards that are missing.
 * @param partial some may be
 * @throws UserError in one line for the first thing that keeps them apart
 */
export function checkParts(parts: readonly Part[], partial: boolean): readonly Shard[] {
  const [first] = parts;
  if (first === undefined) return [];
  const isOfShards = first.result.run.shard !== undefined;
  for (const part of parts) {
    checkAlike(first, part);
    if (isOfShards) checkSameCall(first, part);
    if (part.result.baseline !== undefined) {
      throw new UserError(
        `${part.name} was made with --baseline ${part.result.baseline.file}, so what was known is not in it: make the parts without it, and give --baseline when they are merged`,
      );
    }
  }
  const missing = missingShards(parts);
  const [one] = missing;
  if (one !== undefined && !partial) {
    throw new UserError(
      `${shardList(missing)} ${missing.length === 1 ? 'is' : 'are'} missing; name ${missing.length === 1 ? 'its result' : 'their results'}, or merge without with --partial`,
    );
  }
  if (isOfShards) checkSameInput(parts);
  checkApart(parts);
  return missing;
}

const namedShards = 12;

/** `shards 1/16, 4/16 and 3 more`. */
export function shardList(shards: readonly Shard[]): string {
  return `${shards.length === 1 ? 'shard' : 'shards'} ${firstFew(shards.map(shardText), namedShards)}`;
}

function checkAlike(first: Part, other: Part): void {
  const [{ tool, run }, { tool: otherTool, run: otherRun }] = [first.result, other.result];
  if (tool.version !== otherTool.version || tool.name !== otherTool.name) {
    throw new UserError(
      `${first.name} was made by ${tool.name} ${tool.version} and ${other.name} by ${otherTool.name} ${otherTool.version}: merge results of one version`,
    );
  }
  if ((run.redacted === true) !== (otherRun.redacted === true)) {
    const [masked, plain] = run.redacted === true ? [first, other] : [other, first];
    throw new UserError(
      `${masked.name} was made with --redact and ${plain.name} was not: merge results that are all masked, or none`,
    );
  }
  if (run.shard?.of === otherRun.shard?.of) return;
  const told = ({ name, result: { run } }: Part) =>
    run.shard === undefined ? `${name} is not the result of a shard` : `${name} is shard ${shardText(run.shard)}`;
  throw new UserError(
    run.shard === undefined || otherRun.shard === undefined
      ? `${told(first)} and ${told(other)}: merge the shards by themselves first`
      : `${told(first)} and ${told(other)}: merge shards of one number`,
  );
}

/** Shares of different questions make no whole: a finding that one share had left out would be missing without a word. */
function checkSameCall(first: Part, other: Part): void {
  const [one = [], two = []] = [first.result.run.asked, other.result.run.asked];
  const [more, less] = [one.filter((option) => !two.includes(option)), two.filter((option) => !one.includes(option))];
  if (more.length > 0 || less.length > 0) {
    const made = (part: Part, options: readonly string[], than: readonly string[]) =>
      `${part.name} was made ${options.length > 0 ? 'with' : 'without'} ${(options.length > 0 ? options : than).join(' ')}`;
    throw new UserError(
      `${made(first, more, less)} and ${made(other, less, more)}: make all shards with the same options`,
    );
  }
  for (const [part, counterpart] of [
    [first, other],
    [other, first],
  ] as const) {
    const there = new Set(counterpart.result.rules.map(({ id }) => id));
    const rule = part.result.rules.find(({ id }) => !there.has(id));
    if (rule === undefined) continue;
    throw new UserError(
      `${first.name} and ${other.name} were made with other rules (${rule.id} is in ${part.name} alone): make all shards with the same rules`,
    );
  }
  const [config, otherConfig] = [first.result.run.config, other.result.run.config];
  if ((config === undefined) === (otherConfig === undefined)) return;
  const [configured, bare] = config === undefined ? [other, first] : [first, other];
  throw new UserError(
    `${configured.name} was made with the configuration ${config ?? otherConfig} and ${bare.name} with none: make all shards with the same`,
  );
}

/**
 * Where some file came or went while the shards ran, the rest of what they say holds, and an issue tells it, as for one that grew.
 * Where no file is the same, they are of two nights or two folders.
 */
function checkSameInput([first, ...others]: readonly Part[]): void {
  if (first === undefined) return;
  const paths = others.map((part) => ({ part, paths: new Set(part.result.files.map(({ path }) => path)) }));
  const isShared = first.result.files.some(({ path }) => paths.every(({ paths }) => paths.has(path)));
  if (isShared) return;
  const [file] = first.result.files;
  const strange = paths.find(({ paths }) => (file === undefined ? paths.size > 0 : !paths.has(file.path)));
  if (strange === undefined) return;
  const { path = '' } = file ?? strange.part.result.files[0] ?? {};
  const [having, lacking] = file === undefined ? [strange.part, first] : [first, strange.part];
  throw new UserError(
    `${first.name} and ${strange.part.name} are shards of different inputs (${path} is in ${having.name} and not in ${lacking.name}, and no other file is in all shards): make all shards of the same files`,
  );
}

function missingShards(parts: readonly Part[]): readonly Shard[] {
  const seen = new Map<number, string>();
  for (const { name, result } of parts) {
    const { shard } = result.run;
    if (shard === undefined) continue;
    const before = seen.get(shard.index);
    if (before !== undefined) {
      throw new UserError(`${before} and ${name} are both shard ${shardText(shard)}: name each shard once`);
    }
    seen.set(shard.index, name);
  }
  const of = parts[0]?.result.run.shard?.of ?? 0;
  return Array.from({ length: of }, (_, at) => ({ index: at + 1, of })).filter(({ index }) => !seen.has(index));
}

/** A finding that two parts have shows that they looked at the same events, which then would count twice. */
function checkApart(parts: readonly Part[]): void {
  const owners = new Map<string, string>();
  for (const { name, result } of parts) {
    for (const { fingerprint, ruleId, subject } of result.findings) {
      const owner = owners.get(fingerprint);
      if (owner !== undefined) {
        throw new UserError(
          owner === name
            ? `${name} has finding ${fingerprint} twice (${ruleId} of ${subject.type} ${subject.id})`
            : `${owner} and ${name} both have finding ${fingerprint} (${ruleId} of ${subject.type} ${subject.id}): their runs looked at the same events`,
        );
      }
      owners.set(fingerprint, name);
    }
  }
}
