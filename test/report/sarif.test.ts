import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { Log, Result, Run } from 'sarif';
import { beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { sarifReport } from '../../src/report/sarif.ts';
import { makeEvidence, makeFinding, makeResult } from '../findings/make.ts';
import { attacks, hostile } from './hostile.ts';
import { incident } from './incident.ts';

const schema = JSON.parse(readFileSync(new URL('./official/sarif-schema-2.1.0.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default(ajv);
const validate = ajv.compile<Log>(schema);

function sarif(result: AuditResult): Log {
  const log: unknown = JSON.parse([...sarifReport(result, { leastSeverity: 'info' })].join(''));
  const isValid = validate(log);
  expect(validate.errors ?? []).toEqual([]);
  if (!isValid) throw new Error('not valid');
  return log;
}

function runOf(result: AuditResult): Run {
  const [run] = sarif(result).runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

function only(over: Parameters<typeof makeFinding>[0]): Result {
  const [one] = runOf(makeResult({ findings: [makeFinding(over)] })).results ?? [];
  if (one === undefined) throw new Error('no result');
  return one;
}

let mixed: AuditResult;
beforeAll(async () => {
  mixed = await audit({ paths: ['fixtures/mixed'] });
}, 60_000);

test.each<readonly [string, () => AuditResult]>([
  ['the mixed fixture', () => mixed],
  ['an incident', () => incident()],
  ['hostile text in every field', hostile],
  ['nothing at all', () => makeResult({ files: [], rules: [], issues: [] })],
])('is valid by the official schema: %s', (_, make) => {
  const log = sarif(make());
  expect(log.version).toBe('2.1.0');
  expect(log.runs).toHaveLength(1);
});

test('the schema is one that can refuse', () => {
  expect(validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 1 } } }] })).toBe(false);
  expect(
    validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x', rules: [{ id: 'x', helpUri: 'a b' }] } } }] }),
  ).toBe(false);
});

test('a rule has its help, and each result its rule', () => {
  const { tool, results = [] } = runOf(incident());
  const rules = tool.driver.rules ?? [];
  expect(rules.map(({ id }) => id)).toEqual(incident().rules.map(({ id }) => id));
  expect(rules.find(({ id }) => id === 'profile/store-outage')).toMatchObject({
    shortDescription: { text: 'Profile lookups and creations fail in bursts' },
    help: { text: expect.stringMatching(/^outage: Nothing in the configuration is wrong/u) },
    helpUri: 'https://www.twilio.com/docs/api/errors/530004',
    defaultConfiguration: { level: 'error', rank: 100 },
  });
  expect(rules.find(({ id }) => id === 'voice/stuck-active')).toEqual({ id: 'voice/stuck-active' });
  for (const { ruleId, ruleIndex } of results) expect(rules[ruleIndex ?? -1]?.id).toBe(ruleId);
});

test('severity is level and rank, certainty a property', () => {
  const weights = (['critical', 'error', 'warning', 'info'] as const).map((severity) => {
    const { level, rank, properties } = only({ severity, certainty: 'likely' });
    return [level, rank, properties?.severity, properties?.certainty];
  });
  expect(weights).toEqual([
    ['error', 100, 'critical', 'likely'],
    ['error', 75, 'error', 'likely'],
    ['warning', 50, 'warning', 'likely'],
    ['note', 25, 'info', 'likely'],
  ]);
});

test('evidence is location, related locations and code flow, with file and line', () => {
  const evidence = [
    makeEvidence('1-a', { line: 7 }),
    makeEvidence('1-b', { file: 'elsewhere/a b%#?.ndjson', line: null, eventTime: '2026-09-14T08:00:01.000Z' }),
  ];
  const { locations, relatedLocations, codeFlows } = only({ evidence });
  const first = { artifactLocation: { uri: 'exports/events.ndjson', index: 0 }, region: { startLine: 7 } };
  const second = { artifactLocation: { uri: 'elsewhere/a%20b%25%23%3F.ndjson' } };
  expect(locations).toMatchObject([{ physicalLocation: first, logicalLocations: [{ kind: 'conversation' }] }]);
  expect(relatedLocations).toEqual([
    { id: 1, physicalLocation: second, message: { text: 'conversation.created at 2026-09-14T08:00:01.000Z' } },
  ]);
  const steps = codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
  expect(steps.map(({ location }) => location?.physicalLocation)).toEqual([first, second]);
  expect(steps.map(({ executionTimeUtc, properties }) => [executionTimeUtc, properties?.logId])).toEqual([
    ['2026-09-14T08:00:00.003Z', '1-a'],
    ['2026-09-14T08:00:01.000Z', '1-b'],
  ]);
});

describe('paths', () => {
  const uriOf = (file: string) => {
    const [location] = only({ evidence: [makeEvidence('1', { file })] }).locations ?? [];
    return location?.physicalLocation?.artifactLocation?.uri;
  };

  test.each([
    ['exports/events.ndjson', 'exports/events.ndjson'],
    ['/data/ä ö/x.json', 'file:///data/%C3%A4%20%C3%B6/x.json'],
    ['a:b/c:d.json', 'a%3Ab/c%3Ad.json'],
    ['../x/y.json', '../x/y.json'],
    ['half \ud800.json', 'half%20%EF%BF%BD.json'],
  ])('%s', (file, uri) => expect(uriOf(file)).toBe(uri));

  test('of any kind come back', () => {
    for (const text of attacks.filter((attack) => !attack.startsWith('/') && !/\p{Surrogate}/u.test(attack))) {
      expect((uriOf(text) ?? '').split('/').map(decodeURIComponent).join('/')).toBe(text);
    }
  });
});

test('the fingerprint is there under our name and under the one that GitHub knows', () => {
  const finding = makeFinding();
  expect(only({}).partialFingerprints).toEqual({
    'postlude/v1': finding.fingerprint,
    primaryLocationLineHash: finding.fingerprint,
  });
});

test('causes are a graph of findings', () => {
  const result = incident({ symptoms: 3, silentCalls: 0 });
  const [graph] = runOf(result).graphs ?? [];
  const expected = result.findings.flatMap(({ causedBy, fingerprint }) =>
    causedBy.map((cause) => [cause, fingerprint]),
  );
  expect(expected).toHaveLength(5);
  expect(graph?.edges?.map(({ sourceNodeId, targetNodeId }) => [sourceNodeId, targetNodeId])).toEqual(expected);
  expect(new Set(graph?.nodes?.map(({ id }) => id))).toEqual(new Set(expected.flat()));
});

test('a cause that is not shown is in no graph', () => {
  const finding = makeFinding({ causedBy: ['0123456789abcdef'] });
  const run = runOf(makeResult({ findings: [finding] }));
  expect(run.graphs).toEqual([]);
  expect(run.results?.[0]?.properties?.causedBy).toEqual(['0123456789abcdef']);
});

test('issues, failed and skipped rules are notifications of the run', () => {
  const [invocation] = runOf(incident()).invocations ?? [];
  expect(invocation?.executionSuccessful).toBe(false);
  expect(invocation?.toolExecutionNotifications?.map(({ level, message }) => [level, message.text])).toEqual([
    ['note', expect.stringContaining('shows no communication events')],
    ['warning', 'not JSON: 2 lines of the file could not be read.'],
    ['note', expect.stringContaining('40 entries before')],
    ['error', expect.stringMatching(/^memory\/no-observations failed: rules\//u)],
  ]);
  expect(invocation?.toolExecutionNotifications?.[1]?.locations?.[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: 'exports/events.ndjson', index: 0 },
    region: { startLine: 17 },
  });
  expect(invocation?.toolConfigurationNotifications?.map(({ associatedRule }) => associatedRule?.id)).toEqual([
    'capture/no-conversation',
    'capture/missing-call-type',
  ]);
});

test('nothing of a message is a placeholder or a link', () => {
  expect(only({ message: 'a {0} [b](1) \\ {x}', fix: '' }).message.text).toBe('a {{0}} \\[b\\](1) \\\\ {x}\n\n');
  expect(only({ message: 'list[0] {}', fix: '' }).message.text).toBe('list[0] {}\n\n');
});

test('does to a terminal nothing but print', () => {
  const text = [...sarifReport(hostile(), { leastSeverity: 'info' })].join('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
});
