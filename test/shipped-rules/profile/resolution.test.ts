import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import { newProfile } from '../../generate/memory.ts';
import {
  type Address,
  type Conversation,
  conversation,
  diagnostic,
  type Participant,
  type ParticipantType,
  participant,
  removeParticipant,
  updateParticipant,
} from '../../generate/orchestrator.ts';
import { callbackRequests } from '../../generate/shapes/callbacks.ts';
import { store } from '../../generate/side.ts';
import { type Entry, exported, inRequest } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';

const grace = 30 * second;

type Arrival = {
  readonly type?: ParticipantType;
  readonly addresses?: readonly Address[];
  readonly profileId?: string | null;
  /** What happens until the export ends. */
  readonly meanwhile?: (stage: Stage, opened: Conversation, one: Participant) => void;
  /** How long the participant is watched from its creation on. */
  readonly watched?: number;
};

/** A participant joins at 08:00:00.000 a conversation that was opened a second before. Nothing is known of its profile. */
function arrives({ type = 'CUSTOMER', addresses, profileId, meanwhile, watched = hour }: Arrival = {}) {
  return (stage: Stage): Told & { readonly one: Participant } => {
    const other = witness(stage);
    stage.world.now = start - second;
    const opened = conversation(stage.world, { configurationId: stage.configuration.id });
    stage.world.now = start;
    const one = participant(stage.world, opened, {
      type,
      name: 'Ann',
      addresses: addresses ?? [{ channel: 'SMS', address: '+15550100001' }],
      profileId: profileId ?? null,
    });
    meanwhile?.(stage, opened, one);
    endsAt(stage, start + watched, other);
    return { names: { one: one.id, talk: opened.id }, one };
  };
}

/** The participant is updated so long after its creation. */
const updates =
  (after: number, changes: Parameters<typeof updateParticipant>[2]) =>
  ({ world }: Pick<Stage, 'world'>, one: Participant) => {
    world.now = start + after;
    return updateParticipant(world, one, changes);
  };

/** What the lookup or the creation of its profile came to, so long after its creation. */
const fails =
  (code: 530001 | 530003 | 530004, reason = '503 Service Unavailable', after = 2 * second) =>
  ({ world }: Stage, _: Conversation, one: Participant) => {
    world.now = start + after;
    diagnostic(world, one, code, reason);
  };

const unresolved = (cause: string, severity = 'error', certainty = 'confirmed', causedBy = '') =>
  `profile/unresolved-customer participant one: ${severity} ${certainty} ${cause} [conversation talk]${causedBy}`;
/** Nothing explains it: it came in by capture rules, which do not always make profiles. */
const passive = unresolved('passive-ingestion', 'info', 'possible');
const lookupFailed = (cause = 'transient') =>
  `profile/lookup-failed participant one: warning confirmed ${cause} [conversation talk]`;
const creationFailed = (cause = 'transient') =>
  `profile/creation-failed participant one: error confirmed ${cause} [conversation talk]`;
const skipped = (cause: string) =>
  `profile/resolution-skipped participant one: warning confirmed ${cause} [conversation talk]`;
const lost = unresolved('creation-failed', 'error', 'confirmed', ' < profile/creation-failed one');

const without =
  (...left: readonly ('memoryStoreId' | 'captureRules')[]) =>
  (stage: Stage): readonly unknown[] => {
    const { memoryStoreId, channelSettings, ...configuration } = stage.configuration;
    const settings = Object.entries(channelSettings).map(([channel, setting]) => [
      channel,
      left.includes('captureRules') ? { ...setting, captureRules: [] } : setting,
    ]);
    return [
      {
        ...configuration,
        ...(left.includes('memoryStoreId') ? {} : { memoryStoreId }),
        channelSettings: Object.fromEntries(settings),
      },
    ];
  };

const beside = (play: (stage: Stage) => Told, side: (stage: Stage) => readonly unknown[]) => (stage: Stage) => ({
  ...play(stage),
  side: side(stage),
});

const rewritten =
  (play: (stage: Stage) => Told, rewrite: (entries: readonly Entry[], told: Told) => readonly unknown[]) =>
  (stage: Stage) => {
    const told = play(stage);
    return { ...told, entries: rewrite(exported(stage.world), told) };
  };

/** All cases of it share one audit. */
const book = openBook({ rules: ['profile/*'] });

describe('a customer without a profile', () => {
  book.tell('is a finding at thirty seconds', arrives({ watched: grace }), [passive], ([finding]) => {
    expect(finding).toMatchObject({ ongoing: true, firstSeen: '2026-09-14T08:00:00.000Z' });
  });
  book.tell('is none a millisecond earlier', arrives({ watched: grace - 1 }), []);
  book.tell(
    'is none where the profile arrives late',
    arrives({ meanwhile: (stage, _, one) => updates(40 * minute, { profileId: newProfile(stage.world) })(stage, one) }),
    [],
  );
  book.tell(
    'is none where an update after that does not show the profile again',
    arrives({
      meanwhile: (stage, _, one) => {
        updates(4 * second, { profileId: newProfile(stage.world) })(stage, one);
        updates(minute, { profileId: null })(stage, one);
      },
    }),
    [],
  );
  book.tell(
    'is one still where updates bring none',
    arrives({ meanwhile: (stage, _, one) => updates(minute, { name: 'Ann B.' })(stage, one) }),
    [passive],
  );
  for (const type of ['HUMAN_AGENT', 'AI_AGENT', 'AGENT'] as const) {
    book.tell(`is none where it is ${type}`, arrives({ type }), []);
  }
  book.tell(
    'is none where it was removed before the time was up',
    arrives({
      meanwhile: (stage, _, one) => {
        stage.world.now = start + grace - 1;
        removeParticipant(stage.world, one);
      },
    }),
    [],
  );
  book.tell(
    'is one that is over where it was removed afterwards',
    arrives({
      meanwhile: (stage, _, one) => {
        stage.world.now = start + grace;
        removeParticipant(stage.world, one);
      },
    }),
    [passive],
    ([finding]) => expect(finding).toMatchObject({ ongoing: false, lastSeen: '2026-09-14T08:00:30.000Z' }),
  );
  book.tell(
    'is none where the export is lean',
    rewritten(arrives(), (entries) => entries.map(lean)),
    [],
  );
  book.tell(
    'is none where its own entries show no profile ids, though those of others do',
    rewritten(arrives(), (entries, told) =>
      entries.map((entry) => {
        if (entry.body.id !== told.names?.one) return entry;
        const { profileId: _, ...body } = entry.body;
        return { ...entry, body };
      }),
    ),
    [],
  );
  book.tell(
    'is one finding, whether the log or callbacks tell of it, or both',
    rewritten(arrives(), (entries) => [
      ...entries,
      ...entries.map((entry) => ({ ...entry, logId: `${entry.logId}-callback` })),
    ]),
    [passive],
  );
  book.tell('is told by callbacks alone', rewritten(arrives(), callbackRequests), [passive]);
  book.tell(
    'is one where the log is out of order',
    rewritten(arrives({ meanwhile: fails(530004) }), (entries) => entries.toReversed()),
    [creationFailed(), lost],
  );
  book.tell(
    'is one where it was created before the export begins',
    rewritten(
      arrives({ meanwhile: (stage, _, one) => updates(minute, { name: 'Ann B.' })(stage, one) }),
      (entries, told) =>
        entries.filter(({ body, eventType }) => body.id !== told.names?.one || eventType !== 'participant.created'),
    ),
    [passive],
    ([finding]) => expect(finding?.firstSeen).toBe('2026-09-14T08:01:00.000Z'),
  );
  for (const [title, watched, lines] of [
    ['has its thirty seconds from its first entry where nothing says when it was created', grace - 1, []],
    ['has no more than that where nothing says when it was created', grace, [passive]],
  ] as const) {
    book.tell(
      title,
      rewritten(
        arrives({
          watched: minute + watched,
          meanwhile: (stage, _, one) => updates(minute, { name: 'Ann B.' })(stage, one),
        }),
        (entries, told) =>
          entries
            .filter(({ body, eventType }) => body.id !== told.names?.one || eventType !== 'participant.created')
            .map((entry) => ({ ...entry, body: { ...entry.body, createdAt: undefined } })),
      ),
      lines,
    );
  }
});

describe('a participant whose type is corrected', () => {
  const corrected = (after: number, watched: number, first: ParticipantType = 'UNKNOWN') =>
    arrives({
      type: first,
      watched,
      meanwhile: (stage, _, one) => updates(after, { type: 'CUSTOMER' })(stage, one),
    });

  book.tell('has thirty seconds from then on', corrected(40 * minute, 40 * minute + grace - 1), []);
  book.tell('has no more than that', corrected(40 * minute, 40 * minute + grace), [passive], ([finding]) => {
    expect(finding?.firstSeen).toBe('2026-09-14T08:40:00.000Z');
  });
  book.tell('has them where it was an agent, too', corrected(40 * minute, 40 * minute + grace, 'HUMAN_AGENT'), [
    passive,
  ]);
  book.tell(
    'has them from the last correction',
    arrives({
      watched: 10 * minute + grace - 1,
      meanwhile: (stage, _, one) => {
        updates(5 * minute, { type: 'AGENT' })(stage, one);
        updates(10 * minute, { type: 'CUSTOMER' })(stage, one);
      },
    }),
    [],
  );
  book.tell(
    'needs none where it turned out to be an agent',
    arrives({ meanwhile: (stage, _, one) => updates(minute, { type: 'HUMAN_AGENT' })(stage, one) }),
    [],
  );
  book.tell(
    'is resolved where the lookup made an UNKNOWN a customer',
    arrives({
      type: 'UNKNOWN',
      meanwhile: (stage, _, one) =>
        updates(2 * second, { type: 'CUSTOMER', profileId: newProfile(stage.world) })(stage, one),
    }),
    [],
  );
});

describe('the cause of a missing profile', () => {
  const book = openBook({ rules: ['profile/unresolved-customer'] });
  const cases: readonly (readonly [string, (stage: Stage) => Told, string])[] = [
    ['the creation that failed', arrives({ meanwhile: fails(530004) }), unresolved('creation-failed')],
    [
      'the creation, where the lookup failed before it',
      arrives({
        meanwhile: (...given) => {
          fails(530003)(...given);
          fails(530004)(...given);
        },
      }),
      unresolved('creation-failed'),
    ],
    ['that it was skipped', arrives({ meanwhile: fails(530001, 'Not supported') }), unresolved('skipped')],
    ['a configuration without a store', beside(arrives(), without('memoryStoreId')), unresolved('no-memory-store')],
    [
      'a configuration without a store rather than the lookup that failed',
      beside(arrives({ meanwhile: fails(530003) }), without('memoryStoreId')),
      unresolved('no-memory-store'),
    ],
    [
      'a store that is not active',
      beside(arrives(), ({ configuration, storeId }) => [configuration, store(storeId, { status: 'PROVISIONING' })]),
      unresolved('store-not-active'),
    ],
    [
      'an address that no trait takes',
      arrives({ addresses: [{ channel: 'VOICE', address: 'client:ann' }] }),
      unresolved('unmappable-address'),
    ],
    [
      'a number that is not E.164',
      arrives({ addresses: [{ channel: 'SMS', address: '+1 (555) 010-0001' }] }),
      unresolved('unmappable-address'),
    ],
    [
      'a number without its country',
      arrives({
        addresses: [
          { channel: 'SMS', address: '5550100001' },
          { channel: 'VOICE', address: 'client:ann' },
        ],
      }),
      unresolved('unmappable-address'),
    ],
    [
      'an identity in a chat, possibly, as that may be a ChatID',
      arrives({ addresses: [{ channel: 'CHAT', address: 'user-42' }] }),
      unresolved('unmappable-address', 'info', 'possible'),
    ],
    [
      'the lookup that failed rather than an identity in a chat that was looked up',
      arrives({ addresses: [{ channel: 'CHAT', address: 'user-42' }], meanwhile: fails(530003) }),
      unresolved('lookup-failed'),
    ],
    [
      'an address that no trait takes rather than the lookup that failed',
      arrives({ addresses: [{ channel: 'CHAT', address: 'client:ann' }], meanwhile: fails(530003) }),
      unresolved('unmappable-address'),
    ],
    ['the lookup that failed', arrives({ meanwhile: fails(530003) }), unresolved('lookup-failed')],
    ['passive ingestion, possibly', arrives(), passive],
    [
      'passive ingestion, possibly, of an address that some trait takes',
      arrives({
        addresses: [
          { channel: 'CHAT', address: 'ann' },
          { channel: 'WHATSAPP', address: 'whatsapp:+15550100001' },
        ],
      }),
      passive,
    ],
    [
      'passive ingestion, possibly, where the store is active',
      beside(arrives(), ({ configuration, storeId }) => [configuration, store(storeId)]),
      passive,
    ],
    [
      'unexplained where there are no capture rules',
      beside(arrives(), without('captureRules')),
      unresolved('unexplained', 'info', 'possible'),
    ],
    [
      'unexplained where only other channels are captured',
      arrives({ addresses: [{ channel: 'RCS', address: 'rcs:+15550100001' }] }),
      unresolved('unexplained', 'info', 'possible'),
    ],
    [
      'unexplained where there is no configuration',
      beside(arrives({ addresses: [{ channel: 'SMS', address: 'ann@example.com' }] }), () => []),
      unresolved('unexplained', 'info', 'possible'),
    ],
  ];
  for (const [title, play, line] of cases) book.tell(`is ${title}`, play, [line]);

  book.tell(
    'names what is wrong in words',
    beside(
      arrives({ addresses: ['client:ann', 'sip:ann@example.com'].map((address) => ({ channel: 'VOICE', address })) }),
      ({ configuration, storeId }) => [configuration, store(storeId)],
    ),
    [unresolved('unmappable-address')],
    ([finding]) => {
      expect(finding?.message).toMatch(/: no identity trait takes client:ann, sip:ann@example\.com\.$/);
      expect(finding?.fix).toContain('E.164 with +');
    },
  );
});

describe('an export without updates of participants', () => {
  const noUpdates = (arrival: Arrival = {}) =>
    rewritten(arrives(arrival), (entries) => entries.filter(({ eventType }) => eventType !== 'participant.updated'));

  book.tell('cannot show that no profile came later', beside(noUpdates(), without('memoryStoreId')), [
    unresolved('no-memory-store', 'info', 'possible'),
  ]);
  book.tell('cannot show it where only the lookup failed', noUpdates({ meanwhile: fails(530003) }), [
    lookupFailed(),
    unresolved('lookup-failed', 'info', 'possible'),
  ]);
  book.tell('shows it by the creation that failed', noUpdates({ meanwhile: fails(530004) }), [creationFailed(), lost]);
  book.tell('shows it by a resolution that was skipped', noUpdates({ meanwhile: fails(530001, 'Not supported') }), [
    skipped('unexplained'),
    unresolved('skipped', 'error', 'confirmed', ' < profile/resolution-skipped one'),
  ]);
  book.tell('cannot show that an UNKNOWN stayed one', noUpdates({ type: 'UNKNOWN' }), [
    'profile/unknown-participant participant one: info possible lookup-only [conversation talk]',
  ]);
});

describe('a participant that stays UNKNOWN', () => {
  const line = 'profile/unknown-participant participant one: info confirmed lookup-only [conversation talk]';

  book.tell('is told of at thirty seconds', arrives({ type: 'UNKNOWN', watched: grace }), [line]);
  book.tell('is not a millisecond earlier', arrives({ type: 'UNKNOWN', watched: grace - 1 }), []);
  book.tell(
    'is not where it became somebody in the end',
    arrives({
      type: 'UNKNOWN',
      meanwhile: (stage, _, one) => updates(50 * minute, { type: 'HUMAN_AGENT' })(stage, one),
    }),
    [],
  );
  book.tell(
    'is told of in a lean export',
    rewritten(arrives({ type: 'UNKNOWN' }), (entries) => entries.map(lean)),
    [line],
  );
  book.tell('is not told of twice, where its lookup failed', arrives({ type: 'UNKNOWN', meanwhile: fails(530003) }), [
    line,
    lookupFailed(),
  ]);
  book.tell(
    'is told of where it was skipped, which is in the order of things',
    arrives({ type: 'UNKNOWN', meanwhile: fails(530001, 'Nobody found') }),
    [line],
  );
});

describe('a failed lookup or creation', () => {
  const reasons: readonly (readonly [string, string])[] = [
    ['503 Service Unavailable', 'transient'],
    ['502 from the profile service', 'transient'],
    ['upstream request timeout', 'transient'],
    ['HTTP 404: store not found', 'store-invalid'],
    ['403 Forbidden', 'store-invalid'],
    ['400 Bad Request', 'malformed-request'],
    ['status=422 trait mapping', 'malformed-request'],
    ['Something went wrong', 'unknown'],
  ];
  for (const [reason, cause] of reasons) {
    book.tell(`says by its reason why: ${reason}`, arrives({ meanwhile: fails(530004, reason) }), [
      creationFailed(cause),
      lost,
    ]);
    book.tell(
      `says by its reason why the lookup failed: ${reason}`,
      arrives({
        meanwhile: (stage, opened, one) => {
          fails(530003, reason)(stage, opened, one);
          updates(0, { profileId: newProfile(stage.world) })(stage, one);
        },
      }),
      [lookupFailed(cause)],
      ([finding]) => expect(finding?.message.endsWith(`: ${reason}`)).toBe(true),
    );
  }
  book.tell(
    'is told with the beginning of a long reason alone',
    arrives({ meanwhile: fails(530004, `the store said: ${'no and '.repeat(400)} 404`) }),
    [creationFailed('unknown'), lost],
  );
  book.tell(
    'is told of once where it happens again and again',
    arrives({
      meanwhile: (...given) => {
        for (let again = 0; again < 4; again++) fails(530003, '503', again * minute)(...given);
      },
    }),
    [lookupFailed(), unresolved('lookup-failed')],
    (found) => expect(found.find(({ ruleId }) => ruleId.endsWith('lookup-failed'))?.evidence).toHaveLength(4),
  );
  book.tell(
    'says so where no reason was logged',
    rewritten(arrives({ meanwhile: fails(530004) }), (entries) =>
      entries.map((entry) => ({ ...entry, errorReason: null })),
    ),
    [creationFailed('unknown'), lost],
    (found) => expect(found.some(({ message }) => message.endsWith(': no reason was logged'))).toBe(true),
  );
  book.tell(
    'is about the only participant of its request where it names the conversation',
    (stage) => {
      const told = arrives({
        meanwhile: ({ world }, opened, one) => {
          const two = participant(world, opened, { type: 'CUSTOMER', addresses: [], profileId: newProfile(world) });
          inRequest(world, () => {
            updateParticipant(world, one, { name: 'Ann' });
            diagnostic(world, { ...two, id: opened.id }, 530004, '503');
          });
        },
      })(stage);
      return told;
    },
    [creationFailed(), lost],
  );
  book.tell(
    'is about the only customer where it names the conversation',
    arrives({
      meanwhile: ({ world }, opened, one) => {
        participant(world, opened, { type: 'HUMAN_AGENT', addresses: [], profileId: null });
        diagnostic(world, { ...one, id: opened.id }, 530004, '503');
      },
    }),
    [creationFailed(), lost],
  );
  for (const [code, rule, level, words] of [
    [530003, 'lookup-failed', 'warning', /^Profile lookup for conversation conv_conversation_/],
    [530004, 'creation-failed', 'error', /^No profile was created for conversation conv_conversation_/],
  ] as const) {
    book.tell(
      `is about the conversation where that has two customers: ${code}`,
      arrives({
        meanwhile: ({ world }, opened, one) => {
          participant(world, opened, { type: 'CUSTOMER', addresses: [], profileId: newProfile(world) });
          diagnostic(world, { ...one, id: opened.id }, code, '503');
        },
      }),
      [
        `profile/${rule} conversation talk: ${level} confirmed transient`,
        code === 530004 ? `${passive} < profile/creation-failed talk` : passive,
      ],
      (found) => expect(found.find(({ ruleId }) => ruleId === `profile/${rule}`)?.message).toMatch(words),
    );
  }
});

describe('a resolution that was skipped', () => {
  const book = openBook({ rules: ['profile/resolution-skipped', 'profile/unresolved-customer'] });
  const explained = unresolved('skipped', 'error', 'confirmed', ' < profile/resolution-skipped one');

  book.tell(
    'for a customer is explained by the address',
    arrives({ addresses: [{ channel: 'VOICE', address: 'client:ann' }], meanwhile: fails(530001, 'Skipped') }),
    [skipped('unsupported-address'), explained],
    ([first]) => expect(first?.evidence.length).toBeGreaterThan(0),
  );
  book.tell(
    'for a customer is explained by its reason',
    arrives({ meanwhile: fails(530001, 'Address cannot be mapped to an identifier') }),
    [skipped('unsupported-address'), explained],
  );
  book.tell('for a customer is unexplained otherwise', arrives({ meanwhile: fails(530001, 'Skipped') }), [
    skipped('unexplained'),
    explained,
  ]);
  for (const type of ['HUMAN_AGENT', 'AI_AGENT', 'AGENT', 'UNKNOWN'] as const) {
    book.tell(`for ${type} is as it should be`, arrives({ type, meanwhile: fails(530001, 'Skipped') }), []);
  }
  book.tell(
    'while the participant was UNKNOWN is as it should be',
    arrives({
      type: 'UNKNOWN',
      meanwhile: (stage, opened, one) => {
        fails(530001, 'Nobody found')(stage, opened, one);
        updates(minute, { type: 'CUSTOMER', profileId: newProfile(stage.world) })(stage, one);
      },
    }),
    [],
  );
  book.tell(
    'after the participant became a customer is not',
    arrives({
      type: 'UNKNOWN',
      meanwhile: (stage, opened, one) => {
        updates(minute, { type: 'CUSTOMER' })(stage, one);
        fails(530001, 'Skipped', 2 * minute)(stage, opened, one);
      },
    }),
    [skipped('unexplained'), explained],
  );
  book.tell(
    'a few milliseconds before its customer was logged is not',
    arrives({ meanwhile: fails(530001, 'Skipped', -3) }),
    [skipped('unexplained'), explained],
  );
  book.tell(
    'in a conversation with an agent is not that of the customer',
    arrives({
      meanwhile: ({ world }, opened, one) => {
        const agent = inRequest(world, () => participant(world, opened, { type: 'HUMAN_AGENT', addresses: [] }));
        diagnostic(world, { ...agent, id: opened.id }, 530001, 'Participant type is not supported');
        updates(second, { profileId: newProfile(world) })({ world }, one);
      },
    }),
    [],
  );
  book.tell(
    'is told of in a lean export',
    rewritten(arrives({ meanwhile: fails(530001, 'Skipped') }), (entries) => entries.map(lean)),
    [skipped('unexplained')],
    ([finding]) => expect(finding?.message).toMatch(/^No profile was looked up for customer \w+: Skipped$/),
  );
  book.tell(
    'for its address is told of in a lean export that does not show the address',
    rewritten(arrives({ meanwhile: fails(530001, 'Unsupported address') }), (entries) => entries.map(lean)),
    [skipped('unsupported-address')],
    ([finding]) => expect(finding?.message).toMatch(/: its address cannot be mapped to an identifier\.$/),
  );
});

describe('a profile that a customer has in spite of a failed lookup', () => {
  const book = openBook({ rules: ['profile/duplicate-risk'] });
  const risk = 'profile/duplicate-risk participant one: info confirmed created-by-fallback [profile P]';
  const resolved =
    (after: number, ...before: readonly ReturnType<typeof fails>[]) =>
    (stage: Stage) => {
      const P = newProfile(stage.world);
      const told = arrives({
        meanwhile: (...given) => {
          for (const fail of before) fail(...given);
          updates(after, { profileId: P })(stage, given[2]);
        },
      })(stage);
      return { ...told, names: { ...told.names, P } };
    };

  book.tell('may be a second one', resolved(3 * second, fails(530003)), [risk]);
  book.tell('may be a second one in the same millisecond', resolved(2 * second, fails(530003)), [risk]);
  book.tell('was there before where it was logged earlier', resolved(second, fails(530003)), []);
  book.tell('was not made by the fallback where that failed, too', resolved(minute, fails(530003), fails(530004)), []);
  book.tell('is in order where no lookup failed', resolved(minute, fails(530001)), []);
  book.tell('is none where there is no profile', arrives({ meanwhile: fails(530003) }), []);
  book.tell(
    'may be a second one where one request logged the profile before the failure',
    (stage) => {
      const other = witness(stage);
      const P = newProfile(stage.world);
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      const one = inRequest(stage.world, () => {
        const created = participant(stage.world, opened, { type: 'CUSTOMER', addresses: [], profileId: P });
        stage.world.now += 2;
        diagnostic(stage.world, created, 530003, '503');
        return created;
      });
      endsAt(stage, start + hour, other);
      return { names: { one: one.id, P } };
    },
    [risk],
  );
});

describe('the grace of a profile', () => {
  const book = openBook({
    rules: ['profile/*'],
    params: {
      'profile/unresolved-customer': { grace: '2 minutes' },
      'profile/unknown-participant': { grace: '1 minute' },
    },
  });
  book.tell('is a param', arrives({ watched: 2 * minute }), [passive]);
  book.tell('is a param, just inside', arrives({ watched: 2 * minute - 1 }), []);
  book.tell('is a param of UNKNOWN participants as well', arrives({ type: 'UNKNOWN', watched: minute }), [
    'profile/unknown-participant participant one: info confirmed lookup-only [conversation talk]',
  ]);

  openBook({ rules: ['profile/*'], asOf: new Date(start + grace - 1) }).tell(
    'is not up where --as-of comes before its end',
    arrives(),
    [],
  );
  openBook({ rules: ['profile/*'], asOf: new Date(start + grace) }).tell(
    'is up at --as-of, whatever profile comes later',
    arrives({ meanwhile: (stage, _, one) => updates(minute, { profileId: newProfile(stage.world) })(stage, one) }),
    [passive],
  );
});
