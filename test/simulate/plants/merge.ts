import { newProfile, profilesMerged } from '../../generate/memory.ts';
import { inRequest, wait } from '../../generate/world.ts';
import { openDesk } from '../desk.ts';
import { fullBodies, type Plant } from '../plant.ts';
import { finish, goesOn, joinsIn, opens, say } from '../scenes.ts';
import { between, label, newPerson, oneOf } from '../site.ts';

const rule = (name: string) => `merge/${name}`;

export const merge: readonly Plant[] = [
  {
    rule: rule('shared-profile'),
    cause: 'shared-profile',
    grounds: fullBodies,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'WHATSAPP']) });
      goesOn(site, talk, 2);
      wait(site.world, between(site, 30, 300));
      const second = joinsIn(site, talk, { person: newPerson(site), profileId: talk.customer.profileId });
      say(site, { ...talk, customer: second }, 'customer');
      finish(site, talk);
      label(site, rule('shared-profile'), 'shared-profile', talk.conversation.id);
    },
  },
  {
    // One profile and no names but the numbers: one person with two telephones looks the same.
    rule: rule('shared-profile'),
    cause: 'shared-profile',
    sureness: 'possible',
    grounds: fullBodies,
    play({ site, desk }) {
      const person = newPerson(site);
      const talk = opens(site, { desk, channel: 'SMS', person: { ...person, name: person.address } });
      const other = newPerson(site);
      wait(site.world, 30);
      joinsIn(site, talk, { person: other, name: other.address, profileId: talk.customer.profileId });
      finish(site, talk);
      label(site, rule('shared-profile'), 'shared-profile', talk.conversation.id, 'possible');
    },
  },
  {
    rule: rule('shared-address'),
    cause: 'expected-grouping',
    play({ site }) {
      const desk = openDesk(site, {
        grouping: oneOf(site, ['GROUP_BY_PARTICIPANT_ADDRESSES', 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE']),
      });
      const person = newPerson(site);
      const talk = opens(site, { desk, channel: 'SMS', person });
      goesOn(site, talk, 2);
      const other = { ...newPerson(site), address: person.address };
      const second = joinsIn(site, talk, { person: other, profileId: newProfile(site.world) });
      say(site, { ...talk, customer: second }, 'customer');
      finish(site, talk);
      label(site, rule('shared-address'), 'expected-grouping', talk.conversation.id);
    },
  },
  {
    rule: rule('shared-address'),
    cause: 'shared-address',
    grounds: fullBodies,
    play({ site, desk }) {
      const person = newPerson(site);
      const talk = opens(site, { desk, channel: 'SMS', person });
      goesOn(site, talk, 2);
      const other = { ...newPerson(site), address: person.address };
      const second = joinsIn(site, talk, {
        person: other,
        profileId: newProfile(site.world),
        channel: oneOf(site, ['SMS', 'WHATSAPP']),
      });
      say(site, { ...talk, customer: second }, 'customer');
      finish(site, talk);
      label(site, rule('shared-address'), 'shared-address', talk.conversation.id);
    },
  },
  {
    rule: rule('multiple-customers'),
    cause: 'distinct-customers',
    grounds: fullBodies,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: oneOf(site, ['SMS', 'RCS', 'CHAT']) });
      goesOn(site, talk, 2);
      wait(site.world, between(site, 5, 200));
      const second = joinsIn(site, talk, { person: newPerson(site), profileId: newProfile(site.world) });
      say(site, { ...talk, customer: second }, 'customer');
      finish(site, talk);
      label(site, rule('multiple-customers'), 'distinct-customers', talk.conversation.id);
    },
  },
  {
    rule: rule('request-spans-conversations'),
    cause: 'one-request-many-conversations',
    grounds: ['hub', 'plain', 'several', 'seconds', 'lean'],
    play({ site, desk }) {
      const talks = inRequest(site.world, () => {
        const first = opens(site, { desk });
        wait(site.world, 0.05);
        return [first, opens(site, { desk })];
      });
      const opening = site.world.entries.find((entry) => entry.body.id === talks[0]?.conversation.id);
      for (const talk of talks) {
        goesOn(site, talk, 2);
        finish(site, talk);
      }
      if (opening !== undefined) {
        label(site, rule('request-spans-conversations'), 'one-request-many-conversations', opening.requestId);
      }
    },
  },
  {
    rule: rule('profile-merged-upstream'),
    cause: 'identity-resolution',
    play({ site, desk }) {
      const surviving = newProfile(site.world);
      profilesMerged(site.world, { storeId: desk.storeId, surviving, merged: newProfile(site.world) });
      wait(site.world, between(site, 60, 600));
      const talk = opens(site, { desk, channel: 'SMS', profileId: surviving });
      goesOn(site, talk, 2);
      const second = joinsIn(site, talk, { person: newPerson(site), profileId: surviving });
      say(site, { ...talk, customer: second }, 'customer');
      finish(site, talk);
      label(site, rule('profile-merged-upstream'), 'identity-resolution', surviving);
      label(site, rule('shared-profile'), 'shared-profile', talk.conversation.id);
    },
  },
];
