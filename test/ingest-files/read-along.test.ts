import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { openSession, type Session } from '../../src/engine/session.ts';
import { lineIndexes } from '../../src/ingest/line-index.ts';
import { locateEntries } from '../../src/ingest/locate.ts';
import { readAlong, stayInMemory } from '../../src/ingest/read-along.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postlude-read-along-'));
});
afterAll(() => rm(folder, { recursive: true }));

const linesPerFile = 30_000;

async function threeFiles(name: string) {
  return Promise.all(
    [1, 2, 3].map(async (each) => {
      const path = `${name}-${each}.ndjson`;
      const lines = Array.from(
        { length: linesPerFile },
        (_, at) => `{"logId":"${each}-${at}","text":"${'x'.repeat(300)}"}\n`,
      );
      await writeFile(join(folder, path), lines.join(''));
      return { path, readPath: join(folder, path) };
    }),
  );
}

type File = { readonly path: string; readonly readPath: string };

/** In pieces, with time between them. */
async function readSlowly(files: readonly File[], upTo = Number.POSITIVE_INFINITY): Promise<number> {
  const piece = Buffer.alloc(1 << 20);
  let read = 0;
  for (const { readPath } of files) {
    const handle = await open(readPath);
    for (;;) {
      const { bytesRead } = await handle.read(piece);
      if (bytesRead === 0 || read > upTo) break;
      read += bytesRead;
      await sleep(20);
    }
    await handle.close();
  }
  return read;
}

async function withSession(work: (session: Session) => Promise<void>): Promise<void> {
  const session = await openSession();
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

test('files stay in memory where they are less than a quarter of it', () => {
  expect([1, 1.9, 2, 16].map((gigabytes) => stayInMemory(gigabytes * 1e9, 8e9))).toEqual([true, true, false, false]);
});

describe.skipIf(!existsSync('/proc/self/io'))('reading along', () => {
  it('makes the index of each file behind whoever reads it, and tells what that one has read alone', async () => {
    await withSession(async (session) => {
      const files = await threeFiles('whole');
      const told: number[] = [];
      const read = await readAlong(
        session,
        files,
        (bytes) => told.push(bytes),
        () => readSlowly(files),
      );
      const indexes = lineIndexes(session);
      expect([...indexes.keys()]).toEqual(files.map(({ readPath }) => readPath));
      const wanted = new Set(['1-0', '2-17', `3-${linesPerFile - 1}`]);
      const found = await locateEntries(files, wanted, { indexes });
      expect([...found].map(([id, { line }]) => [id, line])).toEqual([
        ['1-0', 1],
        ['2-17', 18],
        [`3-${linesPerFile - 1}`, linesPerFile],
      ]);
      expect(told.length).toBeGreaterThan(2);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      // Whatever else this process reads meanwhile is little.
      expect(told.at(-1)).toBeLessThan(read * 1.2);
      expect(told.at(-1)).toBeGreaterThan(read * 0.5);
    });
  });

  it('is not ahead of whoever reads by more than a block', async () => {
    await withSession(async (session) => {
      const files = await threeFiles('ahead');
      await readAlong(
        session,
        files,
        () => {},
        async () => {
          await readSlowly(files.slice(0, 1));
          await sleep(100);
          expect(lineIndexes(session).has(files[2]?.readPath ?? '')).toBe(false);
        },
      );
      expect(lineIndexes(session).size).toBe(3);
    });
  });

  it('gives up where the work fails, and fails as it did', async () => {
    await withSession(async (session) => {
      const files = await threeFiles('failing');
      const failing = readAlong(
        session,
        files,
        () => {},
        async () => {
          await readSlowly(files, 2_000_000);
          throw new Error('it was stopped');
        },
      );
      await expect(failing).rejects.toThrow('it was stopped');
      expect(lineIndexes(session).has(files[2]?.readPath ?? '')).toBe(false);
    });
  });

  it('passes over a file that is gone', async () => {
    await withSession(async (session) => {
      const files = await threeFiles('gone');
      await rm(files[1]?.readPath ?? '');
      const there = files.filter((_, at) => at !== 1);
      await readAlong(
        session,
        files,
        () => {},
        () => readSlowly(there),
      );
      expect([...lineIndexes(session).keys()]).toEqual(there.map(({ readPath }) => readPath));
    });
  });
});
