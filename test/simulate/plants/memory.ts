import { inRequest } from '../../generate/world.ts';
import { openDesk } from '../desk.ts';
import type { Plant } from '../plant.ts';
import { finish, goesOn, opens } from '../scenes.ts';
import { between, label, oneOf } from '../site.ts';

const rule = (name: string) => `memory/${name}`;
const week = 7 * 24 * 60;

export const memory: readonly Plant[] = [
  {
    rule: rule('no-observations'),
    cause: 'store-not-active',
    play({ site }) {
      const desk = openDesk(site, { storeStatus: oneOf(site, ['PENDING', 'DELETED']) });
      const talk = opens(site, { desk });
      goesOn(site, talk);
      // The end labels it.
      finish(site, talk, { ending: oneOf(site, ['timers', 'api']) });
    },
  },
  {
    rule: rule('no-observations'),
    cause: 'store-mismatch',
    play({ site }) {
      // The store that the configuration names is not among those of the account.
      const desk = openDesk(site, { storeListed: false });
      const talk = opens(site, { desk });
      goesOn(site, talk);
      // The end labels it.
      finish(site, talk);
    },
  },
  {
    rule: rule('no-observations'),
    cause: 'no-profile',
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'VOICE']), profileId: null });
      goesOn(site, talk);
      finish(site, talk);
    },
  },
  {
    // The list of observations shows it as well as memory's log.
    rule: rule('no-observations'),
    cause: 'no-profile',
    own: { observationsListed: true },
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'VOICE']), profileId: null });
      goesOn(site, talk);
      finish(site, talk);
    },
  },
  {
    rule: rule('no-observations'),
    cause: 'unexplained',
    sureness: 'possible',
    play({ site, desk }) {
      const talk = inRequest(site.world, () => opens(site, { desk }));
      goesOn(site, talk);
      finish(site, talk, { extracted: false });
      label(site, rule('no-observations'), 'unexplained', talk.conversation.id, 'possible');
    },
  },
  {
    rule: rule('extraction-disabled'),
    cause: 'extraction-disabled',
    play({ site }) {
      const desk = openDesk(site, { extraction: false });
      for (let talks = between(site, 1, 3); talks > 0; talks--) {
        const talk = opens(site, { desk });
        goesOn(site, talk);
        finish(site, talk);
      }
      label(site, rule('extraction-disabled'), 'extraction-disabled', desk.configuration.id);
    },
  },
  {
    rule: rule('not-triggered'),
    cause: 'still-active',
    play({ site }) {
      const timers = { inactive: 2 * week, closed: 2 * week };
      const desk = openDesk(site, { timeouts: { SMS: timers } });
      const talk = opens(site, { desk });
      goesOn(site, talk);
      label(site, rule('not-triggered'), 'still-active', talk.conversation.id);
    },
  },
];
