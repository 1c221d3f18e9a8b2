/** How many go together at most, and how many runs are under way at once. */
export interface GatherLimits {
  readonly together: number;
  readonly atOnce: number;
}

/**
 * Turns one call a thing into one run for many: what is asked for in one turn of the event loop, or while a run is under
 * way, goes together in the next. Another run begins beside one that is under way as soon as it is full: many small runs
 * cost more than they save. An answer that is an Error fails its own ask only; a run that
 * throws fails all of its asks. `run` answers in the order of the asks.
 */
export function gather<I, O>(
  run: (asks: readonly I[]) => Promise<readonly (O | Error)[]>,
  limits: GatherLimits,
): (ask: I) => Promise<O> {
  const waiting: { readonly ask: I; readonly done: (answer: O) => void; readonly failed: (why: unknown) => void }[] =
    [];
  let running = 0;
  let planned = false;

  const settle = async (batch: typeof waiting): Promise<void> => {
    try {
      const answers = await run(batch.map(({ ask }) => ask));
      batch.forEach(({ done, failed }, i) => {
        const answer = answers[i];
        if (answer instanceof Error) failed(answer);
        else done(answer as O);
      });
    } catch (error) {
      for (const { failed } of batch) failed(error);
    } finally {
      running -= 1;
      runNext();
    }
  };

  const mayRun = (): boolean =>
    waiting.length > 0 && (running === 0 || (running < limits.atOnce && waiting.length >= limits.together));

  const runNext = (): void => {
    planned = false;
    while (mayRun()) {
      const batch = waiting.splice(0, limits.together);
      running += 1;
      void settle(batch);
    }
  };

  return (ask) =>
    new Promise((done, failed) => {
      waiting.push({ ask, done, failed });
      if (planned || !mayRun()) return;
      planned = true;
      setImmediate(runNext);
    });
}
