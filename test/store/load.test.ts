/** An audit of a store says what an audit of the files says that were loaded into it. */
import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditOptions } from '../../src/audit-options.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { buildAndKeep } from '../../src/tables.ts';
import { day, scenes } from '../generate/day.ts';
import { arrow, parquet } from '../generate/shapes/columnar.ts';
import { gzip, zstd } from '../generate/shapes/compress.ts';
import { json, jsonArray, ndjson } from '../generate/shapes/json.ts';
import { consoleTable } from '../generate/shapes/tables.ts';
import { callPage } from '../generate/side.ts';
import { createWorld, type Entry } from '../generate/world.ts';
import { simulate } from '../simulate/simulate.ts';
import { account, entryMaker } from './entry.ts';
import { type Bench, type Files, told, toldInAnyOrder, withBench, withoutLines } from './stores.ts';

const slow = { timeout: 120_000 };

/** Quick ones, where a test is about what the rules read and not about what they find. */
const few = ['voice/silent-call', 'merge/shared-profile'];

/** Loads files in one go, and holds what the store says against what they say. Returns that. */
async function expectSame(files: Files, options: Partial<AuditOptions> = { rules: few }) {
  return withBench(async ({ write, load, fromFiles, fromStore }) => {
    await write(files);
    await load();
    const said = told(await fromFiles(options));
    expect(told(await fromStore(options))).toEqual(said);
    return said;
  });
}

const folders = (await readdir('fixtures', { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => join('fixtures', name));

describe('an audit of a store says what that of files says', () => {
  it.each(['fixtures', ...folders])('of %s', slow, async (folder) => {
    await withBench(async ({ load, fromFiles, fromStore }) => {
      await load({ paths: [folder] });
      const files = told(await fromFiles({ paths: [folder] }));
      expect(told(await fromStore())).toEqual(files);
      expect(files.run.events).toBeGreaterThan(0);
    });
  });

  it('of many accounts, in many shapes, with entries of nobody', slow, async () => {
    const { files, labels } = await simulate({ seed: 'store', conversations: 4, incidents: true });
    const { findings, run } = await expectSame(Object.fromEntries(files), {});
    expect(findings.length).toBeGreaterThan(labels.length / 2);
    expect(run.accounts).toBeGreaterThan(10);
  });

  it('of one export in every container', slow, async () => {
    const { entries, configuration } = day(1, 5, ['sharedProfile', 'silent', 'unresolved']);
    const parts = [0, 1, 2, 3, 4, 5].map((part) => entries.filter((_, index) => index % 6 === part));
    const [one = [], two = [], three = [], four = [], five = [], six = []] = parts;
    const { files, findings } = await expectSame(
      {
        'a.ndjson': ndjson(one),
        'b.ndjson.gz': gzip(ndjson(two)),
        'c.zst': zstd(ndjson(three)),
        'd.parquet': await parquet(four),
        'e.arrow': arrow(five, 'file'),
        'f.json': jsonArray(six),
        'g.arrows': arrow(six, 'stream'),
        'configuration.json': json(configuration),
      },
      {},
    );
    expect(files.map(({ rows }) => rows > 0)).toEqual([true, true, true, true, true, true, true, false]);
    expect(findings.map(({ ruleId }) => ruleId)).toContain('merge/shared-profile');
  });

  it('of files whose names are anything', slow, async () => {
    const entry = entryMaker();
    const of = (conversation: number) => ndjson([entry({ account: 1, conversation })]);
    const { files } = await expectSame({
      "it's.ndjson": of(1),
      'a "b" c.ndjson': of(2),
      'line\nbreak.ndjson': of(3),
      'émoji 🎺.ndjson': of(4),
      "'); DROP TABLE x; --.ndjson": of(5),
      '$1 {{order}}.ndjson': of(6),
    });
    expect(files).toHaveLength(6);
  });

  it('of a file whose name is not UTF-8, and of its lines that it cannot be found again', slow, async () => {
    await withBench(async ({ exports, load, fromFiles, fromStore }) => {
      const { entries } = day(1, 3, ['silent']);
      await writeFile(
        Buffer.concat([Buffer.from(`${exports}/x`), Buffer.from([0xff]), Buffer.from('.ndjson')]),
        ndjson(entries),
      );
      await load();
      const files = await fromFiles();
      const stored = await fromStore();
      expect({ ...told(stored), findings: withoutLines(stored) }).toEqual({
        ...told(files),
        findings: withoutLines(files),
      });
      expect(files.findings.length).toBeGreaterThan(0);
      // Its path in the store was a link that is gone.
      expect(
        stored.findings.flatMap(({ evidence }) => evidence.map(({ line }) => line)).every((line) => line === null),
      ).toBe(true);
      expect(await load()).toMatchObject({ files: 1, unchanged: 1, added: 0 });
    });
  });

  it('of standard input, but for the lines of what is gone', slow, async () => {
    await withBench(async ({ load, fromStore, write, fromFiles, path }) => {
      const { entries } = day(1, 3, ['silent', 'sharedProfile']);
      const input = () => Readable.from([ndjson(entries)]);
      await load({ paths: ['-'], stdin: input() });
      await write({ stdin: ndjson(entries) });
      const named = await fromFiles({ paths: [path('stdin')] });
      const stored = await fromStore();
      const same = JSON.stringify({ ...told(named), findings: withoutLines(named) }).replaceAll(path('stdin'), 'stdin');
      expect({ ...told(stored), findings: withoutLines(stored) }).toEqual(JSON.parse(same));
      expect(await load({ paths: ['-'], stdin: input() })).toMatchObject({ unchanged: 1, added: 0 });
      expect(told(await fromStore())).toEqual(told(stored));
    });
  });

  it('of lines that were rejected, and of tables without a zone', slow, async () => {
    const entry = entryMaker();
    const lines = ndjson([entry({ account: 1, conversation: 1 }), entry({ account: 1, conversation: 2 })]).split('\n');
    const { entries } = day(2, 4, ['ordinary']);
    const { files, issues } = await expectSame({
      'a.ndjson': [lines[0], '{"logId": "17', 'no json', lines[1], ''].join('\n'),
      'b.csv': consoleTable(entries),
    });
    expect(files[0]).toMatchObject({ rows: 2, rejected: 2 });
    expect(issues.filter(({ severity }) => severity === 'data_loss').length).toBeGreaterThan(0);
  });
});

/** A page of messages; the list goes on behind it, or came from before. */
function messages(ids: readonly number[], page: number, more: boolean): string {
  const uri = (number: number) => `/2010-04-01/Accounts/${account(1)}/Messages.json?PageSize=50&Page=${number}`;
  return json({
    messages: ids.map((id) => ({
      sid: `SM${String(id).padStart(32, '0')}`,
      account_sid: account(1),
      from: '+15550100001',
      to: '+15550100002',
      direction: 'inbound',
      status: 'received',
      date_created: 'Mon, 14 Sep 2026 08:00:00 +0000',
      date_sent: 'Mon, 14 Sep 2026 08:00:00 +0000',
      body: null,
    })),
    page,
    page_size: 50,
    first_page_uri: uri(0),
    next_page_uri: more ? uri(page + 1) : null,
    previous_page_uri: page === 0 ? null : uri(page - 1),
  });
}

describe('side files', () => {
  it('of which pages are missing, and then are there', slow, async () => {
    await withBench(async ({ write, load, fromFiles, fromStore }) => {
      const entry = entryMaker();
      const same = async () => {
        await load();
        const said = toldInAnyOrder(await fromFiles({ rules: few }));
        expect(toldInAnyOrder(await fromStore({ rules: few }))).toEqual(said);
        return said.issues.filter((text) => text.includes('next page'));
      };
      await write({
        'a.ndjson': ndjson([entry({ account: 1, conversation: 1 })]),
        'm0.json': messages([1, 2], 0, true),
      });
      expect(await same()).toHaveLength(1);
      await write({ 'm2.json': messages([5], 2, false) });
      expect(await same()).toHaveLength(0);
      await write({ 'm1.json': messages([3, 4], 1, true) });
      expect(await same()).toHaveLength(0);
    });
  });

  it('of which a page was incomplete that was moved aside', slow, async () => {
    await withBench(async ({ write, load, fromFiles, fromStore, path }) => {
      const entry = entryMaker();
      const incomplete = async (audited: Promise<AuditResult>) =>
        (await audited).issues.filter(({ message }) => message.includes('next page')).length;
      await write({
        'a.ndjson': ndjson([entry({ account: 1, conversation: 1 })]),
        'messages.json': messages([1, 2], 0, true),
      });
      await load();
      await rename(path('messages.json'), path('messages-1.json'));
      await write({ 'messages.json': messages([3, 4], 0, false) });
      await load();
      expect(await incomplete(fromFiles({ rules: few }))).toBe(1);
      expect(await incomplete(fromStore({ rules: few }))).toBe(1);
      // The page again, and whole.
      await write({ 'messages-1.json': messages([1, 2], 0, false) });
      await load();
      expect(await incomplete(fromStore({ rules: few }))).toBe(0);
    });
  });

  it('that tell the same twice, in loads of their own', slow, async () => {
    await withBench(async ({ write, load, fromFiles, fromStore }) => {
      const { entries, configuration } = day(1, 2, ['sharedProfile']);
      await write({ 'a.ndjson': ndjson(entries), 'c.json': json([configuration]) });
      await load();
      await write({
        'd.json': json([
          configuration,
          { ...configuration, displayName: 'Later', version: 2, updatedAt: '2026-09-14T09:00:00.000Z' },
        ]),
      });
      await load();
      const said = toldInAnyOrder(await fromFiles());
      expect(toldInAnyOrder(await fromStore())).toEqual(said);
      expect(said.files.find(({ path }) => path.endsWith('d.json'))).toMatchObject({ rows: 1, duplicates: 1 });
    });
  });

  it('that do not name their account, which later ones do', slow, async () => {
    await withBench(async ({ write, load, fromFiles, fromStore }) => {
      const world = createWorld({ seed: 'calls', accountId: account(1), start: '2026-09-14T08:00:00Z' });
      const { entries, configuration } = day(1, 2, ['silent']);
      const { accountId: _mine, ...nameless } = configuration;
      await write({ 'c.json': json([nameless]), 'calls.json': json(callPage(world, world.calls)) });
      await load();
      expect(told(await fromStore({ rules: few })).accounts).toEqual(told(await fromFiles({ rules: few })).accounts);
      await write({ 'a.ndjson': ndjson(entries), 'b.ndjson': ndjson(day(2, 2, ['silent']).entries) });
      await load();
      const said = toldInAnyOrder(await fromFiles());
      expect(toldInAnyOrder(await fromStore())).toEqual(said);
    });
  });
});

describe('entries without an account', () => {
  const entry = entryMaker();
  const named = entry({ account: 1, conversation: 1 });
  const other = entry({ account: 2, conversation: 2 });
  const { accountId: _whose, ...body } = named.body;
  const nobodys = { ...named, body };

  it.each<[string, Files]>([
    [
      'belong to that of their conversation',
      { 'a.ndjson': ndjson([named, other]), 'b.ndjson': ndjson([entry({ account: null, conversation: 1 })]) },
    ],
    [
      'belong to nobody',
      {
        'a.ndjson': ndjson([named]),
        'b.ndjson': ndjson([other, entry({ account: null, conversation: 9 })]),
        'c.ndjson': ndjson([entry({ account: null, conversation: 8 })]),
      },
    ],
    ['are the same as one with it', { 'a.ndjson': ndjson([named, other]), 'b.ndjson': ndjson([nobodys, nobodys]) }],
    [
      'are another content of one with it',
      { 'a.ndjson': ndjson([named, other]), 'b.ndjson': ndjson([{ ...nobodys, eventType: 'conversation.updated' }]) },
    ],
    [
      'are other contents of one with it',
      {
        'a.ndjson': ndjson([named, other]),
        'b.ndjson': ndjson(['Amara', 'Bo', 'Cleo', 'Dag'].map((name) => ({ ...nobodys, body: { ...body, name } }))),
      },
    ],
    [
      'are of the account in their path',
      {
        [`${account(3)}/a.ndjson`]: ndjson([entry({ account: null, conversation: 5 })]),
        'a.ndjson': ndjson([named, other]),
      },
    ],
    [
      'stand in a file of one account',
      { 'a.ndjson': ndjson([other]), 'b.ndjson': ndjson([named, entry({ account: null, conversation: null })]) },
    ],
  ])('that %s', slow, async (_, files) => {
    const { findings: _none, ...said } = await expectSame(files);
    expect(said.run.events).toBeGreaterThan(1);
    // … and so do they in loads of their own, in either order.
    for (const order of [Object.keys(files), Object.keys(files).toReversed()]) {
      await withBench(async ({ write, load, fromFiles, fromStore, path }) => {
        await write(files);
        for (const name of order) await load({ paths: [path(name)] });
        expect(toldInAnyOrder(await fromStore({ rules: few }))).toEqual(
          toldInAnyOrder(await fromFiles({ rules: few })),
        );
      });
    }
  });

  it.each<[string, Files]>([
    [
      'is known from an entry that is there already',
      { 'a.ndjson': ndjson([named, other]), 'b.ndjson': ndjson([named, entry({ account: null, conversation: null })]) },
    ],
    [
      'speaks of two, of which one is there already',
      { 'a.ndjson': ndjson([named]), 'b.ndjson': ndjson([named, other, entry({ account: null, conversation: null })]) },
    ],
  ])('in a file whose account %s', slow, async (_, files) => {
    const said = await expectSame(files);
    expect(said.run.duplicates).toBe(1);
  });
});

/** What a call can say about what it wants to see. */
type View = readonly [string, Partial<AuditOptions>];
const views: readonly View[] = [
  ['everything', {}],
  ['--from', { from: new Date('2026-09-14T08:01:00Z') }],
  ['--to', { to: new Date('2026-09-14T08:03:00Z') }],
  ['--as-of', { asOf: new Date('2026-09-14T08:04:00Z') }],
  ['a later --as-of', { asOf: new Date('2026-09-20T08:04:00Z') }],
  ['--account', { account: '*2' }],
  ['--assume-account', { assumeAccount: account(7) }],
  [
    'all of them',
    {
      from: new Date('2026-09-14T08:00:10Z'),
      to: new Date('2026-09-14T10:00:00Z'),
      asOf: new Date('2026-09-14T09:00:00Z'),
      account: 'AC*',
      assumeAccount: account(7),
    },
  ],
];

/** Two accounts, and entries of which nothing says whose they are. */
async function writeTwoAccounts({ write }: Bench): Promise<void> {
  const [one, two] = [day(1, 9, ['silent', 'sharedProfile', 'unresolved']), day(2, 9, ['strangers', 'silent'])];
  const entry = entryMaker();
  await write({
    'a.ndjson': ndjson(one.entries),
    'b.ndjson': ndjson(two.entries),
    'c.ndjson': ndjson([entry({ account: null, conversation: 1 }), entry({ account: null, conversation: 2 })]),
    'configurations.json': json([one.configuration, two.configuration]),
  });
}

describe('a part of a store', () => {
  it('is that of the files, with kept tables and without, whatever part these are of', {
    timeout: 240_000,
  }, async () => {
    await withBench(async (bench) => {
      const { load, fromFiles, fromStore, db } = bench;
      const rules = ['voice/*', 'merge/*'];
      await writeTwoAccounts(bench);
      await load();
      const expected = new Map<string, ReturnType<typeof told>>();
      for (const [name, view] of views) expected.set(name, told(await fromFiles({ ...view, rules })));
      const outcomes = [...expected.values()].map(({ findings, issues, run }) =>
        JSON.stringify([findings, issues, run]),
      );
      // Otherwise an option that is passed over would not be seen.
      expect(new Set(outcomes).size).toBe(outcomes.length);

      const check = async (kept: string, some: readonly View[]) => {
        for (const [name, view] of some) {
          const said = told(await fromStore({ ...view, rules }));
          expect({ kept, name, said }).toEqual({ kept, name, said: expected.get(name) });
        }
      };
      await check('nothing', views);
      // Kept tables are of one view; the others must not read them.
      await buildAndKeep(db, {});
      await check('all', views);
      await buildAndKeep(db, { account: '*2', to: new Date('2026-09-14T08:03:00Z') });
      await check('a part', views.slice(0, 2));
    });
  });
});

// `npm run test:all` tries more of them.
const numRuns = process.env.MODE === 'all' ? 12 : 3;

/** An export that somebody split into files and loaded bit by bit. */
const split = fc.record({
  seed: fc.nat(),
  acts: fc.array(fc.constantFrom(...scenes), { minLength: 1, maxLength: 4 }),
  files: fc.integer({ min: 2, max: 6 }),
  /** In which files an entry stands, as bits; one for each entry, over and over. */
  places: fc.array(fc.integer({ min: 1, max: 63 }), { minLength: 5, maxLength: 30 }),
  /** Every so many entries say something else, or do not say whose they are, in one of the files. */
  conflictEvery: fc.integer({ min: 3, max: 15 }),
  namelessEvery: fc.integer({ min: 3, max: 15 }),
  /** Which files come in which load. */
  order: fc.array(fc.nat(5), { minLength: 6, maxLength: 6 }),
  /** Files that are loaded once more in the end. */
  again: fc.subarray([0, 1, 2, 3, 4, 5]),
});

type Split = typeof split extends fc.Arbitrary<infer Value> ? Value : never;

function contentOf({ seed, acts, files, places, conflictEvery, namelessEvery }: Split): Files {
  const days = [day(1, seed, acts), day(2, seed + 1, acts.slice(0, 2))];
  const entries = days.flatMap((each) => each.entries);
  const parts: Entry[][] = Array.from({ length: files }, () => []);
  for (const [at, entry] of entries.entries()) {
    const place = places[at % places.length] ?? 1;
    const there = parts.filter((_, file) => (place >> file) & 1);
    const homes = there.length === 0 ? parts.slice(at % files, (at % files) + 1) : there;
    for (const [copy, part] of homes.entries()) {
      const isLast = copy === homes.length - 1;
      part.push(changed(entry, isLast && at % conflictEvery === 0, isLast && at % namelessEvery === 1));
    }
  }
  // Of an empty file it is told that it is none where it was named, as here for a load, and that it is passed over where a folder was.
  const written = parts.filter((part) => part.length > 0).map(ndjson);
  // A copy that a later load meets is the file that a store knows already, under another name: that is tried in again.test.ts.
  const unlike = [...new Set(written)];
  return {
    ...Object.fromEntries(unlike.map((text, file) => [`part-${file}.ndjson`, text])),
    'side.json': json(days.map(({ configuration }) => configuration)),
  };
}

function changed(entry: Entry, isConflict: boolean, isNameless: boolean): Entry {
  const { accountId, ...rest } = entry.body;
  const body = isNameless ? rest : { ...rest, accountId };
  return { ...entry, body: isConflict ? { ...body, name: 'Somebody Else' } : body };
}

describe('an export', () => {
  it('says the same in whatever files, loads and orders it comes', { timeout: 600_000 }, async () => {
    let [duplicates, conflicts, loads] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(split, async (how) => {
        await withBench(async ({ write, load, fromFiles, fromStore, path }) => {
          const files = contentOf(how);
          await write(files);
          const names = Object.keys(files);
          const waves = [0, 1, 2, 3, 4, 5].map((wave) => names.filter((_, at) => how.order[at % 6] === wave));
          for (const wave of [...waves, names.filter((_, at) => how.again.includes(at))]) {
            if (wave.length === 0) continue;
            loads++;
            await load({ paths: wave.map(path) });
          }
          const said = toldInAnyOrder(await fromFiles());
          expect(toldInAnyOrder(await fromStore())).toEqual(said);
          duplicates += said.run.duplicates;
          conflicts += said.issues.filter((text) => text.includes('different contents')).length;
        });
      }),
      // The small values that are tried first are a single file, in which nothing meets.
      { numRuns, unbiased: true },
    );
    // That which makes it hard did happen.
    expect({ duplicates: duplicates > 0, conflicts: conflicts > 0, loads: loads > numRuns }).toEqual({
      duplicates: true,
      conflicts: true,
      loads: true,
    });
  });
});
