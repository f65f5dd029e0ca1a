#!/usr/bin/env node
import yargs from 'yargs';
import { auditCommand } from './commands/audit.ts';
import { auditOptions } from './commands/audit-options.ts';
import type { Context } from './commands/context.ts';
import { explainCommand } from './commands/explain.ts';
import { loadCommand } from './commands/load.ts';
import { loadOptions } from './commands/load-options.ts';
import { mergeCommand } from './commands/merge.ts';
import { mergeOptions } from './commands/merge-options.ts';
import { type ProgressLine, progressLine } from './commands/progress-line.ts';
import { reportCommand } from './commands/report.ts';
import { reportOptions } from './commands/report-options.ts';
import { ruleFolderOptions } from './commands/rule-folders.ts';
import { rulesCommand } from './commands/rules.ts';
import { rulesLintOptions } from './commands/rules-lint.ts';
import { rulesNewOptions } from './commands/rules-new.ts';
import { rulesRunOptions } from './commands/rules-run-options.ts';
import { rulesTestOptions } from './commands/rules-test.ts';
import { writingOptions } from './commands/rules-types.ts';
import { sqlCommand } from './commands/sql.ts';
import { sqlOptions } from './commands/sql-options.ts';
import { stoppedLine } from './commands/stopped.ts';
import { traceCommand } from './commands/trace.ts';
import { traceOptions } from './commands/trace-options.ts';
import { unknownCommand, wrongCall } from './commands/unknown.ts';
import { isErrno, isOutOfMemory, messageOf, tooLittleMemory, UserError } from './engine/errors.ts';
import { isFullDisk } from './engine/full-disk.ts';
import { isStopped, removeTemporary, stillRunning, stopWork, writtenFiles } from './engine/stop.ts';
import { tool } from './engine/tool.ts';
import { sanitise, withoutCommands } from './report/sanitise.ts';

const { stdout, stderr, env } = process;
const knownOptions = [
  ...new Set([
    ...Object.keys(auditOptions),
    ...Object.keys(traceOptions),
    ...Object.keys(loadOptions),
    ...Object.keys(reportOptions),
    ...Object.keys(mergeOptions),
    ...Object.keys(ruleFolderOptions),
    ...Object.keys(rulesLintOptions),
    ...Object.keys(rulesNewOptions),
    ...Object.keys(rulesTestOptions),
    ...Object.keys(writingOptions),
    ...Object.keys(sqlOptions),
    ...Object.keys(rulesRunOptions),
    'help',
    'version',
  ]),
  // Of a single letter everything is a misspelling.
].filter((name) => name.length > 1);

// `postlude audit … | head`: whoever reads has seen enough. Without a listener the write would end the process with a stack.
let closed = false;
let awaited = false;
for (const stream of [stdout, stderr]) {
  stream.on('error', (thrown) => {
    if (isErrno(thrown, 'EPIPE')) closed = true;
    // Whoever waits for what is printed is told there; where nothing can be told of what stands on standard error, the exit code says it.
    else if (stream === stderr || !awaited) {
      if (stream === stdout) context.warn(`postlude: ${cannotPrint(thrown)}`);
      context.exit(2);
    }
  });
}

let work: () => Promise<void> = async () => {};
let progress: ProgressLine | null = null;
let printed = false;
/** Thrown once the call is read: behind a handler that returns, yargs lays out the help text of its command, asked for or not. */
const callIsRead = new Error('the call is read');
const context: Context = {
  start(given) {
    work = given;
    throw callIsRead;
  },
  print: (text) =>
    new Promise((resolve, reject) => {
      // Once it is told to stop, nothing more comes out; the process ends before anybody misses it.
      if (isStopped()) return;
      printed = true;
      if (closed) return resolve();
      awaited = true;
      stdout.write(text, (thrown) => {
        if (thrown == null || isErrno(thrown, 'EPIPE')) resolve();
        else reject(new UserError(cannotPrint(thrown)));
      });
    }),
  closed: () => closed,
  warn(text) {
    if (isStopped()) return;
    for (const line of text.split('\n')) if (line !== '') stderr.write(`${sanitise(withoutCommands(line))}\n`);
  },
  exit(code) {
    process.exitCode = Math.max(code, Number(process.exitCode ?? 0));
  },
  // A terminal that does not know its width says 0.
  width: stdout.columns || Number(env.COLUMNS) || 100,
  isTerminal: stdout.isTTY === true,
  colour: wantsColour(),
  progress(quiet) {
    progress = progressLine(stderr.isTTY && !quiet ? stderr : null);
    return progress;
  },
  input: process.stdin,
  prompt: stderr,
};

function cannotPrint(thrown: Error): string {
  return `cannot write to standard output: ${isFullDisk(thrown) ? 'no space left there' : messageOf(thrown)}`;
}

/** How shells tell that a signal ended a program. */
const stopCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Work that has not come to rest after this time is not waited for. */
const restMs = 700;

process.on('SIGINT', () => stop('SIGINT'));
process.on('SIGTERM', () => stop('SIGTERM'));
process.on('SIGHUP', () => stop('SIGHUP'));

/** The first signal lets everything come to rest, takes away what is temporary, and says what was done; the second one ends at once. */
async function stop(signal: keyof typeof stopCodes): Promise<void> {
  if (isStopped()) return die(signal);
  const isAtRest = await stopWork(restMs);
  removeTemporary();
  progress?.clear();
  const doing = progress?.told() ?? null;
  stderr.write(`postlude: ${sanitise(stoppedLine({ doing, files: writtenFiles(), printed }))}\n`);
  // Node waits at its end for what runs on other threads.
  if (isAtRest) process.exit(stopCodes[signal]);
  die(signal);
}

/** As a signal ends a program that does not listen: at once, whatever runs. For a shell the exit code is the same. */
function die(signal: keyof typeof stopCodes): void {
  removeTemporary();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** See no-color.org and force-color.org. */
function wantsColour(): boolean {
  if ((env.NO_COLOR ?? '') !== '') return false;
  if ((env.FORCE_COLOR ?? '') !== '') return env.FORCE_COLOR !== '0';
  return stdout.isTTY === true && env.TERM !== 'dumb';
}

async function readCall(): Promise<void> {
  await yargs(process.argv.slice(2))
    .scriptName('postlude')
    // Messages are recognised by their English words, and a report should not change with the machine.
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .usage(
      'postlude COMMAND\n\nTells from exported Conversation Orchestrator events what went wrong, why, and what to do. Offline.',
    )
    .command(auditCommand(context))
    .command(loadCommand(context))
    .command(traceCommand(context))
    .command(mergeCommand(context))
    .command(reportCommand(context))
    .command(rulesCommand(context))
    .command(explainCommand(context))
    .command(sqlCommand(context))
    .command('$0', false, {}, ({ _: [name] }) =>
      unknownCommand('postlude', name, ['audit', 'load', 'trace', 'merge', 'report', 'rules', 'explain', 'sql']),
    )
    .version(tool().version)
    .epilogue(
      'Exit codes: 0 nothing at or above --fail-on · 1 findings at or above it · 2 the call, an input or a rule was wrong · 3 postlude itself failed · 130 stopped with Ctrl-C',
    )
    .wrap(Math.min(100, Math.max(60, context.width)))
    .strictOptions()
    .showHelpOnFail(false)
    .exitProcess(false)
    .fail((message, thrown) => {
      throw thrown instanceof Error && thrown.name !== 'YError'
        ? thrown
        : wrongCall(thrown?.message ?? message, knownOptions);
    })
    .parseAsync();
}

try {
  await readCall().catch((thrown: unknown) => {
    if (thrown !== callIsRead) throw thrown;
  });
  await work();
} catch (thrown) {
  if (thrown instanceof UserError) {
    const lines = thrown.message.split('\n');
    // Problems have their place in front, as editors and CI logs know them.
    const isPlaced = lines.length > 1 || /^\S.*?:\d+:\d+: /.test(thrown.message);
    context.warn(isPlaced ? thrown.message : `postlude: ${thrown.message}`);
    context.exit(2);
  } else if (isOutOfMemory(thrown)) {
    context.warn(`postlude: ${tooLittleMemory(thrown)}`);
    context.exit(2);
  } else {
    context.warn(thrown instanceof Error ? (thrown.stack ?? String(thrown)) : String(thrown));
    context.warn(
      'postlude: this is a bug in postlude, not in your call or your data; please report it with the lines above',
    );
    context.exit(3);
  }
}

// All is said and written. Node would wait for what runs on other threads, and no exit code ends that.
const [running] = stillRunning();
if (running !== undefined) {
  await Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
  context.warn(
    `postlude: ${running} cannot be stopped, so the process is ended by a signal, whatever its exit code would be`,
  );
  die('SIGTERM');
}
