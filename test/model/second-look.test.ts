import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSession } from '../../src/engine/session.ts';
import { lineIndexes } from '../../src/ingest/line-index.ts';
import { loadExports } from '../../src/ingest/load.ts';
import { buildModel } from '../../src/model/build.ts';

test('a file that the second look has read is not read again for the evidence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postlude-second-look-'));
  const session = await openSession();
  try {
    const file = join(folder, 'log.ndjson');
    const entry = {
      ...{ logId: '1789365601399-72020da0', eventTime: '2026-09-14T06:00:01Z', source: 'conversation-orchestrator' },
      ...{ eventType: 'participant.created', level: 'INFO', requestId: '60ac41e2-22de-442d-a000-624ef3bdb4e8' },
      body: {
        ...{ id: 'conv_participant_01m2fecy02fw8b4z857hgapkm4', type: 'CUSTOMER', profileId: null },
        accountId: 'AC00000000000000000000000000000001',
      },
    };
    await writeFile(file, `${JSON.stringify(entry)}\n`);
    await loadExports(session, { paths: [file] });
    await buildModel(session, { tables: new Set(['participants']), columns: new Set() });
    expect(lineIndexes(session).get(file)?.hashes).toHaveLength(1);
  } finally {
    await session.close();
    await rm(folder, { recursive: true });
  }
});
