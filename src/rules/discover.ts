import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareText } from '../engine/compare.ts';
import { isErrno, UserError } from '../engine/errors.ts';
import { didYouMean } from '../engine/suggest.ts';
import type { Explained } from './explains.ts';
import { parseRuleText } from './header.ts';
import { knownHeaders } from './known-headers.ts';
import { displayPath, formatProblem, type Problem } from './position.ts';
import type { Rule } from './rule.ts';
import { filesBelow, textOfFile, unreadableFile } from './rule-files.ts';
import { isWrittenTypes } from './types-mark.ts';

export type FoundRules = {
  /** Sorted by id. */
  readonly rules: readonly Rule[];
  /** Files that cannot be read, or whose header is wrong: they would be rules, and can be asked for by their id. */
  readonly broken: readonly BrokenRule[];
  /** All that is wrong, in all files, those of broken rules among them, sorted by file and line. */
  readonly problems: readonly Problem[];
};

export type BrokenRule = { readonly id: string; readonly file: string; readonly problems: readonly Problem[] };

/** The folder of the rules that come with postlude; two folders up both from `src/rules` and from `dist/rules`. */
export function shippedRulesDir(): string {
  return displayPath(fileURLToPath(new URL('../../rules', import.meta.url)));
}

/**
 * Reads the rule files of folders, or single `.sql` files, whose id is then their folder's name and their own.
 * A file with a wrong header is no rule but a problem; the others are there all the same. Nothing is run, and no predicate is loaded.
 * @param elsewhere ids of rules that are not in there, and that `explains` may name all the same
 * @throws UserError where a folder or file does not exist.
 */
export async function findRules(paths: readonly string[], elsewhere: Iterable<string> = []): Promise<FoundRules> {
  const places = await Promise.all(paths.map(placeOf));
  const headers = await knownHeaders();
  const problems: Problem[] = places.flatMap((place) => place.problems);
  const found = new Map<string, Rule>();
  const broken: BrokenRule[] = [];
  /** Also those whose header is wrong: that another rule names them is no second mistake. */
  const known = new Map<string, string>();

  for (const { id, file, hasPredicate, hasCases } of places.flatMap(({ rules }) => rules)) {
    const nowhere = { file, line: 1, column: 1 };
    const earlier = known.get(id);
    if (earlier !== undefined) {
      if (earlier !== file) problems.push({ ...nowhere, message: alreadyDefined(id, earlier) });
      continue;
    }
    known.set(id, file);
    // The id is printed everywhere and is what --rules matches: no blanks, no escapes, no wildcards.
    if (!/^[\w.-]+(\/[\w.-]+)*$/u.test(id)) {
      problems.push({
        ...nowhere,
        message: 'the names of rule files and their folders are made of letters, digits, ., - and _',
      });
      continue;
    }
    const read = await textOfFile(file);
    if ('problem' in read) {
      problems.push(read.problem);
      broken.push({ id, file, problems: [read.problem] });
      continue;
    }
    const text = read.text.replace(/^\uFEFF/u, '');
    const { header, problems: wrong, ...body } = parseRuleText(file, text, headers);
    problems.push(...wrong);
    if (header === null) {
      broken.push({ id, file, problems: wrong });
      continue;
    }
    const stem = file.slice(0, -'.sql'.length);
    found.set(id, {
      id,
      file,
      text,
      header,
      ...body,
      ...(hasPredicate ? { predicateFile: `${stem}.ts` } : {}),
      ...(hasCases ? { casesFile: `${stem}.cases.yaml` } : {}),
    });
  }
  for (const { listed } of places) problems.push(...(await strays(listed)));

  const rules = [...found.values()].sort((a, b) => compareText(a.id, b.id));
  const beside = await besideSingle(rules, new Set(places.flatMap((place) => place.single ?? [])));
  problems.push(...unknownExplained(rules, new Set([...known.keys(), ...elsewhere, ...beside])), ...circles(rules));
  return { rules, broken, problems: problems.sort(byPlace) };
}

/** Where nothing is found, whoever named the place would take silence for `nothing is wrong`. */
export function noRuleIn(paths: readonly string[]): UserError {
  return new UserError(`there is no rule in ${paths.join(', ')}: a rule is a .sql file`);
}

export function alreadyDefined(id: string, earlier: string): string {
  return `the rule ${id} is already defined in ${earlier}: give this file another name, as it is not used`;
}

/** One line per problem, for a `UserError` or standard error. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join('\n');
}

type RuleFile = {
  readonly id: string;
  readonly file: string;
  readonly hasPredicate: boolean;
  readonly hasCases: boolean;
};

/** A folder of rules, or the one file that is meant. */
type Place = {
  readonly rules: readonly RuleFile[];
  /** The file that was named by itself. */
  readonly single?: string;
  /** All files of a folder. */
  readonly listed: readonly string[];
  readonly problems: readonly Problem[];
};

async function placeOf(path: string): Promise<Place> {
  const info = await stat(path).catch((thrown: unknown) => {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) throw new UserError(`no such folder or file of rules: ${path}`);
    throw new UserError(formatProblem(unreadableFile(path, thrown)));
  });
  if (!info.isDirectory()) {
    if (!path.endsWith('.sql')) throw new UserError(`a rule is a .sql file: ${path}`);
    const folder = dirname(resolve(path));
    const names = await readdir(folder).catch((thrown: unknown) => {
      throw new UserError(formatProblem(unreadableFile(folder, thrown)));
    });
    const present = new Set(names.map((name) => join(folder, name)));
    const rule = ruleFile(dirname(folder), join(folder, basename(path)), present);
    return { rules: [rule], single: rule.file, listed: [], problems: [] };
  }
  const { files: listed, problems } = await filesBelow(path);
  const present = new Set(listed);
  const rules = listed.filter((file) => file.endsWith('.sql')).map((file) => ruleFile(path, file, present));
  return { rules, listed, problems };
}

function ruleFile(root: string, file: string, present: ReadonlySet<string>): RuleFile {
  const stem = file.slice(0, -'.sql'.length);
  return {
    id: relative(root, stem).split(sep).join('/'),
    file: displayPath(file),
    hasPredicate: present.has(`${stem}.ts`),
    hasCases: present.has(`${stem}.cases.yaml`),
  };
}

/** A predicate, its types or cases without their rule are most likely a rule that was renamed by halves. */
async function strays(listed: readonly string[]): Promise<Problem[]> {
  const present = new Set(listed);
  const problems: Problem[] = [];
  for (const file of listed) {
    const nowhere = { file: displayPath(file), line: 1, column: 1 };
    const cases = file.replace(/\.cases\.yaml$/u, '');
    if (cases !== file && !present.has(`${cases}.sql`)) {
      problems.push({ ...nowhere, message: `cases without a rule: there is no ${basename(cases)}.sql beside them` });
    }
    const code = file.replace(/(\.d)?\.ts$/u, '');
    const types = file.replace(/\.types\.ts$/u, '');
    if (code === file || file.endsWith('.d.ts') || present.has(`${code}.sql`)) continue;
    const read = await textOfFile(file);
    if ('problem' in read) {
      problems.push(read.problem);
      continue;
    }
    if (types !== file && !present.has(`${types}.sql`) && isWrittenTypes(read.text)) {
      problems.push({ ...nowhere, message: `types without a rule: there is no ${basename(types)}.sql beside them` });
    }
    if (/^\s*export\s+default\b|^\s*export\s*\{[^}]*\bas\s+default\b/mu.test(read.text)) {
      const name = basename(code);
      const message = `a predicate without a rule: there is no ${name}.sql beside it (a helper has no default export)`;
      problems.push({ ...nowhere, message });
    }
  }
  return problems;
}

/**
 * The explained rules that lie where a file that was named alone would have them: in whichever of the folders above it the rules begin, which it
 * does not say itself. They were not read, so nothing is said of them.
 */
async function besideSingle(rules: readonly Rule[], single: ReadonlySet<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { file, header } of rules.filter((rule) => single.has(rule.file))) {
    for (const { ruleId } of header.explains) {
      for (let folder = dirname(resolve(file)); folder !== dirname(folder); folder = dirname(folder)) {
        const other = await stat(join(folder, `${ruleId}.sql`)).catch(() => null);
        if (other !== null) found.push(ruleId);
      }
    }
  }
  return found;
}

function unknownExplained(rules: readonly Rule[], known: ReadonlySet<string>): Problem[] {
  const causesOf = new Map(rules.map(({ id, header }) => [id, Object.keys(header.causes)]));
  return rules.flatMap((rule) =>
    rule.header.explains.flatMap((named, i) => {
      const message = whatIsUnknown(named, known, causesOf);
      return message === null ? [] : [{ file: rule.file, ...rule.locate(['explains', i]), message }];
    }),
  );
}

/** Of rules that are elsewhere the causes are not known here. */
function whatIsUnknown(
  { ruleId, cause }: Explained,
  known: ReadonlySet<string>,
  causesOf: ReadonlyMap<string, readonly string[]>,
): string | null {
  if (!known.has(ruleId)) return `explains names a rule that does not exist, ${ruleId}${didYouMean(ruleId, known)}`;
  const causes = causesOf.get(ruleId);
  if (cause === null || causes === undefined || causes.includes(cause)) return null;
  return `explains names a cause that ${ruleId} does not have, ${cause}${didYouMean(cause, causes) || `: it has ${causes.join(', ')}`}`;
}

/** Each circle once, told at the rule of it whose id comes first. */
function circles(rules: readonly Rule[]): Problem[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const problems: Problem[] = [];
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    const start = path.indexOf(id);
    if (start >= 0) {
      const circle = path.slice(start);
      const first = [...circle].sort(compareText)[0] ?? id;
      const turned = [...circle.slice(circle.indexOf(first)), ...circle.slice(0, circle.indexOf(first))];
      const rule = byId.get(first);
      if (rule === undefined) return;
      const at = rule.header.explains.findIndex(({ ruleId }) => ruleId === (turned[1] ?? first));
      const message = `explains goes in a circle: ${[...turned, first].join(' → ')}`;
      problems.push({ file: rule.file, ...rule.locate(['explains', at]), message });
      return;
    }
    if (done.has(id)) return;
    for (const { ruleId } of byId.get(id)?.header.explains ?? []) visit(ruleId, [...path, id]);
    done.add(id);
  };
  for (const { id } of rules) visit(id, []);
  return problems;
}

function byPlace(a: Problem, b: Problem): number {
  return compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.message, b.message);
}
