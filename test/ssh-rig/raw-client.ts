import { createHash, sign, type KeyObject, generateKeyPairSync } from 'node:crypto';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';

/** Fields of SSH messages (RFC 4251 §5). */
export const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([word(bytes.length), bytes]);
};
export const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};
export const byte = (value: number): Buffer => Buffer.from([value]);
export const bool = (value: boolean): Buffer => byte(value ? 1 : 0);

/** An Ed25519 key pair as SSH sees it. */
export interface RawKey {
  readonly blob: Buffer;
  readonly fingerprint: string;
  readonly privateKey: KeyObject;
}
export function newRawKey(): RawKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const x = publicKey.export({ format: 'jwk' }).x ?? '';
  const blob = Buffer.concat([text('ssh-ed25519'), text(Buffer.from(x, 'base64url'))]);
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
  return { blob, fingerprint, privateKey };
}

interface Inside {
  _sock: Socket;
  _protocol: {
    _kex: { sessionID: Buffer };
    _packetRW: { write: { allocStart: number; alloc(n: number): Buffer; finalize(p: Buffer): Buffer } };
    _cipher: object & { encrypt(packet: Buffer): void };
    _onPayload(payload: Buffer): unknown;
    _kexinit: unknown;
    rekey(): void;
    _handlers: Record<string, (...args: unknown[]) => void>;
  };
}

/**
 * A client that finishes the key exchange honestly and then sends whatever the test wants. Everything the server sends
 * after it is kept in `received`.
 */
export class RawClient {
  readonly client = new ssh2.Client();
  readonly received: Buffer[] = [];
  closed = false;
  readonly whenClosed: Promise<void>;
  #inside!: Inside['_protocol'];

  constructor() {
    this.whenClosed = new Promise((resolve) => {
      this.client.on('close', () => {
        this.closed = true;
        resolve();
      });
    });
    this.client.on('error', () => {});
  }

  /** Up to and including the first key exchange and the ssh-userauth service. */
  async reach(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no handshake within 10 s')), 10_000);
      this.client.once('handshake', () => {
        clearTimeout(timer);
        resolve();
      });
      // never answers: no login of the library's own
      this.client.connect({ host: '127.0.0.1', port, username: 'root%web1', readyTimeout: 0, authHandler: () => {} });
      this.#inside = (this.client as unknown as Inside)._protocol;
      const onward = this.#inside._onPayload;
      this.#inside._onPayload = (payload) => {
        this.received.push(Buffer.from(payload));
        // from the login on nothing is handled by the library: the test speaks for itself
        return (payload[0] ?? 0) >= 50 ? undefined : onward(payload);
      };
    });
    await this.waitFor(6); // SERVICE_ACCEPT
  }

  send(...parts: Buffer[]): void {
    const payload = Buffer.concat(parts);
    const { write } = this.#inside._packetRW;
    const start = write.allocStart;
    const packet = write.alloc(payload.length);
    packet.set(payload, start);
    this.#inside._cipher.encrypt(write.finalize(packet));
  }

  /** Offers a key without proving it (RFC 4252 §7). */
  offer(user: string, key: RawKey): void {
    this.send(
      byte(50),
      text(user),
      text('ssh-connection'),
      text('publickey'),
      bool(false),
      text('ssh-ed25519'),
      text(key.blob),
    );
  }

  /** Signs in with `signer`, claiming `claimed`; the signature covers what `signedUser` and `signedKey` say. */
  signIn(
    user: string,
    claimed: RawKey,
    lies: { signer?: RawKey; signedUser?: string; signedKey?: RawKey; sessionId?: Buffer } = {},
  ): void {
    const body = (u: string, k: RawKey): Buffer =>
      Buffer.concat([
        byte(50),
        text(u),
        text('ssh-connection'),
        text('publickey'),
        bool(true),
        text('ssh-ed25519'),
        text(k.blob),
      ]);
    const data = Buffer.concat([
      text(lies.sessionId ?? this.#inside._kex.sessionID),
      body(lies.signedUser ?? user, lies.signedKey ?? claimed),
    ]);
    const signature = sign(null, data, (lies.signer ?? claimed).privateKey);
    this.send(body(user, claimed), text(Buffer.concat([text('ssh-ed25519'), text(signature)])));
  }

  openSession(id: number, window = 2 * 1024 * 1024, packet = 32 * 1024): void {
    this.send(byte(90), text('session'), word(id), word(window), word(packet));
  }

  exec(remoteId: number, command: string): void {
    this.send(byte(98), word(remoteId), text('exec'), bool(true), text(command));
  }

  types(): number[] {
    return this.received.map((p) => p[0] ?? 0);
  }

  /** The first message of a type, waiting for it. Undefined when the connection closes first. */
  async waitFor(type: number, limitMs = 5_000, from = 0): Promise<Buffer | undefined> {
    const end = performance.now() + limitMs;
    for (;;) {
      const found = this.received.slice(from).find((p) => p[0] === type);
      if (found !== undefined) return found;
      if (this.closed) return undefined;
      if (performance.now() > end)
        throw new Error(`no message ${type} within ${limitMs} ms; got ${this.types().join(',')}`);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  /** The socket under it, for a client that does not read. */
  get socket(): Socket {
    return (this.client as unknown as Inside)._sock;
  }

  /** What encrypts its messages now. */
  get cipher(): object {
    return this.#inside._cipher;
  }

  /** Asks for new keys, if it is not exchanging them already. */
  rekey(): void {
    if (this.#inside._kexinit === undefined && !this.closed) this.#inside.rekey();
  }

  /** How the last login attempt ended: 52 it is let in, 51 it is refused, 60 it is to sign, or the connection is gone. */
  async outcome(limitMs = 5_000): Promise<52 | 51 | 60 | 'closed'> {
    const end = performance.now() + limitMs;
    for (;;) {
      const last = this.received.findLast((p) => p[0] === 52 || p[0] === 51 || p[0] === 60)?.[0];
      if (last === 52 || last === 51 || last === 60) return last;
      if (this.closed) return 'closed';
      if (performance.now() > end) throw new Error(`no answer to the login within ${limitMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }

  get sessionId(): Buffer {
    return this.#inside._kex.sessionID;
  }

  end(): void {
    this.client.destroy();
  }
}
