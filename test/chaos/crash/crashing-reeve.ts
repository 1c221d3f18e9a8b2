import { execFileSync } from 'node:child_process';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';

/** When it was killed, at what point, and how long it took to be up again. */
export interface Crash {
  readonly at: number;
  readonly where: string;
  readonly upAgainMs: number;
  readonly startsKilled: number;
}

/**
 * A Reeve that can be killed at any moment and comes up again by itself. Whoever talks to it waits at `ready` while
 * it is away and while `afterCrash` looks at what is left.
 */
export class CrashingReeve {
  readonly reeve: Reeve;
  readonly #afterCrash: (crash: Crash) => Promise<void>;
  #ready: Promise<void> = Promise.resolve();
  #killedAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #fired: Promise<void> = Promise.resolve();

  private constructor(reeve: Reeve, afterCrash: (crash: Crash) => Promise<void>) {
    this.reeve = reeve;
    this.#afterCrash = afterCrash;
  }

  static async start(afterCrash: (crash: Crash) => Promise<void>): Promise<CrashingReeve> {
    return new CrashingReeve(await startReeve({ timeoutMs: 90_000 }), afterCrash);
  }

  /** Resolves when it is up and looked at; rejects when it did not come up or what was found is wrong. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** The moment of the last kill, on the clock of `performance.now()`. */
  get killedAt(): number {
    return this.#killedAt;
  }

  /** Kills it `delayMs` from now. With `startsToo`, the first start after it is killed as well, that long into it. */
  killIn(delayMs: number, where: string, startsToo?: number): void {
    this.#fired = new Promise((done) => {
      this.#timer = setTimeout(() => {
        this.#ready = this.#crash(where, startsToo);
        this.#ready.catch(() => undefined);
        done();
      }, delayMs);
    });
  }

  /** Resolves when the kill asked for has happened and all is well again. */
  async over(): Promise<void> {
    await this.#fired;
    await this.#ready;
  }

  async #crash(where: string, startsToo: number | undefined): Promise<void> {
    this.#killedAt = performance.now();
    await this.reeve.kill9();
    const started = performance.now();
    let startsKilled = 0;
    if (startsToo !== undefined) {
      const first = this.reeve.restart().then(
        () => undefined,
        () => undefined,
      );
      await new Promise((done) => setTimeout(done, startsToo));
      await this.reeve.kill9();
      await first;
      startsKilled = 1;
    }
    await this.reeve.restart();
    await this.#afterCrash({
      at: this.#killedAt,
      where,
      upAgainMs: Math.round(performance.now() - started),
      startsKilled,
    });
  }

  /** The PostgreSQL servers on its data folder, as `ps` shows them; one is right. Their own children are no servers. */
  servers(): readonly string[] {
    const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args=', '--width', '4000'], { encoding: 'utf8' }).split('\n');
    const found = lines
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*postgres.*)$/.exec(line))
      .filter((m): m is RegExpExecArray => m !== null && (m[3] ?? '').includes(this.reeve.dataDir));
    const pids = new Set(found.map((m) => m[1]));
    return found.filter((m) => !pids.has(m[2] ?? '')).map((m) => m[0].trim());
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#ready.catch(() => undefined);
    await this.reeve.stop();
  }
}
