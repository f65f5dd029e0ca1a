import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Context } from '../../src/commands/context.ts';
import { tablesCall } from '../../src/commands/open-tables.ts';
import { progressLine } from '../../src/commands/progress-line.ts';
import { sqlPrompt } from '../../src/commands/sql-prompt.ts';
import { sqlShell } from '../../src/commands/sql-shell.ts';
import { everything } from '../../src/model/build.ts';
import { openTables } from '../../src/tables.ts';

const ctrlC = '\u0003';
const ctrlD = '\u0004';

/** A person at a terminal: what they type, what standard output gets, and what they are told besides. */
async function person() {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const prompt = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let asked = '';
  prompt.setEncoding('utf8').on('data', (text: string) => {
    asked += text;
  });
  let results = '';
  let told = '';
  let code = 0;
  const context: Context = {
    start: () => undefined,
    print: async (text) => {
      results += text;
    },
    closed: () => false,
    warn(text) {
      told += `${text}\n`;
    },
    exit(given) {
      code = given;
    },
    width: 80,
    isTerminal: true,
    colour: false,
    progress: () => progressLine(null),
    input,
    prompt,
  };
  const tables = await openTables({ paths: ['fixtures/shared-profile'] }, everything);
  onTestFinished(() => tables.session.close());
  const call = tablesCall(context, '', ['fixtures/shared-profile'], {});
  const done = sqlPrompt(context, tables, sqlShell(context, tables, call, null));
  return {
    type: (text: string) => input.write(text),
    /** Waits until some text was shown. */
    async sees(where: 'results' | 'told' | 'asked', text: string) {
      for (let tries = 0; tries < 500; tries++) {
        if ({ results, told, asked }[where].includes(text)) return;
        await wait(20);
      }
      throw new Error(`"${text}" never came: ${JSON.stringify({ results, told, asked })}`);
    },
    async leaves() {
      await done;
      return { results, told, asked, code };
    },
  };
}

describe('the prompt', () => {
  test('greets, answers statements of several lines, survives mistakes and ends with Ctrl-D', async () => {
    const { type, sees, leaves } = await person();
    await sees('told', '20 events of 1 account, until 2026-09-14 10:06:24.524Z\n');
    type('SELECT count(*) AS n\r');
    await sees('asked', '...> ');
    type('FROM events;\r');
    await sees('results', 'n\n20\n1 row\n');
    type('SELECT\r nope;\r');
    await sees('told', '2:2: Referenced column "nope" was not found');
    type('.tabels\r');
    await sees('told', '1:1: unknown command .tabels: did you mean ".tables"?');
    type('.help\r');
    await sees('results', '.columns TABLE');
    type(ctrlD);
    // Whoever types sees what is wrong; it is no failure of the call.
    expect((await leaves()).code).toBe(0);
  });

  test('Ctrl-C stops a statement that takes long, and the next one runs', async () => {
    const { type, sees, leaves } = await person();
    type('SELECT count(*) FROM range(1000000000) a, range(1000000) b;\r');
    await wait(300);
    type(ctrlC);
    await sees('told', 'stopped\n');
    type('SELECT 42 AS answer;\r');
    await sees('results', 'answer\n42\n');
    type('.quit\r');
    await leaves();
  });

  test('Ctrl-C forgets what was begun', async () => {
    const { type, sees, leaves } = await person();
    type('SELECT this is\r');
    await sees('asked', '...> ');
    type(`not finished${ctrlC}`);
    type('SELECT 42 AS answer;\r');
    await sees('results', 'answer\n42\n');
    type(ctrlD);
    expect((await leaves()).told).not.toMatch(/syntax error/);
  });
});
