import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { UserError } from '../../src/engine/errors.ts';
import type { Issue } from '../../src/engine/issue.ts';
import { type MergeOptions, mergeResults } from '../../src/findings/merge.ts';
import type { AuditResult, InputFileSummary, RuleSummary } from '../../src/findings/result.ts';
import { account, makeFinding, makeResult, otherAccount } from './make.ts';

const third = 'AC00000000000000000000000000000003';

type Told = Partial<AuditResult> & { readonly id?: string; readonly shard?: string };

/** A part about one account, `id`, with log entries. */
function part({ id = account, shard, ...over }: Told = {}): AuditResult {
  const [index = 0, of = 0] = shard?.split('/').map(Number) ?? [];
  const base = makeResult({ accounts: [{ id, events: 10, skippedRules: [] }], ...over });
  return {
    ...base,
    run: { ...base.run, events: 10, ...over.run, ...(shard === undefined ? {} : { shard: { index, of } }) },
  };
}

const file = (path: string): InputFileSummary => ({
  path,
  format: 'debugger-log',
  rows: 9,
  rejected: 0,
  duplicates: 0,
  account: null,
});

const rule = (over: Partial<RuleSummary>): RuleSummary => ({
  id: 'voice/silent-call',
  status: 'clean',
  reason: null,
  findings: 0,
  durationMs: 1,
  ...over,
});

function refusal(parts: readonly AuditResult[], options: MergeOptions = {}): string {
  try {
    mergeResults(parts, { names: ['a.json', 'b.json', 'c.json'], ...options });
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown.message;
    throw thrown;
  }
  return 'merged';
}

describe('parts that do not belong together', () => {
  const v2 = { name: 'postlude', version: '0.2.0' };
  const { run } = part();
  test.each<[string, readonly AuditResult[], string]>([
    ['nothing', [], 'there is nothing to merge: name the results of at least one run'],
    [
      'other versions',
      [part(), part({ id: otherAccount, tool: v2 })],
      'a.json was made by postlude 0.1.0 and b.json by postlude 0.2.0: merge results of one version',
    ],
    [
      'other numbers of shards',
      [part({ shard: '1/2' }), part({ shard: '2/3' })],
      'a.json is shard 1/2 and b.json is shard 2/3: merge shards of one number',
    ],
    [
      'a shard and none',
      [part({ shard: '1/2' }), part()],
      'a.json is shard 1/2 and b.json is not the result of a shard: merge the shards by themselves first',
    ],
    [
      'a shard twice',
      [part({ shard: '1/2' }), part({ shard: '2/2' }), part({ shard: '1/2' })],
      'a.json and c.json are both shard 1/2: name each shard once',
    ],
    [
      'shards missing',
      [part({ shard: '2/4' }), part({ shard: '4/4' })],
      'shards 1/4, 3/4 are missing; name their results, or merge without with --partial',
    ],
    [
      'one finding twice',
      [part({ findings: [makeFinding()] }), part({ findings: [makeFinding()] })],
      `a.json and b.json both have finding ${makeFinding().fingerprint} (voice/silent-call of conversation conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k): their runs looked at the same events`,
    ],
    [
      'masked and plain',
      [part(), part({ run: { ...run, redacted: true } })],
      'b.json was made with --redact and a.json was not: merge results that are all masked, or none',
    ],
    [
      'a baseline',
      [part(), part({ id: otherAccount, baseline: { file: 'k.json', known: 1, gone: [], worse: [], causes: [] } })],
      'b.json was made with --baseline k.json, so what was known is not in it: make the parts without it, and give --baseline when they are merged',
    ],
    [
      'shards that were asked for other things',
      [
        part({ shard: '1/2', run: { ...run, asked: ['--from=2026-09-14T08:00:00.000Z', '--severity=critical'] } }),
        part({ shard: '2/2', run: { ...run, asked: ['--severity=critical'] } }),
      ],
      'a.json was made with --from=2026-09-14T08:00:00.000Z and b.json was made without --from=2026-09-14T08:00:00.000Z: make all shards with the same options',
    ],
    [
      'shards up to other times',
      [
        part({ shard: '1/2', run: { ...run, asked: ['--to=2026-09-14T08:00:00.000Z'] } }),
        part({ shard: '2/2', run: { ...run, asked: ['--to=2026-09-15T08:00:00.000Z'] } }),
      ],
      'a.json was made with --to=2026-09-14T08:00:00.000Z and b.json was made with --to=2026-09-15T08:00:00.000Z: make all shards with the same options',
    ],
    [
      'shards with other rules',
      [part({ shard: '1/2', rules: [rule({})] }), part({ shard: '2/2' })],
      'a.json and b.json were made with other rules (merge/shared-profile is in b.json alone): make all shards with the same rules',
    ],
    [
      'shards with a configuration and without',
      [part({ shard: '1/2' }), part({ shard: '2/2', run: { ...run, config: 'postlude.config.yaml' } })],
      'b.json was made with the configuration postlude.config.yaml and a.json with none: make all shards with the same',
    ],
    [
      'shards of other files',
      [part({ shard: '1/2' }), part({ shard: '2/2', files: [file('night-2.ndjson')] })],
      'a.json and b.json are shards of different inputs (exports/events.ndjson is in a.json and not in b.json, and no other file is in all shards): make all shards of the same files',
    ],
    [
      'a shard without files',
      [part({ shard: '1/2', files: [] }), part({ shard: '2/2' })],
      'a.json and b.json are shards of different inputs (exports/events.ndjson is in b.json and not in a.json, and no other file is in all shards): make all shards of the same files',
    ],
  ])('%s', (_, parts, message) => {
    expect(refusal(parts)).toBe(message);
  });

  it('may be shards of no files at all', () => {
    expect(refusal([part({ shard: '1/2', files: [] }), part({ shard: '2/2', files: [] })])).toBe('merged');
  });

  it('do so where they are no shards: of other nights, with other rules', () => {
    const night = {
      files: [file('night-2.ndjson')],
      run: { ...run, asOf: '2026-09-15T09:00:00.000Z', config: 'other.yaml' },
      rules: [rule({})],
    };
    const merged = mergeResults([part(), part({ id: otherAccount, ...night })]);
    expect(merged.files).toHaveLength(2);
    expect(merged.issues).toEqual([]);
  });

  it('may lack shards where somebody says so, and tells it', () => {
    const merged = mergeResults([part({ shard: '2/4' }), part({ shard: '4/4', id: third })], { partial: true });
    expect(merged.issues).toEqual([
      {
        severity: 'data_loss',
        message: 'shards 1/4, 3/4 are not among the merged results: nothing is known about the accounts in them.',
      },
    ]);
    expect(merged.run.shard).toBeUndefined();
  });
});

describe('what is merged', () => {
  it('has the findings of all in the usual order, and sums of the run', () => {
    const early = { ...part().run, asOf: '2026-09-14T09:00:00.000Z', durationMs: 5 };
    const late = { ...part().run, asOf: '2026-09-14T10:00:00.000Z', durationMs: 7 };
    const merged = mergeResults([
      part({ run: early, findings: [makeFinding(), makeFinding({ severity: 'critical', ruleId: 'z/last' })] }),
      part({ run: late, id: otherAccount, findings: [makeFinding({ accountId: otherAccount, severity: 'error' })] }),
    ]);
    expect(merged.findings.map(({ severity }) => severity)).toEqual(['critical', 'error', 'warning']);
    expect(merged.run).toEqual({ asOf: late.asOf, events: 20, duplicates: 0, accounts: 2, durationMs: 12 });
    expect(merged.accounts).toEqual([
      {
        id: account,
        events: 10,
        skippedRules: [],
        findings: { critical: 1, error: 0, warning: 1, info: 0 },
        byRule: { 'voice/silent-call': 1, 'z/last': 1 },
      },
      {
        id: otherAccount,
        events: 10,
        skippedRules: [],
        findings: { critical: 0, error: 1, warning: 0, info: 0 },
        byRule: { 'voice/silent-call': 1 },
      },
    ]);
  });

  const needs = 'needs calls: add an export of them to the folder of the logs';
  test.each<[string, readonly RuleSummary[], Partial<RuleSummary>]>([
    [
      'failed anywhere',
      [rule({ status: 'failed', reason: 'no' }), rule({ status: 'matched' })],
      { status: 'failed', reason: 'no' },
    ],
    [
      'matched anywhere',
      [rule({}), rule({ status: 'matched', findings: 2 })],
      { status: 'matched', findings: 2, reason: null },
    ],
    [
      'skipped everywhere',
      [rule({ status: 'skipped', reason: needs }), rule({ status: 'skipped', reason: needs })],
      { status: 'skipped', reason: needs },
    ],
    [
      'skipped in part',
      [rule({ status: 'skipped', reason: needs }), rule({})],
      { status: 'clean', reason: `skipped for ${account}: ${needs}` },
    ],
    [
      'twice the same failure',
      [rule({ status: 'failed', reason: 'no' }), rule({ status: 'failed', reason: 'no' })],
      { status: 'failed', reason: 'no' },
    ],
  ])('a rule that %s', (_, [one, other], expected) => {
    const merged = mergeResults([
      part({ rules: one === undefined ? [] : [one] }),
      part({ id: otherAccount, rules: other === undefined ? [] : [other] }),
    ]);
    expect(merged.rules).toEqual([{ id: 'voice/silent-call', durationMs: 2, findings: 0, ...expected }]);
  });

  it('counts for how many accounts a rule was skipped, and tells which', () => {
    const several = (n: number, ids: readonly string[], reason: string | null) =>
      part({
        rules: [rule({ reason, status: reason === needs ? 'skipped' : 'clean' })],
        run: { ...part().run, accounts: n },
        accounts: ids.map((id, at) => ({
          id,
          events: 5,
          skippedRules: reason !== needs && reason !== null && at > 0 ? ['voice/silent-call'] : [],
        })),
      });
    const merged = mergeResults([
      several(3, ['AC1', 'AC2', 'AC3'], `skipped for 2 of 3 accounts: ${needs}`),
      several(2, ['AC4', 'AC5'], `skipped for AC5: ${needs}`),
      several(1, ['AC6'], needs),
    ]);
    expect(merged.rules[0]?.reason).toBe(`skipped for 4 of 6 accounts: ${needs}`);
    expect(merged.accounts?.filter(({ skippedRules }) => skippedRules.length > 0).map(({ id }) => id)).toEqual([
      'AC2',
      'AC3',
      'AC5',
      'AC6',
    ]);
  });

  it('has a file of all shards once, and says where it changed between them', () => {
    const file = { path: 'logs/a.ndjson', format: 'debugger-log', rows: 9, rejected: 1, duplicates: 2, account: null };
    const same = mergeResults([
      part({ shard: '1/2', files: [file] }),
      part({ shard: '2/2', id: third, files: [file] }),
    ]);
    expect([same.files, same.run.duplicates, same.issues]).toEqual([[file], 2, []]);
    const grown = { ...file, rows: 12 };
    const changed = mergeResults([part({ shard: '1/2', files: [grown] }), part({ shard: '2/2', files: [file] })]);
    expect(changed.files).toEqual([grown]);
    expect(changed.issues).toEqual([
      expect.objectContaining({
        severity: 'data_loss',
        file: file.path,
        message: expect.stringContaining('(12, 15 entries)'),
      }),
    ]);
  });

  it('says where shards read other files, or to another end', () => {
    const paths = ['a', 'b', 'c', 'd', 'e'].map((name) => file(`logs/${name}.ndjson`));
    const advice = 'give every shard the same files, or something can be missing.';
    const early = part({ shard: '1/2', files: paths.slice(0, 1) });
    const late = part({ shard: '2/2', files: paths, run: { ...part().run, asOf: '2026-09-15T09:00:00.000Z' } });
    const merged = mergeResults([early, late]);
    expect(merged.files).toEqual(paths);
    expect(merged.issues).toEqual([
      {
        severity: 'data_loss',
        message: `the inputs of the shards end at different times (2026-09-14T09:00:00.000Z, 2026-09-15T09:00:00.000Z): ${advice}`,
      },
      {
        severity: 'data_loss',
        message: `the shards did not read the same files (not all read logs/b.ndjson, logs/c.ndjson, logs/d.ndjson and 1 more): ${advice}`,
      },
    ]);
  });

  it('has files of one name apart that come from different folders', () => {
    const file = { path: 'a.ndjson', format: 'debugger-log', rows: 9, rejected: 0, duplicates: 1, account };
    const other = { ...file, rows: 3, duplicates: 0, account: third };
    const merged = mergeResults([part({ files: [file] }), part({ id: third, files: [other] })]);
    expect(merged.files).toHaveLength(2);
    expect(merged.run.duplicates).toBe(1);
    expect(merged.issues).toEqual([]);
  });

  it('tells an issue of all once, and one of some accounts with all of them', () => {
    const lost: Issue = { severity: 'data_loss', file: 'a', line: 3, message: 'rejected' };
    const lean = (message: string, accounts: readonly string[]): Issue => ({ severity: 'notice', accounts, message });
    const merged = (...issues: readonly (readonly Issue[])[]) =>
      mergeResults(issues.map((each, at) => part({ id: `AC${at}`, issues: each }))).issues;
    expect(merged([lost], [lost])).toEqual([lost]);
    expect(merged([lean('it is lean.', ['AC9'])], [lean('all 2 accounts: it is lean.', ['AC1', 'AC4'])])).toEqual([
      lean('all 3 accounts: it is lean.', ['AC1', 'AC4', 'AC9']),
    ]);
    expect(merged([lean('it is lean.', ['AC9'])], [])).toEqual([lean('AC9: it is lean.', ['AC9'])]);
    expect(
      merged([lean('all 2 accounts: it is lean.', ['AC7', 'AC9'])], [lean('AC1, AC2: it is lean.', ['AC1', 'AC2'])]),
    ).toEqual([lean('AC1, AC2, AC7 and 1 more: it is lean.', ['AC1', 'AC2', 'AC7', 'AC9'])]);
  });

  it('sums what suppressions took away', () => {
    const entry = { rule: 'voice', account: null, subject: null, fingerprint: null, reason: 'known', expires: null };
    const used = { ...entry, status: 'used' as const, findings: 2, accounts: [{ id: third, findings: 2 }] };
    const unused = { ...entry, status: 'unused' as const, findings: 0, accounts: [] };
    // The same entry can stand in a configuration twice; the second of them takes nothing.
    const merged = mergeResults([part({ suppressions: [unused, unused] }), part({ suppressions: [used, unused] })]);
    expect(merged.suppressions).toEqual([used, unused]);
  });
});

const accountIds = fc.uniqueArray(fc.stringMatching(/^AC[0-9a-f]{4}$/), { minLength: 1, maxLength: 8 });
const statuses = fc.constantFrom('matched' as const, 'clean' as const, 'skipped' as const, 'failed' as const);

/** Results of several runs over different accounts. */
const results = fc
  .tuple(accountIds, fc.array(fc.nat(3), { minLength: 7 }), fc.array(statuses, { minLength: 1 }), fc.boolean())
  .map(([ids, numbers, outcomes, sharded]) => {
    let drawn = 0;
    const n = () => numbers[drawn++ % numbers.length] ?? 0;
    return ids.map((id, at): AuditResult => {
      return part({
        id,
        ...(sharded ? { shard: `${at + 1}/${ids.length}` } : {}),
        run: { ...part().run, asOf: `2026-09-14T0${n()}:00:00.000Z`, durationMs: n() },
        files: [
          file('all.ndjson'),
          { path: `f${n()}`, format: 'debugger-log', rows: n(), rejected: 0, duplicates: n(), account: id },
        ],
        issues: [
          { severity: 'notice', message: `notice ${n()}` },
          { severity: 'notice', message: 'it is lean.', accounts: [id] },
          { severity: 'notice', message: `all 2 accounts: limit ${n()}.`, accounts: [id, `${id}b`] },
        ],
        rules: ['a/one', 'a/two'].map((rule) => ({
          id: rule,
          status: outcomes[drawn++ % outcomes.length] ?? 'clean',
          reason: n() === 0 ? null : `needs ${n()}`,
          findings: n(),
          durationMs: n(),
        })),
        findings: Array.from({ length: n() }, (_, at) =>
          makeFinding({ accountId: id, subject: { type: 'conversation', id: `c${at}` } }),
        ),
      });
    });
  });

describe('the order of the parts', () => {
  it('does not matter', () => {
    fc.assert(
      fc.property(
        results.chain((parts) => fc.tuple(fc.constant(parts), fc.shuffledSubarray(parts, { minLength: parts.length }))),
        ([parts, shuffled]) => {
          expect(mergeResults(shuffled)).toEqual(mergeResults(parts));
        },
      ),
    );
  });

  it('nor whether some of them were merged before, as far as findings and accounts go', () => {
    fc.assert(
      fc.property(results, fc.nat(7), (parts, at) => {
        fc.pre(parts.every(({ run }) => run.shard === undefined) && at > 0 && at < parts.length);
        const nested = mergeResults([mergeResults(parts.slice(0, at)), mergeResults(parts.slice(at))]);
        const flat = mergeResults(parts);
        expect(nested.findings).toEqual(flat.findings);
        expect(nested.run).toEqual(flat.run);
        expect(nested.accounts?.map(({ id, findings }) => [id, findings])).toEqual(
          flat.accounts?.map(({ id, findings }) => [id, findings]),
        );
      }),
    );
  });
});
