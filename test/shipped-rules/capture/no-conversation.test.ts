import { describe, expect } from 'vitest';
import { lean } from '../../generate/lean.ts';
import { communication, conversation, participant, updateParticipant } from '../../generate/orchestrator.ts';
import { callArrives, messageArrives, says } from '../../generate/scenes.ts';
import { bothWays, listPage } from '../../generate/side.ts';
import { deskNumber, deskWhatsApp, person } from '../../generate/stories/desk.ts';
import { type Entry, exported } from '../../generate/world.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';
import { configured, listed, lists, lostCall, lostMessage, type Rules, stranger } from './desk.ts';

/** All cases of it share one audit. */
const book = openBook({ rules: ['capture/no-conversation'] });

const lost = (cause: string, related = '', severity = 'warning', certainty = 'confirmed') =>
  `capture/no-conversation message text: ${severity} ${certainty} ${cause}${related}`;
const lostPhone = (cause: string, related = '', severity = 'warning', certainty = 'confirmed') =>
  `capture/no-conversation call phone: ${severity} ${certainty} ${cause}${related}`;
const ofDesk = ' [configuration desk]';

type Happening = {
  readonly from?: string;
  readonly to?: string;
  readonly time?: number;
  readonly direction?: 'inbound' | 'outbound-api';
  /** How long after the beginning of the case the export ends. */
  readonly watched?: number;
  /** Rules in place of those of the desk. */
  readonly rules?: Rules;
  readonly meanwhile?: (stage: Stage) => void;
};

/** A message of a stranger to the desk at 08:00:00, which nothing in the log refers to. */
const message = (happening: Happening = {}) =>
  listed((stage) => {
    const other = witness(stage);
    const text = lostMessage(stage.world, { from: stranger, to: deskNumber, ...happening });
    happening.meanwhile?.(stage);
    endsAt(stage, start + (happening.watched ?? hour), other);
    const desk = happening.rules === undefined ? stage.configuration : configured(stage, happening.rules);
    return { names: { text, desk: desk.id }, configurations: [desk] };
  });

const captured = ({ world, configuration }: Stage, seconds: number) =>
  callArrives(world, { configuration, person: person(3), own: deskNumber, seconds });

const call = (happening: Omit<Happening, 'direction'> = {}) =>
  listed((stage) => {
    const other = witness(stage);
    says(stage.world, captured(stage, 40), 'customer', 'Hello?');
    const phone = lostCall(stage.world, { from: stranger, to: deskNumber, ...happening });
    happening.meanwhile?.(stage);
    endsAt(stage, start + (happening.watched ?? hour), other);
    const desk = happening.rules === undefined ? stage.configuration : configured(stage, happening.rules);
    return { names: { phone, desk: desk.id }, configurations: [desk] };
  });

const rewritten =
  (play: (stage: Stage) => Told, rewrite: (entries: readonly Entry[]) => readonly unknown[]) => (stage: Stage) => {
    const told = play(stage);
    return { ...told, entries: rewrite(exported(stage.world)) };
  };

const ofTypes =
  (...types: readonly string[]) =>
  (entries: readonly Entry[]) =>
    entries.filter(({ eventType }) => types.some((type) => eventType.startsWith(type)));

/** What communications say of the messages they are: nothing, in exports that leave it out. */
const withoutIds = (entries: readonly Entry[]) =>
  entries.map((entry) => ({ ...entry, body: { ...entry.body, channelId: null, resourceId: 'elsewhere' } }));

/** Somebody joins the desk's conversation, so long after 08:00:00; nobody says anything. */
const joins =
  (address: string, after: number, channel: 'SMS' | 'WHATSAPP' | 'VOICE' = 'SMS') =>
  ({ world, configuration }: Stage) => {
    world.now = start + after;
    const opened = conversation(world, { configurationId: configuration.id });
    world.now = start + after;
    participant(world, opened, { type: 'CUSTOMER', addresses: [{ channel, address }] });
  };

/** Somebody writes to the desk, so long after 08:00:00, and the communication does not say which message it is. */
const writes =
  (address: string, after: number, channelId = 'somewhere') =>
  ({ world, configuration }: Stage) => {
    world.now = start - 30 * minute;
    const opened = conversation(world, { configurationId: configuration.id });
    const author = participant(world, opened, { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address }] });
    const to = participant(world, opened, {
      type: 'HUMAN_AGENT',
      addresses: [{ channel: 'SMS', address: deskNumber }],
    });
    world.now = start + after;
    communication(world, opened, { author, to, text: 'Hello?', channelId, resourceId: channelId });
  };

describe('a message that nothing in the log refers to', () => {
  book.tell(
    'is a finding at two minutes',
    message({ watched: 2 * minute }),
    [lost('unexplained', ofDesk)],
    ([finding]) => {
      expect(finding).toMatchObject({
        firstSeen: '2026-09-14T08:00:00.000Z',
        lastSeen: '2026-09-14T08:00:00.000Z',
        ongoing: false,
        data: {
          channel: 'SMS',
          from_address: stranger,
          to_address: deskNumber,
          checks: [
            { name: 'propagation', outcome: 'passed' },
            { name: 'not-e164', outcome: 'passed' },
            { name: 'one-way-rule', outcome: 'passed' },
            { name: 'missing-call-type', outcome: 'passed' },
            { name: 'overlapping-rules', outcome: 'passed' },
            { name: 'no-matching-rule', outcome: 'passed' },
          ],
        },
      });
      expect(finding?.message).toContain('from +15550109001 to +15550100100');
    },
  );
  book.tell('is none a millisecond earlier', message({ watched: 2 * minute - 1 }), []);
  book.tell('is one a second after the export begins', message({ time: start - hour + second }), [
    lost('unexplained', ofDesk),
  ]);
  book.tell('is none before that', message({ time: start - hour + second - 1 }), []);
  book.tell('is none where it was sent before the export begins', message({ time: start - 2 * hour }), []);
  book.tell(
    'is none where a communication shows its SID as channel id',
    (stage) => {
      const other = witness(stage);
      endsAt(stage, start + hour, other);
      return { side: lists(stage, [stage.configuration]) };
    },
    [],
  );
  book.tell(
    'is none where a communication shows its SID as external id alone',
    rewritten(
      listed((stage) => {
        const other = witness(stage);
        endsAt(stage, start + hour, other);
        return {};
      }),
      (entries) => entries.map((entry) => ({ ...entry, body: { ...entry.body, channelId: null } })),
    ),
    [],
  );
  book.tell(
    'is none where a participant shows its SID beside another address',
    (stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      stage.world.now = start + 10 * minute;
      updateParticipant(stage.world, other.customer, {
        addresses: [...other.customer.addresses, { channel: 'SMS', address: '+15550109002', channelId: text }],
      });
      endsAt(stage, start + hour, other);
      return { side: lists(stage, [stage.configuration]) };
    },
    [],
  );
  book.tell(
    'is none where a communication beside the log names it',
    (stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const { id: conversationId, accountId } = other.conversation;
      const snapshot = {
        id: 'conv_communication_01k1etk2y5f1y9fpe2epfdtvv2',
        accountId,
        conversationId,
        author: { channel: 'SMS', address: '+15550109002' },
        channelId: text,
        content: { type: 'TEXT', text: 'Hello?' },
        recipients: [],
      };
      return { side: [...lists(stage, [stage.configuration]), listPage('communications', [snapshot])] };
    },
    [],
  );

  for (const [side, after] of [
    ['after', 2 * minute],
    ['before', -2 * minute],
  ] as const) {
    const beyond = Math.sign(after);
    book.tell(
      `is none where its author joined two minutes ${side} it`,
      message({ meanwhile: joins(stranger, after) }),
      [],
    );
    book.tell(
      `is one where its author joined a millisecond more than two minutes ${side} it`,
      message({ meanwhile: joins(stranger, after + beyond) }),
      [lost('unexplained', ofDesk)],
    );
    book.tell(
      `is none where its author wrote something without a SID two minutes ${side} it`,
      message({ meanwhile: writes(stranger, after) }),
      [],
    );
    book.tell(
      `is one where its author wrote that a millisecond more than two minutes ${side} it`,
      message({ meanwhile: writes(stranger, after + beyond) }),
      [lost('unexplained', ofDesk)],
    );
  }
  book.tell(
    'is one where its author wrote another message, which shows its own SID',
    message({ meanwhile: writes(stranger, second, 'SM00000000000000000000000000000001') }),
    [lost('unexplained', ofDesk)],
  );
  book.tell(
    'is one where its author joined because of another message',
    message({
      meanwhile: ({ world, configuration }) => {
        world.now = start - 20 * second;
        const { name } = person(4);
        messageArrives(world, 'SMS', {
          configuration,
          person: { name, address: stranger },
          own: deskNumber,
          text: 'Hi!',
        });
      },
    }),
    [lost('unexplained', ofDesk)],
  );
  book.tell(
    'is one where its author joined on another channel',
    message({ meanwhile: joins(stranger, second, 'VOICE') }),
    [lost('unexplained', ofDesk)],
  );
  book.tell('is one where only somebody else joined', message({ meanwhile: joins('+15550109002', second) }), [
    lost('unexplained', ofDesk),
  ]);
  book.tell(
    'is none where the log writes the address without the prefix of its channel',
    message({
      from: `whatsapp:${stranger}`,
      to: deskWhatsApp,
      meanwhile: joins(stranger, second, 'WHATSAPP'),
    }),
    [],
  );
  book.tell(
    'is none where the log writes the address with the prefix of its channel',
    message({
      from: `whatsapp:${stranger}`,
      to: deskWhatsApp,
      meanwhile: joins(`whatsapp:${stranger}`, second, 'WHATSAPP'),
    }),
    [],
  );
  book.tell(
    'is told once, where it is listed with each of its states',
    (stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const page = lists(stage, [stage.configuration]);
      const again = JSON.parse(JSON.stringify(page).replaceAll('"received"', '"read"'));
      return { names: { text, desk: stage.configuration.id }, side: [...page, ...again] };
    },
    [lost('unexplained', ofDesk)],
  );
  for (const status of ['canceled', 'scheduled', 'failed', 'queued', 'accepted']) {
    book.tell(
      `is none where it was never sent: ${status}`,
      (stage) => {
        const told = message()(stage);
        return { ...told, side: JSON.parse(JSON.stringify(told.side).replaceAll('"received"', `"${status}"`)) };
      },
      [],
    );
  }
});

describe('an outbound message', () => {
  const outbound = { from: deskNumber, to: stranger, direction: 'outbound-api' } as const;
  book.tell('is a finding as well', message(outbound), [lost('unexplained', ofDesk)]);
  book.tell(
    'is one although the desk writes to others at that time',
    message({
      ...outbound,
      meanwhile: ({ world, configuration }) => {
        world.now = start - hour;
        const chat = messageArrives(world, 'SMS', {
          configuration,
          person: person(5),
          own: deskNumber,
          text: 'Hello!',
        });
        world.now = start;
        says(world, chat, 'agent', 'Hello!');
      },
    }),
    [lost('unexplained', ofDesk)],
  );
  book.tell('is none where its receiver joins', message({ ...outbound, meanwhile: joins(stranger, second) }), []);
  book.tell(
    'is no finding where the export shows no SIDs, as a communication does not tell whom it was written to',
    rewritten(message(outbound), withoutIds),
    [],
  );
});

describe('what the export has to show', () => {
  book.tell(
    'nothing follows from a lean export',
    rewritten(message(), (entries) => entries.map(lean)),
    [],
  );
  book.tell(
    'nothing follows from an export without communications',
    rewritten(message(), ofTypes('conversation', 'participant')),
    [],
  );
  book.tell(
    'nothing follows from an export of warnings and errors',
    rewritten(message(), (entries) =>
      entries.slice(-1).map((entry) => ({ ...entry, level: 'WARNING', eventType: 'diagnostic' })),
    ),
    [],
  );
  book.tell(
    'communications alone are enough for a message',
    rewritten(message(), (entries) => [...ofTypes('communication')(entries), ...entries.slice(-1)]),
    [lost('unexplained', ofDesk)],
  );
  book.tell('authors without SIDs are enough for an inbound message', rewritten(message(), withoutIds), [
    lost('unexplained', ofDesk),
  ]);
  book.tell(
    'communications alone make a call possible at most, as one on which nobody spoke does not show in them',
    rewritten(call(), (entries) => [...ofTypes('communication')(entries), ...entries.slice(-1)]),
    [lostPhone('unexplained', ofDesk, 'info', 'possible')],
  );
  book.tell(
    'participants alone are enough for a call',
    rewritten(call(), (entries) => [...ofTypes('participant')(entries), ...entries.slice(-1)]),
    [lostPhone('unexplained', ofDesk)],
  );
});

describe('a call that nothing in the log refers to', () => {
  book.tell('is a finding at two minutes', call({ watched: 2 * minute }), [lostPhone('unexplained', ofDesk)]);
  book.tell('is none a millisecond earlier', call({ watched: 2 * minute - 1 }), []);
  book.tell(
    'is none where its caller joins two minutes after its end',
    call({
      meanwhile: joins(stranger, 40 * second + 2 * minute, 'VOICE'),
    }),
    [],
  );
  book.tell(
    'is one where its caller joins a millisecond later',
    call({
      meanwhile: joins(stranger, 40 * second + 2 * minute + 1, 'VOICE'),
    }),
    [lostPhone('unexplained', ofDesk)],
  );
  book.tell(
    'is none where nobody took it',
    (stage) => {
      const told = call()(stage);
      return { ...told, side: JSON.parse(JSON.stringify(told.side).replaceAll('"completed"', '"no-answer"')) };
    },
    [],
  );
  const leg = (after: number, from: string) =>
    listed((stage) => {
      const other = witness(stage);
      captured(stage, 600);
      const phone = lostCall(stage.world, {
        from,
        to: '+15550109009',
        direction: 'outbound-dial',
        time: start + after,
      });
      endsAt(stage, start + hour, other);
      return { names: { phone, desk: stage.configuration.id } };
    });
  book.tell('is none where a caller is put through', leg(10 * minute - second, person(3).address), []);
  book.tell('is none where a caller is put through as the desk', leg(5 * minute, deskNumber), []);
  book.tell('is one where the desk calls somebody after that', leg(10 * minute + 3 * second, deskNumber), [
    lostPhone('unexplained', ofDesk),
  ]);
});

describe('why no conversation was created', () => {
  const changed = (after: number, rules = { SMS: bothWays(deskNumber) }) =>
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber, time: start });
      endsAt(stage, start + hour, other);
      const desk = configured(stage, rules, { updated: start - after, version: 2 });
      return { names: { text, desk: desk.id }, configurations: [desk] };
    });
  book.tell(
    'ten seconds after a change: propagation',
    changed(10 * second),
    [lost('propagation', ofDesk)],
    ([finding]) => {
      expect(finding?.data).toMatchObject({ changed_at: '2026-09-14T07:59:50.000Z' });
    },
  );
  book.tell('a millisecond more: not propagation', changed(10 * second + 1), [lost('unexplained', ofDesk)]);
  book.tell(
    'ten seconds after a change that does not capture it: no matching rule',
    changed(10 * second, { SMS: bothWays('+15550100999') }),
    [lost('no-matching-rule')],
  );
  book.tell('lists tell seconds: a change within the second of the message came before it', changed(-900), [
    lost('propagation', ofDesk),
  ]);
  book.tell(
    'ten seconds after its configuration was created, and changed much later: propagation',
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const desk = configured(
        stage,
        { SMS: bothWays(deskNumber) },
        { created: start - 5 * second, updated: start + 30 * minute },
      );
      return { names: { text, desk: desk.id }, configurations: [desk] };
    }),
    [lost('propagation', ofDesk)],
  );
  book.tell(
    'before its configuration was created: no matching rule',
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const desk = configured(stage, { SMS: bothWays(deskNumber) }, { created: start + minute });
      return { names: { text }, configurations: [desk] };
    }),
    [lost('no-matching-rule')],
  );

  for (const written of ['15550100100', '5550100100', '+1 (555) 010-0100', '+1-555-010-0100', '001 555 010 0100']) {
    book.tell(
      `a rule names ${written}: not E.164`,
      message({ rules: { SMS: bothWays(written) } }),
      [lost('not-e164', ofDesk)],
      ([finding]) => {
        expect(finding?.data).toMatchObject({ rule_address: written });
        expect(finding?.message).toContain(written);
      },
    );
  }
  book.tell(
    'a rule names another number that is not E.164: no matching rule',
    message({ rules: { SMS: bothWays('15550100101') } }),
    [lost('no-matching-rule')],
  );
  book.tell(
    'a rule names the number both ways: the right one matches',
    message({ rules: { SMS: [...bothWays('15550100100'), ...bothWays(deskNumber)] } }),
    [lost('unexplained', ofDesk)],
  );

  book.tell(
    'rules take inbound messages only, and it was outbound: one way',
    message({
      from: deskNumber,
      to: stranger,
      direction: 'outbound-api',
      rules: { SMS: [{ from: '*', to: deskNumber }] },
    }),
    [lost('one-way-rule', ofDesk)],
    ([finding]) => {
      expect(finding?.data.checks).toMatchObject([
        { outcome: 'passed' },
        { outcome: 'passed' },
        { name: 'one-way-rule', outcome: 'failed' },
        { outcome: 'passed' },
        { outcome: 'passed' },
        { name: 'no-matching-rule', outcome: 'failed' },
      ]);
    },
  );
  book.tell(
    'rules take outbound messages only, and it was inbound: one way',
    message({ rules: { SMS: [{ from: deskNumber, to: '*' }] } }),
    [lost('one-way-rule', ofDesk)],
  );
  book.tell(
    'it was a reply within two minutes of a message that was captured: one way all the same',
    listed((stage) => {
      const other = witness(stage);
      stage.world.now = start - 30 * second;
      messageArrives(stage.world, 'SMS', {
        configuration: stage.configuration,
        person: person(6),
        own: deskNumber,
        text: 'Are you open?',
      });
      const text = lostMessage(stage.world, { from: deskNumber, to: person(6).address, direction: 'outbound-api' });
      endsAt(stage, start + hour, other);
      const desk = configured(stage, { SMS: [{ from: '*', to: deskNumber }] });
      return { names: { text, desk: desk.id }, configurations: [desk] };
    }),
    [lost('one-way-rule', ofDesk)],
  );

  for (const [type, to] of [
    ['CLIENT', 'client:somebody'],
    ['SIP', 'sip:somebody@pbx.example'],
  ] as const) {
    book.tell(
      `a ${type} call, and rules for PSTN alone: missing call type`,
      call({ to, rules: { VOICE: bothWays(deskNumber) } }),
      [lostPhone('missing-call-type', ofDesk)],
    );
  }
  book.tell(
    'a CLIENT call to another identity than the rule names: missing call type as well',
    call({ to: 'client:somebody' }),
    [lostPhone('missing-call-type', ofDesk)],
  );
  book.tell(
    'a CLIENT call that a rule names with the prefix of its type',
    call({
      to: 'client:somebody',
      rules: { VOICE: [{ from: '*', to: 'client:somebody', metadata: { callType: 'CLIENT' } }] },
    }),
    [lostPhone('unexplained', ofDesk)],
  );
  for (const to of [deskNumber, `sip:${deskNumber}@pbx.example`, `${deskNumber}@pbx.example`]) {
    book.tell(
      `a SIP call that a rule names as ${to}`,
      call({
        to: `sip:${deskNumber}@pbx.example;transport=tls`,
        rules: { VOICE: [{ from: '*', to, metadata: { callType: 'PUBLIC_SIP' } }] },
      }),
      [lostPhone('unexplained', ofDesk)],
    );
  }
  book.tell(
    'a PSTN call, and rules for CLIENT alone: no matching rule',
    call({ rules: { VOICE: [{ from: '*', to: deskNumber, metadata: { callType: 'CLIENT' } }] } }),
    [lostPhone('no-matching-rule')],
  );
  book.tell(
    'a CLIENT call, and no rules for voice at all: no matching rule',
    call({ to: 'client:somebody', rules: { SMS: bothWays(deskNumber) } }),
    [lostPhone('no-matching-rule')],
  );

  book.tell(
    'two configurations take it: overlapping rules',
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const second = configured(stage, { SMS: [{ from: '*', to: deskNumber }] });
      return {
        names: { text, desk: stage.configuration.id, second: second.id, number: deskNumber },
        configurations: [stage.configuration, second],
      };
    }),
    [lost('overlapping-rules', ' [address number, configuration desk, configuration second]')],
  );
  book.tell(
    'two configurations take each its direction: unexplained',
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const inbound = configured(stage, { SMS: [{ from: '*', to: deskNumber }] });
      const outbound = configured(stage, { SMS: [{ from: deskNumber, to: '*' }] });
      return { names: { text, desk: inbound.id }, configurations: [inbound, outbound] };
    }),
    [lost('unexplained', ofDesk)],
  );
  book.tell('no rule takes it: no matching rule', message({ to: '+15550100199' }), [lost('no-matching-rule')]);
  book.tell(
    'the rule that would take it is one of another channel: no matching rule',
    message({ from: `whatsapp:${stranger}`, to: `whatsapp:${deskNumber}` }),
    [lost('no-matching-rule')],
  );
  book.tell(
    'no configurations are in the input: unexplained, and nothing was checked',
    (stage) => {
      const told = message()(stage);
      return { ...told, side: lists(stage, []) };
    },
    [lost('unexplained')],
    ([finding]) => {
      expect(finding?.data.checks).toMatchObject(Array(6).fill({ outcome: 'not checked' }));
    },
  );
  book.tell(
    'the rule that was in force then counts, not that of today',
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const before = configured(stage, { SMS: bothWays('15550100100') });
      const { id } = before;
      const after = configured(stage, { SMS: bothWays(deskNumber) }, { id, updated: start + minute, version: 2 });
      return { names: { text, desk: id }, configurations: [before, after] };
    }),
    [lost('not-e164', ofDesk)],
  );
  book.tell(
    'two configurations take everything: overlapping rules',
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const all = { SMS: [{ from: '*', to: '*' }] };
      const [desk, second] = [configured(stage, all), configured(stage, all)];
      return { names: { text, desk: desk.id, second: second.id }, configurations: [desk, second] };
    }),
    [lost('overlapping-rules', ' [address *, configuration desk, configuration second]')],
  );
  book.tell(
    'a configuration that does not tell when it was created may have had its rules long before',
    (stage) => {
      const { side, ...told } = changed(-10 * minute)(stage);
      return { ...told, side: JSON.parse(JSON.stringify(side).replaceAll(/"createdAt":"[^"]*",/g, '')) };
    },
    [lost('unexplained', ofDesk)],
  );
  book.tell(
    'a rule that a later snapshot dropped still matched at that time',
    listed((stage) => {
      const other = witness(stage);
      const text = lostMessage(stage.world, { from: stranger, to: deskNumber });
      endsAt(stage, start + hour, other);
      const before = configured(stage, { SMS: bothWays(deskNumber) });
      const { id } = before;
      const after = configured(stage, {}, { id, updated: start + minute, version: 2 });
      return { names: { text, desk: id }, configurations: [before, after] };
    }),
    [lost('unexplained', ofDesk)],
  );
});
