import { words, type PromptMessage } from './messages.ts';
import type { CatalogueAsked, PromptClient, RunLimits } from './port.ts';
import { RULES, type Wire } from './wire.ts';

/** How far rows may be ahead of what the browser has taken; then the gateway, and so the database, is not read from. */
const AHEAD = 1024 * 1024;
/** What is kept of one value and of one result: for the screen, and for a file. */
const FOR_THE_SCREEN = { cellBytes: 64 * 1024, resultBytes: 24 * 1024 * 1024 };
const FOR_A_FILE = { cellBytes: 4 * 1024 * 1024, resultBytes: 512 * 1024 * 1024 };

/** An SQL prompt as its browser hears and moves it. */
export interface ServedPrompt {
  readonly said: (message: PromptMessage) => void;
}

/**
 * Serves an SQL prompt: one text runs at a time, and its results flow no faster than the browser takes them. Nothing is kept
 * here.
 */
export function servePrompt(wire: Wire, client: PromptClient): ServedPrompt {
  let running = false;
  let sent = 0;
  let shown = 0;
  const flow = (): void => {
    if (sent - shown > AHEAD) client.pause();
    else if (sent - shown <= AHEAD / 2) client.resume();
  };
  const tellRows = (message: object, weight: number): void => {
    sent += weight;
    wire.tell({ ...message, upTo: sent });
    flow();
  };
  /** One at a time: a second one is told so, and nothing of it is run. */
  const alone = async (id: number, work: () => Promise<void>): Promise<void> => {
    if (running) return wire.tell({ refused: { id, because: 'a statement runs already' } });
    running = true;
    try {
      await work();
    } catch (error) {
      wire.tell({ refused: { id, because: words(error) } });
    } finally {
      running = false;
      wire.tell({ over: { id, transaction: client.transaction } });
    }
  };
  client.said(({ severity, text }) => wire.tell({ notice: { severity, text } }));

  const run = async ({ id, text, most, into }: Extract<PromptMessage, { run: object }>['run']): Promise<void> => {
    const limits: RunLimits = { rows: most, ...(into === 'file' ? FOR_A_FILE : FOR_THE_SCREEN) };
    let n = 0;
    let began = performance.now();
    const ms = (): number => Math.round(performance.now() - began);
    await client.run(text, limits, {
      begins: (where) => {
        n += 1;
        began = performance.now();
        wire.tell({ begins: { id, n, ...(where === undefined ? {} : { where }) } });
      },
      columns: (columns) => wire.tell({ columns: { id, n, columns } }),
      rows: (rows) => {
        for (const part of parts(rows)) tellRows({ rows: { id, n, rows: part.rows } }, part.weight);
      },
      done: (how) => wire.tell({ done: { id, n, ms: ms(), ...how } }),
      failed: (problem) => wire.tell({ failed: { id, n, ms: ms(), ...problem } }),
    });
  };
  const look = async ({ id, table }: Extract<PromptMessage, { look: object }>['look']): Promise<void> => {
    const asked: CatalogueAsked | undefined = table;
    const found: unknown[] = [];
    let failed: string | undefined;
    const limits = { rows: MOST_FOUND, cellBytes: 1024, resultBytes: 4 * 1024 * 1024 };
    let more = false;
    await client.run(client.catalogue(asked), limits, {
      begins: () => undefined,
      columns: () => undefined,
      rows: (rows) => void found.push(...rows),
      done: (how) => {
        ({ more } = how);
      },
      failed: ({ message }) => {
        failed = message;
      },
    });
    wire.tell({ found: failed === undefined ? { id, rows: found, more } : { id, failed } });
  };

  return {
    said: (message) => {
      if ('shown' in message) {
        if (message.shown < shown || message.shown > sent) return wire.end('more was shown than was sent', RULES);
        shown = message.shown;
        return flow();
      }
      if ('cancel' in message) {
        if (!running) return;
        client.cancel().catch((error: unknown) => wire.tell({ notCancelled: { because: words(error) } }));
        return;
      }
      const { id } = 'run' in message ? message.run : message.look;
      void alone(id, () => ('run' in message ? run(message.run) : look(message.look)));
    },
  };
}

const MOST_FOUND = 2_000;
const PART = 192 * 1024;

/** Rows in messages of a bounded length, with what each weighs. */
function* parts(rows: readonly unknown[]): Generator<{ readonly rows: unknown[]; readonly weight: number }> {
  let some: unknown[] = [];
  let weight = 0;
  for (const row of rows) {
    const its = JSON.stringify(row).length;
    if (some.length > 0 && weight + its > PART) {
      yield { rows: some, weight };
      some = [];
      weight = 0;
    }
    some.push(row);
    weight += its;
  }
  if (some.length > 0) yield { rows: some, weight };
}
