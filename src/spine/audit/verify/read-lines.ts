import { TextDecoder } from 'node:util';

/** Text that is not UTF-8, or a line longer than any line of an export. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

const MOST_CHARS = 16 * 1024 * 1024;

/** The lines of a stream without their ends, one at a time, in bounded memory. Throws UnreadableText. */
export async function* readLines(source: AsyncIterable<string | Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for await (const chunk of source) {
    rest += typeof chunk === 'string' ? chunk : decode(decoder, chunk);
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > MOST_CHARS) throw new UnreadableText('a line is longer than any line of an export');
  }
  rest += decode(decoder);
  if (rest !== '') yield rest;
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new UnreadableText('it is not UTF-8 text');
  }
}
