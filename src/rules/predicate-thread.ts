import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { z } from 'zod';
import { messageOf, UserError } from '../engine/errors.ts';
import type { Session } from '../engine/session.ts';
import { type Answer, answerTo, type Question } from './answers.ts';
import { loadPredicate, PredicateError } from './load-predicate.ts';
import { displayPath } from './position.ts';
import type { Rule } from './rule.ts';
import { isShipped } from './shipped.ts';

/** A predicate, wherever it runs. */
export type AskablePredicate = {
  readonly events: boolean;
  /**
   * One answer for each question, in their order.
   * @throws UserError where it is stopped at `deadline`, a time of `performance.now()`, or its thread has ended
   */
  ask(questions: readonly Question[], params: unknown, deadline: Deadline): Promise<readonly Answer[]>;
};

export type Deadline = { readonly at: number; readonly ms: number };

/**
 * Loads the predicate of a rule. One that came with postlude runs here; any other in a thread of its own, which has its own
 * globals and can be ended whatever it does. The thread goes with the session, or with the next predicate.
 * @throws PredicateError where it cannot be loaded, UserError where that takes too long
 */
export async function openPredicate(
  session: Session,
  rule: Rule,
  file: string,
  deadline: Deadline,
): Promise<AskablePredicate> {
  if (isShipped(rule)) return here(file, session.spillDir);
  const known = threads.get(session);
  if (known?.file === file && known.isAlive()) return known;
  await known?.end();
  if (known === undefined) session.beforeClose(async () => threads.get(session)?.end());
  const thread = await startThread(file, session.spillDir, deadline);
  threads.set(session, thread);
  return thread;
}

const threads = new WeakMap<Session, PredicateThread>();

async function here(file: string, spillDir: string): Promise<AskablePredicate> {
  const predicate = await loadPredicate(file, spillDir);
  return {
    events: predicate.events,
    ask: async (questions, params, deadline) =>
      questions.map((question) => {
        if (performance.now() > deadline.at) throw tooLate(deadline);
        return answerTo(predicate, question, params);
      }),
  };
}

type PredicateThread = AskablePredicate & {
  readonly file: string;
  isAlive(): boolean;
  end(): Promise<unknown>;
};

const said = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('loaded'), events: z.boolean() }),
  z.object({ kind: z.literal('broken'), message: z.string(), line: z.number(), column: z.number() }),
  z.object({
    kind: z.literal('answers'),
    answers: z.array(
      z.union([z.object({ wrong: z.string(), line: z.number().optional() }), z.object({ verdict: z.unknown() })]),
    ),
  }),
]);

type Said = z.infer<typeof said>;

/** What a predicate may hold; it sees some rows at a time, and each of them is small. */
const limits = { maxOldGenerationSizeMb: 512 };

async function startThread(file: string, spillDir: string, deadline: Deadline): Promise<PredicateThread> {
  const worker = newWorker({
    workerData: { file, spillDir },
    resourceLimits: limits,
    // Results go to standard output, which is nothing to print into.
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => process.stderr.write(visible(text)));
  }
  let ended: string | null = null;
  let waiting: { readonly hear: (message: Said) => void; readonly fail: (thrown: Error) => void } | null = null;
  const endedBy = (why: string): void => {
    ended ??= why;
    waiting?.fail(new UserError(ended));
  };
  worker.on('message', (message: unknown) => {
    const checked = said.safeParse(message);
    if (checked.success) waiting?.hear(checked.data);
    else endedBy('predicate said something that nobody asked for');
  });
  worker.on('error', (thrown: unknown) => endedBy(`predicate ended its thread: ${messageOf(thrown)}`));
  worker.on('messageerror', () => endedBy('predicate returned what cannot be read'));
  worker.on('exit', () => endedBy('predicate ended its thread'));

  /** What it says next. Only meanwhile it keeps the process from ending. */
  const next = async (deadline: Deadline, post: () => void): Promise<Said> => {
    if (ended !== null) throw new UserError(ended);
    let timer: NodeJS.Timeout | undefined;
    worker.ref();
    try {
      return await new Promise<Said>((resolve, reject) => {
        waiting = { hear: resolve, fail: reject };
        timer = setTimeout(() => reject(tooLate(deadline)), Math.max(0, deadline.at - performance.now()));
        post();
      });
    } catch (thrown) {
      await worker.terminate();
      throw thrown;
    } finally {
      clearTimeout(timer);
      waiting = null;
      worker.unref();
    }
  };

  const first = await next(deadline, () => {});
  if (first.kind !== 'loaded') {
    await worker.terminate();
    const { message, line, column } =
      first.kind === 'broken' ? first : { message: 'cannot be loaded: it says something else', line: 1, column: 1 };
    throw new PredicateError(displayPath(file), message, { line, column });
  }
  return {
    file,
    events: first.events,
    isAlive: () => ended === null,
    end: () => worker.terminate(),
    async ask(questions, params, until) {
      const answer = await next(until, () => worker.postMessage({ questions, params }));
      if (answer.kind === 'answers' && answer.answers.length === questions.length) return answer.answers;
      throw new UserError('predicate said something that nobody asked for');
    },
  };
}

function tooLate({ ms }: Deadline): UserError {
  return new UserError(`stopped after ${ms / 1000} s, the time limit`);
}

/** What a predicate prints is for its author, and can hold any text of a log. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) =>
    char === '\n' || char === '\t'
      ? char
      : `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** The thread's code is a file of its own, beside the others in `dist`; tests run what is not built, which Node itself cannot load. */
function newWorker(options: WorkerOptions): Worker {
  const own = new URL(import.meta.url);
  if (!own.pathname.endsWith('.ts')) return new Worker(new URL('../predicate-worker.js', own), options);
  const code = fileURLToPath(new URL('./predicate-worker.ts', own));
  const jiti = pathToFileURL(createRequire(own).resolve('jiti')).href;
  const start = `import(${JSON.stringify(jiti)}).then((jiti) => jiti.default.createJiti(${JSON.stringify(code)}).import(${JSON.stringify(code)}))`;
  return new Worker(start, { ...options, eval: true });
}
