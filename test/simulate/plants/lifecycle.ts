import { updateConversation } from '../../generate/orchestrator.ts';
import { wait } from '../../generate/world.ts';
import { openDesk } from '../desk.ts';
import { fullBodies, type Plant } from '../plant.ts';
import { finish, goesOn, opens, say } from '../scenes.ts';
import { between, hour, label, minute, oneOf } from '../site.ts';

const rule = (name: string) => `lifecycle/${name}`;

export const lifecycle: readonly Plant[] = [
  {
    rule: rule('illegal-transition'),
    cause: 'reopened',
    grounds: [...fullBodies, 'lean', 'no-communications'],
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP', 'VOICE']) });
      goesOn(site, talk);
      finish(site, talk, { ending: oneOf(site, ['timers', 'api']) });
      wait(site.world, between(site, 2, 3000));
      updateConversation(site.world, talk.conversation, { status: oneOf(site, ['ACTIVE', 'INACTIVE']) });
      wait(site.world, between(site, 2, 3000));
      updateConversation(site.world, talk.conversation, { status: 'CLOSED' });
      label(site, rule('illegal-transition'), 'reopened', talk.conversation.id);
    },
  },
  {
    rule: rule('traffic-after-close'),
    cause: 'late-communication',
    grounds: [...fullBodies, 'lean'],
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP', 'CHAT']) });
      goesOn(site, talk);
      finish(site, talk, { ending: oneOf(site, ['timers', 'api']) });
      // The end of `finish` is the close itself; where times have seconds only, one is lost at either side.
      wait(site.world, between(site, 7, 5000));
      say(site, talk, 'customer');
      label(site, rule('traffic-after-close'), 'late-communication', talk.conversation.id);
    },
  },
  {
    rule: rule('timeout-missed'),
    cause: 'timer-did-not-fire',
    late: true,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'CHAT', 'VOICE', 'RCS']) });
      goesOn(site, talk, 3);
      finish(site, talk, { ending: oneOf(site, ['open', 'inactive']) });
      label(site, rule('timeout-missed'), 'timer-did-not-fire', talk.conversation.id);
    },
  },
  {
    rule: rule('timeout-missed'),
    cause: 'no-timeout-configured',
    play({ site }) {
      const desk = openDesk(site, { timeouts: { SMS: null } });
      site.world.now = site.begin + between(site, 1, 40) * hour + between(site, 1, 59) * minute;
      const talk = opens(site, { desk, channel: 'SMS' });
      goesOn(site, talk);
      label(site, rule('timeout-missed'), 'no-timeout-configured', talk.conversation.id);
      label(site, 'memory/not-triggered', 'still-active', talk.conversation.id);
    },
  },
];
