import { describe, expect } from 'vitest';
import { sid, typeId } from '../../generate/ids.ts';
import { newProfile } from '../../generate/memory.ts';
import { conversation, deleteConversation, participant, removeParticipant } from '../../generate/orchestrator.ts';
import { operation } from '../../generate/side.ts';
import { emit } from '../../generate/world.ts';
import { openBook, type Stage, second, start, type Told } from '../case.ts';
import { beside, documented, logged, refused, specified } from './refusals.ts';

const book = openBook({ rules: ['errors/*'] });

const missed = (stage: Stage, path: string) =>
  refused(stage, 404, { code: 20404, message: 'Not found', path, method: 'GET' });
const idOf = ({ world }: Stage, prefix: string) => typeId(world.random, prefix, start);

/** Asks for what stands in a path; `id` is what the finding is to be about. */
const asks =
  (pathOf: (stage: Stage) => { readonly path: string; readonly id: string }) =>
  (stage: Stage): Told => {
    const { path, id } = pathOf(stage);
    const { record, requestId } = missed(stage, path);
    return beside(stage, { id, request: requestId }, record);
  };

const found = (cause: string, certainty = 'confirmed', ...related: readonly string[]) =>
  `errors/resource-not-found resource id: warning ${certainty} ${cause} [${[...related, 'request request'].toSorted().join(', ')}]`;

describe('an id that the API does not find', () => {
  const under = (collection: string, prefix: string) =>
    asks((stage) => {
      const id = idOf(stage, prefix);
      return { path: `/v2/${collection}/${id}`, id };
    });
  book.tell('is of unknown fate where it is right', under('Conversations', 'conv_conversation'), [
    found('unknown', 'confirmed', 'conversation id'),
  ]);
  book.tell('is of unknown fate under the control plane', under('ControlPlane/Configurations', 'conv_configuration'), [
    found('unknown', 'confirmed', 'configuration id'),
  ]);
  book.tell('can be that of a neighbour', under('ControlPlane/Configurations', 'intelligence_configuration'), [
    found('unknown'),
  ]);
  book.tell('can be that of a store', under('ControlPlane/Stores', 'mem_service'), [
    found('unknown', 'confirmed', 'store id'),
  ]);
  book.tell(
    'is of another kind of resource',
    under('Conversations', 'conv_participant'),
    [found('wrong-id-format', 'confirmed', 'participant id')],
    ([finding]) => {
      expect(finding?.message).toMatch(
        /found no conv_participant_\w{26}: an id here is conv_conversation_ and 26 letters and digits\.$/,
      );
    },
  );
  const cut = (by: number) =>
    asks((stage) => {
      const id = idOf(stage, 'conv_conversation').slice(0, by) + (by > 0 ? 'x' : '');
      return { path: `/v2/Conversations/${id}`, id };
    });
  book.tell('is wrong with 25 characters', cut(42), [found('wrong-id-format', 'confirmed', 'conversation id')]);
  book.tell('is right with 26', cut(43), [found('unknown', 'confirmed', 'conversation id')]);
  book.tell('is wrong with 27', cut(44), [found('wrong-id-format', 'confirmed', 'conversation id')]);
  book.tell(
    'is wrong where a program wrote a word in its place',
    asks(() => ({ path: '/v2/Conversations/conversationId', id: 'conversationId' })),
    [found('wrong-id-format')],
    ([finding]) => expect(finding?.subject.id).toBe('conversationId'),
  );
  book.tell(
    'is a SID in the first version of the API',
    asks((stage) => {
      const id = sid(stage.world.random, 'CH');
      return { path: `/v1/Conversations/${id}`, id };
    }),
    [found('unknown')],
  );
  book.tell(
    'is no SID in the second',
    asks((stage) => {
      const id = sid(stage.world.random, 'CH');
      return { path: `/v2/Conversations/${id}`, id };
    }),
    [found('wrong-id-format')],
  );
  book.tell(
    'loses what a format adds to it',
    asks((stage) => {
      const id = sid(stage.world.random, 'SM');
      return { path: `/2010-04-01/Accounts/${stage.world.accountId}/Messages/${id}.json?PageSize=1`, id };
    }),
    [found('unknown')],
  );
});

describe('of several ids in a path', () => {
  book.tell(
    'the last is the one that was asked for',
    asks((stage) => {
      const id = idOf(stage, 'conv_participant');
      return { path: `/v2/Conversations/${idOf(stage, 'conv_conversation')}/Participants/${id}`, id };
    }),
    [found('unknown', 'confirmed', 'participant id')],
  );
  book.tell(
    'one before a word of the path is, too',
    asks((stage) => {
      const id = idOf(stage, 'mem_store');
      return { path: `/v1/Stores/${id}/Profiles/Lookup`, id };
    }),
    [found('unknown', 'confirmed', 'store id')],
  );
  book.tell(
    'the malformed one explains it',
    asks((stage) => {
      const id = 'conv_conversation_12';
      return { path: `/v2/Conversations/${id}/Participants/${idOf(stage, 'conv_participant')}`, id };
    }),
    [found('wrong-id-format', 'confirmed', 'conversation id')],
  );
  book.tell(
    'the deleted one explains it',
    (stage) => {
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      deleteConversation(stage.world, opened);
      stage.world.now += second;
      const path = `/v2/Conversations/${opened.id}/Participants/${idOf(stage, 'conv_participant')}`;
      const { record, requestId } = missed(stage, path);
      return beside(stage, { id: opened.id, request: requestId }, record);
    },
    [found('deleted-before', 'confirmed', 'conversation id')],
  );
});

describe('what was deleted', () => {
  /** Deleted at 08:00, and asked for so much later. */
  const askedLater = (later: number) => (stage: Stage) => {
    stage.world.now = start - second;
    const opened = conversation(stage.world, { configurationId: stage.configuration.id });
    stage.world.now = start;
    deleteConversation(stage.world, opened);
    stage.world.now = start + later;
    const { record, requestId } = missed(stage, `/v2/Conversations/${opened.id}`);
    return beside(stage, { id: opened.id, request: requestId }, record);
  };
  const gone = found('deleted-before', 'confirmed', 'conversation id');
  book.tell('before is why', askedLater(1), [gone], ([finding]) => {
    expect(finding?.message).toMatch(/it was deleted at 2026-09-14T08:00:00Z\.$/);
    expect(finding?.evidence.map(({ eventType }) => eventType)).toEqual(['conversation.deleted']);
  });
  book.tell('in the same millisecond is why', askedLater(0), [gone]);
  book.tell('afterwards is not why', askedLater(-1), [found('unknown', 'confirmed', 'conversation id')]);
  book.tell(
    'may be a participant',
    (stage) => {
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      const came = participant(stage.world, opened, {
        type: 'CUSTOMER',
        addresses: [{ channel: 'SMS', address: '+15550101000' }],
      });
      removeParticipant(stage.world, came);
      stage.world.now += second;
      const { record, requestId } = missed(stage, `/v2/Conversations/${opened.id}/Participants/${came.id}`);
      return beside(stage, { id: came.id, request: requestId }, record);
    },
    [found('deleted-before', 'confirmed', 'participant id')],
  );
  const memory = (what: 'profile' | 'store') => (stage: Stage) => {
    const profileId = newProfile(stage.world);
    const id = what === 'profile' ? profileId : stage.storeId;
    emit(stage.world, {
      source: 'conversation-memory',
      eventType: `com.twilio.memory.${what}.deleted`,
      body: { store_id: stage.storeId, ...(what === 'profile' ? { profile_id: profileId } : {}) },
    });
    stage.world.now += second;
    const path = `/v1/Stores/${stage.storeId}${what === 'profile' ? `/Profiles/${profileId}` : ''}`;
    const { record, requestId } = missed(stage, path);
    return beside(stage, { id, request: requestId }, record);
  };
  book.tell('may be a profile; its store is still there', memory('profile'), [
    found('deleted-before', 'confirmed', 'profile id'),
  ]);
  book.tell('may be a store', memory('store'), [found('deleted-before', 'confirmed', 'store id')]);
  const byOperation = (status: 'COMPLETED' | 'FAILED') => (stage: Stage) => {
    const id = idOf(stage, 'conv_conversation');
    const job = operation(stage.world, {
      status,
      related: { conversationId: id },
      ...(status === 'FAILED' ? { error: { title: 'Conflict' } } : {}),
    });
    stage.world.now += 2 * second;
    const { record, requestId } = missed(stage, `/v2/Conversations/${id}`);
    return beside(stage, { id, request: requestId }, job, record);
  };
  book.tell('may be told by an operation', byOperation('COMPLETED'), [gone]);
  book.tell('is not what a failed operation was to delete', byOperation('FAILED'), [
    found('unknown', 'confirmed', 'conversation id'),
  ]);
});

describe('an answer that was not found and has no path', () => {
  book.tell(
    'is about the path that its message quotes',
    (stage) => {
      const id = idOf(stage, 'conv_conversation');
      const entry = logged(stage, 20404, `The requested resource /v2/Conversations/${id} was not found`);
      return beside(stage, { id, request: entry.requestId });
    },
    [found('unknown', 'confirmed', 'conversation id')],
    ([finding]) => expect(finding?.evidence).toHaveLength(1),
  );
  book.tell(
    'is about the id that its message names, and is likely to have come after the deletion',
    (stage) => {
      const opened = conversation(stage.world, { configurationId: stage.configuration.id });
      deleteConversation(stage.world, opened);
      const answer = specified(404, { code: 20404, message: `No ${opened.id} in account ${stage.world.accountId}` });
      return beside(stage, { id: opened.id }, answer);
    },
    ['errors/resource-not-found resource id: warning likely deleted-before [conversation id]'],
  );
  book.tell(
    'is about its request where it names nothing',
    (stage) => {
      const { record, requestId } = missed(stage, '/v2/Conversations');
      return beside(stage, { request: requestId }, record);
    },
    ['errors/resource-not-found request request: warning confirmed unknown'],
  );
  book.tell(
    'is about its code where it is bare',
    (stage) => beside(stage, {}, documented(404, { code: 20404 }), specified(404, { code: 20404, message: 'Gone' })),
    ['errors/resource-not-found code 20404: warning confirmed unknown'],
    ([finding]) => expect(finding?.data.requests).toBe(2),
  );
});
