import { serialize } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, answerTo, type Question, textOf } from './answers.ts';
import { type LoadedPredicate, loadPredicate, PredicateError } from './load-predicate.ts';

/*
 * The thread that a predicate of somebody else runs in: nothing of postlude but this file and what predicates import. Its
 * answers are checked by those who asked.
 */

const port = parentPort;

type Asked = { readonly questions: readonly Question[]; readonly params: unknown };

/** A finding is read by people, and there can be many of them. */
const mostBytes = 2 ** 20;

/** Answers that are no plain data, such as functions, cannot leave the thread, and huge ones are not to. */
function plain(answer: Answer): Answer {
  if ('wrong' in answer || typeof answer.verdict === 'boolean') return answer;
  try {
    return serialize(answer.verdict).byteLength <= mostBytes ? answer : { wrong: 'returned more than 1 MiB' };
  } catch (thrown) {
    return { wrong: `returned what is no plain data: ${textOf(thrown)}` };
  }
}

function serve(predicate: LoadedPredicate): void {
  port?.on('message', ({ questions, params }: Asked) => {
    port.postMessage({
      kind: 'answers',
      answers: questions.map((question) => plain(answerTo(predicate, question, params))),
    });
  });
  port?.postMessage({ kind: 'loaded', events: predicate.events });
}

try {
  serve(await loadPredicate(String(workerData.file), String(workerData.spillDir)));
} catch (thrown) {
  const { message, line, column } =
    thrown instanceof PredicateError ? thrown.problem : { message: textOf(thrown), line: 1, column: 1 };
  port?.postMessage({ kind: 'broken', message, line, column });
}
