import type { Log } from '#kit/log/index.ts';
import type { Metric } from '#kit/metrics/index.ts';
import type { LiveSessions } from './live-sessions.ts';

/** A gateway of this node, as far as watching and stopping it goes. */
export interface Door {
  /** Takes no more connections, gives sessions `drainMs` to end by themselves, then ends them. */
  stop(drainMs: number): Promise<void>;
  measure?(): readonly Metric[];
}

/** Before the end, people are told once more. */
const LAST_WORD_MS = 60_000;
const clockOf = (at: Date): string => at.toISOString().slice(11, 16);

/**
 * The gateways of this node, closed together: nobody is let in any more, whoever is in is told until when they may stay,
 * and those who stay longer are ended. Closing is said once; saying it again changes nothing.
 */
export class GatewayDoors {
  readonly #doors: Door[] = [];
  readonly #live: LiveSessions;
  readonly #log: Log;
  readonly #now: () => Date;
  #drained: Promise<void> | undefined;
  #state: 'serving' | 'draining' | 'drained' = 'serving';
  #endAtOnce: () => void = () => {};

  constructor(parts: { readonly live: LiveSessions; readonly log: Log; readonly now: () => Date }) {
    this.#live = parts.live;
    this.#log = parts.log;
    this.#now = parts.now;
  }

  add(door: Door): void {
    this.#doors.push(door);
  }

  get state(): 'serving' | 'draining' | 'drained' {
    return this.#state;
  }

  get liveSessions(): number {
    return this.#live.size;
  }

  /** What the gateways counted so far. */
  measure(): readonly Metric[] {
    const gauge = (name: string, help: string, value: number): Metric => ({
      name,
      kind: 'gauge',
      help,
      values: [{ value }],
    });
    return [
      ...this.#doors.flatMap((door) => door.measure?.() ?? []),
      gauge('reeve_live_sessions', 'Sessions this process stands in the middle of.', this.#live.size),
      gauge('reeve_draining', 'Whether this process takes no more sessions.', this.#state === 'serving' ? 0 : 1),
    ];
  }

  /** Resolves when no session is left here and their records are closed. */
  drain(seconds: number): Promise<void> {
    this.#drained ??= this.#drain(seconds * 1000);
    return this.#drained;
  }

  /** Waits no longer for sessions to end by themselves. */
  endNow(): void {
    this.#endAtOnce();
    this.#live.endAll('its gateway was stopped at once; connect again in a moment');
  }

  async #drain(drainMs: number): Promise<void> {
    this.#state = 'draining';
    this.#live.close();
    const { size } = this.#live;
    this.#log.info('gateways take no more sessions', { count: size });
    const until = new Date(this.#now().getTime() + drainMs);
    if (drainMs > 0)
      this.#live.tellAll(
        `this gateway is about to stop: the session ends at ${clockOf(until)} UTC at the latest. Connect again to go on elsewhere`,
      );
    const lastWord =
      drainMs > 2 * LAST_WORD_MS
        ? setTimeout(
            () => this.#live.tellAll('this session ends in a minute: its gateway stops'),
            drainMs - LAST_WORD_MS,
          )
        : undefined;
    const over = new Promise<void>((done) => {
      this.#endAtOnce = done;
    });
    await Promise.race([over, Promise.all(this.#doors.map((door) => door.stop(drainMs)))]);
    clearTimeout(lastWord);
    // A door is shut when its connections are; the records of their sessions are closed a moment later.
    await this.#live.gone();
    this.#state = 'drained';
    this.#log.info('gateways are drained', {});
  }
}
