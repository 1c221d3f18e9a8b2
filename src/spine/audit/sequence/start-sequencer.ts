import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '#kit/clock/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import { onAppended } from '../record/appended.ts';
import { logSigner } from '../checkpoint/log-key.ts';
import { witnessFile } from '../checkpoint/witness-file.ts';
import { sequenceBatch, type SequenceParts } from './sequence-batch.ts';

/** The background loop that numbers events and signs checkpoints. */
export interface Sequencer {
  /** Ends the loop after the batch under way; waits five seconds at most. */
  stop(): Promise<void>;
}

export interface SequencerInput {
  readonly db: Db;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest wait between two looks, for events of processes that run no sequencer; default 1 s. */
  readonly everyMs?: number;
  /** Where this node keeps the newest checkpoint outside the database. */
  readonly witnessPath?: string;
}

/**
 * Between two looks events gather for ten times as long as the look took, so that its fixed cost is shared, but no
 * longer than it takes to become worth its while: a batch this large is cheap an entry as it is.
 */
const GATHER = 10;
const LEAST_GATHER_MS = 100;
const MOST_GATHER_MS = 500;
const LARGE_BATCH = 512;
const STOP_WITHIN_MS = 5_000;
const COMPLAIN_EVERY_MS = 60_000;

/**
 * Starts numbering. Runs on every node: each is woken by its own appends and one at a time holds the pen. A failure
 * is logged and tried again; nothing is lost by waiting, since the events are committed already.
 */
export function startSequencer(input: SequencerInput): Sequencer {
  const { db, keys, log, everyMs = 1_000 } = input;
  const witness = input.witnessPath === undefined ? undefined : witnessFile(input.witnessPath, logSigner(keys));
  const parts: SequenceParts = { db, keys, log, witness };
  const state = { stopping: false, woken: false };
  let wake: () => void = () => {};
  const stopListening = onAppended(() => {
    state.woken = true;
    wake();
  });
  let complained = { code: '', at: Number.NEGATIVE_INFINITY };

  const complain = (error: unknown): void => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const now = performance.now();
    if (code === complained.code && now - complained.at < COMPLAIN_EVERY_MS) return;
    complained = { code, at: now };
    log.error('the audit log cannot be numbered; events are kept and wait', { error });
  };

  const look = async (): Promise<{ readonly more: boolean; readonly gatherMs: number }> => {
    const wanted = state.woken;
    state.woken = false;
    const before = performance.now();
    try {
      const pass = await sequenceBatch(parts);
      complained = { code: '', at: Number.NEGATIVE_INFINITY };
      // Whoever holds the pen may have looked just before our events were committed.
      if (pass.busy) state.woken = state.woken || wanted;
      else if (pass.more) return { more: true, gatherMs: 0 };
      else if (pass.numbered >= LARGE_BATCH) return { more: false, gatherMs: LEAST_GATHER_MS };
    } catch (error) {
      complain(error);
    }
    const gatherMs = (performance.now() - before) * GATHER;
    return { more: false, gatherMs: Math.min(MOST_GATHER_MS, Math.max(LEAST_GATHER_MS, gatherMs)) };
  };

  const rest = async (gatherMs: number): Promise<void> => {
    await pause(gatherMs);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (state.woken || state.stopping) wake();
    });
    wake = () => {};
  };

  const loop = (async () => {
    while (!state.stopping) {
      const { more, gatherMs } = await look();
      if (!more && !state.stopping) await rest(gatherMs);
    }
  })();

  return {
    async stop() {
      state.stopping = true;
      stopListening();
      wake();
      await Promise.race([loop, pause(STOP_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
