import { TextDecoder } from 'node:util';

/** Text that is not UTF-8, or a line longer than any line of an export. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

const MOST_CHARS = 16 * 1024 * 1024;

/** The lines of a stream without their ends, one at a time, in bounded memory. Throws UnreadableText. */
export async function* readLines(source: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  // The unfinished line in pieces: joining it with every chunk would read a long one over and over.
  let pieces: string[] = [];
  let held = 0;
  for await (const chunk of source) {
    const [first = '', ...others] = (typeof chunk === 'string' ? chunk : decode(decoder, chunk)).split('\n');
    pieces.push(first);
    held += first.length;
    if (held > MOST_CHARS) throw new UnreadableText('a line is longer than any line of an export');
    const last = others.pop();
    if (last === undefined) continue;
    yield pieces.join('');
    yield* others;
    pieces = [last];
    held = last.length;
  }
  const rest = pieces.join('') + decode(decoder);
  if (rest !== '') yield rest;
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new UnreadableText('it is not UTF-8 text');
  }
}
