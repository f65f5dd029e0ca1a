import { describe, expect, it } from 'vitest';
import type { Fields } from '../../src/ingest/entry.ts';
import { entryShapes, recogniseEntry } from '../../src/ingest/shapes/index.ts';
import { recogniseSide, sideShapes } from '../../src/ingest/side/index.ts';
import { entrySamples, record, sideSamples } from './samples.ts';

const shapes = [...entryShapes, ...sideShapes];

function each(samples: Readonly<Record<string, Readonly<Record<string, Fields>>>>) {
  return Object.entries(samples).flatMap(([shape, variants]) =>
    Object.entries(variants).map(([variant, fields]) => ({ shape, variant, fields })),
  );
}

describe('recognition', () => {
  it.each([...each(entrySamples), ...each(sideSamples)])(
    'takes $shape ($variant) for that shape and no other',
    ({ shape, fields }) => {
      expect(shapes.filter((one) => one.matches(record(fields))).map((one) => one.name)).toEqual([shape]);
    },
  );

  it.each(each(entrySamples))('finds $shape ($variant) among the log entries only', ({ shape, fields }) => {
    expect(recogniseEntry(record(fields))?.name).toBe(shape);
    expect(recogniseSide(record(fields))).toBeNull();
  });

  it.each(each(sideSamples))('finds $shape ($variant) among the side records only', ({ shape, fields }) => {
    expect(recogniseEntry(record(fields))).toBeNull();
    expect(recogniseSide(record(fields))?.name).toBe(shape);
  });

  it.each([...each(entrySamples), ...each(sideSamples)])(
    'reads $shape ($variant) in any spelling of its keys',
    ({ shape, fields }) => {
      for (const spell of [snake, pascal, kebab, title]) {
        const respelt = Object.fromEntries(Object.entries(fields).map(([key, value]) => [spell(key), value]));
        expect(shapes.filter((one) => one.matches(record(respelt))).map((one) => one.name)).toEqual([shape]);
      }
    },
  );

  it('has a sample of every shape', () => {
    expect([...Object.keys(entrySamples), ...Object.keys(sideSamples)].sort()).toEqual(
      shapes.map((one) => one.name).sort(),
    );
  });

  it.each([
    ['an empty object', {}],
    ['a line of another program', { level: 'info', msg: 'started', time: 1789372800000, pid: 7 }],
    [
      'an audit event',
      { sid: 'AE00000000000000000000000000000001', event_type: 'account.updated', event_date: '2026-09-14T08:00:00Z' },
    ],
    ['an action', { id: 'conv_action_01k1etk2y5f1y9fpe2epfdtvv2', type: 'SEND_MESSAGE', status: 'PENDING' }],
    ['results of an operator', { accountId: 'AC1', conversationId: 'conv_conversation_1', operatorResults: [] }],
    [
      'a response that is no error',
      { method: 'GET', path: '/v2/Conversations', response: { status: 200, body: { conversations: [] } } },
    ],
    ['an accepted operation', { statusUrl: 'https://conversations.twilio.com/v2/ControlPlane/Operations/1' }],
    ['a message without addresses', { sid: 'SM00000000000000000000000000000001', status: 'sent' }],
    ['a request with another body', { receivedAt: '2026-09-14T08:00:00Z', headers: {}, body: { hello: 'world' } }],
  ])('does not recognise %s', (_, fields) => {
    expect(recogniseEntry(record(fields))).toBeNull();
    expect(recogniseSide(record(fields))).toBeNull();
  });

  it('takes the name of a list where ids say nothing', () => {
    const fields = { id: 'CHtest123456789', status: 'ACTIVE' };
    expect(recogniseSide(record(fields))).toBeNull();
    expect(recogniseSide(record(fields, 1, 'conversations'))?.name).toBe('conversation-snapshots');
    expect(recogniseSide(record({ id: 'conv_action_1', status: 'PENDING' }, 1, 'actions'))).toBeNull();
  });
});

const words = (key: string) =>
  key
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const snake = (key: string) => words(key).join('_');
const pascal = (key: string) => words(key).map(capital).join('');
const kebab = (key: string) => words(key).join('-');
const title = (key: string) => words(key).map(capital).join(' ');
