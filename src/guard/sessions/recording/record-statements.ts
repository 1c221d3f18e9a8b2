import { sha256 } from '#kit/crypto/index.ts';
import type { StatementRecorder, StatementsMeta } from '#gateways/port.ts';
import type { ChunkWriter } from './write-chunks.ts';

/** Texts that are remembered to be there already; with more, all are written anew. */
const MOST_TEXTS = 2_000;
/** Of longer texts this much is kept, and a digest of the whole. */
const LONGEST_TEXT = 256 * 1024;

/**
 * Turns what is asked of a database into lines of the recording: a text once, then for each run its number, its values
 * and what came of it. A statement's line is taken in before it is passed on.
 */
export function recordStatements(
  writer: ChunkWriter,
  channel: {
    readonly c: number;
    readonly since: () => number;
    readonly now: () => number;
    readonly meta: StatementsMeta;
  },
): StatementRecorder {
  const { c, since, now, meta } = channel;
  const texts = new Map<string, number>();
  const begun = new Map<number, number>();
  let nextText = 0;
  let next = 0;
  let closed = false;
  writer.add({ k: 'start', t: since(), c, kind: 'statements', command: meta.target });
  const textOf = (text: string): number => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size >= MOST_TEXTS) texts.clear();
    const s = nextText;
    nextText += 1;
    writer.add({ k: 'text', t: since(), c, s, text: kept(text) });
    if (text.length <= LONGEST_TEXT) texts.set(text, s);
    return s;
  };
  return {
    get full() {
      return writer.full;
    },
    // each field by its name: of one shape, and what is undefined is not written
    began: ({ text, via, values, refused }) => {
      const n = next;
      next += 1;
      writer.add({ k: 'q', t: since(), c, n, s: textOf(text), via, values, refused });
      begun.set(n, now());
      return n;
    },
    ended: (n, { tag, rows, error, bytes, unanswered }) => {
      const from = begun.get(n);
      if (from === undefined) return;
      begun.delete(n);
      const us = Math.round((now() - from) * 1000);
      writer.add({ k: 'd', t: since(), c, n, us, tag, rows, error, bytes, unanswered });
    },
    close: (bytes) => {
      if (closed) return;
      closed = true;
      writer.add({ k: 'end', t: since(), c, bytesIn: bytes.in, bytesOut: bytes.out, sha256: '' });
    },
  };
}

const kept = (text: string): string =>
  text.length <= LONGEST_TEXT
    ? text
    : `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters, sha256 ${sha256(text).toString('hex')})`;
