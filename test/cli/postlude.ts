import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cli = join(root, 'dist/cli.js');
/** Not in `dist`, which is packed as it is. */
const cache = join(root, 'node_modules/.cache/postlude-build');
const stamp = join(cache, 'built');
const lock = join(cache, 'lock');

/** Builds what the package ships, unless it is newer than its sources. Tests run in several processes: one builds, the others wait. */
export async function build(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  for (let tries = 0; !isFresh(); tries++) {
    try {
      mkdirSync(lock);
    } catch {
      // A lock that outlives any build was left behind by a process that was killed.
      if (tries > 600) rmdirSync(lock);
      await wait(200);
      continue;
    }
    try {
      const started = new Date();
      execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      writeFileSync(stamp, '');
      utimesSync(stamp, started, started);
    } finally {
      rmdirSync(lock);
    }
    // Sources that changed meanwhile are for the next run; waiting for them to rest could take for ever.
    return;
  }
}

function isFresh(): boolean {
  const built = statSync(stamp, { throwIfNoEntry: false });
  if (built === undefined || statSync(cli, { throwIfNoEntry: false }) === undefined) return false;
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).every(
    (entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs < built.mtimeMs,
  );
}

export type Answer = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

type Surroundings = {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that starts it: whatever comes behind is the program and what it is told. */
  readonly through?: readonly string[];
  /** What is done while it runs. */
  readonly meanwhile?: (child: ChildProcess) => Promise<void>;
};

/** Calls the built program as its own process, without a terminal. */
export function postlude(
  args: readonly string[],
  { cwd = root, input = '', env = {}, through = [], meanwhile = async () => {} }: Surroundings = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { NO_COLOR: _no, FORCE_COLOR: _force, COLUMNS: _columns, ...inherited } = process.env;
    const [command = process.execPath, ...rest] = [...through, process.execPath, cli, ...args];
    const child = spawn(command, rest, { cwd, env: { ...inherited, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    const done = meanwhile(child);
    done.catch(reject);
    child.on('close', (code) => done.then(() => resolve({ code, stdout, stderr }), reject));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

export const cliPath = cli;
