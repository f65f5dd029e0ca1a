import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, parse, resolve } from 'node:path';
import { compareText } from '../engine/compare.ts';
import { UserError } from '../engine/errors.ts';
import { resultsByAccount } from '../findings/of-account.ts';
import type { AuditResult } from '../findings/result.ts';
import type { ReportSpec } from './index.ts';
import { plainReport, type ReportOptions } from './options.ts';
import { writeWhole } from './target.ts';

/** So much of a long id stands in the name of its file; its hash tells it from others that begin the same way. */
const longestId = 80;
const shownOfLong = 40;

/**
 * The file of one account beside that of all: `out/result.json` → `out/result.AC….json`.
 *
 * Ids come from logs and can be anything. What is neither a lower-case letter or digit of ASCII, nor `-` or `_`, nor the `AC` in front
 * is written as `%` and two hexadecimal digits for each of its bytes, so that no name leaves its folder, and no two ids share one, not
 * even where upper and lower case are the same. `%` alone is the empty id; of a long id the name has the beginning, `%-`, and a hash.
 */
export function accountFile(file: string, account: string): string {
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}.${idInName(account)}${ext}`);
}

function idInName(account: string): string {
  if (account === '') return '%';
  const isSid = account.startsWith('AC');
  const rest = isSid ? account.slice(2) : account;
  // An `ac` in front would be the same file as `AC` where case does not matter.
  const encoded = [...Buffer.from(rest, 'utf8')]
    .map((byte, at) => {
      const char = String.fromCharCode(byte);
      const isPlain = /[a-z0-9_-]/.test(char) && (isSid || at > 0 || char !== 'a');
      return isPlain ? char : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
  const whole = `${isSid ? 'AC' : ''}${encoded}`;
  if (whole.length <= longestId) return whole;
  const hash = createHash('sha256').update(account).digest('hex');
  return `${whole.slice(0, shownOfLong).replace(/%.?$/, '')}%-${hash.slice(0, 32)}`;
}

/**
 * Makes sure, before any work is done, that there are files for the accounts to stand beside.
 * @throws UserError where no report goes to a file, or one to what is none
 */
export async function checkByAccount(
  specs: readonly Pick<ReportSpec<AuditResult>, 'format' | 'file'>[],
): Promise<void> {
  const files = specs.flatMap(({ file }) => file ?? []);
  if (files.length === 0) {
    const [format] = specs.map(({ format }) => format);
    throw new UserError(
      `--by account writes a file for each account beside that of --format NAME=FILE, and no file is named: --format ${format === undefined || format === 'terminal' ? 'json=result.json' : `${format}=result.${format}`}`,
    );
  }
  for (const file of files) {
    const there = await stat(file).catch(() => null);
    if (there !== null && !there.isFile()) {
      throw new UserError(`--by account needs a file that others can stand beside, and ${file} is a pipe or device`);
    }
  }
}

/**
 * Writes the report of each account beside each file, whole or not at all. One that cannot be written does not keep the others from
 * being so. Returns the files of other accounts that stand there.
 * @throws UserError that names what could not be written
 */
export async function writeByAccount(
  specs: readonly ReportSpec<AuditResult>[],
  result: AuditResult,
  options: ReportOptions,
): Promise<readonly string[]> {
  const named = new Set(specs.flatMap(({ file }) => (file === null ? [] : [resolve(file)])));
  const failures: string[] = [];
  const own = new Set(named);
  for (const { account, result: told } of resultsByAccount(result)) {
    for (const { report, file: beside } of specs) {
      if (beside === null) continue;
      const file = accountFile(beside, account);
      own.add(resolve(file));
      try {
        if (named.has(resolve(file))) {
          throw new UserError(
            `cannot write ${file} for an account: another --format goes there; give that another name`,
          );
        }
        await writeWhole(file, report(told, { ...options, width: plainReport.width, colour: false }));
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown;
        failures.push(thrown.message);
      }
    }
  }
  if (failures.length > 0) throw new UserError(shownFailures(failures));
  return (await Promise.all(specs.flatMap(({ file }) => (file === null ? [] : [besideFile(file)]))))
    .flat()
    .filter((file) => !own.has(resolve(file)));
}

/**
 * What stands beside a file under the name of an account. Ids that are no SIDs can look like any other word in a name (`result.old.json`),
 * so of those only the one is taken that postlude itself gives.
 */
async function besideFile(file: string): Promise<readonly string[]> {
  const { name, ext } = parse(file);
  const names = await readdir(dirname(resolve(file))).catch((): readonly string[] => []);
  return names
    .filter((other) => other.startsWith(`${name}.`) && other.endsWith(ext))
    .filter((other) => /^(?:AC[a-z0-9_%-]*|unknown)$/u.test(other.slice(name.length + 1, other.length - ext.length)))
    .sort(compareText)
    .map((other) => join(dirname(file), other));
}

const mostFailures = 20;

/** A full disk fails for all of a thousand accounts. */
function shownFailures(failures: readonly string[]): string {
  const rest = failures.length - mostFailures;
  return [...failures.slice(0, mostFailures), ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
}
