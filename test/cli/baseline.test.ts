import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/findings/result.ts';
import { build, postlude } from './postlude.ts';

const logs = `${process.cwd()}/fixtures/store-outage/debugger.ndjson`;
const configuration = `${process.cwd()}/fixtures/store-outage/configuration.json`;
const removed = 'conv_participant_01m2my352kexzvwp87fkk0mqyr';
const copied = 'conv_participant_01m2my4f2cfb9ae2zaceemwwfs';
const added = 'conv_participant_01m2my4f2cfb9ae2zaceemwxxx';

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'postlude-baseline-'));
  await call('audit', logs, configuration, '--baseline', 'known.json', '--update-baseline');
  await writeFile(join(folder, 'changed.ndjson'), await changed());
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const call = (...args: readonly string[]) => postlude(args, { cwd: folder });
const known = (name = 'known.json') => readFile(join(folder, name), 'utf8');

/** The export without what happened to one customer in the outage, and with another whom it hit. */
async function changed(): Promise<string> {
  const lines = (await readFile(logs, 'utf8')).trimEnd().split('\n');
  const { conversationId } = JSON.parse(lines.find((line) => line.includes(copied)) ?? '{}').body;
  const own = lines.filter((line) => line.includes(conversationId) || line.includes(copied));
  const other = own.map((line) => {
    const { logId, requestId } = JSON.parse(line);
    return line
      .replaceAll(/(conv_(?:conversation|participant|communication)_\w+)\w{3}/g, '$1xxx')
      .replaceAll(requestId, `${requestId.slice(0, -4)}ffff`)
      .replaceAll(logId, `${logId.slice(0, -4)}ffff`);
  });
  expect(other).not.toEqual(own);
  return `${[...lines.filter((line) => !line.includes(removed)), ...other].join('\n')}\n`;
}

async function audited(
  ...args: readonly string[]
): Promise<{ code: number | null; stderr: string; result: AuditResult }> {
  const { code, stdout, stderr } = await call('audit', ...args, '--format', 'json');
  return { code, stderr, result: JSON.parse(stdout) };
}

const told = (findings: readonly { ruleId: string; subject: { id: string } }[] = []) =>
  findings.map(({ ruleId, subject }) => `${ruleId} ${subject.id}`).sort();
const rules = ['profile/creation-failed', 'profile/lookup-failed', 'profile/unresolved-customer'];

test('the first run with it fails on all that is new, and the second has nothing new and succeeds', async () => {
  const args = ['audit', logs, configuration, '--baseline', 'twice.json'];
  const first = await call(...args, '--update-baseline');
  expect(first.code).toBe(1);
  expect(first.stderr).toBe('twice.json: 33 findings written, 33 of them new; 0 gone\n');
  const second = await call(...args);
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout).toContain('Nothing new found: 33 known from the baseline.');
  expect(second.stdout).toContain('twice.json: 33 known, 0 new, 0 gone');
  const before = await known('twice.json');
  await call(...args, '--update-baseline');
  expect(await known('twice.json')).toBe(before);
});

describe('a changed export', () => {
  test('shows exactly the difference', async () => {
    const { code, result } = await audited('changed.ndjson', configuration, '--baseline', 'known.json');
    expect(told(result.findings)).toEqual(rules.map((id) => `${id} ${added}`));
    expect(told(result.baseline?.gone)).toEqual(rules.map((id) => `${id} ${removed}`));
    expect(result.baseline).toMatchObject({ file: 'known.json', known: 30, worse: [] });
    expect(told(result.baseline?.causes)).toEqual(['profile/store-outage mem_store_01kz3dkwm0eczs9gd31sxbe6mz']);
    expect(code).toBe(1);
  });

  test('says so to people, and names the known cause', async () => {
    const { stdout } = await call('audit', 'changed.ndjson', configuration, '--baseline', 'known.json');
    expect(stdout).toContain('3 findings under 2 roots: 2 error, 1 warning');
    expect(stdout).toContain('30 known from the baseline.');
    expect(stdout).toContain('because   profile/store-outage (known from the baseline):');
    expect(stdout).toContain('known.json: 30 known, 3 new, 3 gone');
    expect(stdout.match(/gone: /g)).toHaveLength(3);
  });

  test('is the difference again where the result is reported against the baseline', async () => {
    await call('audit', 'changed.ndjson', configuration, '--format', 'json=changed.json');
    const { code, stdout } = await call('report', 'changed.json', '--baseline', 'known.json', '--format', 'json');
    const { result } = await audited('changed.ndjson', configuration, '--baseline', 'known.json');
    expect(JSON.parse(stdout)).toMatchObject({ findings: result.findings, baseline: result.baseline });
    expect(code).toBe(1);
  });

  test('changes the lines of what came and went, and no other', async () => {
    await writeFile(join(folder, 'moving.json'), await known());
    await call('audit', 'changed.ndjson', configuration, '--baseline', 'moving.json', '--update-baseline');
    // But for the last, each line ends in a comma.
    const lines = async (name: string) =>
      new Set((await known(name)).split('\n').map((line) => line.replace(/,$/, '')));
    const [before, after] = [await lines('known.json'), await lines('moving.json')];
    const apart = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
      [...some].filter((line) => !others.has(line));
    expect(apart(before, after).map((line) => JSON.parse(line).subject.id)).toEqual(rules.map(() => removed));
    expect(apart(after, before).map((line) => JSON.parse(line).subject.id)).toEqual(rules.map(() => added));
  });
});

describe('a run of a part', () => {
  test('declares only that gone which it could have found, and keeps the rest of the file', async () => {
    await writeFile(join(folder, 'part.json'), await known());
    const args = ['changed.ndjson', configuration, '--baseline', 'part.json', '--rules', 'profile/lookup-failed'];
    const { code, result } = await audited(...args, '--update-baseline');
    expect(told(result.findings)).toEqual([`profile/lookup-failed ${added}`]);
    expect(told(result.baseline?.gone)).toEqual([`profile/lookup-failed ${removed}`]);
    expect(code).toBe(0);
    expect(JSON.parse(await known('part.json')).findings).toHaveLength(33);
  });

  test('of another account has nothing to say about it', async () => {
    await writeFile(join(folder, 'other.json'), await known());
    const silentCall = `${process.cwd()}/fixtures/silent-call`;
    const { result } = await audited(silentCall, '--baseline', 'other.json', '--update-baseline');
    expect(result.baseline).toMatchObject({ known: 0, gone: [] });
    expect(JSON.parse(await known('other.json')).findings).toHaveLength(33 + result.findings.length);
  });

  test('with an input that cannot be used declares nothing gone', async () => {
    const { code, result } = await audited('changed.ndjson', 'missing.ndjson', '--baseline', 'known.json');
    expect(result.baseline?.gone).toEqual([]);
    expect(code).toBe(2);
  });
});

test('a severity that rose is new', async () => {
  const text = await known();
  await writeFile(join(folder, 'milder.json'), text.replace('"severity":"critical"', '"severity":"warning"'));
  const { code, stdout } = await call('audit', logs, configuration, '--baseline', 'milder.json');
  expect(stdout).toContain('CRITICAL, was warning  profile/store-outage');
  expect(stdout).toContain('milder.json: 32 known, 1 new, 1 of them worse than before, 0 gone');
  expect(code).toBe(1);
});

test('what is suppressed never goes into it', async () => {
  await writeFile(join(folder, 'config.yaml'), 'suppressions: [{ rule: profile/creation-failed, reason: Known. }]\n');
  const args = ['audit', logs, configuration, '--config', 'config.yaml', '--update-baseline', '--baseline'];
  await call(...args, 'fresh.json');
  expect(await known('fresh.json')).not.toContain('profile/creation-failed');
  await writeFile(join(folder, 'stale.json'), await known());
  const { stdout } = await call(...args, 'stale.json');
  expect(stdout).toContain('stale.json: 23 known, 0 new, 0 gone');
  expect(await known('stale.json')).toBe(await known('fresh.json'));
});

describe('is refused in one line, before any work, and leaves no file:', () => {
  test.each([
    [
      'a baseline that is missing',
      ['--baseline', 'none.json'],
      'there is no baseline none.json: check the path, or add --update-baseline to write it',
    ],
    ['to write without a name', ['--update-baseline'], '--update-baseline needs the file to write: --baseline FILE'],
    ['a folder', ['--baseline', '.'], '. is a folder; name a baseline file'],
    [
      'one in no folder',
      ['--baseline', 'no/where.json', '--update-baseline'],
      /^postlude: cannot write no\/where\.json: there is no folder/,
    ],
    ['a result', ['--baseline', 'whole.json'], 'whole.json is a result, not a baseline; --update-baseline writes one'],
    [
      'one that is cut off',
      ['--baseline', 'cut.json', '--update-baseline'],
      'cut.json is cut off: it ends in the middle of its JSON; write it again',
    ],
    ['one of a later version', ['--baseline', 'later.json'], 'later.json is not a baseline: version must be 1, not 2'],
    [
      'a report of the same name',
      ['--baseline', 'x.json', '--update-baseline', '--format', 'json=./x.json'],
      '--format and --baseline both name x.json; give each its own file',
    ],
  ])('%s', async (_, args, message) => {
    await writeFile(join(folder, 'whole.json'), '{"tool": {}}');
    await writeFile(join(folder, 'cut.json'), (await known()).slice(0, 1000));
    await writeFile(join(folder, 'later.json'), (await known()).replace('"version": 1', '"version": 2'));
    const before = await readdir(folder);
    const answer = await call('audit', logs, ...args);
    expect(answer).toMatchObject({ code: 2, stdout: '' });
    expect(answer.stderr.trimEnd().split('\n')).toEqual([
      typeof message === 'string' ? `postlude: ${message}` : expect.stringMatching(message),
    ]);
    expect(await readdir(folder)).toEqual(before);
  });

  test('a result that was compared already', async () => {
    await call('audit', logs, '--baseline', 'known.json', '--format', 'json=compared.json');
    const { code, stdout, stderr } = await call('report', 'compared.json', '--baseline', 'known.json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'postlude: the result was made with --baseline known.json, so what was known is not in it: leave out --baseline\n',
    );
  });
});

test('is not written where a report could not be: nobody has been told yet', async () => {
  await writeFile(join(folder, 'blocked.json'), await known());
  const target = '/dev/full';
  const args = ['audit', 'changed.ndjson', configuration, '--baseline', 'blocked.json', '--update-baseline'];
  const { code, stderr } = await call(...args, '--format', `json=${target}`);
  expect(stderr).toMatch(/cannot write \/dev\/full/);
  expect(code).toBe(2);
  expect(await known('blocked.json')).toBe(await known());
});

test('trace knows no baseline', async () => {
  const { code, stderr } = await call('trace', removed, logs, '--baseline', 'known.json');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/unknown option --baseline/) });
});
