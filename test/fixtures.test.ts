import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { audit } from '../src/audit.ts';
import type { Finding } from '../src/findings/finding.ts';
import { fixturesFolder, stories } from './generate/fixtures.ts';
import { isSameContent } from './generate/same-content.ts';

const made = await stories();
const folders = (await readdir(fixturesFolder, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** The rows of the table of findings in a README, as `rule | subject | severity | certainty | cause | caused by`. */
function expectedFindings(readme: string): readonly string[] {
  const lines = readme.split('\n');
  const header = lines.indexOf('| rule | subject | severity | certainty | cause | caused by |');
  if (header === -1) throw new Error('the README has no table of findings');
  const rows: string[] = [];
  for (const line of lines.slice(header + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
        .join(' | '),
    );
  }
  return rows.toSorted();
}

function told(findings: readonly Finding[]): readonly string[] {
  const ruleOf = new Map(findings.map(({ fingerprint, ruleId }) => [fingerprint, ruleId]));
  return findings
    .map((finding) => {
      const causes = new Set(finding.causedBy.map((fingerprint) => ruleOf.get(fingerprint) ?? fingerprint));
      const subject = `${finding.subject.type} ${finding.subject.id}`;
      const causedBy = [...causes].toSorted().join(', ') || '–';
      return [finding.ruleId, subject, finding.severity, finding.certainty, finding.cause, causedBy].join(' | ');
    })
    .toSorted();
}

describe('the sample exports', () => {
  it('are those that the stories tell, no more and no fewer', () => {
    expect(made.map(({ folder }) => folder).toSorted()).toEqual(folders.toSorted());
  });

  it.each(made)('$folder is committed as its story makes it', async ({ folder, files }) => {
    const present = (await readdir(join(fixturesFolder, folder))).filter((name) => name !== 'README.md');
    expect(present.toSorted()).toEqual(Object.keys(files).toSorted());
    for (const [name, content] of Object.entries(files)) {
      const committed = await readFile(join(fixturesFolder, folder, name));
      expect(await isSameContent(name, committed, Buffer.from(content)), name).toBe(true);
    }
  });

  it.each(folders)('%s gives the findings that its README tells, and no other', async (folder) => {
    const readme = await readFile(join(fixturesFolder, folder, 'README.md'), 'utf8');
    expect(readme).toContain(`npx postlude audit fixtures/${folder}\n`);
    const { findings } = await audit({ paths: [join(fixturesFolder, folder)] });
    expect(told(findings)).toEqual(expectedFindings(readme));
  });
});

describe('the sample export in every shape', () => {
  it('loads every entry of every file and says what it could not read', async () => {
    const { run, files, issues } = await audit({ paths: [join(fixturesFolder, 'mixed')] });
    const rejected = files.filter((file) => file.rejected > 0).map((file) => file.path);
    expect(rejected).toEqual([expect.stringMatching(/debugger\.ndjson$/)]);
    expect(files.reduce((sum, file) => sum + file.rejected, 0)).toBe(2);
    expect(run.duplicates).toBe(1);
    expect(run.accounts).toBe(1);
    const passedOver = issues.filter((issue) => issue.severity === 'notice' && issue.file?.endsWith('notes.txt'));
    expect(passedOver).toHaveLength(1);
  });

  it('cites evidence from files of different shapes for one finding', async () => {
    const { findings } = await audit({ paths: [join(fixturesFolder, 'mixed')], rules: ['merge/*'] });
    const merge = findings.find(({ ruleId }) => ruleId === 'merge/shared-profile');
    const formats = new Set(merge?.evidence.map(({ file }) => file.replace(/^.*\./, '')));
    expect(formats.size).toBeGreaterThanOrEqual(2);
  });
});
