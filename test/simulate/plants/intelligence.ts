import { emit, inRequest, isoTime } from '../../generate/world.ts';
import { type Desk, openDesk } from '../desk.ts';
import type { Plant } from '../plant.ts';
import { finish, goesOn, opens } from '../scenes.ts';
import { between, day, label, minute, type Site } from '../site.ts';

const rule = (name: string) => `intelligence/${name}`;
const week = 7 * 24 * 60;

/** A later snapshot of the desk's configuration. */
function update(site: Site, desk: Desk, time: number, changes: Readonly<Record<string, unknown>>): void {
  const { configuration } = desk;
  site.records.push({ ...configuration, ...changes, updatedAt: isoTime(time), version: configuration.version + 1 });
}

function use(site: Site, desk: Desk): void {
  const talk = opens(site, { desk });
  goesOn(site, talk);
  finish(site, talk);
}

const failures = [
  [95305, 'com.twilio.intelligence.configuration.ruleexecution.operator.execution.failed', 'ERROR'],
  [95306, 'com.twilio.intelligence.operator.execution.failed', 'ERROR'],
  [95407, 'com.twilio.intelligence.memory.observations.retrieval.failed', 'WARNING'],
  [95408, 'com.twilio.intelligence.memory.traits.retrieval.failed', 'WARNING'],
] as const;

export const operatorCauses = {
  95305: 'rule-execution',
  95306: 'operator-execution',
  95407: 'observation-retrieval',
  95408: 'traits-retrieval',
} as const;

const operators = failures.map(
  ([code, eventType, level]): Plant => ({
    rule: rule('operator-failed'),
    cause: operatorCauses[code],
    play({ site, desk }) {
      const talk = opens(site, { desk });
      goesOn(site, talk, 2);
      const entry = inRequest(site.world, () =>
        emit(site.world, {
          source: 'conversation-intelligence',
          eventType,
          level,
          errorCode: code,
          errorReason: 'The operator did not finish',
          body: {
            account_id: site.accountId,
            conversation_id: talk.conversation.id,
            intelligence_configuration_id: desk.intelligenceId,
          },
        }),
      );
      finish(site, talk);
      label(site, rule('operator-failed'), operatorCauses[code], entry.requestId);
    },
  }),
);

export const intelligence: readonly Plant[] = [
  {
    rule: rule('not-configured'),
    cause: 'dropped-by-update',
    play({ site }) {
      const desk = openDesk(site);
      update(site, desk, site.begin - between(site, 1, 20) * day, { intelligenceConfigurationIds: [] });
      use(site, desk);
      label(site, rule('not-configured'), 'dropped-by-update', desk.configuration.id);
    },
  },
  {
    rule: rule('not-configured'),
    cause: 'never-set',
    play({ site }) {
      const desk = openDesk(site, { changes: { intelligenceConfigurationIds: [] } });
      use(site, desk);
      label(site, rule('not-configured'), 'never-set', desk.configuration.id);
    },
  },
  {
    rule: rule('pinned-configuration'),
    cause: 'pinned-version',
    play({ site }) {
      const desk = openDesk(site, { changes: { intelligenceConfigurationIds: [] } });
      const talk = opens(site, { desk });
      goesOn(site, talk);
      update(site, desk, site.world.now + between(site, 1, 8) * minute, {});
      finish(site, talk);
      label(site, rule('pinned-configuration'), 'pinned-version', talk.conversation.id);
    },
  },
  {
    rule: rule('trigger-not-reached'),
    cause: 'not-closed',
    play({ site }) {
      const timers = { closed: 2 * week };
      const desk = openDesk(site, { timeouts: { SMS: timers }, triggers: ['CONVERSATION_END'] });
      const talk = opens(site, { desk });
      goesOn(site, talk);
      label(site, rule('trigger-not-reached'), 'not-closed', talk.conversation.id);
      label(site, 'memory/not-triggered', 'still-active', talk.conversation.id);
    },
  },
  ...operators,
];
