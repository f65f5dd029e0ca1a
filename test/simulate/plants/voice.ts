import { wait } from '../../generate/world.ts';
import { exactTimes, fullBodies, type Plant } from '../plant.ts';
import { finish, goesOn, opens, say } from '../scenes.ts';
import { between, label, minute, oneOf, second } from '../site.ts';

const rule = (name: string) => `voice/${name}`;

export const voice: readonly Plant[] = [
  {
    rule: rule('silent-call'),
    cause: 'no-transcription',
    grounds: fullBodies,
    play({ site, desk }) {
      const talk = opens(site, {
        desk,
        channel: 'VOICE',
        silent: true,
        callType: oneOf(site, ['PSTN', 'CLIENT', 'PUBLIC_SIP']),
      });
      // Closed is over, however short it was.
      finish(site, talk, { ending: 'api', extracted: false });
      label(site, rule('silent-call'), 'no-transcription', talk.conversation.id);
    },
  },
  {
    // Old enough to be silent, too young to be stuck.
    rule: rule('silent-call'),
    cause: 'no-transcription',
    grounds: fullBodies,
    play({ site, desk }) {
      site.world.now = site.end - between(site, 6, 58) * minute;
      const talk = opens(site, { desk, channel: 'VOICE', silent: true, seconds: null });
      label(site, rule('silent-call'), 'no-transcription', talk.conversation.id);
    },
  },
  {
    // Where communications are not exported, silence proves nothing; where participants are not, it may be no call.
    rule: rule('silent-call'),
    cause: 'no-transcription',
    sureness: 'possible',
    grounds: ['no-communications', 'no-participants', 'lean'],
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: 'VOICE', silent: true });
      finish(site, talk, { ending: 'api', extracted: false });
      label(site, rule('silent-call'), 'no-transcription', talk.conversation.id, 'possible');
    },
  },
  {
    // What writes the close has a clock that is slow.
    rule: rule('silent-call'),
    cause: 'no-transcription-unordered',
    grounds: exactTimes,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: 'VOICE', silent: true });
      const late = between(site, 5, 50) * second;
      site.world.now -= late;
      finish(site, talk, { ending: 'now', extracted: false });
      site.world.now += late;
      label(site, rule('silent-call'), 'no-transcription-unordered', talk.conversation.id);
    },
  },
  {
    rule: rule('stuck-active'),
    cause: 'timeout-never-started',
    grounds: fullBodies,
    late: true,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: 'VOICE', silent: true });
      label(site, rule('silent-call'), 'no-transcription', talk.conversation.id);
      label(site, rule('stuck-active'), 'timeout-never-started', talk.conversation.id);
    },
  },
  {
    // Without updates in the export nobody knows whether it was closed.
    rule: rule('stuck-active'),
    cause: 'timeout-never-started',
    sureness: 'possible',
    grounds: ['only-created'],
    late: true,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: 'VOICE', silent: true });
      finish(site, talk, { ending: 'api', extracted: false });
      label(site, rule('silent-call'), 'no-transcription', talk.conversation.id);
      label(site, rule('stuck-active'), 'timeout-never-started', talk.conversation.id, 'possible');
    },
  },
  {
    rule: rule('fragmented-turns'),
    cause: 'tts-fragments',
    grounds: exactTimes,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: 'VOICE', agentType: 'AI_AGENT' });
      for (let turn = between(site, 2, 4); turn > 0; turn--) {
        wait(site.world, between(site, 4, 9));
        say(site, talk, 'agent');
        for (let fragment = between(site, 2, 4); fragment > 0; fragment--) {
          wait(site.world, between(site, 300, 1900) / 1000);
          say(site, talk, 'agent');
        }
        wait(site.world, between(site, 4, 20));
        say(site, talk, 'customer');
      }
      finish(site, talk);
      label(site, rule('fragmented-turns'), 'tts-fragments', talk.conversation.id);
    },
  },
  {
    rule: rule('duplicate-transcription'),
    cause: 'passive-and-active-capture',
    grounds: exactTimes,
    play({ site, desk }) {
      const talk = opens(site, { desk, channel: 'VOICE' });
      for (let turn = between(site, 2, 4); turn > 0; turn--) {
        wait(site.world, between(site, 5, 20));
        const who = turn % 2 === 0 ? 'agent' : 'customer';
        const said = say(site, talk, who);
        wait(site.world, between(site, 100, 1700) / 1000);
        say(site, talk, who, String(said.content.text));
      }
      goesOn(site, talk, 1);
      finish(site, talk);
      label(site, rule('duplicate-transcription'), 'passive-and-active-capture', talk.conversation.id);
    },
  },
];
