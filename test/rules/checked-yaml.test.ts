import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkYaml, lazyLocate } from '../../src/rules/checked-yaml.ts';
import { formatProblem } from '../../src/rules/position.ts';

const schema = z.strictObject({
  title: z.string('must be text'),
  switches: z
    .record(
      z.string().regex(/^[a-z]+$/u, 'must be lower case letters'),
      z.union([
        z.enum(['on', 'off']),
        z.strictObject({ level: z.enum(['low', 'high']).optional(), limit: z.number('must be a number').optional() }),
      ]),
    )
    .default({}),
  steps: z.array(z.strictObject({ name: z.string('must be text') })).optional(),
});

function check(text: string) {
  const checked = checkYaml({ file: 'a.yaml', text, name: 'the file' }, schema);
  return checked.ok ? checked.value : checked.problems.map(formatProblem);
}

describe('YAML that is checked against a schema', () => {
  it('quotes only the beginning of what is long', () => {
    const [message, ...others] = [check(`title: A\nswitches: { a: "${'😀'.repeat(500)}" }`)].flat();
    expect(others).toEqual([]);
    expect(message).toMatch(/^a\.yaml:2:13: switches\.a must be on, off or a map, not "😀{99}…$/u);
  });

  it('is the value that the schema makes of it, with the places of its keys', () => {
    const text = 'title: A\nsteps:\n  - name: one\n  - name: two\n';
    const checked = checkYaml({ file: 'a.yaml', text, name: 'the file' }, schema);
    expect(checked).toMatchObject({ ok: true, value: { title: 'A', switches: {} }, problems: [] });
    expect(checked.locate(['steps', 1, 'name'])).toEqual({ line: 4, column: 5 });
    expect(checked.locate(['steps', 7, 'name'])).toEqual({ line: 2, column: 1 });
    expect(lazyLocate({ file: 'a.yaml', text, name: 'the file' })(['steps', 0])).toEqual({ line: 3, column: 5 });
  });

  it('says all that is wrong, each at its place', () => {
    expect(check('titel: A\nswitches:\n  a: offf\n  B: on\nsteps: one\n')).toEqual([
      'a.yaml:1:1: title is missing',
      'a.yaml:1:1: unknown key "titel": did you mean "title"?',
      'a.yaml:3:3: switches.a must be on, off or a map, not "offf": did you mean "off"?',
      'a.yaml:4:3: switches: the name "B" must be lower case letters',
      'a.yaml:5:1: steps must be a list',
    ]);
  });

  it('of several forms speaks of the one that was meant', () => {
    expect(check('title: A\nswitches:\n  a: { levl: low, limit: much }\n  b: { level: loww }\n  c: true\n')).toEqual([
      'a.yaml:3:8: unknown key "levl" in switches.a: did you mean "level"?',
      'a.yaml:3:19: switches.a.limit must be a number: "much"',
      'a.yaml:4:8: switches.b.level must be one of low, high, not "loww": did you mean "low"?',
      'a.yaml:5:3: switches.c must be on, off or a map, not true',
    ]);
  });

  it('is told as broken where it is, and nothing else', () => {
    expect(check('title: "A\n')).toEqual(['a.yaml:2:1: the file is not valid YAML: Missing closing "quote']);
    expect(check('- one\n')).toEqual(['a.yaml:1:1: the file is not a list of keys and values']);
    expect(check('')).toEqual(['a.yaml:1:1: the file is not a list of keys and values']);
  });

  it('can be a part of a file, whose places it tells', () => {
    const text = 'é /* title: 1 */ x';
    const checked = checkYaml({ file: 'a.sql', text, start: 4, end: 14, name: 'the header' }, schema);
    expect(checked.problems.map(formatProblem)).toEqual(['a.sql:1:6: title must be text: 1']);
  });
});
