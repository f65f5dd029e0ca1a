/** A file of cases: cases that can be put on stage, or problems at places that the text has. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CaseError } from '../../../src/cases/placeholders.ts';
import { stage } from '../../../src/cases/play.ts';
import { readCases } from '../../../src/cases/read.ts';
import { runCases } from '../../../src/cases/run.ts';
import { writtenCases } from '../../../src/cases/written-cases.ts';
import { UserError } from '../../../src/engine/errors.ts';
import { parseRuleText } from '../../../src/rules/header.ts';
import type { Rule } from '../../../src/rules/rule.ts';
import { filesOf } from '../seeds.ts';
import { promise, promiseMessage, promisePlace, promiseProblem, type Target } from '../target.ts';

const ruleText = `/*
title: Conversation that was left open
severity: warning
subject: conversation
params:
  min_age: { type: interval, default: 1 hour, description: an age }
causes:
  left-open: { message: "{subject_id} is open", fix: Close it. }
*/
WITH open AS (SELECT * FROM conversations WHERE closed_at IS NULL AND as_of - created_at >= $min_age)
SELECT account_id, conversation_id AS subject_id, 'left-open' AS cause, event_keys FROM open
`;

/** Playing takes a thousand times as long as reading. */
const playedShare = 24;

export const cases: Target = {
  name: 'cases',
  share: 2,
  kind: 'yaml',
  seeds: async () => [
    ...(await filesOf('rules', '.cases.yaml')).filter(({ length }) => length < 8192),
    Buffer.from(
      'cases:\n  - name: a\n    asOf: +2h\n    events:\n      - { type: conversation.created, at: +0s, conversation: talk }\n    expect: [{ subject: talk, cause: left-open }]\n    ctes: { open: [{ conversation_id: talk }] }\n  - name: b\n    expect: []\n',
    ),
  ],
  async open(folder) {
    const casesFile = join(folder, 'x.cases.yaml');
    const rule = ruleWith(casesFile);
    return {
      async check(bytes) {
        await writeFile(casesFile, bytes);
        const text = bytes.toString('utf8').replace(/^\uFEFF/u, '');
        await writtenCases(casesFile);
        const book = await readCases(rule);
        if ('problems' in book) {
          promise(book.problems.length > 0, 'cases, or what is wrong with them');
          for (const problem of book.problems) promiseProblem(text, problem);
          return;
        }
        for (const [place, { each }] of book.cases.entries()) {
          try {
            stage(book.given, each, book.start, place);
          } catch (thrown) {
            if (!(thrown instanceof CaseError || thrown instanceof UserError)) throw thrown;
            promiseMessage(thrown.message);
          }
        }
        if (bytes.reduce((sum, byte) => (sum * 31 + byte) & 0xffff, 0) % playedShare !== 0) return;
        for (const { failure, line } of await runCases([book], { rules: [rule], code: false })) {
          if (failure !== null) promiseMessage(failure);
          promisePlace(text, { line, column: 1 });
        }
      },
      async close() {},
    };
  },
};

function ruleWith(casesFile: string): Rule {
  const { header, problems: _, ...body } = parseRuleText('x.sql', ruleText);
  promise(header !== null, 'the rule of the target is right');
  return { id: 'x', file: 'x.sql', text: ruleText, header, ...body, casesFile };
}
