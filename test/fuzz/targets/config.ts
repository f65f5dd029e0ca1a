/** A configuration: what it says, or one error with a line for each problem, at a place that the text has. */
import { parseConfig } from '../../../src/config/config-file.ts';
import { UserError } from '../../../src/engine/errors.ts';
import { promise, promiseMessage, promisePlace, type Target } from '../target.ts';

const whole = `packs: [./my-rules, "@acme/postlude-rules"]
rules:
  "memory/*": off
  voice/silent-call: { severity: error, params: { min_age: 10 minutes, limit: 3, strict: true } }
accounts:
  AC00000000000000000000000000000001:
    rules: { voice/stuck-active: { params: { max_active: 2 hours } } }
suppressions:
  - rule: voice/stuck-active
    subject: conv_conversation_01m2fp1m4vfv0a7vh5vk49e0s8
    reason: Known until the migration is over
    expires: 2026-12-31
  - { rule: voice, account: AC*, fingerprint: 0e252b09676dd1a2, reason: Known, expires: "2026-12-31T18:00:00+01:00" }
`;

export const config: Target = {
  name: 'config',
  share: 1,
  kind: 'yaml',
  seeds: async () =>
    [
      whole,
      '',
      '# packs: [./rules]\n',
      '{}',
      'rules: &all { a: on }\naccounts: { "*": { rules: *all } }\n',
      '- a\n',
    ].map((text) => Buffer.from(text)),
  async open() {
    return {
      async check(bytes) {
        const text = bytes.toString('utf8').replace(/^\uFEFF/u, '');
        try {
          const { config, locate } = parseConfig('/srv/postlude.config.yaml', bytes.toString('utf8'));
          for (const name of Object.keys(config.rules)) promisePlace(text, locate(['rules', name]));
          for (const at of config.suppressions.keys()) promisePlace(text, locate(['suppressions', at, 'reason']));
        } catch (thrown) {
          if (!(thrown instanceof UserError)) throw thrown;
          for (const told of thrown.message.split('\n')) {
            const [, line, column, message = ''] = /^\S+?:(\d+):(\d+): (.*)$/su.exec(told) ?? [];
            promise(line !== undefined, 'each problem is told with its place, on a line of its own', told);
            promiseMessage(message);
            promisePlace(text, { line: Number(line), column: Number(column) });
          }
        }
      },
      async close() {},
    };
  },
};
