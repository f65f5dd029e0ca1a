/** Run by the build, when the rest of it is there: writes what known-sql.ts reads. */
import { writeFile } from 'node:fs/promises';
import { openSession } from '../engine/session.ts';
import { publicTables, type Wanted } from '../model/build.ts';
import { checkRuleSql, wantedBy } from './check-sql.ts';
import { findRules, shippedRulesDir } from './discover.ts';
import { pathByBuild } from './known-by-build.ts';
import { hashOfRule, knownSqlFile, knownSqlText } from './known-sql.ts';

const { rules } = await findRules([shippedRulesDir()]);
const session = await openSession();
try {
  const known = new Map<string, Wanted>();
  for (const rule of rules) {
    const checked = await checkRuleSql(session.connection, rule, publicTables);
    if (checked.problems.length === 0) known.set(await hashOfRule(rule), wantedBy(checked));
  }
  await writeFile(pathByBuild(knownSqlFile), knownSqlText(known));
} finally {
  await session.close();
}
