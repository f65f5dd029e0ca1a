import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findConfig, parseConfig, readConfig } from '../../src/config/config-file.ts';
import { configSchema } from '../../src/config/schema.ts';
import { UserError } from '../../src/engine/errors.ts';
import { folderOf } from '../rules/rule-folder.ts';

const parse = (text: string) => parseConfig('/srv/postlude.config.yaml', text).config;

describe('a configuration', () => {
  it('is read with everything that it can say', () => {
    expect(
      parse(`
packs: [./rules, "@acme/postlude-rules"]
rules:
  "memory/*": off
  voice/silent-call: { severity: error, params: { min_age: 10 minutes, limit: 3, strict: true } }
accounts:
  AC00000000000000000000000000000001:
    rules: { memory: on }
suppressions:
  - rule: merge/*
    account: AC*
    subject: conv_1
    reason: Known
    expires: 2026-12-31
  - { rule: voice, fingerprint: 0e252b09676dd1a2, reason: Known, expires: "2026-12-31T18:00:00+01:00" }
`),
    ).toEqual({
      packs: ['./rules', '@acme/postlude-rules'],
      rules: {
        'memory/*': 'off',
        'voice/silent-call': { severity: 'error', params: { min_age: '10 minutes', limit: 3, strict: true } },
      },
      accounts: { AC00000000000000000000000000000001: { rules: { memory: 'on' } } },
      suppressions: [
        { rule: 'merge/*', account: 'AC*', subject: 'conv_1', reason: 'Known', expires: '2026-12-31' },
        { rule: 'voice', fingerprint: '0e252b09676dd1a2', reason: 'Known', expires: '2026-12-31T18:00:00+01:00' },
      ],
    });
  });

  it.each(['', '# packs: [./rules]\n', '{}'])('may say nothing: %j', (text) => {
    expect(parse(text)).toEqual({ packs: [], rules: {}, accounts: {}, suppressions: [] });
  });

  it('is refused with all that is wrong with it, each at its place', async () => {
    const folder = await folderOf({
      'postlude.config.yaml': `\uFEFFpack: [./rules]
rules:
  "!memory/*": off
  voice/silent-call: { severity: eror, param: { min_age: 1 } }
accounts:
  AC1: off
suppressions:
  - rule: merge/*
    subject: +15550100001
    expires: 2026-02-30
  - { rule: merge/*, reason: "" }
  - { rule: merge/*, reason: Known, subject: a, fingerprint: 0e252b09676dd1a2 }
`,
    });
    const file = join(folder, 'postlude.config.yaml');
    const thrown = await readConfig(file).catch((error: Error) => error.message);
    expect(String(thrown).replaceAll(`${file}:`, '').split('\n')).toEqual([
      '1:1: unknown key "pack": did you mean "packs"?',
      '3:3: rules: the name "!memory/*" must not begin with !; write a later entry that says otherwise',
      '4:24: rules.voice/silent-call.severity must be one of info, warning, error, critical, not "eror": did you mean "error"?',
      '4:40: unknown key "param" in rules.voice/silent-call: did you mean "params"?',
      '6:3: accounts.AC1 must be a map',
      '8:5: suppressions.0.reason is missing',
      '9:5: suppressions.0.subject must be text, in quotes where it looks like a number: 15550100001',
      '10:5: suppressions.0.expires must be a day or a time with its zone, such as 2026-12-31 or 2026-12-31T18:00:00Z: "2026-02-30"',
      '11:22: suppressions.1.reason must not be empty',
      '12:5: suppressions.2 has both a subject and a fingerprint: either is enough',
    ]);
  });

  it('that is not there, or no file, is told in one line', async () => {
    const folder = await folderOf({ 'a/b.txt': '' });
    await expect(readConfig(join(folder, 'none.yaml'))).rejects.toThrow(
      `no such configuration file: ${folder}/none.yaml`,
    );
    await expect(readConfig(join(folder, 'a'))).rejects.toThrow(`${folder}/a is a folder; name a configuration file`);
  });

  it('has a JSON Schema, as its schema transforms nothing', () => {
    const schema = z.toJSONSchema(configSchema, { io: 'input' });
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties ?? {})).toEqual(['packs', 'rules', 'accounts', 'suppressions']);
    expect(JSON.stringify(schema)).toContain('"format":"date"');
  });
});

describe('the file is looked for', () => {
  it('in the folder itself, then in those above it, and the nearest is taken', async () => {
    const folder = await folderOf({ 'postlude.config.yaml': '', 'a/postlude.config.yaml': '', 'a/b/c/x.txt': '' });
    expect(await findConfig(folder)).toBe(join(folder, 'postlude.config.yaml'));
    expect(await findConfig(join(folder, 'a/b/c'))).toBe(join(folder, 'a/postlude.config.yaml'));
  });

  it('up to the root, and may be nowhere', async () => {
    const folder = await folderOf({});
    await mkdir(join(folder, 'a/b'), { recursive: true });
    expect(await findConfig(join(folder, 'a/b'))).toBeNull();
  });

  it('under one name only, and says so where another was meant', async () => {
    const folder = await folderOf({ 'postlude.config.yml': '' });
    await expect(findConfig(folder)).rejects.toThrow(
      'postlude.config.yml is not read: its name has to be postlude.config.yaml',
    );
  });
});

it('tells each problem on one line, also of a key with line ends in it', () => {
  expect(() => parse('"a\\nb\\r": 1')).toThrow(
    new UserError(
      '/srv/postlude.config.yaml:1:1: unknown key "a\\nb\\r": known are packs, rules, accounts, suppressions',
    ),
  );
});
