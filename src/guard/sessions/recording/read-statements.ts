import type { BegunStatement, EndedStatement } from '#gateways/port.ts';
import type { Line } from './format.ts';
import { DamagedChunk } from './read-chunks.ts';

/** One statement of a session: what was asked, and what came of it once that is known. */
export interface RecordedStatement extends BegunStatement {
  /** Counted from 0 over the whole session. */
  readonly n: number;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly micros?: number;
  readonly ended?: EndedStatement;
}

export interface StatementsPage {
  readonly items: readonly RecordedStatement[];
  /** There are more. */
  readonly more: boolean;
  /** What is wrong with the recording from here on; null where nothing is. */
  readonly problem: string | null;
}

/** Statements from number `from` on, in the order they were asked. Of a damaged recording those before the damage. */
export async function readStatements(
  lines: AsyncIterable<Line>,
  page: { readonly from: number; readonly limit: number },
): Promise<StatementsPage> {
  const texts = new Map<string, string>();
  const found = new Map<string, RecordedStatement>();
  let n = 0;
  let more = false;
  let problem: string | null = null;
  try {
    for await (const line of lines) {
      if (line.k === 'text') texts.set(`${line.c} ${line.s}`, line.text);
      else if (line.k === 'q') {
        const { k: _k, t, c, s, n: own, ...rest } = line;
        if (n >= page.from && found.size < page.limit)
          found.set(`${c} ${own}`, { n, atMs: t, text: texts.get(`${c} ${s}`) ?? '', ...rest });
        else if (n >= page.from) more = true;
        n += 1;
      } else if (line.k === 'd') {
        const { k: _k, t: _t, c, n: own, us, ...ended } = line;
        const one = found.get(`${c} ${own}`);
        if (one !== undefined) found.set(`${c} ${own}`, { ...one, micros: us, ended });
      }
    }
  } catch (error) {
    if (!(error instanceof DamagedChunk)) throw error;
    problem = error.message;
  }
  return { items: [...found.values()], more, problem };
}
