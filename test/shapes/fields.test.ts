import { describe, expect, it } from 'vitest';
import { int32, integer, list, object, plainName, reader, text, traceId, truth } from '../../src/ingest/fields.ts';

describe('reader', () => {
  const { read, merge } = reader({ conversationId: [], logId: ['logSid'], errorCode: [] });

  it.each([
    'conversationId',
    'conversation_id',
    'ConversationId',
    'Conversation ID',
    'conversation-id',
    'CONVERSATION_ID',
    ' conversationid ',
  ])('finds conversationId under %j', (key) => {
    expect(read({ other: 1, [key]: 'x' }).conversationId).toBe('x');
  });

  it('finds a field under its other words', () => {
    expect(read({ 'Log SID': 'x' }).logId).toBe('x');
    expect(read({ 'Error code (if any)': 1 }).errorCode).toBe(1);
  });

  it('tells an absent key from an empty one', () => {
    expect(read({}).logId).toBeUndefined();
    expect(read({ logId: undefined }).logId).toBeUndefined();
    expect(read({ logId: null }).logId).toBeNull();
    expect(read({ log_id: null, logId: '' }).logId).toBeNull();
  });

  it('takes the first of two spellings that says something', () => {
    expect(read({ logId: 'a', log_id: 'b' }).logId).toBe('a');
    expect(read({ logId: null, log_id: 'b' }).logId).toBe('b');
    expect(read({ logId: '', log_id: 'b' }).logId).toBe('b');
    expect(read({ log_id: 0, logId: 'b' }).logId).toBe(0);
  });

  it('takes nothing for a name that only the prototype of objects has', () => {
    const plain = reader({ toString: [], logId: [] });
    expect(plain.read({ constructor: 1, logId: 'a' }).logId).toBe('a');
    expect(plain.read({}).toString).toBeUndefined();
    expect(plain.read(JSON.parse('{"__proto__": {"logId": "x"}}')).logId).toBeUndefined();
  });

  it('reads as well when it has met more keys than it remembers', () => {
    for (let each = 0; each < 10_000; each++) read({ [`key ${each}`]: each });
    expect(read({ 'LOG-ID': 'x' }).logId).toBe('x');
  });

  it('merges views, of each field the first that says something', () => {
    const merged = merge(
      read({ logId: 'null', errorCode: null }),
      read({ logId: '', errorCode: 0 }),
      read({ logId: 'x', errorCode: 5 }),
    );
    expect([merged.logId, merged.errorCode, merged.conversationId]).toEqual(['x', 0, undefined]);
    expect(merge().logId).toBeUndefined();
  });
});

describe('values', () => {
  it('takes empty text and the word null for nothing', () => {
    expect(['', 'null', null, undefined, {}, []].map(text)).toEqual([null, null, null, null, null, null]);
    expect(['a', ' ', 'NULL', 0, 5n, true].map(text)).toEqual(['a', ' ', 'NULL', '0', '5', 'true']);
    expect(['0', 0, '00', 'a', ''].map(traceId)).toEqual([null, null, '00', 'a', null]);
  });

  it('takes no integers that are too large for their column', () => {
    expect([2 ** 31 - 1, -(2 ** 31) + 1, '5'].map(int32)).toEqual([2 ** 31 - 1, -(2 ** 31) + 1, 5]);
    expect([2 ** 31, 1e15, '-99999999999', 'x'].map(int32)).toEqual([null, null, null, null]);
  });

  it('reads integers and booleans from text', () => {
    expect(['5', ' -5 ', '5.0', 5, 5n, '+7'].map(integer)).toEqual([5, -5, 5, 5, 5, 7]);
    expect(['', '5.5', 5.5, '1e3', 'x', null, `1${'0'.repeat(30)}`, 2n ** 70n].map(integer)).toEqual(
      Array(8).fill(null),
    );
    expect([true, 'True', 'false', 1, 'yes', null].map(truth)).toEqual([true, true, false, null, null, null]);
  });

  it('unwraps JSON in text, once and twice, and nothing else', () => {
    const value = { a: [1] };
    expect(object(value)).toBe(value);
    expect(object(JSON.stringify(value))).toEqual(value);
    expect(object(` \n${JSON.stringify(value)}`)).toEqual(value);
    expect(object(JSON.stringify(JSON.stringify(value)))).toEqual(value);
    const thrice = JSON.stringify(JSON.stringify(JSON.stringify(value)));
    for (const other of ['', 'null', '[1]', '{', '{"a":', '"x"', 5, null, [], new Date(), new Uint8Array(2), thrice]) {
      expect(object(other)).toBeNull();
    }
    expect(list('[1,2]')).toEqual([1, 2]);
    expect(list([1])).toEqual([1]);
    for (const other of ['{"a":1}', '[', 'x', '', null, {}, 5]) expect(list(other)).toEqual([]);
  });

  it('knows names by their letters alone', () => {
    expect(plainName('Timestamp (local)')).toBe('timestamp');
    expect(plainName('(odd)')).toBe('(odd)');
    expect(plainName('\ufeffLog properties')).toBe('logproperties');
    expect(plainName('author.participantId')).toBe('authorparticipantid');
  });
});
