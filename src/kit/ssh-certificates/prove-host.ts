import { createHash, createPublicKey, diffieHellman, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import type { Socket } from 'node:net';
import { certificateType, type SshPublicKey } from './keys.ts';
import { mpint, Reader, text, uint32 } from './wire.ts';

const VERSION = 'SSH-2.0-Reeve_host_proof';
const KEXINIT = 20;
const KEX_ECDH_INIT = 30;
const KEX_ECDH_REPLY = 31;
const MOST_BYTES = 64 * 1024;

/** What a key of a type signs an exchange with: the name of the algorithm, and of its certificate on the wire. */
const SIGNED_BY: Readonly<Record<string, { readonly signature: string; readonly offered: string }>> = {
  'ssh-rsa': { signature: 'rsa-sha2-512', offered: 'rsa-sha2-512-cert-v01@openssh.com' },
};
const HASHES: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

/**
 * Whether the server behind a fresh connection shows this certificate for this key, and has the key: it signed the
 * exchange with it (RFC 4253 §8, RFC 8731). Breaks off before anything is encrypted; nobody logs in. Throws where the
 * server is none of SSH or hangs up.
 */
export async function proofOfHost(socket: Socket, key: SshPublicKey, certificate: Buffer): Promise<boolean> {
  const type = SIGNED_BY[key.type] ?? { signature: key.type, offered: certificateType(key.type) };
  const incoming = new Incoming(socket);
  const server = await incoming.version();
  const ours = kexInit(type.offered);
  socket.write(`${VERSION}\r\n`);
  socket.write(packet(ours));
  const theirs = await incoming.message(KEXINIT);
  if (!hostKeyAlgorithms(theirs).includes(type.offered)) return false;
  const mine = generateKeyPairSync('x25519');
  const point = Buffer.from(mine.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  socket.write(packet(Buffer.concat([Buffer.from([KEX_ECDH_INIT]), text(point)])));
  const reply = new Reader((await incoming.message(KEX_ECDH_REPLY)).subarray(1));
  const [shown, theirPoint, signature] = [reply.text(), reply.text(), new Reader(reply.text())];
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: theirPoint.toString('base64url') },
    format: 'jwk',
  });
  const shared = diffieHellman({ privateKey: mine.privateKey, publicKey });
  const parts = [VERSION, server, ours, theirs, shown, point, theirPoint].map((part) => text(part));
  const exchange = createHash('sha256')
    .update(Buffer.concat([...parts, mpint(shared)]))
    .digest();
  if (!shown.equals(certificate) || signature.text().toString('latin1') !== type.signature) return false;
  return signedBy(key, exchange, signature.text());
}

function kexInit(hostKey: string): Buffer {
  const lists = [
    'curve25519-sha256,curve25519-sha256@libssh.org',
    hostKey,
    ...Array.from({ length: 2 }, () => 'aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr'),
    ...Array.from({ length: 2 }, () => 'hmac-sha2-256-etm@openssh.com,hmac-sha2-256,hmac-sha2-512'),
    'none',
    'none',
    '',
    '',
  ];
  const last = Buffer.alloc(5); // no guess follows, and a reserved zero
  return Buffer.concat([Buffer.from([KEXINIT]), randomBytes(16), ...lists.map((list) => text(list)), last]);
}

const hostKeyAlgorithms = (init: Buffer): readonly string[] => {
  const read = new Reader(init.subarray(17));
  read.text();
  return read.text().toString('latin1').split(',');
};

/** Before anything is encrypted: length, padding, payload, padding (RFC 4253 §6). */
function packet(payload: Buffer): Buffer {
  const padding = 16 - ((payload.length + 5) % 8);
  return Buffer.concat([uint32(payload.length + padding + 1), Buffer.from([padding]), payload, Buffer.alloc(padding)]);
}

function signedBy(key: SshPublicKey, message: Buffer, signature: Buffer): boolean {
  const read = new Reader(key.blob);
  read.text();
  const b64 = (bytes: Buffer): string => bytes.toString('base64url');
  if (key.type === 'ssh-ed25519') {
    const ed25519 = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: b64(read.text()) }, format: 'jwk' });
    return verify(null, message, ed25519, signature);
  }
  if (key.type === 'ssh-rsa') {
    const [e, n] = [read.text(), read.text()].map((number) => b64(unsigned(number)));
    const rsa = createPublicKey({ key: { kty: 'RSA', e: e ?? '', n: n ?? '' }, format: 'jwk' });
    return verify('sha512', message, rsa, signature);
  }
  const hash = HASHES[key.type];
  if (hash === undefined) return false;
  const curve = `P-${read.text().toString('latin1').slice(5)}`;
  const point = read.text().subarray(1);
  const half = point.length / 2;
  const ec = { kty: 'EC', crv: curve, x: b64(point.subarray(0, half)), y: b64(point.subarray(half)) };
  const both = new Reader(signature);
  const fixed = Buffer.concat([both.text(), both.text()].map((number) => padded(unsigned(number), half)));
  return verify(hash, message, { key: createPublicKey({ key: ec, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, fixed);
}

const unsigned = (number: Buffer): Buffer => (number[0] === 0 ? number.subarray(1) : number);
const padded = (number: Buffer, length: number): Buffer =>
  Buffer.concat([Buffer.alloc(Math.max(0, length - number.length)), number]);

/** What a server says before anything is encrypted. */
class Incoming {
  #bytes = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #over: Error | undefined;

  constructor(socket: Socket) {
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      if (this.#bytes.length > MOST_BYTES) this.#end(new Error('the server says more than any key exchange needs'));
      this.#wake?.();
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the server hung up')));
  }

  /** Its version line; servers may say other lines before. */
  async version(): Promise<string> {
    for (;;) {
      const line = await this.#take(() => {
        const end = this.#bytes.indexOf('\n');
        return end < 0 ? undefined : end + 1;
      });
      const said = line.toString('latin1').replace(/\r?\n$/u, '');
      if (said.startsWith('SSH-2.0-')) return said;
    }
  }

  /** The next message of a kind; ignored ones and remarks are passed over. */
  async message(kind: number): Promise<Buffer> {
    for (;;) {
      const whole = await this.#take(() => (this.#bytes.length < 4 ? undefined : 4 + this.#bytes.readUInt32BE(0)));
      const payload = whole.subarray(5, whole.length - (whole[4] ?? 0));
      if (payload[0] === kind) return Buffer.from(payload);
      if (payload[0] !== 2 && payload[0] !== 4) throw new Error(`the server says ${String(payload[0])} in between`);
    }
  }

  #end(error: Error): void {
    this.#over ??= error;
    this.#wake?.();
  }

  async #take(lengthNow: () => number | undefined): Promise<Buffer> {
    for (;;) {
      const length = lengthNow();
      if (length !== undefined && length <= this.#bytes.length) {
        const taken = this.#bytes.subarray(0, length);
        this.#bytes = this.#bytes.subarray(length);
        return taken;
      }
      if (this.#over !== undefined) throw this.#over;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
