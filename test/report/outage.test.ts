/** The dead-store story, from export to screen: one critical root, everything else below it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit.ts';
import { forestOf } from '../../src/findings/forest.ts';
import type { AuditResult } from '../../src/findings/result.ts';
import { plainReport } from '../../src/report/options.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { greatOutage } from '../generate/stories/great-outage.ts';

const profileRules = [
  'profile/store-outage',
  'profile/creation-failed',
  'profile/lookup-failed',
  'profile/unresolved-customer',
  'profile/duplicate-risk',
];

describe.each([
  ['500 customers', { hit: 500, export: null, rules: [...profileRules, 'memory/no-observations'] }],
  ['the 12 customers of the sample', { hit: 12, export: 'fixtures/store-outage', rules: profileRules }],
])('a store that fails %s', (_, story) => {
  const { hit, rules } = story;
  let folder: string;
  let result: AuditResult;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postlude-test-'));
    if (story.export === null) {
      const { files } = greatOutage(hit);
      for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    }
    result = await audit({ paths: [story.export ?? folder] });
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is one critical root', () => {
    const roots = forestOf(result.findings);
    expect(roots.map(({ finding }) => `${finding.severity} ${finding.ruleId}`)).toEqual([
      'critical profile/store-outage',
    ]);
    expect(roots[0]?.below).toHaveLength(result.findings.length - 1);
    expect(new Set(result.findings.map(({ ruleId }) => ruleId))).toEqual(new Set(rules));
    expect(result.findings.length).toBeGreaterThan(2 * hit);
  });

  test.each([80, 100, 200])('is told in less than 40 lines of %i columns', (width) => {
    const lines = terminalReport(result, { ...plainReport, width })
      .trimEnd()
      .split('\n');
    expect(lines.length, lines.join('\n')).toBeLessThan(40);
    expect(lines.join('\n')).toContain(`${hit} customers, ${hit} conversations, ${hit} numbers`);
    expect(lines.join('\n')).toMatch(/seen +from 2026-09-16 11:0\d:\d\d\.\d\d\dZ to 2026-09-16 11:[13]\d.*, not since/);
  });

  test('can be opened up: every finding has its line below its cause, and the root its evidence', () => {
    const lines = terminalReport(result, { ...plainReport, width: 80, tree: 'full' }).split('\n');
    const below = lines.filter((line) => /^ {4,}[a-z]+\/[a-z-]+ {2}(?:same participant|conv_)/.test(line));
    expect(below).toHaveLength(result.findings.length - 1);
    expect(below.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(lines.find((line) => line.includes('evidence: '))).toMatch(/\d+ events$/);
    const unresolved = lines.findIndex((line) => line.includes('profile/unresolved-customer'));
    expect(lines[unresolved]).toMatch(/^ {6}profile\/unresolved-customer {2}same participant/);
    expect(lines[unresolved - 1]).toMatch(/^ {4}profile\/creation-failed {2}conv_participant_/);
  });
});
