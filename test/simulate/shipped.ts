import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { isFields } from '../generate/fields.ts';

export type Cause = { readonly rule: string; readonly cause: string };

/** The rules that are shipped with their causes, as their files say in their headers: read as text, as a reader would. */
export async function shippedCauses(): Promise<readonly Cause[]> {
  const folder = fileURLToPath(new URL('../../rules/', import.meta.url));
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.sql')).sort();
  const causes = await Promise.all(files.map((file) => causesIn(`${folder}${file}`, file.slice(0, -'.sql'.length))));
  return causes.flat();
}

async function causesIn(path: string, rule: string): Promise<readonly Cause[]> {
  const text = await readFile(path, 'utf8');
  const header: unknown = parse(/^\/\*(.*?)\*\//s.exec(text)?.[1] ?? '');
  const causes = isFields(header) && isFields(header.causes) ? Object.keys(header.causes) : [];
  return causes.map((cause) => ({ rule, cause }));
}

export function causeName({ rule, cause }: Cause): string {
  return `${rule} ▸ ${cause}`;
}

/** Those of the first list that the second lacks. */
export function without(some: readonly Cause[], others: readonly Cause[]): readonly string[] {
  const names = new Set(others.map(causeName));
  return some.map(causeName).filter((name) => !names.has(name));
}
