/** Prints the story as it goes: a title, what it did, how long it took. */
export interface Tell {
  step<T>(title: string, work: (say: (line: string) => void) => Promise<T>): Promise<T>;
}

const bold = (text: string): string => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);

/** Steps numbered, with their evidence below, on stdout. */
export function tellOnScreen(): Tell {
  let n = 0;
  return {
    step: async (title, work) => {
      n += 1;
      const started = performance.now();
      process.stdout.write(`\n${bold(`${n}. ${title}`)}\n`);
      const done = await work((line) => process.stdout.write(`   ${line}\n`));
      process.stdout.write(`   (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
      return done;
    },
  };
}

/** Steps kept, for a test to look at. */
export function tellNobody(): Tell & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, step: (title, work) => (lines.push(`# ${title}`), work((line) => lines.push(line))) };
}
