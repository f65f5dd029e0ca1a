import type { WrittenCases } from '../cases/written-cases.ts';
import type { CauseSpec, ParamSpec } from '../rules/header.ts';
import { jsonValue } from '../rules/json-value.ts';
import { inWords } from '../rules/message.ts';
import type { Rule } from '../rules/rule.ts';
import { type Block, type Item, markdownPage, type Page, type Section, terminalPage } from './page.ts';
import { escapeInJson } from './sanitise.ts';
import { style } from './style.ts';

/** A rule and what there is to say about it beside its own file. */
export type DescribedRule = {
  readonly rule: Rule;
  /** Rules that can be the cause of its findings, and rules whose findings it can be the cause of. */
  readonly explainedBy: readonly NamedRule[];
  readonly explains: readonly NamedRule[];
  /** Null where it has none. */
  readonly cases: WrittenCases | null;
};

/** A rule of which at least the id is known; `page` is where its page is, seen from that of the rule it is named on. */
export type NamedRule = {
  readonly id: string;
  readonly title: string | null;
  readonly page: string | null;
  /** The one cause of the explained rule that is meant; null where all are. */
  readonly cause: string | null;
};

type Layout = { readonly width: number; readonly colour: boolean };

export function rulesForTerminal(rules: readonly DescribedRule[], { width, colour }: Layout): string {
  return rules
    .map((each) => terminalPage(rulePage(each), Math.min(Math.max(width, 50), 100), style(colour)))
    .join('\n');
}

/**
 * A rule's page in Markdown.
 * @param mark a comment for its beginning
 */
export function ruleMarkdown(rule: DescribedRule, mark?: string): string {
  return markdownPage(rulePage(rule), mark);
}

/** For programs: a list, whether one rule was asked for or several. */
export function rulesJson(rules: readonly DescribedRule[]): string {
  const records = rules.map(({ rule, explains, explainedBy, cases }) => ({
    id: rule.id,
    file: rule.file,
    title: rule.header.title,
    severity: rule.header.severity,
    subject: rule.header.subject,
    reference: rule.header.reference,
    requires: rule.header.requires,
    params: Object.entries(rule.header.params).map(([name, spec]) => ({
      name,
      type: spec.type,
      default: jsonValue(spec.default),
      description: spec.description,
    })),
    causes: Object.entries(rule.header.causes).map(([name, cause]) => ({
      name,
      message: cause.message,
      fix: cause.fix,
      severity: cause.severity ?? null,
      certainty: cause.certainty ?? null,
      reference: cause.reference ?? null,
    })),
    falsePositives: rule.header.falsePositives,
    residual: rule.header.residual,
    explains: [...new Set(explains.map(({ id }) => id))],
    explainedBy: [...new Set(explainedBy.map(({ id }) => id))],
    predicate: rule.predicateFile ?? null,
    cases: cases?.cases.map(({ name }) => name) ?? null,
    sql: rule.sql.trim(),
  }));
  return `${escapeInJson(JSON.stringify(records, null, 2))}\n`;
}

function rulePage({ rule, explains, explainedBy, cases }: DescribedRule): Page {
  const { title, severity, subject, reference, requires, params, causes, falsePositives, residual } = rule.header;
  const list = (items: readonly Item[]): readonly Block[] => (items.length === 0 ? [] : [{ kind: 'list', items }]);
  const sections: readonly Section[] = [
    {
      heading: null,
      blocks: [
        ...(reference === '' ? [] : [{ kind: 'text', text: reference } as const]),
        ...(residual
          ? [{ kind: 'text', text: 'A finding is dropped where other findings tell of all its evidence.' } as const]
          : []),
      ],
    },
    { heading: 'Causes', blocks: list(Object.entries(causes).map(causeItem)) },
    {
      heading: 'What looks like it and is not',
      blocks: list(falsePositives.map((text) => ({ text }))),
    },
    {
      heading: 'Files that it needs',
      blocks: list(requires.map((tables) => ({ text: tables.split('|').map(spaced).join(' or ') }))),
    },
    { heading: 'Params', blocks: list(Object.entries(params).map(paramItem)) },
    { heading: 'Can be the cause of', blocks: list(explains.map(ruleItem)) },
    { heading: 'Can be caused by', blocks: list(explainedBy.map(ruleItem)) },
    { heading: 'Cases', blocks: list((cases?.cases ?? []).map(({ name }) => ({ text: name }))) },
    { heading: 'Examples', blocks: cases === null ? [] : exampleBlocks(rule, cases) },
    {
      heading: 'SQL',
      blocks: [
        ...(rule.predicateFile === undefined
          ? []
          : [{ kind: 'text', text: 'A predicate in TypeScript decides about each row of it.' } as const]),
        { kind: 'code', language: 'sql', text: rule.sql.trim() },
      ],
    },
  ];
  return {
    title,
    facts: [rule.id, severity, `about ${/^[aeiou]/u.test(subject) ? 'an' : 'a'} ${subject}`],
    sections: sections.filter(({ blocks }) => blocks.length > 0),
  };
}

/** Of each cause the first case that expects it. */
function exampleBlocks(rule: Rule, { given, cases }: WrittenCases): readonly Block[] {
  const examples = Object.keys(rule.header.causes).flatMap((cause) => {
    const example = cases.find(({ causes }) => causes.includes(cause));
    return example === undefined ? [] : [example];
  });
  if (examples.length === 0) return [];
  return [
    ...(given === null
      ? []
      : [
          { kind: 'text', text: 'Every case begins with' } as const,
          { kind: 'code', language: 'yaml', text: given } as const,
        ]),
    ...[...new Set(examples)].map(({ yaml }) => ({ kind: 'code', language: 'yaml', text: yaml }) as const),
  ];
}

function causeItem([name, { message, fix, severity, certainty, reference }]: readonly [string, CauseSpec]): Item {
  const differs = [severity, certainty].filter((word) => word !== undefined).join(', ');
  return {
    name,
    text: differs === '' ? '' : differs,
    more: [message, `What to do: ${fix}`, ...(reference === undefined ? [] : [reference])],
  };
}

function paramItem([name, { type, default: value, description }]: readonly [string, ParamSpec]): Item {
  const shown = typeof value === 'string' ? JSON.stringify(value) : inWords(value);
  return { name, text: `${type}, ${shown} unless it is set`, more: [description] };
}

function ruleItem({ id, title, page, cause }: NamedRule): Item {
  return { name: id, link: page, text: `${title ?? ''}${cause === null ? '' : ` (only ${cause})`}`.trim() };
}

function spaced(table: string): string {
  return table.trim().replaceAll('_', ' ');
}
