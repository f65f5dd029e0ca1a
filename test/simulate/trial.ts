/** A simulation, audited and compared. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { audit } from '../../src/audit.ts';
import { type Comparison, compare, type Found } from './compare.ts';
import { type Simulation, type SimulationOptions, simulate } from './simulate.ts';

export type Trial = Comparison & {
  readonly simulation: Simulation;
  readonly findings: readonly Found[];
  /** Rules that ran. */
  readonly rules: ReadonlySet<string>;
  /** What is wrong with the trial itself: rules that failed, files that could not be read. */
  readonly troubles: readonly string[];
  readonly folder: string;
};

/** With `keep` the exported files stay in the folder that the trial names. */
export async function tryOut(options: SimulationOptions, { keep = false } = {}): Promise<Trial> {
  const simulation = await simulate(options);
  const folder = await mkdtemp(join(tmpdir(), 'postlude-simulation-'));
  try {
    for (const [path, content] of simulation.files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const result = await audit({ paths: [folder] });
    const findings = result.findings.map(
      (finding): Found => ({
        rule: finding.ruleId,
        cause: finding.cause,
        account: finding.accountId,
        subject: finding.subject.id,
        certainty: finding.certainty,
        severity: finding.severity,
        message: finding.message,
      }),
    );
    const rules = new Set(result.rules.map(({ id }) => id));
    const troubles = [
      ...result.rules.filter(({ status }) => status === 'failed').map(({ id, reason }) => `${id} failed: ${reason}`),
      ...result.issues
        .filter(({ severity }) => severity === 'error' || severity === 'data_loss')
        .map(({ file, message }) => `${file ?? ''} ${message}`),
    ];
    return { ...compare(simulation.labels, findings, rules), simulation, findings, rules, troubles, folder };
  } finally {
    if (!keep) await rm(folder, { recursive: true });
  }
}
