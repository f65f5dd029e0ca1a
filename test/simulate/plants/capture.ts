import { sid } from '../../generate/ids.ts';
import { communication, updateDelivery } from '../../generate/orchestrator.ts';
import { bothWays } from '../../generate/side.ts';
import { isoTime, wait } from '../../generate/world.ts';
import { type Desk, type DeskOptions, openDesk } from '../desk.ts';
import { exactTimes, fullBodies, type Plant, type Stage } from '../plant.ts';
import { finish, goesOn, opens, say } from '../scenes.ts';
import { between, label, newOwnNumber, newPerson, oneOf, type Site } from '../site.ts';

const rule = (name: string) => `capture/${name}`;

/** A message that no conversation took in. Returns its SID. */
function lostMessage(site: Site, from: string, to: string, direction: 'inbound' | 'outbound-api' = 'inbound'): string {
  const id = sid(site.world.random, 'SM');
  site.world.messages.push({ sid: id, from, to, direction, time: site.world.now });
  return id;
}

function lostCall(site: Site, from: string, to: string): string {
  const id = sid(site.world.random, 'CA');
  site.world.calls.push({ sid: id, from, to, direction: 'inbound', time: site.world.now, seconds: 65 });
  return id;
}

function lost(site: Site, cause: string, id: string): void {
  label(site, rule('no-conversation'), cause, id);
}

const onlySms = (rules: DeskOptions['rules'], changes: DeskOptions['changes'] = {}): DeskOptions => ({
  channels: ['SMS'],
  changes,
  ...(rules === undefined ? {} : { rules }),
});

/** The number as people write it who leave out the plus. */
const withoutPlus = (number: string) => number.slice(1);

/** Captures calls, but only those of the telephone network. */
const withoutCallTypes: DeskOptions = { rules: ({ number }) => ({ VOICE: bothWays(number) }) };

/** A CLIENT or SIP call to an account whose rules do not name its type. */
function untypedCall({ site, desk }: Stage, cause: 'client' | 'sip'): void {
  const { address } = newPerson(site);
  const id =
    cause === 'client'
      ? lostCall(site, address, `client:${desk.client}`)
      : lostCall(site, `sip:${address}@pbx.example`, desk.number);
  label(site, rule('missing-call-type'), cause, desk.configuration.id);
  lost(site, 'missing-call-type', id);
}

/** Two communications of one customer a moment apart. */
function saidTwice(
  stage: Stage,
  options: { readonly desk?: Desk; readonly from?: string; readonly sameMessage: boolean },
) {
  const { site } = stage;
  const desk = options.desk ?? stage.desk;
  const person = newPerson(site);
  const talk = opens(site, {
    desk,
    channel: 'SMS',
    person: options.from === undefined ? person : { ...person, address: options.from },
  });
  wait(site.world, between(site, 5, 30));
  const first = say(site, talk, 'customer');
  wait(site.world, between(site, 150, 900) / 1000);
  communication(site.world, talk.conversation, {
    author: talk.customer,
    to: talk.agent,
    text: String(first.content.text),
    channel: 'SMS',
    ...(options.sameMessage ? { channelId: first.resourceId, resourceId: first.resourceId } : {}),
  });
  goesOn(site, talk, 1);
  finish(site, talk);
  return talk;
}

/** Two desks that take in the messages of one number. */
function rivals(site: Site): Desk {
  const first = openDesk(site, { channels: ['SMS'] });
  openDesk(
    site,
    onlySms(() => ({
      SMS: [
        { from: '*', to: first.number },
        { from: first.number, to: '*' },
      ],
    })),
  );
  return first;
}

export const capture: readonly Plant[] = [
  {
    rule: rule('no-conversation'),
    cause: 'propagation',
    play({ site }) {
      const changed = site.world.now;
      const desk = openDesk(site, { channels: ['SMS'], changes: { updatedAt: isoTime(changed), version: 2 } });
      site.world.now = changed + between(site, 1000, 9000);
      lost(site, 'propagation', lostMessage(site, newPerson(site).address, desk.number));
    },
  },
  {
    rule: rule('no-conversation'),
    cause: 'not-e164',
    play({ site }) {
      const number = newOwnNumber(site);
      const written = withoutPlus(number);
      const desk = openDesk(
        site,
        onlySms(() => ({
          SMS: [
            { from: '*', to: written },
            { from: written, to: '*' },
          ],
        })),
      );
      label(site, rule('not-e164'), 'not-e164', desk.configuration.id);
      lost(site, 'not-e164', lostMessage(site, newPerson(site).address, number));
    },
  },
  {
    rule: rule('no-conversation'),
    cause: 'one-way-rule',
    play({ site }) {
      const desk = openDesk(
        site,
        onlySms((own) => ({ SMS: [{ from: '*', to: own.number }] })),
      );
      label(site, rule('one-way-rule'), 'one-way', desk.configuration.id);
      lost(site, 'one-way-rule', lostMessage(site, desk.number, newPerson(site).address, 'outbound-api'));
    },
  },
  {
    rule: rule('no-conversation'),
    cause: 'missing-call-type',
    own: {},
    desk: withoutCallTypes,
    play: (stage) => untypedCall(stage, oneOf(stage.site, ['client', 'sip'])),
  },
  {
    rule: rule('no-conversation'),
    cause: 'overlapping-rules',
    play({ site }) {
      const desk = rivals(site);
      label(site, rule('overlapping-rules'), 'overlap', desk.number);
      lost(site, 'overlapping-rules', lostMessage(site, newPerson(site).address, desk.number));
    },
  },
  {
    rule: rule('no-conversation'),
    cause: 'no-matching-rule',
    play({ site }) {
      lost(site, 'no-matching-rule', lostMessage(site, newPerson(site).address, newOwnNumber(site)));
    },
  },
  {
    rule: rule('no-conversation'),
    cause: 'unexplained',
    play({ site, desk }) {
      const { address } = newPerson(site);
      const [from, to] = oneOf(site, [
        [address, desk.number],
        [`whatsapp:${address}`, desk.whatsApp],
      ]);
      lost(site, 'unexplained', lostMessage(site, from, to));
    },
  },
  {
    rule: rule('one-way-rule'),
    cause: 'one-way',
    play({ site }) {
      const channel = oneOf<'SMS' | 'WHATSAPP'>(site, ['SMS', 'WHATSAPP']);
      const desk = openDesk(site, {
        channels: [channel],
        rules: (own) => ({ SMS: [{ from: own.number, to: '*' }], WHATSAPP: [{ from: '*', to: own.whatsApp }] }),
      });
      label(site, rule('one-way-rule'), 'one-way', desk.configuration.id);
    },
  },
  {
    rule: rule('not-e164'),
    cause: 'not-e164',
    play({ site }) {
      const written = oneOf(site, ['5550109999', '+1 555 010 9999', '(555) 010-9999']);
      const channel = oneOf<'SMS' | 'VOICE'>(site, ['SMS', 'VOICE']);
      const rules = [
        { from: '*', to: written },
        { from: written, to: '*' },
      ];
      const desk = openDesk(site, { channels: [channel], rules: () => ({ [channel]: rules }) });
      label(site, rule('not-e164'), 'not-e164', desk.configuration.id);
    },
  },
  {
    rule: rule('overlapping-rules'),
    cause: 'overlap',
    play({ site }) {
      label(site, rule('overlapping-rules'), 'overlap', rivals(site).number);
    },
  },
  {
    rule: rule('missing-call-type'),
    cause: 'client',
    own: {},
    desk: withoutCallTypes,
    play: (stage) => untypedCall(stage, 'client'),
  },
  {
    rule: rule('missing-call-type'),
    cause: 'sip',
    own: {},
    desk: withoutCallTypes,
    play: (stage) => untypedCall(stage, 'sip'),
  },
  {
    // The type is named, but with a telephone number, which no CLIENT call goes to.
    rule: rule('missing-call-type'),
    cause: 'address-format',
    own: {},
    desk: {
      rules: ({ number }) => ({
        VOICE: [...bothWays(number), { from: '*', to: number, metadata: { callType: 'CLIENT' } }],
      }),
    },
    play({ site, desk }) {
      const id = lostCall(site, newPerson(site).address, `client:${desk.client}`);
      label(site, rule('missing-call-type'), 'address-format', desk.configuration.id);
      lost(site, 'missing-call-type', id);
    },
  },
  {
    // Every app user has an identity of their own, and the rule names one.
    rule: rule('missing-call-type'),
    cause: 'dynamic-identity',
    own: {},
    play({ site, desk }) {
      label(site, rule('missing-call-type'), 'dynamic-identity', desk.configuration.id);
      for (let user = between(site, 6, 9); user > 0; user--) {
        site.world.now += 60_000;
        lost(site, 'missing-call-type', lostCall(site, newPerson(site).address, `client:user-${site.people}`));
      }
    },
  },
  {
    // Sender and recipient are both numbers of the account: its outbound and its inbound leg.
    rule: rule('duplicate-communication'),
    cause: 'two-legs',
    play(stage) {
      const { site } = stage;
      const from = openDesk(site, { channels: ['SMS'] }).number;
      const talk = saidTwice(stage, { from, sameMessage: false });
      label(site, rule('duplicate-communication'), 'two-legs', talk.conversation.id);
    },
  },
  {
    // One message twice.
    rule: rule('duplicate-communication'),
    cause: 'two-rules',
    grounds: exactTimes,
    play(stage) {
      const talk = saidTwice(stage, { sameMessage: true });
      label(stage.site, rule('duplicate-communication'), 'two-rules', talk.conversation.id);
    },
  },
  {
    // Two configurations take in the messages of one number.
    rule: rule('duplicate-communication'),
    cause: 'two-rules',
    play(stage) {
      const { site } = stage;
      const desk = rivals(site);
      const talk = saidTwice(stage, { desk, sameMessage: false });
      label(site, rule('overlapping-rules'), 'overlap', desk.number);
      label(site, rule('duplicate-communication'), 'two-rules', talk.conversation.id);
    },
  },
  {
    rule: rule('duplicate-communication'),
    cause: 'unexplained',
    grounds: exactTimes,
    play(stage) {
      const talk = saidTwice(stage, { sameMessage: false });
      label(stage.site, rule('duplicate-communication'), 'unexplained', talk.conversation.id);
    },
  },
  {
    rule: rule('delivery-failed'),
    cause: 'failed',
    grounds: fullBodies,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP', 'RCS']) });
      wait(site.world, 20);
      const sent = say(site, talk, 'agent', undefined, oneOf(site, ['INITIATED', 'FAILED']));
      wait(site.world, between(site, 2, 40));
      updateDelivery(site.world, sent, 'FAILED');
      goesOn(site, talk, 1);
      finish(site, talk);
      label(site, rule('delivery-failed'), 'failed', sent.id);
    },
  },
];
