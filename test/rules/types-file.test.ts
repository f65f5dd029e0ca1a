import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/engine/session.ts';
import { openEmptyModel } from '../../src/model/empty.ts';
import { bindSoundRule } from '../../src/rules/bind-sound-rule.ts';
import { findRules } from '../../src/rules/discover.ts';
import { typesFileOf, typesText } from '../../src/rules/types-file.ts';
import { folderOf, ruleOf, ruleText } from './rule-folder.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

let model: Session;
beforeAll(async () => {
  model = await openEmptyModel();
});
afterAll(() => model.close());

test('the types of a row and of params are those of the SQL and the header', async () => {
  const rule = await ruleOf({
    'voice/x.sql': ruleText({
      params: `  min_age: { type: interval, default: 5 minutes, description: "How old; not *\\x2F more." }
  least: { type: integer, default: 3, description: How many. }
  ratio: { type: number, default: 0.5, description: How much. }
  word: { type: string, default: x, description: Which. }
  strict: { type: boolean, default: false, description: Whether. }`,
      sql: `SELECT account_id, conversation_id AS subject_id, event_keys, 1 AS whole, sum(1) AS total, 0.5 AS share, true AS ok,
        created_at, as_of - created_at AS age, ['x'] AS words, [{'type': 'call', 'the id': [1::BIGINT]}] AS calls,
        '{}'::JSON AS raw, $word AS "a word"
      FROM conversations WHERE as_of - created_at > $min_age AND $least > 1 AND $ratio > 1 AND $strict
      GROUP BY ALL`,
    }),
  });
  const { columns, problems } = await bindSoundRule(model, rule);
  expect(problems).toEqual([]);
  expect(
    typesText(rule, columns),
  ).toBe(`// Written by \`postlude rules types\`: what x.sql returns, and its params. Change that, not this file.
import type { Interval } from 'postlude';

/** A candidate: one row of the SELECT. */
export type Row = {
  readonly account_id: string;
  readonly subject_id: string;
  readonly event_keys: readonly (bigint | null)[] | null;
  readonly whole: number | null;
  readonly total: number | null;
  readonly share: number | null;
  readonly ok: boolean | null;
  readonly created_at: Date | null;
  readonly age: Interval | null;
  readonly words: readonly (string | null)[] | null;
  readonly calls: readonly ({
    readonly type: string | null;
    readonly "the id": readonly (bigint | null)[] | null;
  } | null)[] | null;
  /** JSON as text. */
  readonly raw: string | null;
  readonly "a word": string | null;
};

/** The params of the rule, as they are set for the run. */
export type Params = {
  /** How old; not *\\/ more. */
  readonly min_age: Interval;
  /** How many. */
  readonly least: number;
  /** How much. */
  readonly ratio: number;
  /** Which. */
  readonly word: string;
  /** Whether. */
  readonly strict: boolean;
};
`);
});

describe('a column that is renamed in the SQL', () => {
  const compile = async (folder: string): Promise<string> => {
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {
          paths: { postlude: [join(root, 'src/index.ts')] },
          typeRoots: [join(root, 'node_modules/@types')],
        },
        include: ['rules'],
      }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    return promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
      ({ stdout }) => stdout,
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
  };
  const writeTypes = async (folder: string): Promise<void> => {
    const { rules, problems } = await findRules([join(folder, 'rules')]);
    expect(problems).toEqual([]);
    for (const rule of rules) {
      await writeFile(typesFileOf(rule), typesText(rule, (await bindSoundRule(model, rule)).columns));
    }
  };

  test('makes the predicate fail to compile', async () => {
    const shipped = await readFile(join(root, 'rules/operations/failed.sql'), 'utf8');
    const folder = await folderOf({
      'package.json': '{ "type": "module" }',
      'rules/operations/failed.sql': shipped,
      'rules/operations/failed.ts': await readFile(join(root, 'rules/operations/failed.ts'), 'utf8'),
    });
    await writeTypes(folder);
    expect(await compile(folder)).toBe('');

    await writeFile(
      join(folder, 'rules/operations/failed.sql'),
      shipped.replace('  error_detail,\n', '  error_detail AS details,\n'),
    );
    await writeTypes(folder);
    expect(await compile(folder)).toMatch(/rules\/operations\/failed\.ts\(\d+,\d+\): error TS2339: .*'error_detail'/);
  }, 120_000);
});
