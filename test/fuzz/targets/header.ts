/** The text of a rule file: a header and SQL, or problems at places that the text has. */
import { ctesOf } from '../../../src/rules/ctes.ts';
import { parseRuleText } from '../../../src/rules/header.ts';
import { filesOf } from '../seeds.ts';
import { promise, promisePlace, promiseProblem, type Target } from '../target.ts';

export const header: Target = {
  name: 'header',
  share: 1,
  kind: 'yaml',
  seeds: () => filesOf('rules', '.sql'),
  async open() {
    return {
      async check(bytes) {
        const text = bytes.toString('utf8');
        const rule = parseRuleText('x.sql', text);
        promise((rule.header === null) === rule.problems.length > 0, 'a header, or what is wrong with it');
        for (const problem of rule.problems) promiseProblem(text, problem);
        if (rule.header === null) return;
        promise(text.slice(rule.sqlOffset) === rule.sql, 'the SQL stands where it is said to');
        // Keys of records may be `__proto__`, and whatever else people write.
        for (const name of [...Object.keys(rule.header.params), ...Object.keys(rule.header.causes)]) {
          promisePlace(text, rule.locate(['params', name]));
          promisePlace(text, rule.locate(['causes', name, 'message']));
        }
        ctesOf(rule.sql);
      },
      async close() {},
    };
  },
};
