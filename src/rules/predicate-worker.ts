import { parentPort, workerData } from 'node:worker_threads';
import { type Answer, answerTo, type Question, textOf } from './answers.ts';
import { type LoadedPredicate, loadPredicate, PredicateError } from './load-predicate.ts';

/*
 * The thread that a predicate of somebody else runs in: nothing of postlude but this file and what predicates import. Its
 * answers are checked by those who asked.
 */

const port = parentPort;

type Asked = { readonly questions: readonly Question[]; readonly params: unknown };

/** Answers that are no plain data, such as functions, cannot leave the thread. */
function plain(answer: Answer): Answer {
  try {
    structuredClone(answer);
    return answer;
  } catch (thrown) {
    return { wrong: `returned what is no plain data: ${textOf(thrown)}` };
  }
}

function serve(predicate: LoadedPredicate): void {
  port?.on('message', ({ questions, params }: Asked) => {
    const answers = questions.map((question) => answerTo(predicate, question, params));
    try {
      port.postMessage({ kind: 'answers', answers });
    } catch {
      port.postMessage({ kind: 'answers', answers: answers.map(plain) });
    }
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
