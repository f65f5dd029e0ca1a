/** What a store takes from files that it knows: nothing of those that are as they were, and what is new of the others. */
import { cp, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Progress, silent } from '../../src/engine/progress.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { everything } from '../../src/model/build.ts';
import { createStore } from '../../src/store/store-file.ts';
import { buildAndKeep, openTables } from '../../src/tables.ts';
import { trace } from '../../src/trace.ts';
import { day } from '../generate/day.ts';
import { gzip } from '../generate/shapes/compress.ts';
import { json, ndjson } from '../generate/shapes/json.ts';
import { consoleTable } from '../generate/shapes/tables.ts';
import type { Entry } from '../generate/world.ts';
import { entryMaker } from './entry.ts';
import { ask, type Bench, refusal, stateOfFile, told, toldInAnyOrder, withBench, withoutLines } from './stores.ts';

const slow = { timeout: 120_000 };
const few = ['voice/silent-call'];

const { entries, configuration } = day(1, 11, ['silent', 'sharedProfile']);
const half = Math.floor(entries.length / 2);
const [early, late] = [entries.slice(0, half), entries.slice(half)];

const generation = async (db: string) => Number((await ask(db, 'SELECT generation FROM log.meta'))[0]?.[0]);
const isWhole = async (db: string) => (await ask(db, 'SELECT is_whole FROM log.meta'))[0]?.[0];

/** Every row of the log, as it stands. */
async function rowsOf(db: string): Promise<unknown> {
  const tables = await ask(db, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'log' ORDER BY ALL");
  const rows: Record<string, unknown> = {};
  for (const [name] of tables) {
    if (name === 'known_paths' || name === 'meta') continue;
    rows[String(name)] = await ask(db, `SELECT * FROM log.${String(name)} ORDER BY ALL`);
  }
  return rows;
}

const linesOf = ({ findings }: AuditResult) => findings.flatMap(({ evidence }) => evidence.map(({ line }) => line));

describe('loading again', () => {
  it('reads nothing of what is as it was, and leaves every row', slow, async () => {
    await withBench(async ({ write, load, fromStore, db }) => {
      await write({ 'a.ndjson': ndjson(early), 'b.ndjson.gz': gzip(ndjson(late)), 'c.json': json(configuration) });
      const first = await load();
      expect(first).toMatchObject({ files: 3, unchanged: 0, added: entries.length + 1, duplicates: 0, rejected: 0 });
      const [before, rows, said] = [await generation(db), await rowsOf(db), told(await fromStore())];
      expect(await load()).toEqual({ files: 3, unchanged: 3, added: 0, duplicates: 0, rejected: 0, issues: [] });
      expect(await generation(db)).toBe(before);
      expect(await rowsOf(db)).toEqual(rows);
      expect(told(await fromStore())).toEqual(said);
    });
  });

  it('knows a file by its bytes: touched, moved, copied, and by whatever way it is named', slow, async () => {
    await withBench(async ({ write, load, path, db, folder, exports }) => {
      await write({ 'a.ndjson': ndjson(early), 'b.ndjson': ndjson(late) });
      await load();
      const [before, rows] = [await generation(db), await rowsOf(db)];
      const known = () => ask(db, 'SELECT read_path, modified_ns::VARCHAR FROM log.known_paths ORDER BY ALL');
      const knownBefore = await known();
      const unchanged = (files: number) => ({ files, unchanged: files, added: 0 });

      await utimes(path('a.ndjson'), new Date('2026-01-01'), new Date('2026-01-01'));
      expect(await load()).toMatchObject(unchanged(2));
      // Next time it is known without a look into it.
      expect(await known()).not.toEqual(knownBefore);
      expect((await known())[0]?.[1]).toBe(`${Date.parse('2026-01-01')}000000`);
      await rename(path('a.ndjson'), path('z.ndjson'));
      expect(await load()).toMatchObject(unchanged(2));
      await cp(path('z.ndjson'), path('copy.log'));
      expect(await load()).toMatchObject(unchanged(3));
      await cp(exports, join(folder, 'elsewhere'), { recursive: true });
      expect(await load({ paths: [join(folder, 'elsewhere', '*')] })).toMatchObject(unchanged(3));
      expect(await load({ paths: [path('z.ndjson')] })).toMatchObject(unchanged(1));
      expect(await generation(db)).toBe(before);
      expect(await rowsOf(db)).toEqual(rows);
    });
  });

  it('reads a file of the same size again where its content is another', slow, async () => {
    await withBench(async ({ write, load, db }) => {
      const entry = entryMaker();
      const [one, two] = [entry({ account: 1, conversation: 1 }), entry({ account: 1, conversation: 2 })];
      await write({ 'a.ndjson': ndjson([one]) });
      await load();
      await write({ 'a.ndjson': ndjson([two]) });
      expect(ndjson([one])).toHaveLength(ndjson([two]).length);
      expect(await load()).toMatchObject({ unchanged: 0, added: 1 });
      expect(await ask(db, 'SELECT count(*) FROM log.event_log')).toEqual([['2']]);
    });
  });

  it('adds of a file that grew what is new alone', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles, db, path }) => {
      await write({ 'a.ndjson': ndjson(early) });
      await load();
      const before = await ask(db, 'SELECT event_key, log_id FROM log.event_log ORDER BY ALL');
      await write({ 'a.ndjson': ndjson(entries) });
      expect(await load()).toMatchObject({ unchanged: 0, added: late.length, duplicates: early.length });
      const after = await ask(db, 'SELECT event_key, log_id FROM log.event_log ORDER BY ALL');
      expect(after.slice(0, before.length)).toEqual(before);
      const [stored, files] = [await fromStore(), await fromFiles()];
      expect(withoutLines(stored)).toEqual(withoutLines(files));
      // What was in it before counts as read from the file that it was.
      expect(stored.files.map(({ path: file, rows, duplicates }) => [file, rows, duplicates])).toEqual([
        [path('a.ndjson'), early.length, 0],
        [path('a.ndjson'), late.length, early.length],
      ]);
    });
  });

  it('keeps what is no longer in a file, or whose file is gone', slow, async () => {
    await withBench(async ({ write, load, fromStore, path, db }) => {
      await write({ 'a.ndjson': ndjson(entries), 'b.json': json(configuration) });
      await load();
      const said = withoutLines(await fromStore());
      expect(said.length).toBeGreaterThan(0);
      await write({ 'a.ndjson': ndjson(late) });
      expect(await load()).toMatchObject({ added: 0, duplicates: late.length });
      expect(withoutLines(await fromStore())).toEqual(said);
      await rm(path('a.ndjson'));
      await rm(path('b.json'));
      await write({ 'c.ndjson': ndjson(late.slice(1)) });
      expect(await load()).toMatchObject({ files: 1, added: 0 });
      expect(withoutLines(await fromStore())).toEqual(said);
      expect(await ask(db, 'SELECT count(*) FROM log.event_log')).toEqual([[String(entries.length)]]);
    });
  });

  it('counts two equal files of one load as files do, and the second alone as known later', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles }) => {
      await write({ 'a.ndjson': ndjson(early), 'b.ndjson': ndjson(early) });
      expect(await load()).toMatchObject({ files: 2, unchanged: 0, added: early.length, duplicates: early.length });
      expect(told(await fromStore({ rules: few }))).toEqual(told(await fromFiles({ rules: few })));
      expect(await load()).toMatchObject({ files: 2, unchanged: 2 });
    });
  });

  it('passes over what is no export once, and tells of a named one each time', slow, async () => {
    await withBench(async ({ write, load, path, db, fromStore }) => {
      await write({ 'a.ndjson': ndjson(early), 'notes.txt': 'bought milk\n' });
      const passedOver = {
        severity: 'notice',
        file: path('notes.txt'),
        message: expect.stringMatching(/^passed over: /),
      };
      expect((await load()).issues).toEqual([passedOver]);
      const before = await generation(db);
      expect(await load()).toMatchObject({ files: 2, unchanged: 2, issues: [] });
      expect(await generation(db)).toBe(before);
      for (let times = 0; times < 2; times++) {
        expect((await load({ paths: [path('notes.txt')] })).issues).toEqual([
          {
            severity: 'error',
            file: path('notes.txt'),
            message: expect.stringMatching(/^not an export that postlude knows: /),
          },
        ]);
      }
      expect(await load()).toMatchObject({ files: 2, unchanged: 2, issues: [] });
      // An audit tells of it once, however often it was named, and is none the worse for it.
      const { issues } = await fromStore({ rules: few });
      expect(issues.filter(({ file }) => file === path('notes.txt')).map(({ severity }) => severity)).toEqual([
        'notice',
      ]);
    });
  });

  it('in parts says the same as in one', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles, db }) => {
      const files = Object.fromEntries(
        [0, 1, 2, 3].map((part) => [
          `${part}.ndjson`,
          ndjson(entries.filter((_, at) => at % 4 === part || at % 7 === 0)),
        ]),
      );
      await write({ ...files, 'c.json': json(configuration) });
      let times = 0;
      const phase = (name: string) => {
        if (name === 'adding') times++;
      };
      await load({ bytesAtATime: 1, progress: { phase, fraction: () => undefined } });
      expect(times).toBe(5);
      expect(await isWhole(db)).toBe(true);
      expect(toldInAnyOrder(await fromStore())).toEqual(toldInAnyOrder(await fromFiles()));
    });
  });
});

describe('a zone that is named later', () => {
  it('is not that of files in the store, which is told where it matters', slow, async () => {
    await withBench(async ({ write, load, path }) => {
      await write({ 'a.csv': consoleTable(early), 'b.csv': consoleTable(late), 'c.ndjson': ndjson(early) });
      await load();
      expect((await load()).issues).toEqual([]);
      expect((await load({ timezone: 'UTC' })).issues).toEqual([]);
      expect(await load({ timezone: 'Europe/Berlin' })).toMatchObject({
        unchanged: 3,
        issues: [
          {
            severity: 'notice',
            file: path('a.csv'),
            message:
              'is in the store, where its times without a zone stay read as UTC (so it is with 2 files): to have them read as Europe/Berlin, load all exports into a new store.',
          },
        ],
      });
      expect((await load({ timezone: 'Europe/Berlin', paths: [path('c.ndjson')] })).issues).toEqual([]);
    });
  });
});

describe('what was wrong with a file', () => {
  const broken = (some: readonly Entry[]) => `${ndjson(some)}{broken\n`;
  const third = Math.floor(entries.length / 3);
  const days = [entries.slice(0, third), entries.slice(third, 2 * third), entries.slice(2 * third)] as const;
  const losses = ({ issues }: AuditResult) => issues.filter(({ severity }) => severity === 'data_loss').length;

  it('is told still where logs rotate, whatever becomes of it', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles, path, db }) => {
      const [first, second, third] = days;
      await write({ 'log.ndjson': broken(first) });
      await load();
      await rename(path('log.ndjson'), path('log.1.ndjson'));
      await write({ 'log.ndjson': ndjson(second) });
      await load();
      expect(losses(await fromFiles({ rules: few }))).toBe(1);
      expect(losses(await fromStore({ rules: few }))).toBe(1);
      // The last of them goes.
      await rename(path('log.ndjson'), path('log.1.ndjson'));
      await write({ 'log.ndjson': ndjson(third) });
      await load();
      await buildAndKeep(db, {});
      for (let times = 0; times < 2; times++) {
        expect(losses(await fromStore({ rules: few }))).toBe(1);
        await load();
      }
    });
  });

  it('is told no more where it was mended, unless it comes back', slow, async () => {
    await withBench(async ({ write, load, fromStore, db }) => {
      const [first] = days;
      await write({ 'a.ndjson': broken(first) });
      await load();
      await write({ 'a.ndjson': ndjson(first) });
      await load();
      await buildAndKeep(db, {});
      expect(losses(await fromStore({ rules: few }))).toBe(0);
      const before = await generation(db);
      await write({ 'b.ndjson': broken(first) });
      expect(await load()).toMatchObject({ unchanged: 2 });
      // Drawn and not counted, or a copy that was changed in another way would pass for the same.
      expect(Math.abs((await generation(db)) - before)).toBeGreaterThan(1);
      expect(losses(await fromStore({ rules: few }))).toBe(1);
    });
  });
});

describe('a load that was cut off', () => {
  const cutting: Progress = {
    ...silent,
    phase(name) {
      if (name === 'adding') throw new Error('cut off');
    },
  };
  const lossesOf = ({ issues }: AuditResult) =>
    issues.filter(({ severity }) => severity === 'data_loss').map(({ message }) => message);

  it('is told by audits of a new store, whatever was loaded at a time', slow, async () => {
    await withBench(async ({ write, load, fromStore, path, db }) => {
      await write({ 'a.ndjson': ndjson(entries) });
      await expect(load({ progress: cutting })).rejects.toThrow('cut off');
      const cutOff = `a load into the store was cut off before ${path('a.ndjson')} was in: run postlude load with it again.`;
      const said = await fromStore({ rules: few });
      expect([said.run.events, lossesOf(said)]).toEqual([0, [cutOff]]);
      await buildAndKeep(db, {});
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([cutOff]);
      await load();
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([]);
    });
  });

  it('before it had found any file is told until a load finds some', slow, async () => {
    await withBench(async ({ write, load, fromStore, db, path }) => {
      await createStore(db, false);
      const cutOff = 'a load into the store was cut off, and some of its files are not in: run postlude load again.';
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([cutOff]);
      await load({ paths: [path('none')] });
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([cutOff]);
      await write({ 'a.ndjson': ndjson(early) });
      await load();
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([]);
    });
    await withBench(async ({ load, fromStore, path }) => {
      // That came to its end, with nothing.
      await load({ paths: [path('none')] });
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([]);
    });
  });

  it('is told until its files are in, or gone, whatever else is loaded', slow, async () => {
    await withBench(async ({ write, load, fromStore, path, folder, db }) => {
      const quarter = Math.floor(late.length / 2);
      await write({ 'a.ndjson': ndjson(early) });
      await load();
      await buildAndKeep(db, {});
      await write({ 'b.ndjson': ndjson(late.slice(0, quarter)), 'c.ndjson': ndjson(late.slice(quarter)) });
      await expect(load({ progress: cutting, bytesAtATime: 1 })).rejects.toThrow('cut off');
      const both = `a load into the store was cut off before 2 of its files were in, ${path('b.ndjson')} among them: run postlude load with them again.`;
      const told = async () => lossesOf(await fromStore({ rules: few }));
      expect(await told()).toEqual([both]);

      await writeFile(join(folder, 'other.json'), json(configuration));
      for (const paths of [[join(folder, 'other.json')], [path('a.ndjson')], [join(folder, 'none')]]) {
        await load({ paths });
        expect([paths, await told(), await isWhole(db)]).toEqual([paths, [both], false]);
      }
      await load({ paths: [path('b.ndjson')] });
      expect(await told()).toEqual([
        `a load into the store was cut off before ${path('c.ndjson')} was in: run postlude load with it again.`,
      ]);
      await rm(path('c.ndjson'));
      expect(await load()).toMatchObject({
        unchanged: 2,
        issues: [{ severity: 'notice', file: path('c.ndjson'), message: expect.stringMatching(/^is gone, /) }],
      });
      expect([await told(), await isWhole(db)]).toEqual([[], true]);
      expect(await load()).toMatchObject({ unchanged: 2, issues: [] });
    });
  });

  it('from standard input is told until that is loaded', slow, async () => {
    await withBench(async ({ write, load, fromStore }) => {
      await write({ 'a.ndjson': ndjson(early) });
      await load();
      const stdin = () => Readable.from([ndjson(late)]);
      await expect(load({ paths: ['-'], stdin: stdin(), progress: cutting })).rejects.toThrow('cut off');
      await load();
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([
        'a load into the store was cut off before stdin was in: run postlude load with it again.',
      ]);
      await load({ paths: ['-'], stdin: stdin() });
      expect(lossesOf(await fromStore({ rules: few }))).toEqual([]);
    });
  });
});

describe('the lines of evidence', () => {
  it('are those of the files while they are as they were, and null after that', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles, path }) => {
      await write({ 'a.ndjson': `\n\n${ndjson(entries)}` });
      await load();
      const files = await fromFiles();
      expect((await fromStore()).findings).toEqual(files.findings);
      expect(linesOf(files).length).toBeGreaterThan(0);
      expect(linesOf(files)).not.toContain(null);

      const nulls = linesOf(files).map(() => null);
      const text = await readFile(path('a.ndjson'), 'utf8');
      // As long as before, and nobody loaded it again.
      await writeFile(path('a.ndjson'), text.split('\n').reverse().join('\n'));
      const changed = await fromStore();
      expect([linesOf(changed), withoutLines(changed)]).toEqual([nulls, withoutLines(files)]);
      await rm(path('a.ndjson'));
      const gone = await fromStore();
      expect([linesOf(gone), withoutLines(gone), gone.issues]).toEqual([nulls, withoutLines(files), files.issues]);
      // … and are there again with the file.
      await writeFile(path('a.ndjson'), text);
      expect(linesOf(await fromStore())).toEqual(nulls);
      await load();
      expect((await fromStore()).findings).toEqual(files.findings);
    });
  });

  it('are not looked for in files again', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles, path }) => {
      const text = `\n\n${ndjson(entries)}`;
      await write({ 'a.ndjson': text });
      const then = new Date('2026-09-14T08:00:00Z');
      await utimes(path('a.ndjson'), then, then);
      await load();
      const lines = linesOf(await fromFiles());
      expect(lines).not.toContain(null);
      // As long and as old: nobody sees that it holds nothing, unless by reading it.
      await writeFile(path('a.ndjson'), ' '.repeat(Buffer.byteLength(text)));
      await utimes(path('a.ndjson'), then, then);
      expect(linesOf(await fromStore())).toEqual(lines);
    });
  });

  it('stay where they were noted down while they were read', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles, path }) => {
      await write({ 'a.ndjson.gz': gzip(ndjson(entries)) });
      await load();
      const { findings } = await fromFiles();
      await rm(path('a.ndjson.gz'));
      expect((await fromStore()).findings).toEqual(findings);
    });
  });
});

async function writeRule({ folder }: Bench): Promise<string> {
  const rules = join(folder, 'rules');
  await mkdir(rules, { recursive: true });
  await writeFile(
    join(rules, 'named.sql'),
    `/*
title: A participant has a name
severity: info
subject: participant
reference: https://example.org/
causes:
  mine: { message: "{subject_id} is {name}", fix: f }
*/
SELECT account_id, participant_id AS subject_id, 'mine' AS cause, any_value(body ->> 'name' ORDER BY event_time, log_id) AS name
FROM events
WHERE event_type = 'participant.created' AND (body ->> 'name') IS NOT NULL AND participant_id IS NOT NULL
GROUP BY ALL`,
  );
  return rules;
}

describe('payloads', () => {
  it('are what a rule reads that looks into them, where the store keeps them', slow, async () => {
    await withBench(async (bench) => {
      const { write, load, fromStore, fromFiles, db } = bench;
      const options = { rulesDirs: [await writeRule(bench)], rules: ['named'] };
      await write({ 'a.ndjson': ndjson(early) });
      await load({ keepBody: true });
      await write({ 'b.ndjson.gz': gzip(ndjson(late)) });
      // What is added keeps them without being told.
      await load();
      const files = told(await fromFiles(options));
      expect(files.findings.length).toBeGreaterThan(3);
      expect(told(await fromStore(options))).toEqual(files);
      await buildAndKeep(db, {});
      // Whom findings hit is told where the run has the tables for it, and kept ones are all there.
      const { people: _few, ...said } = files;
      const { people: _more, ...kept } = told(await fromStore(options));
      expect(kept).toEqual(said);
    });
  });

  it('are missed in one line where it does not, and cannot be added later', slow, async () => {
    await withBench(async (bench) => {
      const { write, load, fromStore, db } = bench;
      const options = { rulesDirs: [await writeRule(bench)] };
      await write({ 'a.ndjson': ndjson(entries) });
      await load();
      const before = await stateOfFile(db);
      expect(await refusal(fromStore({ ...options, rules: ['named'] }))).toBe(
        `rules of this run look into payloads, which ${db} does not hold: load the exports with --bodies into another one, or choose rules with --rules`,
      );
      expect((await fromStore({ ...options, rules: few })).findings.length).toBeGreaterThan(0);
      expect(await refusal(load({ keepBody: true }))).toBe(
        `${db} was made without --bodies, so it has no payloads of what is in it: make another one, or leave out --bodies`,
      );
      expect(await stateOfFile(db)).toBe(before);
    });
  });
});

describe('kept tables', () => {
  it('are dropped by the next load that adds anything, and by no other', slow, async () => {
    await withBench(async ({ write, load, fromStore, fromFiles, db }) => {
      const kept = () => ask(db, "SELECT count(*) > 0 FROM duckdb_tables() WHERE schema_name = 'main'");
      await write({ 'a.ndjson': ndjson(early), 'c.json': json(configuration) });
      await load();
      await buildAndKeep(db, {});
      await load();
      expect(await kept()).toEqual([[true]]);
      await write({ 'b.ndjson': ndjson(late) });
      await load();
      expect(await kept()).toEqual([[false]]);
      expect(toldInAnyOrder(await fromStore())).toEqual(toldInAnyOrder(await fromFiles()));
    });
  });
});

describe('questions', () => {
  it('about one id and in SQL have the answers that files give, with kept tables and without', slow, async () => {
    await withBench(async ({ write, load, db, exports }) => {
      await write({ 'a.ndjson': ndjson(early), 'b.ndjson': ndjson(late), 'c.json': json(configuration) });
      await load();
      const ids = [
        entries.find(({ eventType }) => eventType === 'conversation.created')?.body.id,
        entries[half]?.requestId,
        configuration.id,
      ].map(String);
      const story = async (id: string, paths: readonly string[], store?: string) => {
        const {
          run: _run,
          rules: _rules,
          ...rest
        } = await trace(id, {
          paths,
          rules: ['voice/*', 'merge/*'],
          ...(store === undefined ? {} : { db: store }),
        });
        return rest;
      };
      const sql = async (options: { readonly paths: readonly string[]; readonly db?: string }) => {
        const { session, events, accounts, asOf, issues } = await openTables(options, everything);
        try {
          const rows = async (text: string) => (await session.connection.runAndReadAll(text)).getRowsJson();
          return {
            ...{ events, accounts, asOf, issues },
            log: await rows('SELECT * EXCLUDE (event_key, trace_id, body) FROM events ORDER BY ALL'),
            conversations: await rows(
              // Keys of events are names inside one run.
              "SELECT COLUMNS(name -> name NOT LIKE '%event_key%') FROM conversations ORDER BY ALL",
            ),
            configurations: await rows('FROM configuration_periods ORDER BY ALL'),
          };
        } finally {
          await session.close();
        }
      };
      const expected = [];
      for (const id of ids) expected.push(await story(id, [exports]));
      const answer = await sql({ paths: [exports] });
      expect(answer.log).toHaveLength(entries.length);
      for (const isKept of [false, true]) {
        if (isKept) await buildAndKeep(db, {});
        for (const [at, id] of ids.entries()) {
          expect({ isKept, ...(await story(id, [], db)) }).toEqual({ isKept, ...expected[at] });
        }
        expect({ isKept, ...(await sql({ paths: [], db })) }).toEqual({ isKept, ...answer });
      }
      const unknown = 'CA00000000000000000000000000000009';
      expect(await refusal(trace(unknown, { paths: [], db }))).toBe(
        await refusal(trace(unknown, { paths: [exports] })),
      );
    });
  });
});
