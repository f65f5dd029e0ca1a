/** A few seeds of the simulation, against whatever rules are shipped. `npm run simulate` runs more of them, and tells more. */
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { plants } from './plants/index.ts';
import { shippedCauses, without } from './shipped.ts';
import { simulate } from './simulate.ts';
import { type Trial, tryOut } from './trial.ts';

const lines = ({ mismatches, simulation }: Trial) =>
  mismatches.map(
    ({ kind, rule, cause, subject, account, about }) =>
      `${kind} ${rule} ▸ ${cause} ${subject} in ${simulation.names.get(account)}: ${about}`,
  );

describe('a simulation', () => {
  it.each(['one', 'two'])(
    'with incidents finds what was planted, and nothing else (%s)',
    { timeout: 120_000 },
    async (seed) => {
      const trial = await tryOut({ seed, conversations: 60, incidents: true });
      expect(trial.troubles).toEqual([]);
      expect(lines(trial)).toEqual([]);
    },
  );

  it('of ordinary life finds nothing above info', { timeout: 120_000 }, async () => {
    const trial = await tryOut({ seed: 'calm', conversations: 200, incidents: false });
    expect(trial.troubles).toEqual([]);
    expect(trial.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(lines(trial)).toEqual([]);
  });

  it('is the same for the same seed, and another one for another', async () => {
    const of = async (seed: string) => {
      const { files, labels } = await simulate({ seed, conversations: 20, incidents: true });
      return { labels, text: files.get('several-accounts.ndjson') };
    };
    expect(await of('same')).toEqual(await of('same'));
    expect(await of('same')).not.toEqual(await of('another'));
  });

  it('plants every rule and cause of the catalogue, and every one that is shipped', async () => {
    const shipped = await shippedCauses();
    expect(without(catalogue, plants)).toEqual([]);
    expect(without(catalogue, shipped)).toEqual([]);
    expect(without(shipped, plants)).toEqual([]);
  });
});
