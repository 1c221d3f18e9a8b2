import { randomFillSync } from 'node:crypto';
import type { Socket } from 'node:net';

const SLAB = 256 * 1024;
const KEPT_FREE = 32;

/**
 * A piece of memory packets are built in, anybody's again when nothing in it waits to be written. Whoever is still holds none:
 * V8 counts all of it, though little is ever touched, and collected garbage for every forty connections that came.
 */
interface Slab {
  readonly memory: Buffer;
  writes: number;
}

const free: Slab[] = [];
const take = (): Slab => free.pop() ?? { memory: Buffer.allocUnsafeSlow(SLAB), writes: 0 };
const giveBack = (slab: Slab): void => {
  if (free.length < KEPT_FREE) free.push(slab);
};

const noise = Buffer.allocUnsafeSlow(16 * 1024);
let noiseUsed = noise.length;
/** Random bytes for padding, each used once. Asking the system for twelve at a time costs more than the encryption. */
function pad(packet: Buffer, start: number, length: number): void {
  if (noiseUsed + length > noise.length) {
    randomFillSync(noise);
    noiseUsed = 0;
  }
  noise.copy(packet, start, noiseUsed, noiseUsed + length);
  noiseUsed += length;
}

/** What the outbox uses of ssh2's AES-GCM cipher with the native binding: it encrypts in place and hands the packet on. */
interface GcmCipher {
  allocPacket(payloadLength: number): Buffer;
  _onWrite(packet: Buffer): void;
  _instance: object;
}

/**
 * Where packets are built, encrypted in place and sent from. ssh2 allocates each packet and writes it alone; at 200 MiB/s
 * a third of the processor then goes into allocating, collecting and asking for random padding. Here packets of one turn
 * lie side by side in reused memory and leave in one write, at the end of the turn or before the socket is ended.
 */
export class Outbox {
  readonly #socket: Socket;
  #slab: Slab | undefined;
  #from = 0;
  #to = 0;
  #scheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    const end = socket.end.bind(socket) as (...args: unknown[]) => Socket;
    socket.end = ((...args: unknown[]) => {
      this.flush();
      return end(...args);
    }) as Socket['end'];
  }

  /** Makes a cipher build its packets here, if it is one that encrypts in place. Others keep writing for themselves. */
  adopt(cipher: object): void {
    this.flush();
    if (cipher.constructor.name !== 'AESGCMCipherBinding') return;
    const gcm = cipher as GcmCipher;
    gcm.allocPacket = (payloadLength) => this.#packet(payloadLength);
    gcm._onWrite = (packet) => this.#encrypted(packet);
  }

  /** Hands everything built so far to the socket. */
  flush(): void {
    const slab = this.#slab;
    if (slab === undefined || this.#from === this.#to) return;
    const bytes = slab.memory.subarray(this.#from, this.#to);
    this.#from = this.#to;
    if (!this.#socket.writable) return;
    slab.writes += 1;
    this.#socket.write(bytes, () => {
      slab.writes -= 1;
      if (slab.writes > 0) return;
      if (slab === this.#slab) {
        if (this.#from !== this.#to) return;
        this.#slab = undefined;
      }
      giveBack(slab);
    });
  }

  /** RFC 5647: packet length, padding length, payload, padding to a multiple of 16, tag. */
  #packet(payloadLength: number): Buffer {
    let padding = 16 - ((1 + payloadLength) & 15);
    if (padding < 4) padding += 16;
    const length = 1 + payloadLength + padding;
    const packet = this.#room(4 + length + 16);
    packet.writeUInt32BE(length, 0);
    packet[4] = padding;
    pad(packet, 5 + payloadLength, padding);
    return packet;
  }

  #room(size: number): Buffer {
    if (size > SLAB) return Buffer.allocUnsafe(size);
    if (this.#slab !== undefined && this.#to + size > SLAB) {
      this.flush();
      if (this.#slab.writes === 0) giveBack(this.#slab);
      this.#slab = undefined;
    }
    if (this.#slab === undefined) {
      this.#slab = take();
      [this.#from, this.#to] = [0, 0];
    }
    return this.#slab.memory.subarray(this.#to, this.#to + size);
  }

  #encrypted(packet: Buffer): void {
    const slab = this.#slab;
    if (
      slab === undefined ||
      packet.buffer !== slab.memory.buffer ||
      packet.byteOffset !== slab.memory.byteOffset + this.#to
    ) {
      this.flush();
      if (this.#socket.writable) this.#socket.write(packet);
      return;
    }
    this.#to += packet.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(() => {
      this.#scheduled = false;
      this.flush();
    });
  }
}
