import { compareText } from '../engine/compare.ts';
import { UserError } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';
import { publicTables } from '../model/build.ts';
import { bindInTime, bindTimeoutMs } from './bind-sound-rule.ts';
import { type CheckedSql, checkRuleSql } from './check-sql.ts';
import type { ChosenRules } from './choose.ts';
import { alreadyDefined } from './discover.ts';
import { PredicateError } from './load-predicate.ts';
import { looseBraces } from './message.ts';
import { displayPath, type Problem, shortened } from './position.ts';
import { openPredicate } from './predicate-thread.ts';
import type { Rule } from './rule.ts';
import { textOfFile } from './rule-files.ts';

/**
 * All that can be found wrong in the chosen rules without running them over events, sorted by place.
 * @param emptyModel from `openEmptyModel`
 * @param code false: predicates are not loaded, which would run what stands in them
 */
export async function lintRules(
  emptyModel: Session,
  chosen: ChosenRules,
  { code }: { readonly code: boolean },
): Promise<readonly Problem[]> {
  const problems: Problem[] = [...chosen.problems, ...takenIds(chosen)];
  for (const rule of chosen.rules) {
    problems.push(...(await sqlProblems(emptyModel, rule)), ...missingReference(rule), ...bracesProblems(rule));
    if (code) problems.push(...(await predicateProblems(emptyModel, rule)));
  }
  const byText = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...byText.values()].sort(
    (a, b) =>
      compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.message, b.message),
  );
}

/** An audit takes the rules of its folders together with the shipped ones. */
function takenIds({ rules, others }: ChosenRules): readonly Problem[] {
  const taken = new Map(others.map(({ id, file }) => [id, file]));
  return rules.flatMap(({ id, file }) => {
    const earlier = taken.get(id);
    return earlier === undefined || earlier === file
      ? []
      : [{ file, line: 1, column: 1, message: alreadyDefined(id, earlier) }];
  });
}

async function sqlProblems(session: Session, rule: Rule): Promise<readonly Problem[]> {
  const checked = await checkRuleSql(session.connection, rule, publicTables);
  // What is not one SELECT over known tables cannot be bound, or is not to be.
  if (checked.problems.length > 0) return checked.problems;
  const { problems } = await bindInTime(session, rule);
  return [...problems, ...(await unproducedCauses(rule, checked))];
}

function missingReference(rule: Rule): readonly Problem[] {
  const { reference, causes } = rule.header;
  if (reference !== '' || Object.values(causes).every((cause) => cause.reference !== undefined)) return [];
  const message = 'reference is missing: the address of the page that documents what the rule finds';
  return [{ file: rule.file, ...rule.locate(['reference']), message }];
}

/** Only lint tells them: a message with such braces is no reason to keep a rule from running. */
function bracesProblems(rule: Rule): readonly Problem[] {
  return Object.entries(rule.header.causes).flatMap(([cause, spec]) =>
    (['message', 'fix'] as const).flatMap((key) =>
      looseBraces(spec[key]).map((found) => {
        const name = /^\{\s*([A-Za-z_]\w*)/u.exec(found)?.[1];
        const way = name === undefined ? 'write {{ or }} for a brace' : `write {${name}} for the value, {{ for a brace`;
        const message = `causes.${cause}.${key} has ${shortened(found)}, which is printed as it stands: ${way}`;
        return { file: rule.file, ...rule.locate(['causes', cause, key]), message };
      }),
    ),
  );
}

/**
 * Declared causes that no row can have. Only where all of them are written out can that be told: what is put together, or decided
 * by a function, may be any.
 */
async function unproducedCauses(rule: Rule, checked: CheckedSql): Promise<readonly Problem[]> {
  const declared = Object.keys(rule.header.causes);
  // The only cause needs no column.
  if (declared.length === 1 || checked.computesCause) return [];
  const read = rule.predicateFile === undefined ? null : await textOfFile(rule.predicateFile);
  const code = read !== null && 'text' in read ? read.text : '';
  const inCode = declared.filter((cause) => textIn(code, cause));
  if (inCode.length === 0 && /\bcause\b/u.test(code)) return [];
  return declared
    .filter((cause) => !checked.texts.has(cause) && !inCode.includes(cause))
    .map((cause) => ({
      file: rule.file,
      ...rule.locate(['causes', cause]),
      message: `the cause ${cause} is declared but never given: ${
        rule.predicateFile === undefined ? 'the SQL does not name it' : 'neither the SQL nor the predicate names it'
      }`,
    }));
}

function textIn(code: string, text: string): boolean {
  return ["'", '"', '`'].some((quote) => code.includes(`${quote}${text}${quote}`)) || objectKey(text).test(code);
}

/** `{ outage: … }` names it too. Causes are made of letters, digits and `-`. */
function objectKey(text: string): RegExp {
  return new RegExp(String.raw`[{,]\s*${text}\s*:`, 'u');
}

async function predicateProblems(session: Session, rule: Rule): Promise<readonly Problem[]> {
  if (rule.predicateFile === undefined) return [];
  const read = await textOfFile(rule.predicateFile);
  if ('problem' in read) return [read.problem];
  try {
    const deadline = { at: performance.now() + bindTimeoutMs, ms: bindTimeoutMs };
    await openPredicate(session, rule, rule.predicateFile, deadline);
    return [];
  } catch (thrown) {
    if (thrown instanceof PredicateError) return [thrown.problem];
    if (!(thrown instanceof UserError)) throw thrown;
    return [{ file: displayPath(rule.predicateFile), line: 1, column: 1, message: thrown.message }];
  }
}
