import { diagnostic } from '../../generate/orchestrator.ts';
import { inRequest, wait } from '../../generate/world.ts';
import { openDesk } from '../desk.ts';
import { fullBodies, type Plant, type Stage } from '../plant.ts';
import { finish, goesOn, type Opening, opens, profileComes, type Talk } from '../scenes.ts';
import { between, chance, label, newPerson, oneOf, type Site } from '../site.ts';

const rule = (name: string) => `profile/${name}`;

export type Fault = 'transient' | 'store-invalid' | 'malformed-request' | 'unknown';

export const reasons: Readonly<Record<Fault, readonly [string, ...string[]]>> = {
  transient: ['503 Service Unavailable', 'HTTP 504: upstream request timeout', 'Request timed out after 2000 ms'],
  'store-invalid': [
    '404 Not Found: memory store not found',
    '403 Forbidden: memory store is not accessible for this account',
    'HTTP 404: store does not exist',
  ],
  'malformed-request': ['400 Bad Request: trait value is malformed', '422 Unprocessable Entity: trait mapping failed'],
  unknown: ['The profile service gave up', 'Unexpected end of answer'],
};

/** A customer without a profile, and what the rest of the conversation is. */
function withoutProfile({ site, desk }: Stage, options: Partial<Opening> = {}): Talk {
  return opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP']), profileId: null, ...options });
}

/** Failures of one participant's resolution, part of the request that added it. */
function fails(site: Site, talk: Talk, code: 530003 | 530004, fault: Fault): void {
  const failed = code === 530003 ? 'lookup-failed' : 'creation-failed';
  // Whether a diagnostic names the participant or the conversation is not documented. The only customer of one is the one.
  const isAboutAll = site.ground !== 'warnings' && chance(site, 0.2);
  const about = isAboutAll ? { ...talk.customer, id: talk.conversation.id } : talk.customer;
  diagnostic(site.world, about, code, oneOf(site, reasons[fault]));
  label(site, rule(failed), fault, talk.customer.id);
}

/** Opened, and its resolution failing by these codes, in one request. */
function failing(
  stage: Stage,
  codes: readonly (530003 | 530004)[],
  fault: Fault,
  options: Partial<Opening> = {},
): Talk {
  const { site } = stage;
  return inRequest(site.world, () => {
    const talk = withoutProfile(stage, options);
    for (const code of codes) {
      wait(site.world, between(site, 300, 4000) / 1000);
      fails(site, talk, code, fault);
    }
    return talk;
  });
}

function end(site: Site, talk: Talk): void {
  goesOn(site, talk);
  finish(site, talk, { ending: oneOf(site, ['timers', 'api']) });
}

/** Where only warnings and errors are exported, nobody sees the participant itself. */
const showsParticipants = (site: Site) => site.ground !== 'warnings' && site.ground !== 'lean';

const faults = ['transient', 'store-invalid', 'malformed-request', 'unknown'] as const;

const lookups = faults.map(
  (fault): Plant => ({
    rule: rule('lookup-failed'),
    cause: fault,
    grounds: [...fullBodies, 'lean', 'warnings'],
    play(stage) {
      const { site } = stage;
      const talk = failing(stage, [530003], fault);
      end(site, talk);
      if (showsParticipants(site)) label(site, rule('unresolved-customer'), 'lookup-failed', talk.customer.id);
    },
  }),
);

const creations = faults.map(
  (fault): Plant => ({
    rule: rule('creation-failed'),
    cause: fault,
    grounds: [...fullBodies, 'lean', 'warnings'],
    play(stage) {
      const { site } = stage;
      const talk = failing(stage, chance(site, 0.5) ? [530003, 530004] : [530004], fault);
      end(site, talk);
      if (showsParticipants(site)) label(site, rule('unresolved-customer'), 'creation-failed', talk.customer.id);
    },
  }),
);

/** At least five customers within ten minutes, in an account of its own. Returns nothing; labels what follows for each. */
function outage(stage: Stage, fault: Fault, cause: string, subject: string): void {
  const { site } = stage;
  const begun = site.world.now;
  const count = between(site, 5, 9);
  for (let hit = 0; hit < count; hit++) {
    site.world.now = begun + Math.round((hit * 9 * 60_000) / count) + between(site, 0, 20_000);
    const codes = chance(site, 0.7) ? ([530003, 530004] as const) : ([530004] as const);
    const talk = failing(stage, codes, fault);
    if (showsParticipants(site)) label(site, rule('unresolved-customer'), 'creation-failed', talk.customer.id);
    end(site, talk);
  }
  label(site, rule('store-outage'), cause, subject);
}

export const profile: readonly Plant[] = [
  ...lookups,
  ...creations,
  {
    // The same participant again and again is no outage.
    rule: rule('lookup-failed'),
    cause: 'transient',
    grounds: fullBodies,
    play(stage) {
      const { site } = stage;
      const talk = failing(stage, [530003, 530003, 530003, 530003, 530003, 530003, 530003], 'transient');
      end(site, talk);
      label(site, rule('unresolved-customer'), 'lookup-failed', talk.customer.id);
    },
  },
  {
    // One after the other, so that no ten minutes hold five of them.
    rule: rule('lookup-failed'),
    cause: 'transient',
    own: {},
    play(stage) {
      const { site } = stage;
      for (let hit = between(site, 6, 9); hit > 0; hit--) {
        const begun = site.world.now;
        const talk = failing(stage, [530003], 'transient');
        end(site, talk);
        label(site, rule('unresolved-customer'), 'lookup-failed', talk.customer.id);
        site.world.now = begun + 160_000;
      }
    },
  },
  {
    rule: rule('unresolved-customer'),
    cause: 'creation-failed',
    grounds: fullBodies,
    play(stage) {
      const { site } = stage;
      const talk = failing(stage, [530003, 530004], oneOf(site, faults));
      end(site, talk);
      label(site, rule('unresolved-customer'), 'creation-failed', talk.customer.id);
    },
  },
  {
    rule: rule('unresolved-customer'),
    cause: 'skipped',
    grounds: fullBodies,
    play: (stage) => skipped(stage, 'unexplained'),
  },
  {
    rule: rule('unresolved-customer'),
    cause: 'no-memory-store',
    play({ site }) {
      const desk = openDesk(site, { hasStore: false });
      const talk = withoutProfile({ site, desk });
      end(site, talk);
      label(site, rule('unresolved-customer'), 'no-memory-store', talk.customer.id);
    },
  },
  {
    rule: rule('unresolved-customer'),
    cause: 'store-not-active',
    play({ site }) {
      const desk = openDesk(site, { storeStatus: oneOf(site, ['PENDING', 'DELETED', 'FAILED']) });
      const talk = withoutProfile({ site, desk });
      end(site, talk);
      label(site, rule('unresolved-customer'), 'store-not-active', talk.customer.id);
    },
  },
  {
    // Without updates in the export nobody knows whether a profile came after all.
    rule: rule('unresolved-customer'),
    cause: 'unmappable-address',
    sureness: 'possible',
    grounds: ['only-created'],
    play(stage) {
      const { site } = stage;
      const talk = withoutProfile(stage, { channel: 'SMS', person: { ...newPerson(site), address: '5550107' } });
      end(site, talk);
      label(site, rule('unresolved-customer'), 'unmappable-address', talk.customer.id, 'possible');
    },
  },
  {
    rule: rule('unknown-participant'),
    cause: 'lookup-only',
    sureness: 'possible',
    grounds: ['only-created'],
    play(stage) {
      const talk = profileComes(stage.site, withoutProfile(stage, { type: 'UNKNOWN' }), 3);
      end(stage.site, talk);
      label(stage.site, rule('unknown-participant'), 'lookup-only', talk.customer.id, 'possible');
    },
  },
  {
    rule: rule('unresolved-customer'),
    cause: 'unmappable-address',
    grounds: fullBodies,
    play(stage) {
      const { site } = stage;
      const talk = oneOf(site, [
        () => withoutProfile(stage, { channel: 'SMS', person: { ...newPerson(site), address: '5550107' } }),
        () =>
          withoutProfile(stage, { channel: 'CHAT', person: { ...newPerson(site), address: `client:${site.people}` } }),
        () =>
          withoutProfile(stage, { channel: 'VOICE', person: { ...newPerson(site), address: `kiosk-${site.people}` } }),
      ])();
      end(site, talk);
      label(site, rule('unresolved-customer'), 'unmappable-address', talk.customer.id);
    },
  },
  {
    // What it is called in a chat may be the ChatID of a profile.
    rule: rule('unresolved-customer'),
    cause: 'unmappable-address',
    sureness: 'possible',
    grounds: fullBodies,
    play(stage) {
      const { site } = stage;
      const person = { ...newPerson(site), address: `visitor-${site.people}` };
      const talk = withoutProfile(stage, { channel: 'CHAT', person });
      end(site, talk);
      label(site, rule('unresolved-customer'), 'unmappable-address', talk.customer.id, 'possible');
    },
  },
  {
    rule: rule('unresolved-customer'),
    cause: 'lookup-failed',
    grounds: fullBodies,
    play(stage) {
      const { site } = stage;
      const talk = failing(stage, [530003], oneOf(site, faults));
      end(site, talk);
      label(site, rule('unresolved-customer'), 'lookup-failed', talk.customer.id);
    },
  },
  {
    // An upgrade that never brought a profile, at an account whose configuration captures passively.
    rule: rule('unresolved-customer'),
    cause: 'passive-ingestion',
    sureness: 'possible',
    play(stage) {
      const talk = withoutProfile(stage);
      end(stage.site, talk);
      label(stage.site, rule('unresolved-customer'), 'passive-ingestion', talk.customer.id, 'possible');
    },
  },
  {
    rule: rule('unresolved-customer'),
    cause: 'unexplained',
    sureness: 'possible',
    grounds: ['plain', 'several'],
    play(stage) {
      const talk = withoutProfile(stage);
      end(stage.site, talk);
      label(stage.site, rule('unresolved-customer'), 'unexplained', talk.customer.id, 'possible');
    },
  },
  {
    rule: rule('unknown-participant'),
    cause: 'lookup-only',
    grounds: [...fullBodies, 'lean'],
    play(stage) {
      const talk = withoutProfile(stage, { type: 'UNKNOWN' });
      end(stage.site, talk);
      label(stage.site, rule('unknown-participant'), 'lookup-only', talk.customer.id);
    },
  },
  {
    rule: rule('resolution-skipped'),
    cause: 'unsupported-address',
    grounds: fullBodies,
    play: (stage) => skipped(stage, 'unsupported-address'),
  },
  {
    rule: rule('resolution-skipped'),
    cause: 'unexplained',
    grounds: fullBodies,
    play: (stage) => skipped(stage, 'unexplained'),
  },
  {
    rule: rule('duplicate-risk'),
    cause: 'created-by-fallback',
    grounds: fullBodies,
    play(stage) {
      const { site } = stage;
      const failed = failing(stage, [530003], oneOf(site, faults));
      const talk = profileComes(site, failed, between(site, 1, 20));
      end(site, talk);
      label(site, rule('duplicate-risk'), 'created-by-fallback', talk.customer.id);
    },
  },
  {
    rule: rule('store-outage'),
    cause: 'outage',
    own: {},
    play: (stage) => outage(stage, 'transient', 'outage', stage.desk.storeId),
  },
  {
    // Configurations are not beside the log, but the conversations name theirs.
    rule: rule('store-outage'),
    cause: 'store-invalid',
    own: { ground: 'plain' },
    play: (stage) => outage(stage, 'store-invalid', 'store-invalid', stage.desk.configuration.id),
  },
  {
    // Nothing but warnings and errors: only the account is known.
    rule: rule('store-outage'),
    cause: 'other',
    own: { ground: 'warnings' },
    play: (stage) => outage(stage, oneOf(stage.site, ['malformed-request', 'unknown']), 'other', stage.site.accountId),
  },
];

function skipped(stage: Stage, cause: 'unsupported-address' | 'unexplained'): void {
  const { site } = stage;
  const talk = inRequest(site.world, () => {
    const opened =
      cause === 'unexplained'
        ? withoutProfile(stage)
        : withoutProfile(stage, {
            channel: 'CHAT',
            person: { ...newPerson(site), address: `client:visitor-${site.people}` },
          });
    wait(site.world, 0.4);
    const reason =
      cause === 'unexplained' ? 'Profile resolution was not attempted' : 'Address cannot be mapped to an identifier';
    diagnostic(site.world, opened.customer, 530001, reason);
    return opened;
  });
  end(site, talk);
  label(site, rule('resolution-skipped'), cause, talk.customer.id);
  label(site, rule('unresolved-customer'), 'skipped', talk.customer.id);
}
