import { accountSid } from '../ids.ts';
import { lean } from '../lean.ts';
import { memoryEvent, newProfile, profilesMerged } from '../memory.ts';
import { uuid } from '../random.ts';
import { callArrives, joins, messageArrives, says, talk, timersRun } from '../scenes.ts';
import {
  alert,
  alertsPage,
  cliStreamedJson,
  cliTsv,
  cloudEvent,
  streamedEntry,
  webhookForms,
} from '../shapes/alerts.ts';
import { callbackRequests } from '../shapes/callbacks.ts';
import { arrow, parquet } from '../shapes/columnar.ts';
import { gzip, zstd } from '../shapes/compress.ts';
import { enclosed, json, jsonArray, ndjson } from '../shapes/json.ts';
import { consoleTable, envelopeTable } from '../shapes/tables.ts';
import {
  apiError,
  callPage,
  intelligenceConfiguration,
  listPage,
  messagePage,
  observation,
  operation,
  store,
} from '../side.ts';
import { at, createWorld, type Entry, emitted, exported, inRequest, type World, wait } from '../world.ts';
import { type Desk, deskNumber, enquiries, openDesk, person, timeouts } from './desk.ts';
import type { Story } from './story.ts';

const day = '2026-09-18';

/** One day of one account, told by every shape of export there is, with every kind of side file beside them. */
export async function mixed(): Promise<Story> {
  const world = createWorld({ seed: 'mixed', accountId: accountSid(6), start: '2026-08-03T09:00:00Z' });
  const desk = openDesk(world, 'GROUP_BY_PROFILE');
  at(world, `${day}T08:00:00Z`);
  const { upstream, conversation } = mergedCustomers(world, desk);
  const silent = emitted(world, () => {
    at(world, '10:15:22.480');
    callArrives(world, { configuration: desk.configuration, own: deskNumber, person: person(12), seconds: 33 });
  });
  const [firstCall = [], secondCall = []] = ['09:20:41.006', '12:48:05.913'].map((time, index) =>
    emitted(world, () => {
      at(world, time);
      const call = callArrives(world, {
        configuration: desk.configuration,
        own: deskNumber,
        person: person(13 + index),
        seconds: 64,
      });
      talk(world, call, enquiries[index] ?? [], { pause: 7 });
      timersRun(world, call.conversation, timeouts.VOICE);
    }),
  );
  const [firstChat = [], secondChat = [], thirdChat = []] = ['09:41:00.250', '11:05:37.771', '12:10:19.402'].map(
    (time, index) =>
      emitted(world, () => {
        at(world, time);
        const [question = '', ...rest] = enquiries[2 + index] ?? [];
        const chat = messageArrives(world, 'SMS', {
          configuration: desk.configuration,
          own: deskNumber,
          person: person(15 + index),
          text: question,
        });
        talk(world, chat, rest, { pause: 30, first: 'agent' });
        timersRun(world, chat.conversation, timeouts.SMS);
      }),
  );

  const alerts = ['08:30:10', '09:10:44', '10:02:31', '11:20:05', '12:31:59', '13:02:17', '13:30:48'].map((time) => {
    at(world, time);
    return alert(world, { errorCode: '11200', alertText: 'HTTP retrieval failure' });
  });

  const besides = sideFiles(world, desk);
  const lookup = lookedUp(world, desk, conversation);

  const isSpoken = (entry: Entry) => entry.eventType.startsWith('communication.');
  return {
    folder: 'mixed',
    files: {
      // The opening request of the conversation lies in five files: entries of the log in three containers, a callback, a cloud event.
      'debugger.ndjson': ndjson([upstream, ...conversation.slice(0, 1)]) + damagedLines(upstream),
      'envelope.csv': envelopeTable([...conversation.slice(1, 2), ...conversation.slice(7)]),
      'part-0.parquet': await parquet([...conversation.slice(2, 3), ...conversation.slice(4, 7)]),
      'callbacks.json': jsonArray(callbackRequests(conversation.slice(3, 4))),
      'silent-call.arrow': arrow(silent, 'file'),
      'logs.json': enclosed(
        'events',
        firstCall.filter((entry) => !isSpoken(entry)),
      ),
      'console.csv': consoleTable(firstCall.filter(isSpoken).map(lean)),
      'second-call.arrows': arrow(
        secondCall.filter((entry) => !isSpoken(entry)),
        'stream',
      ),
      'console.tsv': consoleTable(secondCall.filter(isSpoken).map(lean), { separator: '\t' }),
      'morning.json': jsonArray(firstChat),
      // The first entry was exported twice, as happens where two exports overlap.
      'noon.ndjson.gz': gzip(ndjson([...firstChat.slice(0, 1), ...secondChat])),
      'afternoon.ndjson.zst': zstd(ndjson(thirdChat)),
      'alerts.json': alertsPage(alerts.slice(0, 2)),
      'cli.json': cliStreamedJson([alerts.slice(2, 3), alerts.slice(3, 4)]),
      'cli.tsv': cliTsv(alerts.slice(4, 5), -5),
      'webhook.txt': webhookForms(alerts.slice(5, 6)),
      'cloud-events.json': jsonArray([streamedEntry(world.accountId, lookup), ...alerts.slice(6, 7).map(cloudEvent)]),
      'notes.txt': 'Called the customer back at two.\nAsk the platform team for the export of Thursday as well.\n',
      ...besides,
    },
  };
}

/** Two lines that are no entries: one cut off, one without a time. */
function damagedLines(like: Entry): string {
  const line = JSON.stringify(like);
  return `${line.slice(0, 120)}\n${JSON.stringify({ ...like, logId: 'unknown', eventTime: 'yesterday' })}\n`;
}

/**
 * Identity resolution makes two profiles one; half an hour later their owners meet in one conversation. The first four entries of
 * `conversation` are those of the request that opened it.
 */
function mergedCustomers(
  world: World,
  desk: Desk,
): { readonly upstream: Entry; readonly conversation: readonly Entry[] } {
  const surviving = newProfile(world);
  const merged = newProfile(world);
  at(world, '08:30:02.140');
  const upstream = profilesMerged(world, { storeId: desk.storeId, surviving, merged });

  at(world, '09:00:12.664');
  const conversation = emitted(world, () => {
    const first = messageArrives(world, 'SMS', {
      configuration: desk.configuration,
      own: deskNumber,
      person: person(2),
      profileId: surviving,
      text: 'Hello, is my violin tuned?',
    });
    talk(world, first, ['It will be ready at noon.'], { pause: 50, first: 'agent' });
    wait(world, 150);
    const second = inRequest(world, () => {
      const customer = joins(world, first.conversation, 'SMS', { person: person(3), profileId: surviving });
      says(world, { ...first, customer }, 'customer', 'Do you buy used drums?');
      return { ...first, customer };
    });
    talk(world, second, ['Noon, as I said.'], { pause: 45, first: 'agent' });
    timersRun(world, first.conversation, timeouts.SMS);
  });
  return { upstream, conversation };
}

/** Conversation Memory finds the profile of the first customer, for the request that opened the conversation. */
function lookedUp(world: World, { storeId }: Desk, [opening, joined]: readonly Entry[]): Entry {
  at(world, `${day}T09:00:12.702Z`);
  const profileId = joined?.body.profileId;
  const lookup = memoryEvent(world, 'profiles.lookup', { store_id: storeId, profile_id: profileId });
  const { requestId = '', correlationId = '' } = opening ?? {};
  return { ...lookup, requestId, correlationId };
}

/** Every kind of record that can stand beside the logs. */
function sideFiles(world: World, desk: Desk): Story['files'] {
  const intelligence = desk.configuration.intelligenceConfigurationIds.map((id) =>
    intelligenceConfiguration(world, id, ['COMMUNICATION']),
  );
  world.now = Date.parse(desk.configuration.createdAt);
  const operations = [
    operation(world, { status: 'COMPLETED', related: { configurationId: desk.configuration.id } }),
    operation(world, {
      status: 'FAILED',
      error: {
        type: 'about:blank',
        title: 'Invalid memory store',
        status: 400,
        detail: 'memoryStoreId mem_store_01k00000000000000000000000 does not exist',
        instance: '/v2/ControlPlane/Configurations',
      },
    }),
  ];

  at(world, `${day}T09:30:00Z`);
  const termsNotAccepted = {
    code: 20003,
    httpStatusCode: 401,
    message: 'Terms of service have not been accepted.',
    userError: true,
    params: { field: 'termsOfService', value: 'not_accepted' },
  };
  const invalidNumber = apiError(world, {
    requestId: uuid(world.random),
    method: 'POST',
    path: '/v2/Conversations',
    response: {
      code: 21614,
      message: "'555-010-1177' is not a valid phone number.",
      more_info: 'https://www.twilio.com/docs/errors/21614',
      status: 400,
    },
  });

  const ended = new Map(
    exported(world)
      .filter((entry) => entry.eventType === 'conversation.updated')
      .map((entry) => [entry.body.id, entry]),
  );
  const observations = [...ended.values()].map(({ body }) => {
    world.now = Date.parse(String(body.updatedAt)) + 2000;
    const customer = world.entries.find(
      (entry) =>
        entry.eventType === 'participant.created' &&
        entry.body.conversationId === body.id &&
        entry.body.type === 'CUSTOMER',
    );
    return observation(world, {
      storeId: desk.storeId,
      profileId: String(customer?.body.profileId),
      conversationIds: [String(body.id)],
      content: 'Asked the front desk a question.',
    });
  });
  const lastOf = (kind: string) => exported(world).findLast((entry) => entry.eventType.startsWith(kind))?.body;

  return {
    'configurations.json': json(listPage('configurations', [desk.configuration])),
    'store.json': json(store(desk.storeId)),
    'operations.json': json(listPage('operations', operations)),
    'intelligence-configurations.json': json(intelligence),
    'messages.json': json(messagePage(world, world.messages)),
    'calls.json': json(callPage(world, world.calls)),
    'api-error.json': json(termsNotAccepted),
    'api-errors.ndjson': ndjson([invalidNumber]),
    'conversations.json': json(listPage('conversations', [lastOf('conversation.')])),
    'participants.json': json(listPage('participants', [lastOf('participant.')])),
    'communications.json': json(listPage('communications', [lastOf('communication.')])),
    'observations.json': json(listPage('observations', observations)),
  };
}
