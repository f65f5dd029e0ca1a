import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { forestOf, type Root } from '../../src/findings/forest.ts';
import { compareFindings } from '../../src/findings/order.ts';
import { makeFinding } from './make.ts';

const about = (id: string) => ({ type: 'participant', id }) as const;

/** `a > b, a > c` and so on, by rule: who hangs below whom, how deep. */
function told(roots: readonly Root[]): readonly string[] {
  return roots.flatMap(({ finding, below }) => [
    finding.ruleId,
    ...below.map((symptom) => `${symptom.parent.ruleId} > ${symptom.finding.ruleId} ${symptom.depth}`),
  ]);
}

const finding = (ruleId: string, causes: readonly Finding[] = [], over: Partial<Finding> = {}) =>
  makeFinding({ ruleId, causedBy: causes.map(({ fingerprint }) => fingerprint), ...over });

describe('a finding with several causes', () => {
  test('hangs below the nearest: not below one that explains another of them', () => {
    const outage = finding('a/outage', [], { severity: 'critical' });
    const failed = finding('b/failed', [outage], { severity: 'info' });
    const unresolved = finding('c/unresolved', [failed, outage]);
    expect(told(forestOf([outage, failed, unresolved]))).toEqual([
      'a/outage',
      'a/outage > b/failed 1',
      'b/failed > c/unresolved 2',
    ]);
  });

  test('the nearest is found in several steps, through findings that are no cause of it', () => {
    const far = finding('a/far', [], { severity: 'critical' });
    const between = finding('b/between', [far]);
    const near = finding('c/near', [between], { severity: 'info' });
    const symptom = finding('d/symptom', [far, near]);
    expect(told(forestOf([far, between, near, symptom]))).toContain('c/near > d/symptom 3');
  });

  test('among the nearest, below the severest', () => {
    const mild = finding('a/mild', [], { severity: 'warning' });
    const grave = finding('b/grave', [], { severity: 'error' });
    expect(told(forestOf([mild, grave, finding('c/symptom', [mild, grave])]))).toEqual([
      'b/grave',
      'b/grave > c/symptom 1',
      'a/mild',
    ]);
  });

  test('among those, below the one about the same subject', () => {
    const other = finding('a/other', [], { subject: about('p1') });
    const same = finding('b/same', [], { subject: about('p2') });
    const symptom = finding('c/symptom', [other, same], { subject: about('p2') });
    expect(told(forestOf([other, same, symptom]))).toContain('b/same > c/symptom 1');
  });

  test('else below the first, whatever order they come in', () => {
    const one = finding('a/one');
    const two = finding('b/two');
    const symptom = finding('c/symptom', [two, one]);
    expect(told(forestOf([two, symptom, one]))).toEqual(['a/one', 'a/one > c/symptom 1', 'b/two']);
    expect(told(forestOf([one, two, { ...symptom, causedBy: symptom.causedBy.toReversed() }]))).toEqual(
      told(forestOf([two, symptom, one])),
    );
  });
});

describe('circles', () => {
  test('become a tree under their first finding', () => {
    const one = finding('a/one');
    const two = finding('b/two', [one]);
    const three = finding('c/three', [two]);
    const circle = [three, two, { ...one, causedBy: [three.fingerprint] }];
    expect(told(forestOf(circle))).toEqual(['a/one', 'a/one > b/two 1', 'b/two > c/three 2']);
  });

  test('what hangs on a circle is not taken for a part of it', () => {
    const one = finding('m/one');
    const two = finding('n/two', [one]);
    const below = finding('a/below', [two]);
    const roots = forestOf([below, { ...one, causedBy: [two.fingerprint] }, two]);
    expect(told(roots)).toEqual(['m/one', 'm/one > n/two 1', 'n/two > a/below 2']);
  });

  test('a finding that names itself is a root', () => {
    const one = finding('a/one');
    expect(told(forestOf([{ ...one, causedBy: [one.fingerprint] }]))).toEqual(['a/one']);
  });
});

describe('findings that are not to be shown', () => {
  const top = finding('a/top', [], { severity: 'critical' });
  const middle = finding('b/middle', [top], { severity: 'info' });
  const low = finding('c/low', [middle], { severity: 'error' });
  const shown = (...ids: string[]) => forestOf([top, middle, low], ({ ruleId }) => ids.includes(ruleId));

  test('in between are passed over', () => {
    expect(told(shown('a/top', 'c/low'))).toEqual(['a/top', 'a/top > c/low 1']);
    expect(shown('a/top', 'c/low')[0]?.hidden).toEqual([middle]);
  });

  test('at the top leave what is below as roots', () => {
    expect(told(shown('b/middle', 'c/low'))).toEqual(['b/middle', 'b/middle > c/low 1']);
    expect(told(shown('c/low'))).toEqual(['c/low']);
    expect(shown()).toEqual([]);
  });

  test('still belong to the tree: a root is as bad as the worst of them', () => {
    expect(forestOf([middle, low], ({ ruleId }) => ruleId === 'b/middle')[0]?.worst).toBe('error');
  });
});

test('every finding is in one place, below one of its causes, whatever they name, in the same place for any order', () => {
  const graph = fc.integer({ min: 1, max: 14 }).chain((n) =>
    fc.record({
      edges: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 3 * n }),
      severities: fc.array(fc.constantFrom('info', 'error', 'critical' as const), { minLength: n, maxLength: n }),
      order: fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }),
    }),
  );
  fc.assert(
    fc.property(graph, ({ edges, severities, order }) => {
      const bare = severities.map((severity, at) => finding(`rule/r${at}`, [], { severity }));
      const findings = bare.map((one, at) => ({
        ...one,
        causedBy: edges.flatMap(([symptom, cause]) => (symptom === at ? (bare[cause]?.fingerprint ?? []) : [])),
      }));
      const roots = forestOf(findings);
      const placed = roots.flatMap((root) => [root.finding, ...root.below.map((symptom) => symptom.finding)]);
      expect(placed.toSorted(compareFindings)).toEqual(findings.toSorted(compareFindings));
      for (const { finding: root, below } of roots) {
        const seen = new Set([root]);
        for (const symptom of below) {
          expect(seen).toContain(symptom.parent);
          expect(symptom.finding.causedBy).toContain(symptom.parent.fingerprint);
          seen.add(symptom.finding);
        }
      }
      const shuffled = order.flatMap((at) => findings[at] ?? []);
      expect(told(forestOf(shuffled))).toEqual(told(roots));
    }),
  );
});

describe('twenty thousand findings are put in trees at once', () => {
  const n = 20_000;
  const timed = (findings: readonly Finding[]) => {
    const started = performance.now();
    const roots = forestOf(findings);
    // All pairs would take many seconds; a slow machine is allowed for.
    expect(performance.now() - started).toBeLessThan(2000);
    return roots;
  };

  test('below one root', () => {
    const root = finding('a/root');
    const symptoms = Array.from({ length: n }, (_, at) => finding('b/symptom', [root], { subject: about(`p${at}`) }));
    expect(timed([root, ...symptoms])[0]?.below).toHaveLength(n);
  });

  test('in one chain', () => {
    const chain = [finding('a/root')];
    for (let at = 1; at < n; at++) chain.push(finding('b/symptom', chain.slice(-1), { subject: about(`p${at}`) }));
    expect(timed(chain.toReversed())[0]?.below.at(-1)?.depth).toBe(n - 1);
  });

  test('in one circle', () => {
    const chain = [finding('a/root')];
    for (let at = 1; at < n; at++) chain.push(finding('b/symptom', chain.slice(-1), { subject: about(`p${at}`) }));
    const [first, ...rest] = chain;
    const circle = [
      { ...(first ?? finding('a/root')), causedBy: chain.slice(-1).map((last) => last.fingerprint) },
      ...rest,
    ];
    expect(timed(circle)).toHaveLength(1);
  });

  test('with the same hundred causes each', () => {
    const causes = Array.from({ length: 100 }, (_, at) => finding('a/cause', [], { subject: about(`c${at}`) }));
    const symptoms = Array.from({ length: n }, (_, at) => finding('b/symptom', causes, { subject: about(`p${at}`) }));
    expect(timed([...causes, ...symptoms])).toHaveLength(100);
  });
});
