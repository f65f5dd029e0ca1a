import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cutStory } from '../../src/report/trace-cut.ts';
import { traceJson } from '../../src/report/trace-json.ts';
import { traceReport } from '../../src/report/trace-terminal.ts';
import type { Story, StoryEvent, TraceResult } from '../../src/trace/story.ts';
import { account, makeFinding, makeResult, otherAccount } from '../findings/make.ts';
import { makeEvent } from '../trace/make.ts';

const options = { width: 80, colour: false, leastSeverity: 'info', tree: 'short', all: false } as const;

function makeStory(events: readonly StoryEvent[], over: Partial<Story> = {}): Story {
  return {
    accountId: account,
    matches: [{ type: 'conversation', events: events.length, records: 0 }],
    began: events[0]?.eventTime ?? null,
    ended: events.at(-1)?.eventTime ?? null,
    exportBegin: '2026-09-14T00:00:00.000Z',
    asOf: '2026-09-14T23:00:00.000Z',
    files: [{ path: 'exports/events.ndjson', format: 'debugger-log', events: events.length }],
    requests: [],
    touched: [],
    events,
    findings: [],
    records: [],
    ...over,
  };
}

function makeTrace(...stories: readonly Story[]): TraceResult {
  const { tool, run, files, issues, rules, suppressions } = makeResult();
  return { tool, id: 'conv_conversation_01kzpzmjf3fj9rhtxsrkstfz3k', run, files, issues, rules, stories, suppressions };
}

/** So many communications, a second apart. */
const talk = (length: number, over: (at: number) => Partial<StoryEvent> = () => ({})): StoryEvent[] =>
  Array.from({ length }, (_, at) =>
    makeEvent(`log-${at}`, {
      eventType: 'communication.created',
      eventTime: new Date(Date.UTC(2026, 8, 14, 8) + at * 1000).toISOString(),
      gapMs: at === 0 ? null : 1000,
      ...over(at),
    }),
  );

const cutOf = (events: readonly StoryEvent[]) => {
  const items = cutStory(events, false);
  return {
    told: items.flatMap((item) => ('cut' in item ? [] : [item])),
    cut: items.flatMap((item) => ('cut' in item ? [item.cut.length] : [])),
  };
};

describe('a long story', () => {
  test('of forty events is told whole, of forty-one not', () => {
    expect(cutOf(talk(40)).cut).toEqual([]);
    expect(cutOf(talk(41)).cut).toEqual([35]);
  });

  test('is told whole where all of it is asked for', () => {
    expect(cutStory(talk(5000), true)).toHaveLength(5000);
  });

  test('keeps what says more: errors, the conversation itself, cited events, both sides of long silences', () => {
    const events = talk(3000, (at) => ({
      ...(at === 500 ? { level: 'ERROR', errorCode: 530004, eventType: 'diagnostic' } : {}),
      ...(at === 1000 ? { eventType: 'conversation.updated', status: 'INACTIVE' } : {}),
      ...(at === 1500 ? { findings: ['0123456789abcdef'] } : {}),
      ...(at === 2000 ? { gapMs: 3_600_000, gapStandsOut: true } : {}),
    }));
    const told = new Set(cutOf(events).told.map(({ logId }) => logId));
    expect(['log-500', 'log-1000', 'log-1500', 'log-1999', 'log-2000'].filter((id) => !told.has(id))).toEqual([]);
    expect(told.size).toBeLessThan(30);
  });

  test('of thousands of errors is short, too', () => {
    const events = talk(5000, (at) => ({ level: 'ERROR', errorCode: at, gapStandsOut: true }));
    expect(cutStory(events, false).length).toBeLessThan(300);
  });

  test('loses no event, keeps their order, and never cuts one alone', () => {
    const kinds = fc.record({
      eventType: fc.constantFrom('communication.created', 'conversation.updated', 'diagnostic'),
      level: fc.constantFrom('INFO', 'ERROR'),
      gapStandsOut: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 300 }), (shapes) => {
        const events = talk(shapes.length, (at) => shapes[at] ?? {});
        const items = cutStory(events, false);
        expect(items.flatMap((item) => ('cut' in item ? item.cut : [item]))).toEqual(events);
        expect(items.every((item) => !('cut' in item) || item.cut.length > 1)).toBe(true);
      }),
    );
  });
});

describe('the report for people', () => {
  test('says how much was cut, of what, and how to see it', () => {
    const text = traceReport(makeTrace(makeStory(talk(2000))), options);
    expect(text).toContain('… 1,994 more events within 33 min 13 s: 1994 communication.created');
    expect(text.split('\n').length).toBeLessThan(60);
  });

  test('names each account where there are several, and marks findings from one in each', () => {
    const finding = { ...makeFinding(), touches: ['subject' as const] };
    const events = talk(1, () => ({ findings: [finding.fingerprint] }));
    const text = traceReport(
      makeTrace(
        makeStory(events, { findings: [finding] }),
        makeStory(events, { accountId: otherAccount, findings: [] }),
      ),
      options,
    );
    expect(text).toContain('It occurs in 2 accounts');
    expect(text).toContain(`Account 1 of 2: ${account}`);
    expect(text).toContain(`Account 2 of 2: ${otherAccount}`);
    expect(text.match(/\[1\] {2}exports\/events\.ndjson:1/g)).toHaveLength(1);
    expect(text).toMatch(/\[1\] WARNING {2}voice\/silent-call/);
  });

  test('leaves out findings below the least severity, marks and all, and says how many', () => {
    const finding = { ...makeFinding(), touches: ['subject' as const] };
    const story = makeStory(
      talk(1, () => ({ findings: [finding.fingerprint] })),
      { findings: [finding] },
    );
    const text = traceReport(makeTrace(story), { ...options, leastSeverity: 'error' });
    expect(text).not.toContain('[1]');
    expect(text).toContain('1 finding below error not shown.');
  });

  test('cannot be steered by log text, and fits the terminal where no id or place is longer', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const wild = fc.record({
      errorReason: text,
      name: text,
      status: text,
      address: text,
      channel: text,
      eventType: text,
    });
    fc.assert(
      fc.property(fc.array(wild, { minLength: 1, maxLength: 5 }), fc.integer({ min: 70, max: 200 }), (wilds, width) => {
        const events = talk(wilds.length, (at) => wilds[at] ?? {});
        const report = traceReport(makeTrace(makeStory(events)), { ...options, width });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
        expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
        expect(report.split('\n').filter((line) => stringWidth(line) > Math.max(width, 120))).toEqual([]);
      }),
    );
  });
});

describe('JSON', () => {
  const contract = {
    result: ['tool', 'id', 'run', 'files', 'issues', 'rules', 'stories', 'suppressions'],
    story: 'accountId matches began ended exportBegin asOf files requests touched events findings records'.split(' '),
    event:
      'logId eventTime eventType level errorCode errorReason status requestId file line format source correlationId conversationId participantId communicationId resourceId participantType name profileId channel address channelId configurationId storeId reason gapMs gapStandsOut findings'.split(
        ' ',
      ),
  };

  test('has the keys of the contract, in its order, and every event', () => {
    const finding = { ...makeFinding(), touches: ['subject' as const] };
    const printed = [...traceJson(makeTrace(makeStory(talk(100), { findings: [finding] })), options)].join('');
    const result = JSON.parse(printed);
    expect(Object.keys(result)).toEqual(contract.result);
    expect(Object.keys(result.stories[0])).toEqual(contract.story);
    expect(Object.keys(result.stories[0].events[0])).toEqual(contract.event);
    expect(result.stories[0].events).toHaveLength(100);
    expect(Object.keys(result.stories[0].findings[0]).slice(-2)).toEqual(['fingerprint', 'touches']);
    expect(printed.endsWith('\n')).toBe(true);
  });
});
