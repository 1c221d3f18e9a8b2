import { wipe, type Keys, type RootKeyInReach, type SealingKey } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { AppError, unavailable } from '#kit/errors/index.ts';
import type { Log } from '#kit/log/index.ts';
import { CollectedShares } from './collect-shares.ts';
import { Generations } from './generations.ts';
import { reachRootKey, type RootKeyPlaces } from './reach-root-key.ts';
import { readRing, sayNode, wrapContext, type RingName, type RingRows, type RootKeyRow } from './store.ts';

/** open: keys are in memory. sealed: by order. waiting: for shares. unreachable: the root key is not to be had now. */
export type RingState = 'open' | 'sealed' | 'waiting' | 'unreachable';

export interface RingParts {
  readonly db: Db;
  readonly log: Log;
  readonly places: RootKeyPlaces;
  /** Names this process among the nodes. */
  readonly node: string;
  /** Called when the root key went out of reach by itself. */
  readonly lost?: ((why: string) => void) | undefined;
}

/**
 * The keys of one ring in this process: what data keys are wrapped under. They are in memory while it is open and only
 * then; sealing it forgets them at once, and whoever asks for one is told so (`vault.sealed`, 503).
 */
export class KeyRing {
  readonly name: RingName;
  readonly shares = new CollectedShares();
  readonly #parts: RingParts;
  readonly #generations: Generations;
  #state: RingState = 'waiting';
  #because: string | undefined;
  #root: RootKeyRow | undefined;
  /** A root key that can go away is held on to, so that its going is noticed. */
  #watched: RootKeyInReach | undefined;
  #refreshing: Promise<void> = Promise.resolve();
  #closed = 0;

  constructor(name: RingName, parts: RingParts) {
    this.name = name;
    this.#parts = parts;
    this.#generations = new Generations(name);
  }

  get state(): RingState {
    return this.#state;
  }

  /** Why it is not open. */
  get because(): string | undefined {
    return this.#because;
  }

  get root(): RootKeyRow | undefined {
    return this.#root;
  }

  get generations(): Generations {
    return this.#generations;
  }

  /** The sealing key of a purpose. Throws `vault.sealed` while the ring is not open. */
  sealing(purpose: string): SealingKey {
    const key = this.#state === 'open' ? this.#generations.sealing(purpose) : undefined;
    if (key === undefined) throw this.refusal();
    return key;
  }

  /** Keys that stay the same through every rotation: those of the first generation. */
  first(): Keys {
    const keys = this.#state === 'open' ? this.#generations.first() : undefined;
    if (keys === undefined) throw this.refusal();
    return keys;
  }

  /** Throws `vault.sealed` unless it is open. */
  refuseSealed(): void {
    if (this.#state !== 'open') throw this.refusal();
  }

  refusal(): AppError {
    const fix =
      this.#state === 'unreachable'
        ? 'see that its root key is in reach again: reeve vault status'
        : 'let it be unsealed first: reeve vault unseal';
    return unavailable('vault.sealed', 'the vault is sealed: nothing it keeps can be opened or stored now', fix);
  }

  /** Forgets every key in this process, at once. */
  close(state: Exclude<RingState, 'open'>, because: string): void {
    this.#closed += 1;
    this.#state = state;
    this.#because = because;
    this.#generations.forget();
    this.shares.forget();
    const watched = this.#watched;
    this.#watched = undefined;
    void watched?.close();
  }

  /**
   * Does what the database says of this ring: seals, opens, takes in new generations. One look at a time. Throws where
   * the root key is not as it should be; the ring is not open then.
   */
  refresh(): Promise<void> {
    const next = this.#refreshing.catch(() => undefined).then(() => this.#look());
    this.#refreshing = next;
    return next;
  }

  /** Opens the ring with a root key its holders brought together. Takes the key over. */
  async openWith(key: RootKeyInReach): Promise<void> {
    const closed = this.#closed;
    try {
      const rows = await readRing(this.#parts.db, this.name);
      if (rows.sealedAt === null) await this.#open(rows, key, closed);
    } finally {
      await key.close();
    }
  }

  async #look(): Promise<void> {
    let closed = this.#closed;
    let rows = await readRing(this.#parts.db, this.name);
    // What was read before it was sealed opens nothing.
    while (closed !== this.#closed) {
      closed = this.#closed;
      rows = await readRing(this.#parts.db, this.name);
    }
    if (this.#root !== undefined && rows.root?.id !== this.#root.id) this.#leaveRoot();
    this.#root = rows.root;
    if (rows.sealedAt !== null) {
      if (this.#state !== 'sealed') this.close('sealed', rows.sealedBecause ?? 'by order');
    } else if (this.#state !== 'open') await this.#reach(rows, closed);
    else await this.#takeIn(rows, closed);
    const { loaded, current } = this.#generations;
    await sayNode(this.#parts.db, this.#parts.node, this.name, { state: this.#state, loaded, sealing: current });
  }

  #leaveRoot(): void {
    const watched = this.#watched;
    this.#watched = undefined;
    this.shares.forget();
    void watched?.close();
  }

  async #reach(rows: RingRows, closed: number): Promise<void> {
    if (rows.root === undefined) return;
    let key: RootKeyInReach | undefined;
    try {
      key = await reachRootKey(this.#parts.places, rows.root);
    } catch (error) {
      if (closed !== this.#closed) return;
      this.#state = 'unreachable';
      this.#because = error instanceof Error ? error.message : String(error);
      throw error;
    }
    if (closed !== this.#closed) return void key?.close();
    if (key === undefined) {
      this.#state = 'waiting';
      this.#because = 'it waits for shares of its root key';
      return;
    }
    await this.#open(rows, key, closed);
    await this.#keepOrClose(key, closed);
  }

  /** `closed`: how often it had been closed when `rows` were read; if it was since, nothing is opened. */
  async #open(rows: RingRows, key: RootKeyInReach, closed: number): Promise<void> {
    if (closed !== this.#closed) return;
    const opened: { readonly number: number; readonly secret: Buffer }[] = [];
    for (const row of rows.keys) {
      if (row.wrapped === null || this.#generations.has(row.generation)) continue;
      const secret = await key.unwrap(row.wrapped, wrapContext(this.name, row.generation, key.id));
      opened.push({ number: row.generation, secret });
    }
    // Sealed while a token was asked: what it answered is not kept.
    if (closed !== this.#closed) return wipe(...opened.map(({ secret }) => secret));
    for (const { number, secret } of opened) this.#generations.add(number, secret);
    this.#settle(rows);
    if (this.#generations.current === 0) return;
    this.#state = 'open';
    this.#because = undefined;
  }

  /** Generations that came since. What was handed on needs no root key. */
  async #takeIn(rows: RingRows, closed: number): Promise<void> {
    this.#generations.keepOnly(new Set(rows.keys.map((row) => row.generation)));
    for (const row of rows.keys)
      if (!this.#generations.has(row.generation) && row.handedOn !== null)
        this.#generations.takeOn(row.generation, row.handedOn);
    this.#settle(rows);
    const missing = rows.keys.some((row) => row.state !== 'prepared' && !this.#generations.has(row.generation));
    if (rows.root === undefined || rows.root.place === 'shamir') return;
    if (!missing && !(rows.root.place === 'pkcs11' && this.#watched === undefined)) return;
    const key = this.#watched ?? (await reachRootKey(this.#parts.places, rows.root));
    if (key === undefined) return;
    await this.#open(rows, key, closed);
    if (key !== this.#watched) await this.#keepOrClose(key, closed);
  }

  #settle(rows: RingRows): void {
    const current = rows.keys.find((row) => row.state === 'current');
    if (current !== undefined) this.#generations.sealUnder(current.generation);
  }

  async #keepOrClose(key: RootKeyInReach, closed: number): Promise<void> {
    await (closed === this.#closed ? this.#watch(key) : key.close());
  }

  async #watch(key: RootKeyInReach): Promise<void> {
    const { gone } = key;
    if (gone === undefined) return await key.close();
    this.#watched = key;
    const lost = (): void => {
      if (this.#watched !== key) return;
      const why = (gone.reason as Error).message;
      this.close('unreachable', why);
      this.#parts.log.error('the root key is out of reach: the vault is sealed on this node', { why });
      this.#parts.lost?.(why);
    };
    if (gone.aborted) lost();
    else gone.addEventListener('abort', lost, { once: true });
  }
}
