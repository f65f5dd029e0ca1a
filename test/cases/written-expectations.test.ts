import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withExpectations } from '../../src/cases/written-expectations.ts';

const found = { subject: 'talk', severity: 'error' };

function updated(text: string, ...names: readonly string[]) {
  return withExpectations(text, new Map(names.map((name) => [name, [found]])));
}

describe('what a case expects is replaced', () => {
  it('with its comments, and those around it', () => {
    const text = `# top
cases:
  # before x
  - name: x
    # before expect
    expect:
      # before talk
      - subject: talk # the first
        severity: warning # too little?
      # end
    # after
    asOf: +2h
  # before quiet
  - name: quiet
    expect: [] # nothing
`;
    expect(updated(text, 'x').text).toBe(text.replace('warning', 'error'));
  });

  it('with the comments of what is still found, and without those of what is not', () => {
    const text = `cases:
  - name: x
    expect:
      - subject: gone # left
      - subject: talk # stayed
        severity: warning
`;
    expect(updated(text, 'x').text).toBe(`cases:
  - name: x
    expect:
      - subject: talk # stayed
        severity: error
`);
  });

  it('with the ends of lines that the file has', () => {
    const text = 'cases:\r\n  - name: x\r\n    expect:\r\n      - subject: talk\r\n        severity: warning\r\n';
    expect(updated(text, 'x').text).toBe(text.replace('warning', 'error'));
    expect(updated('cases:\r\n  - name: x\r\n    expect: []\r\n', 'x').text).toBe(text.replace('warning', 'error'));
  });

  it.each([
    ['cases: [{ name: x, expect: [{ subject: talk, severity: warning }] }]\n'],
    ['cases:\n  - { name: x, expect: [], asOf: +1h }\n'],
    ['{"cases": [{"name": "x", "expect": []}]}\n'],
    ['cases:\n  - name: x\n    expect: &own\n      - subject: talk\n'],
    ['cases:\n  - name: x\n    expect:\n    - subject: talk\n      severity: warning\n    asOf: +1h\n'],
  ])('in %j', (text) => {
    const { text: after, left } = updated(text, 'x');
    expect(left.size).toBe(0);
    expect(parse(after).cases[0]).toEqual({ ...parse(text).cases[0], expect: [found] });
  });
});

describe('what other cases take over', () => {
  const text = `cases:
  - name: x
    expect: &ex
      - subject: talk
        severity: warning
  - name: y
    expect: *ex
`;

  it('stays, and is named', () => {
    const { text: after, left } = updated(text, 'x');
    expect(after).toBe(text);
    expect([...left]).toEqual([['x', 'what it expects is used elsewhere, as *ex: write it out there first']]);
  });

  it('is replaced where those have expectations of their own by then', () => {
    const { text: after, left } = updated(text, 'x', 'y');
    expect(left.size).toBe(0);
    expect(parse(after)).toEqual({ cases: ['x', 'y'].map((name) => ({ name, expect: [found] })) });
  });

  it('stays where a whole case is taken over', () => {
    const { text: after, left } = updated('cases:\n  - &x { name: x, expect: [] }\nother: *x\n', 'x');
    expect(after).toContain('expect: []');
    expect([...left.keys()]).toEqual(['x']);
  });
});
