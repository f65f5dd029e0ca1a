/** Labels against findings, per rule and cause. */
import { findingKey, type Label } from './label.ts';

/** What of a finding is compared. */
export type Found = {
  readonly rule: string;
  readonly cause: string;
  readonly account: string;
  readonly subject: string;
  readonly certainty: 'confirmed' | 'likely' | 'possible';
  readonly severity: string;
  readonly message: string;
};

export type Mismatch = {
  readonly kind: 'missed' | 'extra';
  readonly rule: string;
  readonly cause: string;
  readonly account: string;
  readonly subject: string;
  /** Who planted it, or what the finding says. */
  readonly about: string;
};

export type Score = {
  readonly rule: string;
  readonly cause: string;
  readonly planted: number;
  readonly found: number;
  readonly missed: number;
  readonly extra: number;
  /** Planted as no more than possible, and how many of those were found as that. */
  readonly possible: number;
  readonly possibleFound: number;
};

export type Comparison = { readonly scores: readonly Score[]; readonly mismatches: readonly Mismatch[] };

/**
 * Only rules that ran are compared. A finding that is no more than `possible` is neither right nor wrong where nothing of the
 * kind was planted; one that was planted as `possible` has to be found as that, and not as sure.
 */
export function compare(labels: readonly Label[], findings: readonly Found[], rules: ReadonlySet<string>): Comparison {
  const scores = new Map<string, { -readonly [Key in keyof Score]: Score[Key] }>();
  const scoreOf = (rule: string, cause: string) => {
    const key = `${rule} ${cause}`;
    const there = scores.get(key) ?? {
      ...{ rule, cause, planted: 0, found: 0, missed: 0, extra: 0, possible: 0, possibleFound: 0 },
    };
    scores.set(key, there);
    return there;
  };
  const mismatches: Mismatch[] = [];
  const wanted = new Map<string, Label>();
  for (const label of labels) {
    if (!rules.has(label.rule)) continue;
    const there = wanted.get(findingKey(label));
    if (there !== undefined && (there.cause !== label.cause || there.sureness !== label.sureness)) {
      throw new Error(`${label.by} and ${there.by} say different things about ${findingKey(label)}`);
    }
    wanted.set(findingKey(label), label);
  }
  const got = new Map(findings.filter(({ rule }) => rules.has(rule)).map((finding) => [findingKey(finding), finding]));

  for (const [key, label] of wanted) {
    const score = scoreOf(label.rule, label.cause);
    const finding = got.get(key);
    const isFound =
      finding?.cause === label.cause && (finding.certainty === 'possible') === (label.sureness === 'possible');
    if (label.sureness === 'possible') {
      score.possible += 1;
      if (isFound) score.possibleFound += 1;
    } else {
      score.planted += 1;
      if (isFound) score.found += 1;
    }
    if (isFound) continue;
    score.missed += 1;
    const instead = finding === undefined ? 'not found' : `found as ${finding.cause}, ${finding.certainty}`;
    mismatches.push({
      ...sameOf(label),
      kind: 'missed',
      about: `${label.sureness}, planted by ${label.by}: ${instead}`,
    });
  }
  for (const [key, finding] of got) {
    if (finding.certainty === 'possible') continue;
    const label = wanted.get(key);
    if (label?.cause === finding.cause && label.sureness === 'sure') continue;
    scoreOf(finding.rule, finding.cause).extra += 1;
    mismatches.push({ ...sameOf(finding), kind: 'extra', about: `${finding.certainty}: ${finding.message}` });
  }
  return { scores: [...scores.values()], mismatches };
}

function sameOf({ rule, cause, account, subject }: Label | Found) {
  return { rule, cause, account, subject };
}

/** Scores of several simulations as one. */
export function total(all: readonly (readonly Score[])[]): readonly Score[] {
  const sums = new Map<string, Score>();
  for (const score of all.flat()) {
    const key = `${score.rule} ${score.cause}`;
    const there = sums.get(key);
    sums.set(
      key,
      there === undefined
        ? score
        : {
            ...score,
            planted: there.planted + score.planted,
            found: there.found + score.found,
            missed: there.missed + score.missed,
            extra: there.extra + score.extra,
            possible: there.possible + score.possible,
            possibleFound: there.possibleFound + score.possibleFound,
          },
    );
  }
  return [...sums.values()];
}

/** Of what was found, how much was planted; NULL where nothing was found. */
export function precision({ found, extra }: Score): number | null {
  return found + extra === 0 ? null : found / (found + extra);
}

/** Of what was planted, how much was found, what is only possible included; NULL where nothing was planted. */
export function recall({ planted, possible, missed }: Score): number | null {
  const all = planted + possible;
  return all === 0 ? null : (all - missed) / all;
}

export function isPerfect(score: Score): boolean {
  return score.missed === 0 && score.extra === 0;
}
