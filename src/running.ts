import type { Log } from '#kit/log/index.ts';
import type { GatewayDoors } from '#guard/sessions/index.ts';

/** After being told twice, sessions have so long to be closed in the record. */
const HASTE_MS = 5_000;

/** What this process runs, and how all of it ends. */
export class Running {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  readonly #log: Log;
  readonly #stopSeconds: number;
  readonly #drainSeconds: number;
  /** Gateways stop first, each session in its own time; all the rest serves them until then. */
  doors: GatewayDoors | undefined;
  #stopping = false;
  #hurry: () => void = () => {};

  constructor(
    log: Log,
    { stopSeconds, drainSeconds }: { readonly stopSeconds: number; readonly drainSeconds: number },
  ) {
    this.#log = log;
    this.#stopSeconds = stopSeconds;
    this.#drainSeconds = drainSeconds;
  }

  /** Things are stopped newest first, each within a bounded time. */
  add(name: string, stop: () => Promise<void>): void {
    this.#stops.unshift({ name, stop });
  }

  /** Ends the process in order, sessions first; said again, it waits for none of them. With a code, not at the first either. */
  leave(code: number): void {
    if (this.#stopping) return this.#hurry();
    this.#stopping = true;
    const inHaste = new Promise<void>((done) => {
      this.#hurry = () => {
        this.doors?.endNow();
        setTimeout(done, HASTE_MS).unref();
      };
    });
    const drained = this.doors?.drain(code === 0 ? this.#drainSeconds : 0);
    if (code !== 0) this.#hurry();
    void Promise.race([drained, inHaste])
      .catch((error: unknown) => this.#log.error('gateways could not be drained', { error }))
      .then(() => this.#stop())
      .then(() => process.exit(code));
  }

  async #stop(): Promise<void> {
    for (const { name, stop } of this.#stops) {
      const late = new Promise<string>((done) =>
        setTimeout(() => done('late'), (this.#stopSeconds + 5) * 1000).unref(),
      );
      const how = await Promise.race([stop().then(() => 'stopped'), late]).catch(() => 'failed');
      if (how !== 'stopped') this.#log.warn(`${name} did not stop in time`, { how });
    }
  }
}
