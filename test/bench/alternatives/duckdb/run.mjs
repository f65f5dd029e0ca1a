/** `node run.mjs FILE`: the three questions in hand-written SQL. */
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const sql = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');

const instance = await DuckDBInstance.create(':memory:', { preserve_insertion_order: 'false' });
const connection = await instance.connect();
await connection.run('SET VARIABLE file = $file', { file: process.argv[2] ?? '' });
await connection.run(sql('load.sql'));
const answers = await connection.runAndReadAll(sql('questions.sql'));
process.stdout.write(
  answers
    .getRows()
    .map(([question, id]) => `${question}\t${id}\n`)
    .join(''),
);
connection.closeSync();
instance.closeSync();
