/** The SQL of a rule: one SELECT over known tables, or problems at places that the text has. Nothing is run. */
import { StatementType } from '@duckdb/node-api';
import { publicTables } from '../../../src/model/build.ts';
import { openEmptyModel } from '../../../src/model/empty.ts';
import { bindRule } from '../../../src/rules/bind.ts';
import { checkRuleSql } from '../../../src/rules/check-sql.ts';
import { ctesOf } from '../../../src/rules/ctes.ts';
import { parseRuleText } from '../../../src/rules/header.ts';
import type { Rule } from '../../../src/rules/rule.ts';
import { lexemes, readSqlText, withoutSemicolons } from '../../../src/rules/sql-text.ts';
import { filesOf } from '../seeds.ts';
import { promise, promiseProblem, type Target } from '../target.ts';

const before = `/*
title: A rule with any SQL
severity: warning
subject: conversation
params:
  age: { type: interval, default: 5 minutes, description: an age }
  least: { type: integer, default: 3, description: a count }
causes:
  silent: { message: "{subject_id} is silent", fix: Speak. }
  loud: { message: "{subject_id} is loud", fix: Whisper. }
*/
`;

export const sql: Target = {
  name: 'sql',
  share: 2,
  kind: 'text',
  async seeds() {
    const rules = await filesOf('rules', '.sql');
    return rules.map((text) => Buffer.from(parseRuleText('x.sql', text.toString('utf8')).sql.trim()));
  },
  async open() {
    const session = await openEmptyModel();
    return {
      async check(bytes) {
        const rule = ruleOf(bytes.toString('utf8'));
        promiseLexemes(rule.sql);
        const checked = await checkRuleSql(session.connection, rule, publicTables);
        for (const problem of checked.problems) promiseProblem(rule.text, problem);
        for (const table of checked.tables) promise(publicTables.includes(table), 'tables are known', table);
        const { names, upTo } = ctesOf(rule.sql);
        for (const name of names) promise(upTo(name).includes('SELECT * FROM'), 'a step is a SELECT');
        if (checked.problems.length > 0) return;

        const statements = await session.connection.extractStatements(rule.sql);
        promise(statements.count === 1, 'what is right is one statement', statements.count);
        const bound = await bindRule(session.connection, rule);
        for (const problem of bound.problems) promiseProblem(rule.text, problem);
        if (bound.problems.length > 0) return;
        const prepared = await session.connection.prepare(withoutSemicolons(rule.sql));
        promise(prepared.statementType === StatementType.SELECT, 'what is right is a SELECT', prepared.statementType);
        prepared.destroySync();
      },
      close: () => session.close(),
    };
  },
};

function ruleOf(text: string): Rule {
  const file = before + text;
  const { header, problems: _, ...body } = parseRuleText('x.sql', file);
  promise(header !== null, 'the header of the target is right');
  return { id: 'x', file: 'x.sql', text: file, header, ...body };
}

function promiseLexemes(text: string): void {
  let end = 0;
  for (const lexeme of lexemes(text)) {
    promise(lexeme.offset >= end && lexeme.end > lexeme.offset, 'pieces of SQL follow each other', lexeme);
    promise(text.slice(lexeme.offset, lexeme.end) === lexeme.text, 'a piece stands where it is said to', lexeme);
    end = lexeme.end;
  }
  const { semicolons } = readSqlText(text);
  promise(
    semicolons.every((at) => text[at] === ';'),
    'semicolons stand where they are said to',
  );
  promise(withoutSemicolons(text).length === text.length, 'every place stays where it was');
}
