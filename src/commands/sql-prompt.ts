import { createInterface } from 'node:readline';
import { count, formatTime } from '../report/text.ts';
import type { Tables } from '../tables.ts';
import type { Context } from './context.ts';
import type { SqlShell } from './sql-shell.ts';

const ready = 'sql> ';
const begun = '...> ';

/** Asks a person for statements, with a history of this session, until they leave. */
export async function sqlPrompt(context: Context, { events, accounts, asOf }: Tables, shell: SqlShell): Promise<void> {
  const until = asOf === null ? '' : `, until ${formatTime(asOf.toISOString())}`;
  context.warn(
    `${count(events, 'event')} of ${count(accounts.length, 'account')}${until}\nStatements end with a semicolon; .tables shows what there is, .help more, Ctrl-D leaves.`,
  );
  const lines = createInterface({ input: context.input, output: context.prompt, prompt: ready, historySize: 1000 });
  lines.on('SIGINT', () => {
    if (shell.interrupt()) return;
    shell.forget();
    // Takes away what stands in the line, as shells do.
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    context.prompt.write('\n');
    lines.setPrompt(ready);
    lines.prompt();
  });
  lines.prompt();
  for await (const line of lines) {
    const state = await shell.line(line);
    if (state === 'quit') break;
    lines.setPrompt(state === 'begun' ? begun : ready);
    lines.prompt();
  }
  lines.close();
  // After Ctrl-D the line of the prompt is still open.
  context.prompt.write('\n');
}
