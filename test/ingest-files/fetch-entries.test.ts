import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openSession, type Session } from '../../src/engine/session.ts';
import { fetchEntries } from '../../src/ingest/fetch-entries.ts';
import { loadAndBuild } from '../../src/load-and-build.ts';

let session: Session;
let folder: string;
beforeAll(async () => {
  session = await openSession({});
  folder = await mkdtemp(join(tmpdir(), 'postlude-fetch-'));
});
afterAll(async () => {
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

test('finds every log entry that an audit loads, whatever it is contained in', async () => {
  await loadAndBuild(session, { paths: ['fixtures/mixed'] }, { tables: new Set(['events']), columns: new Set() });
  const rows = await session.rows(
    z.object({ log_id: z.string(), file: z.string() }),
    'SELECT log_id, file FROM events ORDER BY log_id',
  );
  expect(rows.length).toBeGreaterThan(20);
  const other = await openSession({});
  try {
    const logIds = new Set(rows.map(({ log_id }) => log_id));
    const { entries, issues } = await fetchEntries(other, ['fixtures/mixed'], logIds);
    expect(issues.map(({ severity, file }) => [severity, file])).toEqual([
      ['notice', 'fixtures/mixed/README.md'],
      ['notice', 'fixtures/mixed/notes.txt'],
    ]);
    expect([...logIds].filter((id) => !entries.has(id))).toEqual([]);
    for (const [id, { text, isVerbatim }] of entries) {
      expect(text).not.toContain('\n');
      expect(JSON.parse(text)).toBeTypeOf('object');
      if (isVerbatim) expect(text).toContain(id);
    }
    // Compressed lines are lines, too.
    const verbatim = [...entries.values()].filter(({ isVerbatim }) => isVerbatim).map(({ path }) => path);
    expect(new Set(verbatim)).toEqual(
      new Set(['afternoon.ndjson.zst', 'debugger.ndjson', 'noon.ndjson.gz'].map((name) => `fixtures/mixed/${name}`)),
    );
  } finally {
    await other.close();
  }
});

describe('an id', () => {
  const entry = (logId: string, more: object = {}) =>
    JSON.stringify({ eventTime: '2026-09-14T08:00:00Z', eventType: 'conversation.created', ...more, logId });

  test('is told as the line stands there, and never another entry that only mentions it', async () => {
    const path = join(folder, 'lines.ndjson');
    const line = `  ${entry('1789372800003-a').replace('{', '{ "x":\t1.50, ')}`;
    await writeFile(path, `${entry('other', { body: { logId: '1789372800003-a' } })}\r\n${line}\r\n`);
    const { entries } = await fetchEntries(session, [path], new Set(['1789372800003-a', 'body']));
    expect([...entries]).toEqual([['1789372800003-a', { path, line: 2, text: line.trim(), isVerbatim: true }]]);
  });

  test('is looked for first in the file that is said to hold it', async () => {
    const paths = ['a', 'b'].map((name) => join(folder, `${name}.ndjson`));
    for (const path of paths) await writeFile(path, `${entry('twice', { source: path })}\n`);
    const { entries } = await fetchEntries(session, paths, new Set(['twice']), { first: new Set(paths.slice(1)) });
    expect(entries.get('twice')?.path).toBe(paths[1]);
  });
});

test('what is no export is passed over, and what does not exist is told', async () => {
  const dir = join(folder, 'mixture');
  await mkdir(dir);
  await writeFile(join(dir, 'notes.txt'), 'hello\n');
  await copyFile('fixtures/silent-call/debugger.ndjson', join(dir, 'debugger.ndjson'));
  const { entries, issues } = await fetchEntries(session, [dir, join(folder, 'missing')], new Set(['nothing']));
  expect([...entries]).toEqual([]);
  expect(issues.map(({ severity, message }) => [severity, message])).toEqual([
    ['error', 'no such file or folder: check the path.'],
    ['notice', 'passed over: text of no known shape.'],
  ]);
});
