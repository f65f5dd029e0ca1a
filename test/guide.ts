/**
 * The guide in the README, played: what stands between `<!-- guide -->` and `<!-- end of guide -->`. A block of `sh` is run, and the block of `text` behind it
 * is what it prints; a block behind `<!-- file PATH -->` is written to that file, or with `from LINE` put in the place of all that follows that line.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cliPath } from './cli/postlude.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
export const readmePath = join(root, 'README.md');

export type Step =
  | { readonly kind: 'file'; readonly path: string; readonly from: string | null; readonly text: string }
  | { readonly kind: 'command'; readonly line: number; readonly command: string; readonly prints: Place | null };

/** A part of the README's text. */
type Place = { readonly begin: number; readonly end: number };

const block =
  /(?:<!-- file (?<path>\S+?)(?: from (?<from>\S+))? -->\n\n)?^```(?<language>\w+)\n(?<text>[\s\S]*?)^```$/gmu;

export function stepsOf(readme: string): readonly Step[] {
  const begin = readme.indexOf('<!-- guide -->');
  const end = readme.indexOf('<!-- end of guide -->');
  if (begin < 0 || end < begin) throw new Error('the README has no guide');
  const steps: Step[] = [];
  for (const match of readme.slice(begin, end).matchAll(block)) {
    const { path, from, language, text = '' } = match.groups ?? {};
    const at = begin + match.index + match[0].indexOf('```');
    if (path !== undefined) steps.push({ kind: 'file', path, from: from ?? null, text });
    else if (language === 'sh') {
      const line = readme.slice(0, at).split('\n').length;
      steps.push({ kind: 'command', line, command: text, prints: null });
    } else if (language === 'text') {
      const last = steps.pop();
      if (last?.kind !== 'command') throw new Error('an output without a command before it');
      const start = at + '```text\n'.length;
      steps.push({ ...last, prints: { begin: start, end: start + text.length } });
    }
  }
  return steps;
}

export type Played = { readonly step: Step & { readonly kind: 'command' }; readonly printed: string };

/** Plays the steps in a folder of their own, in which `fixtures` are those of this repository. */
export async function playGuide(readme: string): Promise<readonly Played[]> {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-guide-'));
  try {
    await symlink(join(root, 'fixtures'), join(folder, 'fixtures'));
    const played: Played[] = [];
    for (const step of stepsOf(readme)) {
      if (step.kind === 'file') await write(join(folder, step.path), step.from, step.text);
      else played.push({ step, printed: await run(folder, step.command) });
    }
    return played;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function write(path: string, from: string | null, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if (from === null) return writeFile(path, text);
  const there = await readFile(path, 'utf8');
  const at = there.indexOf(`\n${from}`) + 1;
  if (at === 0) throw new Error(`${path} has no line ${from}`);
  await writeFile(path, there.slice(0, at) + text);
}

/** What a command prints to both streams. */
function run(cwd: string, command: string): Promise<string> {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const script = `npx() { shift; '${process.execPath}' '${cliPath}' "$@"; }\n${command}`;
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `{ ${script}\n} 2>&1`], { cwd, env: { ...env, COLUMNS: '100' } });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject);
    // CSV ends its lines as its standard says; in the README they end as all others do.
    child.on('close', () => resolve(output.replaceAll('\r\n', '\n')));
  });
}

/** Without the time that things took. */
export function timeless(printed: string): string {
  return printed.replaceAll(/\bin [\d.,]+ m?s$/gmu, 'in a moment');
}

/** The README with what its commands really print. */
export function withOutputs(readme: string, played: readonly Played[]): string {
  return played
    .toReversed()
    .reduce(
      (text, { step: { prints }, printed }) =>
        prints === null ? text : text.slice(0, prints.begin) + printed + text.slice(prints.end),
      readme,
    );
}
