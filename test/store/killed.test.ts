/** Whenever a load is killed, the store is usable, and the next load makes it what it would have been. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { audit } from '../../src/audit.ts';
import { loadIntoStore } from '../../src/store/load.ts';
import { build, cliPath } from '../cli/postlude.ts';
import { day, scenes } from '../generate/day.ts';
import { createRandom } from '../generate/random.ts';
import { gzip } from '../generate/shapes/compress.ts';
import { json, jsonArray, ndjson } from '../generate/shapes/json.ts';
import { seed } from '../seed.ts';
import { ask, type Files, withBench } from './stores.ts';

const kills = 20;
const few = ['voice/silent-call'];
const cutOff = /^a load into the store was cut off.*: run postlude load.* again\.$/;

let running: ChildProcess | null = null;
afterEach(() => running?.kill('SIGKILL'));

/** Three accounts in files that overlap, with conflicts, and with entries that do not say whose they are. */
function exported(): Files {
  const days = [1, 2, 3].map((account) => day(account, 30 + account, scenes));
  const entries = days.flatMap((each) => each.entries);
  const part = (number: number) =>
    entries.flatMap((entry, at) => {
      if (at % 6 !== number && at % 11 !== number) return [];
      const { accountId, ...body } = entry.body;
      if (at % 11 === number && at % 2 === 0)
        return [{ ...entry, body: { ...entry.body, name: `Somebody ${number}` } }];
      return at % 17 === 0 && accountId !== undefined ? [{ ...entry, body }] : [entry];
    });
  return {
    '0.ndjson': ndjson(part(0)),
    '1.ndjson': ndjson(part(1)),
    '2.json': jsonArray(part(2)),
    '3.ndjson.gz': gzip(ndjson(part(3))),
    '4.ndjson': ndjson(part(4)),
    '5.ndjson': ndjson(part(5)),
    'configurations.json': json(days.map(({ configuration }) => configuration)),
    'notes.txt': 'bought milk\n',
  };
}

describe('a load that is killed', () => {
  it('at any moment can be gone on with, and then nothing tells that it was', { timeout: 900_000 }, async () => {
    const random = createRandom(`killed ${seed}`);
    await withBench(async ({ folder, exports, write }) => {
      await write(exported());
      // Small enough for several parts, and some of more than one file.
      const bytesAtATime = 60_000;
      const temp = join(folder, 'temp');
      await mkdir(temp);

      const start = async (db: string) => {
        const child = spawn(
          process.execPath,
          ['--import', 'jiti/register', resolve('test/store/load-in-parts.ts'), exports, db, String(bytesAtATime)],
          { env: { ...process.env, TMPDIR: temp }, stdio: ['ignore', 'pipe', 'inherit'] },
        );
        running = child;
        const ended = once(child, 'close');
        await once(child.stdout, 'data');
        const began = performance.now();
        return { child, ended: ended.then(([code]) => ({ code, ms: performance.now() - began })) };
      };
      const findingsOf = async (db: string) => JSON.stringify((await audit({ paths: [], db })).findings);

      const sound = join(folder, 'sound.duckdb');
      const undisturbed = await (await start(sound)).ended;
      expect(undisturbed.code).toBe(0);
      const expected = await findingsOf(sound);
      expect(JSON.parse(expected).length).toBeGreaterThan(10);

      const stores = { none: 0, cut: 0, whole: 0 };
      for (let kill = 0; kill < kills; kill++) {
        const db = join(folder, `killed-${kill}.duckdb`);
        const { child, ended } = await start(db);
        // Spread over the whole load, and at random inside each piece of it.
        await wait((undisturbed.ms * (kill + random() / 2 ** 32)) / kills);
        child.kill('SIGKILL');
        await ended;

        const context = `SEED=${seed}, kill ${kill}`;
        if (existsSync(db)) {
          const { issues } = await audit({ paths: [], db, rules: few });
          const isWhole = (await ask(db, 'SELECT is_whole FROM log.meta'))[0]?.[0];
          const told = issues.filter(({ message }) => cutOff.test(message));
          expect([context, told]).toEqual([
            context,
            isWhole === true ? [] : [{ severity: 'data_loss', message: expect.stringMatching(cutOff) }],
          ]);
          stores[isWhole === true ? 'whole' : 'cut']++;
        } else {
          stores.none++;
        }
        await loadIntoStore(db, { paths: [exports], bytesAtATime });
        expect([context, await findingsOf(db)]).toEqual([context, expected]);
        expect((await ask(db, 'SELECT is_whole FROM log.meta'))[0]?.[0]).toBe(true);
        await rm(db);
      }
      // It was hit where it matters.
      expect(stores.cut).toBeGreaterThan(3);
    });
  });

  it('by Ctrl-C in its middle ends with 130, and the next one completes the store', { timeout: 120_000 }, async () => {
    await build();
    const folder = await mkdtemp(join(tmpdir(), 'postlude-store-stop-'));
    try {
      const [temp, db] = [join(folder, 'temp'), join(folder, 'events.duckdb')];
      await mkdir(temp);
      await mkdir(join(folder, 'exports'));
      const { entries } = day(1, 3, scenes);
      const lines = ndjson(entries);
      const big = createWriteStream(join(folder, 'exports/big.ndjson'));
      for (let written = 0; written < 60e6; written += lines.length) big.write(lines);
      big.end();
      await once(big, 'close');

      const start = () => {
        const child = spawn(process.execPath, [cliPath, 'load', join(folder, 'exports'), '--db', db], {
          env: { ...process.env, TMPDIR: temp },
          stdio: ['ignore', 'ignore', 'pipe'],
        });
        running = child;
        let stderr = '';
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          stderr += text;
        });
        return { child, ended: once(child, 'close').then(([code]) => ({ code, stderr })) };
      };
      const { child, ended } = start();
      for (let tries = 0; tries < 1500 && !existsSync(db); tries++) await wait(20);
      await wait(200);
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      expect([code, stderr]).toEqual([130, expect.stringMatching(/^postlude: stopped while [^\n]*\n$/)]);
      expect(await readdir(temp)).toEqual([]);
      expect((await readdir(folder)).filter((name) => name.includes('tmp'))).toEqual([]);
      const cut = await audit({ paths: [], db, rules: few });
      expect([cut.run.events, cut.issues.filter(({ severity }) => severity === 'data_loss')]).toEqual([
        0,
        [{ severity: 'data_loss', message: expect.stringMatching(cutOff) }],
      ]);

      expect((await start().ended).code).toBe(0);
      const whole = await audit({ paths: [], db, rules: few });
      expect([whole.run.events, whole.issues.filter(({ severity }) => severity === 'data_loss')]).toEqual([
        entries.length,
        [],
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
