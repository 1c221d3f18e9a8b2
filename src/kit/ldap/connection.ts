/** One encrypted connection: requests go out under an id, answers come back to who asked. Knows messages, not what they are for. */
import { decodeMessage } from './decode-message.ts';
import { encodeRequest } from './encode-request.ts';
import { place, type LdapAddress, type Line } from './dial.ts';
import type { LdapControl, LdapMessage, LdapRequest } from './entry.ts';
import { MessageFrames } from './frame-messages.ts';
import { LdapError } from './ldap-error.ts';

/** What is received but not yet taken may be this much before the server is made to wait. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** A message of many megabytes is on its way as long as this much of it keeps coming. */
const PROGRESS_BYTES = 256 * 1024;

/** The answers to one request as they come. Not taking them makes the server wait. */
export interface Answers {
  /** The next message; undefined after the result. Throws LdapError when the connection is lost or silent for too long. */
  next(): Promise<LdapMessage | undefined>;
  /** Tells the server that nobody wants the rest. */
  abandon(): void;
}

interface Pending {
  readonly queue: { readonly message: LdapMessage; readonly bytes: number }[];
  waiting: number;
  heardAt: number;
  wake: () => void;
}

export class Connection {
  readonly #line: Line;
  readonly #address: LdapAddress;
  readonly #answerMs: number;
  readonly #frames: MessageFrames;
  readonly #pending = new Map<number, Pending>();
  readonly #watch: NodeJS.Timeout;
  #lastId = 0;
  #progress = 0;
  #lost: LdapError | undefined;

  constructor(
    line: Line,
    address: LdapAddress,
    limits: { readonly answerMs: number; readonly maxMessageBytes: number },
  ) {
    this.#line = line;
    this.#address = address;
    this.#answerMs = limits.answerMs;
    this.#frames = new MessageFrames(limits.maxMessageBytes);
    line.stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    line.stream.on('error', () => this.#lose(this.#broken()));
    line.stream.on('close', () => this.#lose(this.#broken()));
    this.#watch = setInterval(() => this.#expectAnswers(), Math.min(1_000, Math.ceil(limits.answerMs / 4)));
    this.#watch.unref();
  }

  /** Why the connection is no more, if it is no more. A lost connection is never opened again by itself. */
  get lost(): LdapError | undefined {
    return this.#lost;
  }

  /** Sends a request. `unbind` and `abandon` have no answers. */
  ask(request: LdapRequest, controls: readonly LdapControl[] = []): Answers {
    if (this.#lost) throw this.#lost;
    this.#lastId += 1;
    const id = this.#lastId;
    const bytes = encodeRequest(id, request, controls);
    const pending: Pending = { queue: [], waiting: 0, heardAt: performance.now(), wake: () => {} };
    this.#pending.set(id, pending);
    this.#line.stream.write(bytes);
    this.#balance();
    return {
      next: () => this.#next(id, pending),
      abandon: () => {
        if (!this.#pending.delete(id) || this.#lost) return;
        this.#lastId += 1;
        this.#line.stream.write(encodeRequest(this.#lastId, { op: 'abandon', abandoned: id }));
        this.#balance();
      },
    };
  }

  /** Says goodbye and ends; half a second later the line is cut. */
  close(): void {
    if (this.#lost) return;
    this.#lastId += 1;
    this.#line.stream.end(encodeRequest(this.#lastId, { op: 'unbind' }));
    this.#line.stream.resume();
    setTimeout(() => this.#line.stream.destroy(), 500).unref();
    this.#lose(new LdapError('failed', 'the connection was closed here'), false);
  }

  async #next(id: number, pending: Pending): Promise<LdapMessage | undefined> {
    for (;;) {
      const first = pending.queue.shift();
      if (first) {
        pending.waiting -= first.bytes;
        pending.heardAt = performance.now();
        if (first.message.kind === 'result') this.#pending.delete(id);
        this.#balance();
        return first.message;
      }
      if (!this.#pending.has(id)) return undefined;
      if (this.#lost) throw this.#lost;
      await new Promise<void>((resolve) => {
        pending.wake = resolve;
      });
    }
  }

  #receive(chunk: Buffer): void {
    this.#progress += chunk.length;
    if (this.#progress > PROGRESS_BYTES) {
      this.#progress = 0;
      for (const pending of this.#pending.values()) pending.heardAt = performance.now();
    }
    try {
      for (const frame of this.#frames.push(chunk)) this.#deliver(decodeMessage(frame), frame.length);
    } catch (error) {
      const why = error instanceof LdapError ? error.message : 'an answer could not be read';
      this.#lose(new LdapError('failed', `${place(this.#address)}: ${why}`));
    }
    this.#balance();
  }

  #deliver(message: LdapMessage, bytes: number): void {
    if (message.id === 0) {
      this.#lose(new LdapError('unreachable', `${place(this.#address)} ended the connection`));
      return;
    }
    const pending = this.#pending.get(message.id);
    // An abandoned request may still be answered for a while.
    if (!pending) return;
    pending.queue.push({ message, bytes });
    pending.waiting += bytes;
    pending.heardAt = performance.now();
    pending.wake();
  }

  /** The server waits while everybody who asked has more than enough to take; whoever has nothing must be able to get it. */
  #balance(): void {
    const all = [...this.#pending.values()];
    if (all.length > 0 && all.every((pending) => pending.waiting > MAX_WAITING_BYTES)) this.#line.stream.pause();
    else this.#line.stream.resume();
  }

  #expectAnswers(): void {
    if (this.#line.stream.isPaused()) return;
    const since = performance.now() - this.#answerMs;
    for (const pending of this.#pending.values()) {
      if (pending.heardAt > since || pending.queue.length > 0) continue;
      this.#lose(new LdapError('unreachable', `${place(this.#address)} gave no answer within ${this.#answerMs} ms`));
      return;
    }
  }

  readonly #broken = (): LdapError =>
    new LdapError('unreachable', `the connection to ${place(this.#address)} broke off before the answer was whole`);

  #lose(why: LdapError, cut = true): void {
    if (this.#lost) return;
    this.#lost = why;
    clearInterval(this.#watch);
    if (cut) this.#line.stream.destroy();
    for (const pending of this.#pending.values()) pending.wake();
  }
}
