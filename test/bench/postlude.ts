/** The commands that are measured, and what is read of their results. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { type Command, node } from './measure.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const bareLoadScript = fileURLToPath(new URL('bare-load.mjs', import.meta.url));

export function checkBuilt(): void {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: run "npm run build" first');
}

export function postlude(args: readonly string[]): Command {
  return { ...node([cli, ...args]), expectedCodes: [0] };
}

export async function helpOf(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, command, '--help']);
  return stdout;
}

/** An audit with all shipped rules that writes JSON, with the times of its phases; 1 says that there are findings. */
export function audit(args: readonly string[], resultFile: string): Command {
  return {
    ...node([cli, 'audit', ...args, '--no-config', '--quiet', '--timing', '--format', `json=${resultFile}`]),
    expectedCodes: [0, 1],
  };
}

/** DuckDB alone reads the file into one typed table. */
export function bareLoad(file: string): Command {
  return node([bareLoadScript, file]);
}

const findingSchema = z.looseObject({
  ruleId: z.string(),
  subject: z.object({ type: z.string(), id: z.string() }),
  evidence: z.array(z.looseObject({ file: z.string().nullish(), line: z.int().nullish() })),
});

const resultSchema = z.object({
  run: z.object({
    events: z.int(),
    accounts: z.int(),
    timing: z.object({ phases: z.array(z.object({ name: z.string(), ms: z.number() })) }).optional(),
  }),
  rules: z.array(z.object({ id: z.string(), status: z.string() })),
  findings: z.array(findingSchema),
});
export type Result = z.infer<typeof resultSchema>;

export async function readResult(file: string): Promise<Result> {
  return resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

export type Fingerprint = { readonly findings: number; readonly exact: string; readonly withoutPlaces: string };

/** What tells two results apart: everything that stands in their findings. */
export async function fingerprint(resultFile: string): Promise<Fingerprint> {
  const { findings } = await readResult(resultFile);
  const withoutPlaces = findings.map((finding) => ({
    ...finding,
    evidence: finding.evidence.map(({ file: _file, line: _line, ...rest }) => rest),
  }));
  return { findings: findings.length, exact: hashOf(findings), withoutPlaces: hashOf(withoutPlaces) };
}

export function compared(one: Fingerprint, other: Fingerprint): string {
  if (one.exact === other.exact) return `the same ${one.findings}`;
  if (one.withoutPlaces === other.withoutPlaces) return `the same ${one.findings}, evidence at other places`;
  return `**different** (${one.findings} against ${other.findings})`;
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
