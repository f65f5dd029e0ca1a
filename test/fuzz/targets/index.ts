import type { Target } from '../target.ts';
import { cases } from './cases.ts';
import { config } from './config.ts';
import { header } from './header.ts';
import { load } from './load.ts';
import { read } from './read.ts';
import { sql } from './sql.ts';

export const targets: readonly Target[] = [read, load, header, sql, cases, config];
