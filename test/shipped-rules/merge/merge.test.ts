import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import { newProfile, profilesMerged } from '../../generate/memory.ts';
import {
  type Address,
  type Conversation,
  closeConversation,
  conversation,
  type Participant,
  type ParticipantType,
  participant,
  removeParticipant,
  updateConversation,
  updateParticipant,
} from '../../generate/orchestrator.ts';
import { messageArrives, says } from '../../generate/scenes.ts';
import { callbackRequests } from '../../generate/shapes/callbacks.ts';
import { deskNumber, person } from '../../generate/stories/desk.ts';
import { exported, inRequest, wait } from '../../generate/world.ts';
import { minute, openBook, type Stage, start, type Told } from '../case.ts';

type Guest = {
  readonly name?: string;
  /** An SMS number, or addresses on other channels. */
  readonly at: string | readonly Address[];
  readonly profileId?: string | null;
  readonly type?: ParticipantType;
};

const ann = '+15550100001';
const bob = '+15550100002';

/** A conversation that its guests join, at 08:01, at 08:02 and so on. */
function meeting(stage: Stage, ...guests: readonly Guest[]) {
  const opened = conversation(stage.world, { configurationId: stage.configuration.id });
  return { opened, guests: guests.map((guest) => comesIn(stage, opened, guest)) };
}

function comesIn(
  { world }: Stage,
  opened: Conversation,
  { name, at, profileId, type = 'CUSTOMER' }: Guest,
): Participant {
  world.now = (Math.floor(world.now / minute) + 1) * minute;
  return participant(world, opened, {
    type,
    addresses: typeof at === 'string' ? [{ channel: 'SMS', address: at }] : at,
    ...(name === undefined ? {} : { name }),
    ...(profileId === undefined ? {} : { profileId }),
  });
}

/** A case that is over with the meeting. `P` and `Q` are two profiles. */
function meets(...guests: readonly (Omit<Guest, 'profileId'> & { readonly profile?: 'P' | 'Q' | 'R' })[]) {
  return (stage: Stage): Told => {
    const profiles = { P: newProfile(stage.world), Q: newProfile(stage.world), R: newProfile(stage.world) };
    const met = meeting(
      stage,
      ...guests.map(({ profile, ...guest }) => ({
        ...guest,
        profileId: profile === undefined ? null : profiles[profile],
      })),
    );
    return { names: namesOf(met, profiles) };
  };
}

function namesOf({ opened, guests }: ReturnType<typeof meeting>, others: Readonly<Record<string, string>> = {}) {
  const [one, two, three] = guests;
  return { talk: opened.id, one: one?.id ?? '-', two: two?.id ?? '--', three: three?.id ?? '---', ...others };
}

const sharedProfile = (severity: string, certainty: string) =>
  `merge/shared-profile conversation talk: ${severity} ${certainty} shared-profile [participant one, participant two, profile P]`;
const sharedAddress = (cause = 'shared-address', certainty = 'likely', severity = 'warning') =>
  `merge/shared-address conversation talk: ${severity} ${certainty} ${cause} [participant one, participant two]`;
const strangers =
  'merge/multiple-customers conversation talk: warning likely distinct-customers [participant one, participant two]';

/** All cases of it share one audit. */
const book = openBook({ rules: ['merge/*'] });

describe('customers with one profile and different addresses', () => {
  const pair = (one: string, other: string) =>
    meets({ name: one, at: ann, profile: 'P' }, { name: other, at: bob, profile: 'P' });

  book.tell(
    'are two people where their names differ',
    pair('Ann', 'Bob'),
    [sharedProfile('error', 'confirmed')],
    (found) => {
      expect(found[0]?.message).toMatch(
        /joins \+15550100001 and \+15550100002: both customers carry profile mem_profile_\w{26}\.$/,
      );
      expect(found[0]?.firstSeen).toBe('2026-09-14T08:02:00.000Z');
      expect(found[0]?.data).toMatchObject({ name: 'Ann', other_name: 'Bob' });
    },
  );
  book.tell('may be one person where their names are the same', pair('Ann', 'Ann'), [
    sharedProfile('info', 'possible'),
  ]);
  book.tell('may be one person where their names differ in case', pair('Ann Ö', ' ANN ö'), [
    sharedProfile('info', 'possible'),
  ]);
  book.tell('may be one person where their names are only their addresses', pair(ann, bob), [
    sharedProfile('info', 'possible'),
  ]);
  book.tell(
    'may be one person where a name is the address as people write it',
    pair('+1 (555) 010-0001', 'whatsapp:+15550100002'),
    [sharedProfile('info', 'possible')],
  );
  book.tell('may be one person where one has no name of their own', pair('Ann', bob), [
    sharedProfile('info', 'possible'),
  ]);
  book.tell('may be one person where a name is an e-mail address', pair('ann@example.com', 'Bob'), [
    sharedProfile('info', 'possible'),
  ]);
  book.tell(
    'may be one person where names are only identities in a chat',
    meets(
      { name: 'visitor-ann', at: [{ channel: 'CHAT', address: 'visitor-ann' }], profile: 'P' },
      { name: 'visitor-bob', at: [{ channel: 'CHAT', address: 'Visitor-Bob' }], profile: 'P' },
    ),
    [sharedProfile('info', 'possible')],
  );
  book.tell(
    'are one customer where the same number is written on two channels',
    meets(
      { name: 'Ann', at: ann, profile: 'P' },
      { name: 'Ann B.', at: [{ channel: 'WHATSAPP', address: 'whatsapp:+15550100001' }], profile: 'P' },
    ),
    [],
  );
  book.tell(
    'are one customer where the same number is formatted in other ways',
    meets(
      { name: 'Ann', at: '+1 (555) 010-0001', profile: 'P' },
      { name: 'Ann B.', at: [{ channel: 'WHATSAPP', address: 'WhatsApp:+15550100001' }], profile: 'P' },
    ),
    [],
  );
  book.tell(
    'are one customer where one of them once had the address of the other',
    (stage) => {
      const profileId = newProfile(stage.world);
      const met = meeting(stage, { name: 'Ann', at: ann, profileId }, { name: 'Bob', at: bob, profileId });
      const [, two] = met.guests;
      if (two === undefined) throw new Error('nobody came');
      updateParticipant(stage.world, two, { addresses: [{ channel: 'SMS', address: ann }] });
      updateParticipant(stage.world, two, {});
      return { names: namesOf(met) };
    },
    [],
  );
  book.tell(
    'are customers only: UNKNOWN and agents do not count',
    meets(
      { name: 'Ann', at: ann, profile: 'P' },
      { name: 'Bob', at: bob, profile: 'P', type: 'UNKNOWN' },
      { name: 'Cy', at: '+15550100003', profile: 'P', type: 'HUMAN_AGENT' },
      { name: 'Di', at: '+15550100004', profile: 'P', type: 'AI_AGENT' },
      { name: 'Ed', at: '+15550100005', profile: 'P', type: 'AGENT' },
    ),
    [],
  );
  book.tell(
    'are found where an UNKNOWN turned out to be a customer',
    (stage) => {
      const P = newProfile(stage.world);
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: P }, { name: 'Bob', at: bob, type: 'UNKNOWN' });
      const [, two] = met.guests;
      if (two === undefined) throw new Error('nobody came');
      wait(stage.world, 5);
      updateParticipant(stage.world, two, { type: 'CUSTOMER', profileId: P });
      return { names: namesOf(met, { P }) };
    },
    [sharedProfile('error', 'confirmed')],
  );
  book.tell(
    'are not found where the profile was taken back by another one',
    (stage) => {
      const [P, Q] = [newProfile(stage.world), newProfile(stage.world)];
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: P }, { name: 'Bob', at: bob, profileId: P });
      const [, two] = met.guests;
      if (two === undefined) throw new Error('nobody came');
      wait(stage.world, 5);
      updateParticipant(stage.world, two, { profileId: Q });
      return { names: namesOf(met) };
    },
    [strangers],
  );
  book.tell(
    'are told of once, where three of them meet',
    meets(
      { name: 'Ann', at: ann, profile: 'P' },
      { name: 'Ann', at: bob, profile: 'P' },
      { name: 'Cy', at: '+15550100003', profile: 'P' },
    ),
    [
      'merge/shared-profile conversation talk: error confirmed shared-profile [participant one, participant three, participant two, profile P]',
    ],
    (found) => {
      expect(found[0]?.message).toMatch(
        /joins \+15550100001, \+15550100003 and 1 more: all 3 customers carry profile mem_profile_\w{26}\.$/,
      );
      expect(found[0]?.evidence).toHaveLength(3);
      expect(found[0]?.data).toMatchObject({ customers: [{ name: 'Ann' }, { name: 'Ann' }, { name: 'Cy' }] });
    },
  );
  book.tell(
    'are told of once, where callbacks tell of them as well',
    (stage) => {
      const told = pair('Ann', 'Bob')(stage);
      const log = exported(stage.world);
      return { ...told, entries: [...log, ...log.map((entry) => ({ ...entry, logId: `${entry.logId}-again` }))] };
    },
    [sharedProfile('error', 'confirmed')],
  );
  book.tell(
    'are not seen in a lean export',
    (stage) => {
      pair('Ann', 'Bob')(stage);
      return { entries: exported(stage.world).map(lean), side: [] };
    },
    [],
  );
  book.tell(
    'count where no configuration says how conversations are grouped',
    (stage) => ({ ...pair('Ann', 'Bob')(stage), side: [] }),
    [sharedProfile('error', 'confirmed')],
  );
  book.tell(
    'do not count in two conversations',
    (stage) => {
      const profileId = newProfile(stage.world);
      meeting(stage, { name: 'Ann', at: ann, profileId });
      meeting(stage, { name: 'Bob', at: bob, profileId });
      return {};
    },
    [],
  );

  for (const grouping of [
    'GROUP_BY_PARTICIPANT_ADDRESSES',
    'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
  ] as const) {
    openBook({ rules: ['merge/*'], grouping }).tell(
      `are not brought together by their profile where the configuration says ${grouping}`,
      pair('Ann', 'Bob'),
      [],
    );
  }
});

describe('a merge of profiles', () => {
  const resolution = (related = 'conversation talk', certainty = 'confirmed') =>
    `merge/profile-merged-upstream profile P: warning ${certainty} identity-resolution [${related}]`;
  const explained = (certainty = 'confirmed') =>
    `${sharedProfile(certainty === 'possible' ? 'info' : 'error', certainty)} < merge/profile-merged-upstream P`;

  /** Ann is there with P; then P is merged with Q, and two minutes later another customer joins. */
  function mergedBetween(stage: Stage, guest: Guest, body?: Readonly<Record<string, unknown>>) {
    const [P, Q] = [newProfile(stage.world), newProfile(stage.world)];
    const opened = conversation(stage.world, { configurationId: stage.configuration.id });
    const one = comesIn(stage, opened, { name: 'Ann', at: ann, profileId: P });
    wait(stage.world, 60);
    const merge = profilesMerged(stage.world, { storeId: stage.storeId, surviving: P, merged: Q });
    const two = comesIn(stage, opened, { ...guest, profileId: guest.profileId === undefined ? P : guest.profileId });
    const log = exported(stage.world);
    return {
      names: { ...namesOf({ opened, guests: [one, two] }), P, Q },
      entries:
        body === undefined
          ? log
          : log.map((entry) => (entry === merge ? { ...entry, body: { ...body, into: P } } : entry)),
      two,
    };
  }

  book.tell(
    'confirms that customers of one name are two people, and explains how they met',
    (stage) => mergedBetween(stage, { name: 'Ann', at: bob }),
    [resolution(), explained()],
    (found) => {
      expect(found.find(({ ruleId }) => ruleId.endsWith('upstream'))?.message).toMatch(
        /^Identity resolution merged profile mem_profile_\w{26}; afterwards \+15550100001 and \+15550100002 carried it in conversation conv_conversation_\w{26}\.$/,
      );
    },
  );
  book.tell(
    'is understood whatever the fields of its payload are called',
    (stage) => mergedBetween(stage, { name: 'Ann', at: bob }, { account_id: stage.world.accountId, deep: [{ er: 1 }] }),
    [resolution(), explained()],
  );
  book.tell(
    'explains nothing where the same customer writes on another channel',
    (stage) =>
      mergedBetween(stage, { name: 'Ann', at: [{ channel: 'WHATSAPP', address: 'whatsapp:+1 (555) 010-0001' }] }),
    [],
  );
  book.tell(
    'explains nothing where the other customer carries another profile',
    (stage) => mergedBetween(stage, { name: 'Bob', at: bob, profileId: newProfile(stage.world) }),
    [strangers],
  );
  book.tell(
    'explains a customer who was there before and got the profile by it',
    (stage) => {
      const [P, Q] = [newProfile(stage.world), newProfile(stage.world)];
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: P }, { name: 'Bob', at: bob, profileId: Q });
      const [, two] = met.guests;
      if (two === undefined) throw new Error('nobody came');
      wait(stage.world, 60);
      profilesMerged(stage.world, { storeId: stage.storeId, surviving: P, merged: Q });
      wait(stage.world, 5);
      updateParticipant(stage.world, two, { profileId: P });
      return { names: namesOf(met, { P }) };
    },
    [resolution(), explained()],
  );
  book.tell(
    'in the same millisecond as the profile counts as before it',
    (stage) => {
      const [P, Q] = [newProfile(stage.world), newProfile(stage.world)];
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: P });
      stage.world.now = start + 2 * minute;
      profilesMerged(stage.world, { storeId: stage.storeId, surviving: P, merged: Q });
      stage.world.now = start + 2 * minute - 1;
      const two = comesIn(stage, met.opened, { name: 'Ann', at: bob, profileId: P });
      return { names: namesOf({ ...met, guests: [...met.guests, two] }, { P }) };
    },
    [resolution(), explained()],
  );
  book.tell(
    'a millisecond after the customers met explains nothing',
    (stage) => {
      const [P, Q] = [newProfile(stage.world), newProfile(stage.world)];
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: P }, { name: 'Ann', at: bob, profileId: P });
      stage.world.now = start + 2 * minute + 1;
      profilesMerged(stage.world, { storeId: stage.storeId, surviving: P, merged: Q });
      return { names: namesOf(met, { P }) };
    },
    [sharedProfile('info', 'possible')],
  );
  book.tell(
    'names every conversation that it joined customers in',
    (stage) => {
      const [P, Q] = [newProfile(stage.world), newProfile(stage.world)];
      profilesMerged(stage.world, { storeId: stage.storeId, surviving: P, merged: Q });
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: P }, { name: 'Bob', at: bob, profileId: P });
      const again = meeting(stage, { name: 'Ann', at: ann, profileId: P }, { name: 'Bob', at: bob, profileId: P });
      const [three, four] = again.guests;
      return {
        names: { ...namesOf(met, { P }), again: again.opened.id, three: three?.id ?? '', four: four?.id ?? '' },
      };
    },
    [
      resolution('conversation again, conversation talk'),
      explained(),
      'merge/shared-profile conversation again: error confirmed shared-profile [participant four, participant three, profile P] < merge/profile-merged-upstream P',
    ],
  );
  book.tell(
    'is likely to be the reason where the customer was there before the export begins',
    (stage) => {
      const told = mergedBetween(stage, { name: 'Ann', at: bob });
      wait(stage.world, 60);
      updateParticipant(stage.world, told.two, { name: 'Ann' });
      const entries = exported(stage.world).flatMap((entry) => {
        if (entry.body.id !== told.two.id) return [entry];
        // It says when it was created, and that was before the merge.
        const createdAt = '2026-09-14T08:00:30.000Z';
        return entry.eventType === 'participant.created' ? [] : [{ ...entry, body: { ...entry.body, createdAt } }];
      });
      return { ...told, entries };
    },
    [resolution('conversation talk', 'likely'), explained('likely')],
  );
  book.tell(
    'of other profiles explains nothing',
    (stage) => {
      const P = newProfile(stage.world);
      profilesMerged(stage.world, {
        storeId: stage.storeId,
        surviving: newProfile(stage.world),
        merged: newProfile(stage.world),
      });
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: P }, { name: 'Bob', at: bob, profileId: P });
      return { names: namesOf(met, { P }) };
    },
    [sharedProfile('error', 'confirmed')],
  );
});

describe('customers with one address', () => {
  const byProfile = book;
  const byAddress = openBook({ rules: ['merge/*'], grouping: 'GROUP_BY_PARTICIPANT_ADDRESSES' });
  const byChannel = openBook({ rules: ['merge/*'], grouping: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE' });
  const family = meets({ name: 'Ann', at: ann, profile: 'P' }, { name: 'Bob', at: ann, profile: 'Q' });
  const onTwoChannels = meets(
    { name: 'Ann', at: ann, profile: 'P' },
    { name: 'Bob', at: [{ channel: 'WHATSAPP', address: 'whatsapp:+15550100001' }], profile: 'Q' },
  );

  byProfile.tell('and different profiles share it', family, [sharedAddress()], ([finding]) => {
    expect(finding?.message).toMatch(/joins two customers who use \+15550100001\.$/);
  });
  byAddress.tell(
    'and different profiles are grouped as configured',
    family,
    [sharedAddress('expected-grouping', 'confirmed')],
    ([finding]) => {
      expect(finding?.message).toMatch(/who use \+15550100001: its configuration groups by addresses\.$/);
      expect(finding?.fix).toContain('GROUP_BY_PROFILE');
    },
  );
  byAddress.tell('are grouped across channels as configured', onTwoChannels, [
    sharedAddress('expected-grouping', 'confirmed'),
  ]);
  byChannel.tell('are grouped on one channel as configured', family, [sharedAddress('expected-grouping', 'confirmed')]);
  byChannel.tell('meet from two channels for another reason, where channels are kept apart', onTwoChannels, [
    sharedAddress(),
  ]);
  byAddress.tell('share it where no configuration says more', (stage) => ({ ...family(stage), side: [] }), [
    sharedAddress(),
  ]);
  byProfile.tell(
    'share it however it is written',
    meets(
      { name: 'Ann', at: '+1 (555) 010-0001', profile: 'P' },
      { name: 'Bob', at: [{ channel: 'WHATSAPP', address: 'WHATSAPP: +1555.010.0001' }], profile: 'Q' },
    ),
    [sharedAddress()],
  );
  byProfile.tell(
    'share an e-mail address in whatever case',
    meets(
      { name: 'Ann', at: [{ channel: 'CHAT', address: 'Family@Example.com' }], profile: 'P' },
      { name: 'Bob', at: [{ channel: 'CHAT', address: 'family@example.com' }], profile: 'Q' },
    ),
    [sharedAddress()],
  );
  byProfile.tell(
    'do not share it where only its last digits are the same',
    meets({ name: 'Ann', at: ann, profile: 'P' }, { name: 'Bob', at: '+445550100001', profile: 'P' }),
    [sharedProfile('error', 'confirmed')],
  );
  byProfile.tell(
    'and one profile are one customer, removed and added again',
    (stage) => {
      const profileId = newProfile(stage.world);
      const met = meeting(stage, { name: 'Ann', at: ann, profileId });
      const [one] = met.guests;
      if (one === undefined) throw new Error('nobody came');
      wait(stage.world, 60);
      removeParticipant(stage.world, one);
      comesIn(stage, met.opened, { name: 'Ann Miller', at: ann, profileId });
      return {};
    },
    [],
  );
  byProfile.tell(
    'are one where the profile of the second arrives later',
    (stage) => {
      const profileId = newProfile(stage.world);
      const met = meeting(stage, { name: 'Ann', at: ann, profileId }, { at: ann });
      const [, two] = met.guests;
      if (two === undefined) throw new Error('nobody came');
      wait(stage.world, 4);
      updateParticipant(stage.world, two, { profileId });
      return {};
    },
    [],
  );
  byProfile.tell(
    'are two by their names where a profile is missing',
    meets({ name: 'Ann', at: ann, profile: 'P' }, { name: 'Bob', at: ann }),
    [sharedAddress()],
  );
  byProfile.tell(
    'are two by their names where both profiles are missing',
    meets({ name: 'Ann', at: ann }, { name: 'Bob', at: ann }),
    [sharedAddress()],
  );
  byProfile.tell(
    'may be one where a profile is missing and the name is the same',
    meets({ name: 'Ann', at: ann, profile: 'P' }, { name: 'ANN', at: ann }),
    [],
  );
  byProfile.tell(
    'may be one where a profile is missing and a name is only the address',
    meets({ name: 'Ann', at: ann, profile: 'P' }, { at: ann }),
    [],
  );
  byProfile.tell(
    'are two at most possibly where the export does not show profiles',
    (stage) => {
      const told = meets({ name: 'Ann', at: ann }, { name: 'Bob', at: ann })(stage);
      const entries = exported(stage.world).map((entry) => {
        const { profileId: _, ...body } = entry.body;
        return { ...entry, body };
      });
      return { ...told, entries };
    },
    [sharedAddress('shared-address', 'possible', 'info')],
  );
  byProfile.tell(
    'are customers only',
    meets(
      { name: 'Ann', at: ann, profile: 'P' },
      { name: 'Bob', at: ann, profile: 'Q', type: 'HUMAN_AGENT' },
      { name: 'Cy', at: ann, type: 'UNKNOWN' },
    ),
    [],
  );
  byProfile.tell(
    'are told of by the address they have in common alone',
    meets(
      {
        name: 'Ann',
        at: [
          { channel: 'SMS', address: bob },
          { channel: 'SMS', address: ann },
        ],
        profile: 'P',
      },
      { name: 'Bob', at: ann, profile: 'Q' },
    ),
    [sharedAddress()],
    ([finding]) => expect(finding?.message).toMatch(/who use \+15550100001\.$/),
  );
});

describe('customers who differ in profile and address', () => {
  book.tell(
    'are strangers in one conversation',
    meets({ name: 'Ann', at: ann, profile: 'P' }, { name: 'Bob', at: bob, profile: 'Q' }),
    [strangers],
    ([finding]) => {
      expect(finding?.firstSeen).toBe('2026-09-14T08:02:00.000Z');
      expect(finding?.data.customers).toMatchObject([{ addresses: [ann] }, { addresses: [bob] }]);
    },
  );
  book.tell(
    'are not the one who shares a profile or an address with everybody',
    meets(
      { name: 'Ann', at: ann, profile: 'P' },
      { name: 'Ann', at: bob, profile: 'P' },
      { name: 'Cy', at: [ann, bob].map((address) => ({ channel: 'SMS', address }) as const), profile: 'Q' },
    ),
    [
      sharedProfile('info', 'possible'),
      'merge/shared-address conversation talk: warning likely shared-address [participant one, participant three, participant two]',
    ],
  );
  book.tell(
    'are not told by a profile or address that is not shown',
    meets({ name: 'Ann', at: ann, profile: 'P' }, { name: 'Bob', at: bob }, { name: 'Cy', at: [], profile: 'Q' }),
    [],
  );
  book.tell(
    'are not agents',
    meets({ name: 'Ann', at: ann, profile: 'P' }, { name: 'Bob', at: bob, profile: 'Q', type: 'AGENT' }),
    [],
  );
  book.tell(
    'are not one whose profile changed',
    (stage) => {
      const met = meeting(stage, { name: 'Ann', at: ann, profileId: newProfile(stage.world) });
      const [one] = met.guests;
      if (one === undefined) throw new Error('nobody came');
      updateParticipant(stage.world, one, {
        profileId: newProfile(stage.world),
        addresses: [{ channel: 'SMS', address: bob }],
      });
      return {};
    },
    [],
  );
});

describe('a request', () => {
  const opens = (stage: Stage) => conversation(stage.world, { configurationId: stage.configuration.id });
  const request = (stage: Stage) => String(stage.world.entries.at(-1)?.requestId);
  const spans = (...talks: readonly string[]) =>
    `merge/request-spans-conversations request request: warning confirmed one-request-many-conversations [${talks.map((talk) => `conversation ${talk}`).join(', ')}]`;

  book.tell(
    'that opens two conversations spans them',
    (stage) => {
      const [one, two] = inRequest(stage.world, () => [opens(stage), opens(stage)]);
      return { names: { one: one?.id ?? '', two: two?.id ?? '', request: request(stage) } };
    },
    [spans('one', 'two')],
    ([finding]) => expect(finding?.message).toMatch(/^Request \S{36} changed 2 conversations\.$/),
  );
  book.tell(
    'that adds a message to another conversation than the one it opens spans both',
    (stage) => {
      const chat = messageArrives(stage.world, 'SMS', { ...stage, person: person(1), own: deskNumber, text: 'Hi' });
      wait(stage.world, 60);
      const two = inRequest(stage.world, () => {
        says(stage.world, chat, 'customer', 'And?');
        return opens(stage);
      });
      return { names: { one: chat.conversation.id, two: two.id, request: request(stage) } };
    },
    [spans('one', 'two')],
  );
  for (const [status, verb] of [
    ['CLOSED', 'closes'],
    ['INACTIVE', 'deactivates'],
  ] as const) {
    book.tell(
      `that ${verb} one conversation and opens the next is a rollover`,
      (stage) => {
        const one = opens(stage);
        wait(stage.world, 60);
        inRequest(stage.world, () => {
          updateConversation(stage.world, one, { status });
          participant(stage.world, opens(stage), { type: 'CUSTOMER', addresses: [], profileId: null });
        });
        return {};
      },
      [],
    );
  }
  book.tell(
    'that closes a conversation it also writes to does more than close it',
    (stage) => {
      const chat = messageArrives(stage.world, 'SMS', { ...stage, person: person(1), own: deskNumber, text: 'Hi' });
      const two = inRequest(stage.world, () => {
        says(stage.world, chat, 'agent', 'Goodbye');
        closeConversation(stage.world, chat.conversation);
        return opens(stage);
      });
      return { names: { one: chat.conversation.id, two: two.id, request: request(stage) } };
    },
    [spans('one', 'two')],
  );
  book.tell(
    'that renames two conversations changes both',
    (stage) => {
      const [one, two] = [opens(stage), opens(stage)];
      inRequest(stage.world, () => {
        updateConversation(stage.world, one, { name: 'A' });
        updateConversation(stage.world, two, { name: 'B' });
      });
      return { names: { one: one.id, two: two.id, request: request(stage) } };
    },
    [spans('one', 'two')],
  );
  book.tell(
    'that closes many conversations opens none of them to another',
    (stage) => {
      const open = [opens(stage), opens(stage), opens(stage)];
      inRequest(stage.world, () => open.map((each) => closeConversation(stage.world, each)));
      return {};
    },
    [],
  );
  book.tell(
    'is not another one that it only shares its correlation with',
    (stage) => {
      inRequest(stage.world, () => opens(stage), 'c');
      inRequest(stage.world, () => opens(stage), 'c');
      return {};
    },
    [],
  );
  book.tell(
    'spans two conversations in a lean export, too',
    (stage) => {
      const [one, two] = inRequest(stage.world, () => [opens(stage), opens(stage)]);
      const names = { one: one?.id ?? '', two: two?.id ?? '', request: request(stage) };
      return { names, entries: exported(stage.world).map(lean), side: [] };
    },
    [spans('one', 'two')],
  );
  book.tell(
    'is one, whether the log or a callback tells of it',
    (stage) => {
      const [one, two] = inRequest(stage.world, () => [opens(stage), opens(stage)]);
      const names = { one: one?.id ?? '', two: two?.id ?? '', request: request(stage) };
      const [first, ...rest] = exported(stage.world);
      return { names, entries: callbackRequests([first, ...rest].filter((entry) => entry !== undefined)) };
    },
    [spans('one', 'two')],
  );
});
