/**
 * Cases of the shipped rules, from exports to findings. The cases of a book share one audit: each plays in an account and a folder
 * of its own, so that it finds only what it planted, and a case is a few lines.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { AuditOptions } from '../../src/audit-options.ts';
import type { Finding, Related } from '../../src/findings/finding.ts';
import { accountSid } from '../generate/ids.ts';
import { updateConversation, updateParticipant } from '../generate/orchestrator.ts';
import { type Chat, messageArrives, talk, timersRun } from '../generate/scenes.ts';
import { ndjson } from '../generate/shapes/json.ts';
import type { Configuration, GroupingType } from '../generate/side.ts';
import { deskNumber, openDesk, person, timeouts } from '../generate/stories/desk.ts';
import { createWorld, exported, type World } from '../generate/world.ts';

/** When the cases begin; before it the desk was opened, and nothing logged. */
export const start = Date.parse('2026-09-14T08:00:00.000Z');
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

export type Stage = { readonly world: World; readonly configuration: Configuration; readonly storeId: string };

/** What a case leaves behind, where it is not simply the log of its world beside its configuration. */
export type Told = {
  /** What the expected lines call an id. */
  readonly names?: Readonly<Record<string, string>>;
  /** In place of the world's log. */
  readonly entries?: readonly unknown[];
  /** In place of the configuration: the records beside the log. */
  readonly side?: readonly unknown[];
};

type Check = (findings: readonly Finding[]) => void;

export type Book = {
  /**
   * One test. The lines are the findings of the case's account, in any order, as `told` writes them.
   * `check` looks at what lines do not tell.
   */
  readonly tell: (title: string, play: (stage: Stage) => Told, lines: readonly string[], check?: Check) => void;
};

type BookOptions = Omit<AuditOptions, 'paths'> & { readonly grouping?: GroupingType };

export function openBook({ grouping = 'GROUP_BY_PROFILE', ...options }: BookOptions): Book {
  const cases: { readonly accountId: string; readonly told: Told; readonly stage: Stage }[] = [];
  let result: ReturnType<typeof findingsByAccount> | undefined;
  return {
    tell(title, play, lines, check) {
      const accountId = accountSid(cases.length + 1);
      const world = createWorld({ seed: title, accountId, start: '2026-08-03T09:00:00Z' });
      const stage = { world, ...openDesk(world, grouping) };
      world.now = start;
      const outcome = play(stage);
      cases.push({ accountId, told: outcome, stage });
      it(title, { timeout: 60_000 }, async () => {
        // All cases of the book are known by the time the first one runs.
        result ??= findingsByAccount(cases, options);
        const findings = (await result).get(accountId) ?? [];
        expect(findings.map((finding) => toldOf(finding, findings, outcome.names ?? {})).toSorted()).toEqual(
          lines.toSorted(),
        );
        expect(findings.flatMap(faults)).toEqual([]);
        check?.(findings);
      });
    },
  };
}

async function findingsByAccount(
  cases: readonly { readonly accountId: string; readonly told: Told; readonly stage: Stage }[],
  options: Omit<AuditOptions, 'paths'>,
): Promise<ReadonlyMap<string, readonly Finding[]>> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-cases-'));
  try {
    for (const { accountId, told, stage } of cases) {
      const own = join(folder, accountId);
      await mkdir(own);
      await writeFile(join(own, 'debugger.ndjson'), ndjson(told.entries ?? exported(stage.world)));
      const side = told.side ?? [stage.configuration];
      if (side.length > 0) await writeFile(join(own, 'side.ndjson'), ndjson(side));
    }
    const { findings, rules, issues } = await audit({ paths: [folder], ...options });
    expect(rules.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(issues.filter(({ severity }) => severity === 'error' || severity === 'data_loss')).toEqual([]);
    return new Map(
      cases.map(({ accountId }) => [accountId, findings.filter((finding) => finding.accountId === accountId)]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * `voice/stuck-active conversation talk: warning confirmed timeout-never-started [call phone] < voice/silent-call talk`:
 * in brackets what it is related to, after `<` what it is caused by.
 */
function toldOf(
  { ruleId, subject, severity, certainty, cause, related, causedBy }: Finding,
  all: readonly Finding[],
  names: Readonly<Record<string, string>>,
): string {
  const nameOf = new Map(Object.entries(names).map(([name, id]) => [id, name]));
  const called = ({ type, id }: Related) => `${type} ${nameOf.get(id) ?? id}`;
  const list = (items: readonly string[]) => items.toSorted().join(', ');
  const causes = causedBy.map((fingerprint) => {
    const found = all.find((finding) => finding.fingerprint === fingerprint);
    return found === undefined ? fingerprint : `${found.ruleId} ${nameOf.get(found.subject.id) ?? found.subject.id}`;
  });
  return [
    `${ruleId} ${called(subject)}: ${severity} ${certainty} ${cause}`,
    ...(related.length === 0 ? [] : [`[${list(related.map(called))}]`]),
    ...(causes.length === 0 ? [] : [`< ${list(causes)}`]),
  ].join(' ');
}

const longest = 220;

/** What a reader would stumble over in a finding's texts: what is not filled, is too long, or counts one as many. */
function faults({ ruleId, cause, message, fix }: Finding): readonly string[] {
  // Where the fix is to write null, null is no hole.
  return [message, fix.replace('"statusTimeouts" to null', '"statusTimeouts"')].flatMap((text) => {
    const wrong = [
      ...(/\b(?:null|undefined|NaN|none|unknown|Invalid Date)\b|[{}]|\[object|\s{2}|\s[.,:;]|^\s|\s$/u.test(text)
        ? ['a hole']
        : []),
      ...(/\b1 (?:conversations|participants|customers|addresses|minutes|hours|seconds)\b/u.test(text)
        ? ['one as many']
        : []),
      ...(text.length > longest ? [`${text.length} characters`] : []),
      ...(/[.…]$|[.…]"$/u.test(text) || text === message ? [] : ['no full stop']),
    ];
    return wrong.map((fault) => `${ruleId} ${cause}: ${fault}: ${text}`);
  });
}

/**
 * An ordinary chat an hour before the case. It shows that this export holds communications and updates of conversations and
 * participants: without it absence has no witness.
 */
export function witness({ world, configuration }: Stage): Chat {
  const { now } = world;
  world.now = start - hour;
  const chat = messageArrives(world, 'SMS', {
    configuration,
    person: person(27),
    own: deskNumber,
    text: 'Good morning!',
  });
  talk(world, chat, ['Good morning! What can I do for you?'], { pause: 20, first: 'agent' });
  updateParticipant(world, chat.customer, { name: 'Oskar' });
  timersRun(world, chat.conversation, timeouts.SMS);
  world.now = now;
  return chat;
}

/** The export ends exactly then: with something that has nothing to do with anything. */
export function endsAt({ world }: Stage, time: number, chat: Chat): void {
  world.now = time;
  updateConversation(world, { ...chat.conversation, status: 'CLOSED' }, { name: 'Greetings' });
}
