/** Whenever an audit that is to be resumed is killed, the next one ends with what one that was never disturbed reports. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { loadIntoStore } from '../../src/store/load.ts';
import { build, cliPath } from '../cli/postlude.ts';
import { createRandom } from '../generate/random.ts';
import { seed } from '../seed.ts';
import { simulate } from '../simulate/simulate.ts';

const kills = 20;

let running: ChildProcess | null = null;
afterEach(() => running?.kill('SIGKILL'));

it('reports the same, and takes over what was done', { timeout: 900_000 }, async () => {
  await build();
  const random = createRandom(`killed audit ${seed}`);
  const folder = await mkdtemp(join(tmpdir(), 'postlude-killed-audit-'));
  try {
    const { files } = await simulate({ seed: 'killed audit', conversations: 20, incidents: true });
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, 'exports', path)), { recursive: true });
      await writeFile(join(folder, 'exports', path), content);
    }
    const db = join(folder, 'events.duckdb');
    const temp = join(folder, 'temp');
    await mkdir(temp);
    await loadIntoStore(db, { paths: [join(folder, 'exports')] });

    const start = (result: string) => {
      const args = ['audit', '--db', db, '--resume', '--rules', 'merge', '--rules', 'profile', '--quiet'];
      const child = spawn(process.execPath, [cliPath, ...args, '--format', `html=${result}`], {
        env: { ...process.env, TMPDIR: temp },
        stdio: 'ignore',
      });
      running = child;
      const began = performance.now();
      return { child, ended: once(child, 'close').then(() => performance.now() - began) };
    };
    // A page tells all of it: whom the findings hit and what happened around them, too.
    const reportIn = async (file: string) =>
      (await readFile(file, 'utf8'))
        .replaceAll(/"durationMs":\d+/g, '"durationMs":0')
        .replace(/"timing":\{"phases":.*?"memoryLimit":\d+\}/, '"timing":{}');

    const sound = join(folder, 'sound.html');
    const ms = await start(sound).ended;
    const expected = await reportIn(sound);
    expect(expected.match(/"fingerprint":/g)?.length).toBeGreaterThan(20);
    expect(expected).toContain('"timelinesLeftOut":0');

    let tookOver = 0;
    for (let kill = 0; kill < kills; kill++) {
      const context = `SEED=${seed}, kill ${kill}`;
      const result = join(folder, `${kill}.html`);
      const { child, ended } = start(result);
      await wait((ms * (kill + random() / 2 ** 32)) / kills);
      child.kill('SIGKILL');
      await ended;
      const parts = existsSync(`${db}.parts`) ? (await readdir(`${db}.parts`)).length : 0;
      if (parts > 0) tookOver++;
      await start(result).ended;
      expect([context, await reportIn(result)]).toEqual([context, expected]);
      expect([context, existsSync(`${db}.parts`)]).toEqual([context, false]);
    }
    expect(tookOver).toBeGreaterThan(3);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
