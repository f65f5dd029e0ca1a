import { describe, expect } from 'vitest';
import type { CaptureRule, Configuration } from '../../generate/side.ts';
import { bothWays } from '../../generate/side.ts';
import { deskNumber, person } from '../../generate/stories/desk.ts';
import { endsAt, hour, minute, openBook, type Stage, second, start, type Told, witness } from '../case.ts';
import { configured, listed, lostCall, lostMessage, type Rules, stranger } from './desk.ts';

/** All cases of it share one audit. */
const book = openBook({
  rules: ['capture/one-way-rule', 'capture/not-e164', 'capture/overlapping-rules', 'capture/missing-call-type'],
});
/** Beside the messages and calls that the rules explain. */
const withSymptoms = openBook({
  rules: [
    'capture/one-way-rule',
    'capture/not-e164',
    'capture/overlapping-rules',
    'capture/missing-call-type',
    'capture/no-conversation',
  ],
});

const oneWay = 'capture/one-way-rule configuration desk: warning confirmed one-way';
const notE164 = (severity = 'error', certainty = 'confirmed') =>
  `capture/not-e164 configuration desk: ${severity} ${certainty} not-e164`;
const overlap = (address = 'number', configurations = 'configuration desk, configuration second') =>
  `capture/overlapping-rules address ${address}: warning confirmed overlap [${configurations}]`;
const missing = (cause: string, of = 'desk', severity = 'warning', certainty = 'confirmed') =>
  `capture/missing-call-type configuration ${of}: ${severity} ${certainty} ${cause}`;

/** Watches an hour with nothing in it, beside the configurations. */
const configurations = (
  made: (stage: Stage) => Readonly<Record<string, Configuration>>,
  lost?: (stage: Stage) => void,
) =>
  listed((stage) => {
    const other = witness(stage);
    lost?.(stage);
    endsAt(stage, start + hour, other);
    const named = made(stage);
    const names = Object.fromEntries(Object.entries(named).map(([name, { id }]) => [name, id]));
    return { names: { ...names, number: deskNumber }, configurations: Object.values(named) };
  });

const desk = (rules: Rules, lost?: (stage: Stage) => void) =>
  configurations((stage) => ({ desk: configured(stage, rules) }), lost);

const inbound = (own: string, metadata?: CaptureRule['metadata']): CaptureRule => ({
  from: '*',
  to: own,
  ...(metadata === undefined ? {} : { metadata }),
});
const outbound = (own: string): CaptureRule => ({ from: own, to: '*' });

describe('capture rules that take one direction', () => {
  book.tell('inbound messages alone', desk({ SMS: [inbound(deskNumber)] }), [oneWay], ([finding]) => {
    expect(finding).toMatchObject({
      firstSeen: '2026-08-03T09:00:00.000Z',
      lastSeen: '2026-09-14T09:00:00.000Z',
      ongoing: true,
      data: { gaps: [{ channel: 'SMS', address: deskNumber, missing_side: 'from' }] },
    });
    expect(finding?.message).toContain('no SMS capture rule with +15550100100 as `from`');
  });
  book.tell(
    'outbound messages alone',
    desk({ WHATSAPP: [outbound(`whatsapp:${deskNumber}`)] }),
    [oneWay],
    ([finding]) => {
      expect(finding?.data.gaps).toEqual([{ channel: 'WHATSAPP', address: deskNumber, missing_side: 'to' }]);
    },
  );
  for (const channel of ['RCS', 'CHAT'] as const) {
    book.tell(`${channel} alone`, desk({ [channel]: [inbound('desk')] }), [oneWay]);
  }
  book.tell('are no finding in both directions', desk({ SMS: bothWays(deskNumber) }), []);
  book.tell('are no finding for voice, whose calls mostly go one way', desk({ VOICE: [inbound(deskNumber)] }), []);
  book.tell(
    'are no finding beside a rule that takes everything',
    desk({ SMS: [inbound(deskNumber), { from: '*', to: '*' }] }),
    [],
  );
  book.tell(
    'are one where the other direction is that of another number',
    desk({ SMS: [inbound(deskNumber), outbound('+15550100102')] }),
    [oneWay],
    ([finding]) => {
      expect(finding?.data.missing_rules).toBe(2);
    },
  );
  book.tell(
    'are one where the other direction is that of another channel',
    desk({
      SMS: [inbound(deskNumber)],
      WHATSAPP: [outbound(`whatsapp:${deskNumber}`)],
    }),
    [oneWay],
  );
  book.tell(
    'are one where another configuration takes the other direction',
    configurations((stage) => ({
      desk: configured(stage, { SMS: [inbound(deskNumber)] }),
      second: configured(stage, { SMS: bothWays('+15550100102') }),
    })),
    [oneWay],
  );
  book.tell(
    'are none where the two rules write the number with and without prefix',
    desk({
      WHATSAPP: [inbound(`whatsapp:${deskNumber}`), outbound(deskNumber)],
    }),
    [],
  );
  book.tell(
    'are none where the other rule only writes the number wrongly',
    desk({
      SMS: [inbound(deskNumber), outbound('1 555 010 0100')],
    }),
    [notE164()],
  );
  book.tell(
    'are one for the own address of a rule between two',
    desk({ SMS: [{ from: stranger, to: deskNumber }] }, ({ world }) => {
      lostMessage(world, { from: person(2).address, to: deskNumber });
    }),
    [oneWay],
    ([finding]) => {
      expect(finding?.data.gaps).toEqual([{ channel: 'SMS', address: deskNumber, missing_side: 'from' }]);
    },
  );
  book.tell(
    'are none for a rule between two of which no own address is known',
    (stage) => {
      const other = witness(stage);
      endsAt(stage, start + hour, other);
      const { id } = stage.configuration;
      return {
        names: { desk: id },
        side: [configured(stage, { SMS: [{ from: stranger, to: '+15550109009' }] }, { id })],
      };
    },
    [],
  );

  const history = (...snapshots: readonly Rules[]) =>
    configurations((stage) => {
      const first = configured(stage, snapshots[0] ?? {});
      const later = snapshots
        .slice(1)
        .map((rules, at) =>
          configured(stage, rules, { id: first.id, updated: start - hour + at * minute, version: at + 2 }),
        );
      return Object.fromEntries([first, ...later].map((snapshot, at) => [at === 0 ? 'desk' : `desk${at}`, snapshot]));
    });
  const named = (told: (stage: Stage) => Told) => (stage: Stage) => {
    const { names, ...rest } = told(stage);
    return { ...rest, names: { desk: names?.desk ?? '' } };
  };
  book.tell(
    'are none once they were put right',
    named(history({ SMS: [inbound(deskNumber)] }, { SMS: bothWays(deskNumber) })),
    [],
  );
  book.tell(
    'are one since the update that dropped a rule',
    named(
      history(
        { SMS: [inbound(deskNumber)] },
        { SMS: bothWays(deskNumber) },
        { SMS: [inbound(deskNumber)] },
        { SMS: [inbound(deskNumber)], VOICE: [inbound(deskNumber)] },
      ),
    ),
    [oneWay],
    ([finding]) => {
      expect(finding?.firstSeen).toBe('2026-09-14T07:01:00.000Z');
    },
  );
  withSymptoms.tell(
    'explain the messages that they do not take',
    (stage) => {
      const told = desk({ SMS: [inbound(deskNumber)] }, ({ world }) => {
        lostMessage(world, { from: deskNumber, to: stranger, direction: 'outbound-api' });
      })(stage);
      return { ...told, names: { ...told.names, text: stage.world.messages.at(-1)?.sid ?? '' } };
    },
    [
      oneWay,
      'capture/no-conversation message text: warning confirmed one-way-rule [configuration desk] < capture/one-way-rule desk',
    ],
  );
});

describe('addresses of capture rules', () => {
  for (const [channel, address] of [
    ['SMS', '15550100100'],
    ['SMS', '+1 555 010 0100'],
    ['SMS', ' +15550100100'],
    ['SMS', `whatsapp:${deskNumber}`],
    ['SMS', '+1555010'],
    ['SMS', '+1555010010012345'],
    ['RCS', 'rcs:15550100100'],
    ['WHATSAPP', 'whatsapp:5550100100'],
    ['VOICE', '(555) 010-0100'],
    ['VOICE', 'agent-1'],
  ] as const) {
    book.tell(
      `${channel} ${address} is not E.164`,
      desk({ [channel]: bothWays(address) }),
      [notE164()],
      ([finding]) => {
        expect(finding?.data.addresses).toEqual([{ channel, address, sides: ['from', 'to'] }]);
        expect(finding).toMatchObject({ firstSeen: '2026-08-03T09:00:00.000Z', ongoing: true });
      },
    );
  }
  for (const [channel, address] of [
    ['SMS', deskNumber],
    ['SMS', '+15550100'],
    ['SMS', '+155501001001234'],
    ['WHATSAPP', `whatsapp:${deskNumber}`],
    ['WHATSAPP', deskNumber],
    ['RCS', `rcs:${deskNumber}`],
    ['RCS', 'rcs:brand_acme_agent'],
    ['VOICE', deskNumber],
    ['CHAT', 'alice'],
  ] as const) {
    book.tell(`${channel} ${address} is fine`, desk({ [channel]: bothWays(address) }), []);
  }
  book.tell(
    'of CLIENT and SIP calls are no numbers',
    desk({
      VOICE: [inbound('agent-1', { callType: 'CLIENT' }), inbound('sip:desk@pbx.example', { callType: 'PUBLIC_SIP' })],
    }),
    [],
  );
  for (const sender of ['55501', 'ACME']) {
    book.tell(`${sender} may be a sender without an E.164 form`, desk({ SMS: bothWays(sender) }), [
      notE164('info', 'possible'),
    ]);
  }
  book.tell(
    'one wrong number beside a sender is an error, and is the one that is told',
    desk({
      SMS: [...bothWays('55501'), ...bothWays('15550100100')],
    }),
    [notE164()],
    ([finding]) => {
      expect(finding?.message).toContain('15550100100');
      expect(finding?.data.address_count).toBe(2);
    },
  );
  book.tell(
    'count in the latest snapshot',
    (stage) => {
      const other = witness(stage);
      endsAt(stage, start + hour, other);
      const before = configured(stage, { SMS: bothWays('15550100100') });
      const after = configured(stage, { SMS: bothWays(deskNumber) }, { id: before.id, updated: start, version: 2 });
      return { side: [after, before] };
    },
    [],
  );
  withSymptoms.tell(
    'explain the messages that do not match them',
    (stage) => {
      const told = desk({ SMS: bothWays('15550100100') }, ({ world }) => {
        lostMessage(world, { from: stranger, to: deskNumber });
      })(stage);
      return { ...told, names: { ...told.names, text: stage.world.messages.at(-1)?.sid ?? '' } };
    },
    [
      notE164(),
      'capture/no-conversation message text: warning confirmed not-e164 [configuration desk] < capture/not-e164 desk',
    ],
  );
});

describe('capture rules of two configurations', () => {
  const two = (one: Rules, other: Rules) =>
    configurations((stage) => ({ desk: configured(stage, one), second: configured(stage, other) }));
  book.tell(
    'overlap in the same number on the same side',
    two({ VOICE: [inbound(deskNumber)] }, { VOICE: [inbound(deskNumber)] }),
    [overlap()],
    ([finding]) => {
      expect(finding).toMatchObject({
        firstSeen: '2026-08-03T09:00:00.000Z',
        ongoing: true,
        data: { channels: ['VOICE'] },
      });
    },
  );
  book.tell(
    'overlap once in a number on both sides and on two channels',
    two(
      { SMS: bothWays(deskNumber), RCS: bothWays(`rcs:${deskNumber}`) },
      { SMS: bothWays(deskNumber), RCS: bothWays(deskNumber) },
    ),
    [overlap()],
    ([finding]) => {
      expect(finding?.data.channels).toEqual(['RCS', 'SMS']);
    },
  );
  book.tell(
    'overlap where both take everything',
    two({ CHAT: [{ from: '*', to: '*' }] }, { CHAT: [{ from: '*', to: '*' }] }),
    [overlap('*')],
    ([finding]) => {
      expect(finding?.message).toContain('all addresses');
    },
  );
  book.tell(
    'overlap where one takes everything',
    two({ SMS: [{ from: '*', to: '*' }] }, { SMS: bothWays(deskNumber) }),
    [overlap()],
  );
  book.tell(
    'do not overlap on different sides',
    two({ VOICE: [inbound(deskNumber)] }, { VOICE: [outbound(deskNumber)] }),
    [],
  );
  book.tell(
    'do not overlap on different channels',
    two({ SMS: bothWays(deskNumber) }, { RCS: bothWays(deskNumber) }),
    [],
  );
  book.tell(
    'do not overlap in different numbers',
    two({ SMS: bothWays(deskNumber) }, { SMS: bothWays('+15550100102') }),
    [],
  );
  book.tell(
    'do not overlap in different call types',
    two({ VOICE: [inbound(deskNumber)] }, { VOICE: [inbound(deskNumber, { callType: 'PUBLIC_SIP' })] }),
    [],
  );
  book.tell(
    'overlap where PSTN is written once and meant twice',
    two({ VOICE: [inbound(deskNumber)] }, { VOICE: [inbound(deskNumber, { callType: 'PSTN' })] }),
    [overlap()],
  );
  book.tell(
    'do not overlap in different chat services',
    two(
      { CHAT: [{ from: '*', to: '*', metadata: { chatService: 'IS00000000000000000000000000000001' } }] },
      { CHAT: [{ from: '*', to: '*', metadata: { chatService: 'IS00000000000000000000000000000002' } }] },
    ),
    [],
  );
  book.tell(
    'do not overlap where each names another partner',
    two({ VOICE: [{ from: stranger, to: deskNumber }] }, { VOICE: [{ from: '+15550109009', to: deskNumber }] }),
    [],
  );
  book.tell(
    'do not overlap with themselves',
    configurations((stage) => {
      const desk = configured(stage, { SMS: [...bothWays(deskNumber), ...bothWays(deskNumber)] });
      return {
        desk,
        again: configured(stage, { SMS: bothWays(deskNumber) }, { id: desk.id, updated: start, version: 2 }),
      };
    }),
    [],
  );
  book.tell(
    'do not overlap once one of them was changed',
    configurations((stage) => {
      const second = configured(stage, { SMS: bothWays(deskNumber) });
      return {
        desk: configured(stage, { SMS: bothWays(deskNumber) }),
        second,
        again: configured(stage, {}, { id: second.id, updated: start, version: 2 }),
      };
    }),
    [],
  );
  withSymptoms.tell(
    'explain the messages that neither took',
    (stage) => {
      const told = configurations(
        (each) => ({
          desk: configured(each, { SMS: bothWays(deskNumber) }),
          second: configured(each, { SMS: bothWays(deskNumber) }),
        }),
        ({ world }) => {
          lostMessage(world, { from: stranger, to: deskNumber });
        },
      )(stage);
      return { ...told, names: { ...told.names, text: stage.world.messages.at(-1)?.sid ?? '' } };
    },
    [
      overlap(),
      'capture/no-conversation message text: warning confirmed overlapping-rules [address number, configuration desk, configuration second] < capture/overlapping-rules number',
    ],
  );
});

describe('CLIENT and SIP calls that nothing captured', () => {
  const calls = (rules: Rules, to: readonly string[], from = stranger) =>
    desk(rules, ({ world }) => {
      for (const each of to) lostCall(world, { from, to: each });
    });
  const pstn = { VOICE: bothWays(deskNumber) };
  const client = { VOICE: [...bothWays(deskNumber), inbound('agent-1', { callType: 'CLIENT' })] };

  book.tell(
    'CLIENT, and no rule names it',
    calls(pstn, ['client:agent-1', 'client:agent-2']),
    [missing('client')],
    ([finding]) => {
      expect(finding).toMatchObject({
        firstSeen: '2026-09-14T08:00:00.000Z',
        ongoing: true,
        data: { calls_missed: 2, call_type: 'CLIENT', example: 'client:agent-1' },
      });
    },
  );
  book.tell('SIP, and no rule names it', calls(pstn, ['sip:desk@pbx.example']), [missing('sip')]);
  book.tell('both: CLIENT is told first', calls(pstn, ['sip:desk@pbx.example', 'client:agent-1']), [missing('client')]);
  book.tell('CLIENT by its caller', calls(pstn, [deskNumber], 'client:mina'), [missing('client')]);
  book.tell('PSTN calls are none of them', calls(pstn, [deskNumber]), []);
  book.tell('nobody captures voice', calls({ SMS: bothWays(deskNumber) }, ['client:agent-1']), []);
  book.tell('a rule takes it', calls(client, ['client:agent-1']), []);
  book.tell('a rule has another identity', calls(client, ['client:agent-2']), [missing('address-format')]);
  book.tell('a rule has two other identities', calls(client, ['client:agent-2', 'client:agent-3']), [
    missing('address-format'),
  ]);
  book.tell(
    'a rule has one identity, and callers go to three others',
    calls(client, ['client:agent-2', 'client:agent-3', 'client:agent-4']),
    [missing('dynamic-identity')],
    ([finding]) => {
      expect(finding?.data).toMatchObject({ identities: 3, calls_missed: 3 });
    },
  );
  book.tell(
    'a rule has an identity, and clients call a number',
    desk(client, ({ world }) => {
      for (const name of ['ann', 'ben', 'cem']) lostCall(world, { from: `client:${name}`, to: '+15550100155' });
    }),
    [missing('address-format')],
  );
  book.tell(
    'a rule has another SIP address',
    calls({ VOICE: [inbound(deskNumber, { callType: 'PUBLIC_SIP' })] }, [
      'sip:a@pbx.example',
      'sip:b@pbx.example',
      'sip:c@pbx.example',
    ]),
    [missing('address-format')],
  );
  book.tell(
    'a rule calls SIP by the short name',
    calls({ VOICE: [inbound('desk', { callType: 'SIP' })] }, ['sip:desk@pbx.example']),
    [],
  );
  book.tell(
    'each configuration that captures voice lacks it, where none is nearer',
    configurations(
      (stage) => ({
        desk: configured(stage, { VOICE: bothWays(deskNumber) }),
        second: configured(stage, { VOICE: bothWays('+15550100102') }),
        third: configured(stage, { SMS: bothWays('+15550100102') }),
      }),
      ({ world }) => {
        lostCall(world, { from: stranger, to: 'client:agent-1' });
      },
    ),
    [missing('client'), missing('client', 'second')],
  );
  book.tell(
    'the configuration lacks it whose rule has the number, though another names the type',
    configurations(
      (stage) => ({
        desk: configured(stage, { VOICE: bothWays(deskNumber) }),
        second: configured(stage, { VOICE: [inbound('+15550100102', { callType: 'PUBLIC_SIP' })] }),
      }),
      ({ world }) => {
        lostCall(world, { from: 'sip:ann@pbx.example', to: deskNumber });
      },
    ),
    [missing('sip')],
  );
  book.tell(
    'the configuration that names the type has the wrong address, where none has the right one',
    configurations(
      (stage) => ({
        desk: configured(stage, { VOICE: bothWays(deskNumber) }),
        second: configured(stage, { VOICE: [inbound('agent-1', { callType: 'CLIENT' })] }),
      }),
      ({ world }) => {
        lostCall(world, { from: stranger, to: 'client:agent-2' });
      },
    ),
    [missing('address-format', 'second')],
  );
  book.tell(
    'the call came before the configuration was created',
    configurations(
      (stage) => ({ desk: configured(stage, { VOICE: bothWays(deskNumber) }, { created: start + second }) }),
      ({ world }) => {
        lostCall(world, { from: stranger, to: 'client:agent-1' });
      },
    ),
    [],
  );
  book.tell(
    'the rule was added later',
    configurations(
      (stage) => {
        const before = configured(stage, pstn);
        return {
          desk: before,
          again: configured(stage, client, { id: before.id, updated: start + minute, version: 2 }),
        };
      },
      ({ world }) => {
        lostCall(world, { from: stranger, to: 'client:agent-1' });
      },
    ),
    [],
  );
  withSymptoms.tell(
    'explain why they reached no conversation',
    (stage) => {
      const told = calls(pstn, ['client:agent-1'])(stage);
      return { ...told, names: { ...told.names, phone: stage.world.calls.at(-1)?.sid ?? '' } };
    },
    [
      missing('client'),
      'capture/no-conversation call phone: warning confirmed missing-call-type [configuration desk] < capture/missing-call-type desk',
    ],
  );
});
