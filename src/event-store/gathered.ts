interface Waiting<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers questions that wait together with one query: while one query runs, the next gathers. A question is never
 * answered by a query that began before it was asked, so everybody reads what was committed before they asked.
 */
export function gathered<Q, A>(
  answerAll: (questions: readonly Q[]) => Promise<readonly A[]>,
  most = 256,
): (question: Q) => Promise<A> {
  let waiting: Waiting<Q, A>[] = [];
  let busy = false;

  async function answerWaiting(): Promise<void> {
    const asked = waiting.slice(0, most);
    waiting = waiting.slice(most);
    try {
      const answers = await answerAll(asked.map(({ question }) => question));
      asked.forEach(({ resolve }, index) => resolve(answers[index] as A));
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
    busy = false;
    wake();
  }

  function wake(): void {
    if (busy || waiting.length === 0) return;
    busy = true;
    setImmediate(() => void answerWaiting());
  }

  return (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ question, resolve, reject });
      wake();
    });
}
