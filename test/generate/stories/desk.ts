/** The service desk that the stories play at: its addresses, its configuration, the people who turn to it. */
import { typeId } from '../ids.ts';
import type { Person } from '../scenes.ts';
import { bothWays, type ChannelSettings, type Configuration, configuration, type GroupingType } from '../side.ts';
import type { World } from '../world.ts';

export const deskNumber = '+15550100100';
export const deskWhatsApp = 'whatsapp:+15550100101';
export const deskClient = 'front-desk';

/** Minutes from the last communication. */
export const timeouts = {
  SMS: { inactive: 10, closed: 60 },
  WHATSAPP: { inactive: 10, closed: 60 },
  VOICE: { inactive: 5, closed: 30 },
  CHAT: { inactive: 10, closed: 30 },
} as const;

export const channelSettings: ChannelSettings = {
  SMS: { statusTimeouts: timeouts.SMS, captureRules: bothWays(deskNumber) },
  WHATSAPP: { statusTimeouts: timeouts.WHATSAPP, captureRules: bothWays(deskWhatsApp) },
  VOICE: {
    statusTimeouts: timeouts.VOICE,
    captureRules: [
      ...bothWays(deskNumber).map((rule) => ({ ...rule, metadata: { callType: 'PSTN' } })),
      { from: '*', to: deskClient, metadata: { callType: 'CLIENT' } },
    ],
  },
  CHAT: {
    statusTimeouts: timeouts.CHAT,
    captureRules: [{ from: '*', to: '*', metadata: { chatService: 'IS00000000000000000000000000000001' } }],
  },
};

export type Desk = { readonly configuration: Configuration; readonly storeId: string };

/** Sets the desk up at the present moment, weeks before the story begins. */
export function openDesk(world: World, grouping: GroupingType): Desk {
  const storeId = typeId(world.random, 'mem_store', world.now);
  return {
    storeId,
    configuration: configuration(world, { displayName: 'Front desk', grouping, storeId, channelSettings }),
  };
}

/** Somebody with a phone: `people(3)` is always the same person. */
export function person(number: number): Person {
  const name = names[number % names.length] ?? '';
  return { name, address: `+1555010${String(1000 + number)}` };
}

/** The same person as their WhatsApp account. */
export function onWhatsApp(someone: Person): Person {
  return { ...someone, address: `whatsapp:${someone.address}` };
}

const names = [
  'Priya Raman',
  'Marco Bellini',
  'Ines Duarte',
  'Tobias Kern',
  'Amara Okafor',
  'Lena Vogel',
  'Samir Haddad',
  'Yuki Tanabe',
  'Rosa Medina',
  'Elsa Medina',
  'Jonas Lindqvist',
  'Noor Rahimi',
  'Clara Dupont',
  'Pavel Novak',
  'Grace Mwangi',
  'Hugo Marsh',
  'Mina Sato',
  'Diego Fuentes',
  'Aoife Byrne',
  'Kofi Mensah',
  'Sofia Rossi',
  'Ivan Petrov',
  'Leila Farsi',
  'Tom Barlow',
  'Anouk Visser',
  'Rafael Pinto',
  'Hana Kim',
  'Oskar Nilsen',
  'Zoe Carter',
  'Malik Diallo',
];

/** Small talk of a service desk. */
export const enquiries = [
  ['Is my order on its way?', 'It left our warehouse this morning.', 'Great, thank you!'],
  [
    'Can I move my appointment to Friday?',
    'Friday at ten is free. Shall I book it?',
    'Yes please.',
    'Done. See you on Friday.',
  ],
  ['My invoice shows the old address.', 'Thanks for telling us, a new one is on its way to you.'],
  ['Do you repair bicycles as well?', 'We do, from Tuesday to Saturday.', 'Perfect, I will come by on Wednesday.'],
  ['The parcel arrived damaged.', 'Sorry about that. A new one goes out today.', 'That was quick.', 'Our pleasure.'],
  ['When do you open tomorrow?', 'At nine.'],
] as const;
