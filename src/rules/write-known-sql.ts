/** Run by the build, when the rest of it is there: writes what known-sql.ts reads. */
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openSession } from '../engine/session.ts';
import type { Wanted } from '../model/build.ts';
import { findRules, shippedRulesDir } from './discover.ts';
import { hashOfRule, knownSqlText } from './known-sql.ts';
import { soundRules } from './sound-rules.ts';

const file = fileURLToPath(new URL('../known-sql.json', import.meta.url));

// What an earlier build found is not asked.
await rm(file, { force: true });
const { rules } = await findRules([shippedRulesDir()]);
const session = await openSession();
try {
  const known = new Map<string, Wanted>();
  for (const rule of rules) {
    const { sound, wanted } = await soundRules(session, [rule]);
    if (sound.length > 0) known.set(await hashOfRule(rule), wanted);
  }
  await writeFile(file, knownSqlText(known));
} finally {
  await session.close();
}
