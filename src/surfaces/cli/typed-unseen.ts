import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** One line, unseen on a terminal: what readline would echo goes nowhere. Throws `missing` where none comes. */
export async function typedUnseen(prompt: string, missing: Error): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY });
  try {
    for await (const line of lines) return line.trim();
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
  throw missing;
}
