/** What one direction of an SFTP stream consists of. Everything handed over is lent for the length of the call. */
export interface FrameListener {
  /** A message, whole, from its type on. */
  message(payload: Buffer): void;
  /** A message that carries content begins: all of it before the content. */
  contentBegins(head: Buffer, length: number): void;
  content(part: Buffer): void;
  contentEnds(): void;
  /** Nothing of what follows can be understood. */
  lost(): void;
}

export const WRITE = 6;
export const DATA = 103;
/** OpenSSH takes messages of 256 KiB; some clients write more at once. */
const LONGEST = 1024 * 1024;
/** What OpenSSH and the draft allow. */
const LONGEST_HANDLE = 256;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts one direction of an SFTP stream (draft-ietf-secsh-filexfer-02) into messages, however it is cut into pieces. What a
 * file consists of is handed on as it flows; only messages of names and numbers are kept until they are whole.
 */
export class SftpFrames {
  readonly #on: FrameListener;
  #kept: Buffer = EMPTY;
  /** How much of the content that flows is still to come. */
  #content = 0;
  #lost = false;

  constructor(on: FrameListener) {
    this.#on = on;
  }

  /** Whether content of a message is still to come. */
  get flowing(): boolean {
    return this.#content > 0;
  }

  see(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#lost) {
      if (this.#content > 0) {
        at += this.#flow(chunk.subarray(at));
        continue;
      }
      if (this.#kept.length > 0) {
        const wanted = this.#wanted(this.#kept);
        const part = chunk.subarray(at, at + wanted - this.#kept.length);
        at += part.length;
        this.#kept = Buffer.concat([this.#kept, part]);
        if (this.#kept.length < wanted || this.#wanted(this.#kept) > wanted) continue;
        const whole = this.#kept;
        this.#kept = EMPTY;
        this.#take(whole);
        continue;
      }
      const rest = chunk.subarray(at);
      const wanted = this.#wanted(rest);
      if (this.#lost) return;
      if (wanted > rest.length) {
        this.#kept = Buffer.from(rest);
        return;
      }
      this.#take(rest.subarray(0, wanted));
      at += wanted;
    }
  }

  #flow(rest: Buffer): number {
    const part = rest.subarray(0, this.#content);
    this.#content -= part.length;
    this.#on.content(part);
    if (this.#content === 0) this.#on.contentEnds();
    return part.length;
  }

  /** How many bytes the next thing to take has, as far as these tell: a head that carries content, or a message. */
  #wanted(from: Buffer): number {
    if (from.length < 5) return 5;
    const length = from.readUInt32BE(0);
    const type = from[4];
    if (length < 1 || length > LONGEST) return this.#giveUp();
    if (type !== WRITE && type !== DATA) return 4 + length;
    if (from.length < 13) return Math.min(13, 4 + length);
    if (type === DATA) return length < 9 || from.readUInt32BE(9) !== length - 9 ? this.#giveUp() : 13;
    const handle = from.readUInt32BE(9);
    const head = 13 + handle + 12;
    if (handle > LONGEST_HANDLE || 4 + length < head) return this.#giveUp();
    if (from.length >= head && from.readUInt32BE(head - 4) !== 4 + length - head) return this.#giveUp();
    return head;
  }

  #giveUp(): number {
    if (!this.#lost) {
      this.#lost = true;
      this.#kept = EMPTY;
      this.#on.lost();
    }
    return Number.POSITIVE_INFINITY;
  }

  #take(whole: Buffer): void {
    const type = whole[4];
    if (type !== WRITE && type !== DATA) return this.#on.message(whole.subarray(4));
    if (whole.length < 13) return void this.#giveUp();
    this.#content = whole.readUInt32BE(whole.length - 4);
    this.#on.contentBegins(whole.subarray(4), this.#content);
    if (this.#content === 0) this.#on.contentEnds();
  }
}
