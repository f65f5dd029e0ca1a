import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { findRules, shippedRulesDir } from '../../src/rules/discover.ts';
import { schemaTexts } from './schemas.ts';

const folder = fileURLToPath(new URL('../../schemas/', import.meta.url));

test('the shipped schemas are those of the code: npm run schemas writes them', async () => {
  expect((await readdir(folder)).sort()).toEqual([...schemaTexts().keys()].sort());
  for (const [file, text] of schemaTexts()) expect(await readFile(join(folder, file), 'utf8')).toBe(text);
});

describe('the schema of the header', () => {
  const schema = z.fromJSONSchema(JSON.parse(schemaTexts().get('rule-header.schema.json') ?? ''));
  const accepts = (yaml: string): boolean => schema.safeParse(parse(yaml)).success;
  const right = `title: Silent call
severity: warning
subject: conversation
requires: [operations, messages | calls]
params: { min_age: { type: interval, default: 5 minutes, description: How old. } }
causes: { silent: { message: m, fix: f } }
`;

  test('accepts the header of every rule that comes with postlude', async () => {
    const { rules } = await findRules([shippedRulesDir()]);
    const headers = rules.map(({ text }) => text.slice(text.indexOf('/*') + 2, text.indexOf('*/')));
    expect(headers.length).toBeGreaterThan(30);
    expect(headers.filter((header) => !accepts(header))).toEqual([]);
    expect(accepts(right)).toBe(true);
  });

  test.each([
    ['an unknown key', right.replace('severity', 'severty')],
    ['an unknown word', right.replace('warning', 'bad')],
    ['an unknown table', right.replace('messages', 'message')],
    ['a default of another type', right.replace('5 minutes', '5')],
    ['no causes', right.replace(/causes: .*/u, 'causes: {}')],
    ['a cause without a fix', right.replace(', fix: f', '')],
    ['a cause with a name that is no words', right.replace('silent', 'Silent_call')],
  ])('refuses %s', (_, yaml) => {
    expect(yaml).not.toBe(right);
    expect(accepts(yaml)).toBe(false);
  });

  test('says of every key what it is for', () => {
    const { properties } = JSON.parse(schemaTexts().get('rule-header.schema.json') ?? '');
    for (const [key, property] of Object.entries(properties)) {
      expect([key, property]).toEqual([key, expect.objectContaining({ description: expect.stringMatching(/\w/) })]);
    }
  });
});
