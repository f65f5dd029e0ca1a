import { basename } from 'node:path';
import { globMatcher } from '../engine/glob.ts';
import { didYouMean } from '../engine/suggest.ts';
import { defaultParams, type GivenParams, parseGivenParams } from '../rules/param-values.ts';
import { paramFromYaml } from '../rules/params.ts';
import type { Problem } from '../rules/position.ts';
import type { Params } from '../rules/predicate.ts';
import type { Rule } from '../rules/rule.ts';
import { noRuleMatches, rulesMatching } from '../rules/select.ts';
import type { Severity } from '../rules/vocabulary.ts';
import { type ConfigFile, problemsError } from './config-file.ts';
import type { RuleEntries } from './schema.ts';
import { type Suppression, suppressionsOf } from './suppressions.ts';

/** How a rule is run for an account. */
export type RuleSettings = {
  readonly on: boolean;
  /** In place of the severity of its findings; null where it stays. */
  readonly severity: Severity | null;
  readonly params: Params;
};

/** How one rule is run. */
export type ConfiguredRule = {
  readonly rule: Rule;
  readonly of: (accountId: string) => RuleSettings;
  /** Some account may have settings of its own. */
  readonly byAccount: boolean;
  /** Why it does not run where it is off. */
  readonly offReason: string;
};

export type Configured = {
  readonly of: (rule: Rule) => ConfiguredRule;
  /** Ids of rules that are off for every account, those with a wrong header among them. */
  readonly off: ReadonlySet<string>;
  readonly offReason: string;
  readonly suppressions: readonly Suppression[];
};

/** All rules, those whose header is wrong among them: that a pattern matches only such a one is no second mistake. */
export type KnownRules = {
  readonly rules: readonly Rule[];
  readonly broken: readonly { readonly id: string }[];
};

/** What the command line says about rules; it wins over the configuration. */
export type CommandLine = {
  readonly params?: GivenParams | undefined;
  /** Patterns of `--rules`. One that is a rule's whole id runs this rule where the configuration has it off. */
  readonly rules?: readonly string[] | undefined;
};

/**
 * Settles how each rule is run: the defaults of its header, over them the entries `rules` of the configuration in their order,
 * over them those of `accounts` that match, and over all that the command line.
 * @throws UserError with everything in the configuration that does not fit the rules, a line each, or for a wrong `--param`
 */
export function configure(file: ConfigFile | undefined, known: KnownRules, commandLine: CommandLine = {}): Configured {
  const given = parseGivenParams(known.rules, commandLine.params ?? {});
  const named = new Set(commandLine.rules ?? []);
  const offReason = `off in ${basename(file?.file ?? '')}`;
  const problems: Problem[] = [];
  const general = file === undefined ? [] : changesOf(file, ['rules'], file.config.rules, known, problems);
  const sections = Object.entries(file?.config.accounts ?? {}).map(([pattern, { rules }]) => ({
    matches: globMatcher(pattern),
    changes: file === undefined ? [] : changesOf(file, ['accounts', pattern, 'rules'], rules, known, problems),
  }));
  const suppressions = file === undefined ? [] : suppressionsOf(file, [...known.rules, ...known.broken], problems);
  if (problems.length > 0) throw problemsError(problems.sort((a, b) => a.line - b.line || a.column - b.column));

  const settle = (id: string, defaults: Params) => {
    const own = sections
      .map(({ matches, changes }) => ({ matches, changes: changes.filter(({ ids }) => ids.has(id)) }))
      .filter(({ changes }) => changes.length > 0);
    const base = applied({ on: true, severity: null, params: defaults }, general, id);
    const over = ({ on, severity, params }: RuleSettings): RuleSettings => ({
      on: on || named.has(id),
      severity,
      params: { ...params, ...given.get(id) },
    });
    const of = (accountId: string): RuleSettings => {
      const changes = own.filter(({ matches }) => matches(accountId)).flatMap((section) => section.changes);
      return over(applied(base, changes, id));
    };
    const off = !over(base).on && !own.some(({ changes }) => changes.some(({ on }) => on));
    return { of, off, byAccount: own.length > 0 };
  };

  return {
    of: (rule) => {
      const { of, byAccount } = settle(rule.id, defaultParams(rule));
      return { rule, of, byAccount, offReason };
    },
    off: new Set([...known.rules, ...known.broken].map(({ id }) => id).filter((id) => settle(id, {}).off)),
    offReason,
    suppressions,
  };
}

/** One entry: what it changes, for which rules. */
type Change = {
  readonly ids: ReadonlySet<string>;
  readonly on: boolean;
  readonly severity: Severity | null;
  /** By rule: a param of one name can have another type in another rule. */
  readonly params: ReadonlyMap<string, Params>;
};

function applied(settings: RuleSettings, changes: readonly Change[], id: string): RuleSettings {
  return changes
    .filter(({ ids }) => ids.has(id))
    .reduce(
      (before, { on, severity, params }) => ({
        on,
        severity: severity ?? before.severity,
        params: { ...before.params, ...params.get(id) },
      }),
      settings,
    );
}

function changesOf(
  { file, locate }: ConfigFile,
  path: readonly string[],
  entries: RuleEntries,
  { rules, broken }: KnownRules,
  problems: Problem[],
): readonly Change[] {
  const ids = [...rules, ...broken].map(({ id }) => ({ id }));
  return Object.entries(entries).map(([pattern, entry]): Change => {
    const matching = new Set(rulesMatching(ids, pattern).map(({ id }) => id));
    if (matching.size === 0) {
      problems.push({ file, ...locate([...path, pattern]), message: noRuleMatches(ids, pattern) });
    }
    // Who sets the severity or a param of a rule wants it to run: a map turns on what an earlier entry turned off.
    if (entry === 'on' || entry === 'off') {
      return { ids: matching, on: entry === 'on', severity: null, params: new Map() };
    }
    const params = new Map<string, Params>();
    const sound = rules.filter(({ id }) => matching.has(id));
    for (const [name, value] of Object.entries(entry.params ?? {})) {
      const place = { file, ...locate([...path, pattern, 'params', name]) };
      const owners = sound.filter(({ header }) => Object.hasOwn(header.params, name));
      if (owners.length === 0 && sound.length > 0 && sound.length === matching.size) {
        problems.push({ ...place, message: noSuchParam(name, pattern, sound) });
      }
      const reasons = new Set<string>();
      for (const { id, header } of owners) {
        const spec = header.params[name];
        if (spec === undefined) continue;
        const parsed = paramFromYaml(spec.type, value);
        if ('value' in parsed) params.set(id, { ...params.get(id), [name]: parsed.value });
        else reasons.add(`${name} of ${id} ${parsed.reason}`);
      }
      for (const message of reasons) problems.push({ ...place, message });
    }
    return { ids: matching, on: true, severity: entry.severity ?? null, params };
  });
}

function noSuchParam(name: string, pattern: string, rules: readonly Rule[]): string {
  const names = [...new Set(rules.flatMap(({ header }) => Object.keys(header.params)))];
  const [only] = rules;
  const one = rules.length === 1 && only !== undefined;
  const whose = one
    ? `${only.id} has no param ${name}`
    : `none of the rules that match "${pattern}" has a param ${name}`;
  const known =
    names.length === 0
      ? `: ${one ? 'it has' : 'they have'} none`
      : `: ${one ? 'it has' : 'they have'} ${names.join(', ')}`;
  return `${whose}${didYouMean(name, names) || known}`;
}
