import type { Socket } from 'node:net';
import type { Wire } from '../wire/take-wire.ts';

/**
 * One direction of a channel. What the receiver has no window for waits here in order; it is at most the window we
 * granted the sender, because no more is granted until it is empty.
 */
export class Flow {
  readonly #waiting: { data: Buffer; stderr: boolean }[] = [];
  #to: Wire | undefined;
  #eof = false;
  #eofSent = false;
  #held = false;

  /** Names the receiver and sends what waited for it. */
  connect(to: Wire): void {
    this.#to = to;
    this.flush();
  }

  /** Sends or keeps `data`, copying what it keeps. False: ask the sender for nothing more until `flush` says true. */
  send(data: Buffer, stderr: boolean): boolean {
    let sent = 0;
    if (this.#to !== undefined && this.#waiting.length === 0 && !this.#held) {
      sent = this.#to.send(data, stderr);
      if (sent === data.length) return true;
    }
    this.#waiting.push({ data: Buffer.from(data.subarray(sent)), stderr });
    return false;
  }

  /** The sender has said its last: passed on when nothing waits any more. */
  end(): void {
    this.#eof = true;
    this.flush();
  }

  /** Sends what can be sent. True when nothing waits. */
  flush(): boolean {
    if (this.#to === undefined || this.#held) return false;
    while (this.#waiting.length > 0) {
      const first = this.#waiting[0];
      if (first === undefined) break;
      const sent = this.#to.send(first.data, first.stderr);
      if (sent < first.data.length) {
        first.data = first.data.subarray(sent);
        return false;
      }
      this.#waiting.shift();
    }
    if (this.#eof && !this.#eofSent) {
      this.#eofSent = true;
      this.#to.eof();
    }
    return true;
  }

  /** Keeps whatever comes from now on, in order, until `release`. */
  hold(): void {
    this.#held = true;
  }

  /** Sends what was kept. True when nothing waits. */
  release(): boolean {
    this.#held = false;
    return this.flush();
  }

  /** Nothing waits, and nothing is held back. */
  get empty(): boolean {
    return this.#waiting.length === 0 && !this.#held;
  }

  /** Forgets what waits; the session is over. */
  drop(): void {
    this.#waiting.length = 0;
  }
}

const holds = new WeakMap<Socket, ReadHold>();

/** Stops reading from a socket while anybody has a reason to. One a socket, so that no two undo each other. */
export class ReadHold {
  readonly #socket: Socket;
  readonly #reasons = new Set<string>();
  private constructor(socket: Socket) {
    this.#socket = socket;
  }
  static of(socket: Socket): ReadHold {
    const there = holds.get(socket) ?? new ReadHold(socket);
    holds.set(socket, there);
    return there;
  }
  hold(reason: string): void {
    if (this.#reasons.size === 0) this.#socket.pause();
    this.#reasons.add(reason);
  }
  release(reason: string): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0 && !this.#socket.destroyed) this.#socket.resume();
  }
}

const FULL = 1024 * 1024;
const FULL_OF_REPLIES = 4 * 1024 * 1024;

/**
 * ssh2 writes to its socket without looking whether anybody reads at the other end. The returned check does: while more
 * than 1 MiB waits to leave through `out`, nothing is read from `source`, which fills it.
 */
export function holdWhileFull(out: Socket, source: Socket, reason: string): () => void {
  return holdOver(out, ReadHold.of(source), reason, FULL);
}

/** The same for what a peer makes us answer: one that sends and never reads is not listened to beyond 4 MiB of answers. */
export const holdUnread = (socket: Socket): (() => void) =>
  holdOver(socket, ReadHold.of(socket), 'unread answers', FULL_OF_REPLIES);

function holdOver(out: Socket, source: ReadHold, reason: string, limit: number): () => void {
  let held = false;
  out.on('drain', () => {
    if (!held) return;
    held = false;
    source.release(reason);
  });
  return () => {
    if (held || out.writableLength < limit || !out.writableNeedDrain) return;
    held = true;
    source.hold(reason);
  };
}
