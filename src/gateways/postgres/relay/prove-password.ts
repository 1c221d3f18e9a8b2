import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { frame, int32, T } from '../wire/messages.ts';
import { TargetRefused } from './target-refused.ts';

const derive = promisify(pbkdf2);
/** More than this would be a server that keeps us busy. */
const MOST_ITERATIONS = 1_000_000;
const LEAST_ITERATIONS = 4096;
const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
const hmac = (key: Buffer, data: string | Buffer): Buffer => createHmac('sha256', key).update(data).digest();

/**
 * Proves a password by SCRAM-SHA-256 (RFC 5802, RFC 7677): the server learns nothing it could log in with, and has to
 * show in turn that it knows the password. Two messages out, two in.
 */
export class ScramProof {
  readonly #password: Buffer;
  readonly #nonce = randomBytes(18).toString('base64');
  #signature: Buffer | undefined;
  #done = false;

  constructor(password: Buffer) {
    this.#password = password;
  }

  /** The server's word after which it is proved. */
  get proved(): boolean {
    return this.#done;
  }

  first(mechanisms: Buffer): Buffer {
    if (!mechanisms.toString('latin1').split('\0').includes('SCRAM-SHA-256')) throw broken('offers no SCRAM-SHA-256');
    const message = Buffer.from(`n,,n=,r=${this.#nonce}`);
    return frame(T.password, 'SCRAM-SHA-256', int32(message.length), message);
  }

  async next(challenge: Buffer): Promise<Buffer> {
    const said = challenge.toString('utf8');
    const [, nonce = '', salt = '', count = ''] =
      /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/=]+),i=(\d{1,7})$/.exec(said) ?? [];
    const iterations = Number(count);
    if (this.#signature !== undefined || !nonce.startsWith(this.#nonce) || nonce.length <= this.#nonce.length)
      throw broken('breaks the log-in');
    if (iterations < LEAST_ITERATIONS || iterations > MOST_ITERATIONS) throw broken('asks for an unreasonable log-in');
    const salted = await derive(prepared(this.#password), Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
    const withoutProof = `c=biws,r=${nonce}`;
    const all = `n=,r=${this.#nonce},${said},${withoutProof}`;
    const clientKey = hmac(salted, 'Client Key');
    const proof = hmac(sha256(clientKey), all);
    for (const [i, byte] of clientKey.entries()) proof[i] = (proof[i] ?? 0) ^ byte;
    this.#signature = hmac(hmac(salted, 'Server Key'), all);
    salted.fill(0);
    clientKey.fill(0);
    return frame(T.password, Buffer.from(`${withoutProof},p=${proof.toString('base64')}`));
  }

  /** Throws where the server does not know the password either: it would be another one than it says. */
  last(final: Buffer): void {
    const [, signature = ''] = /^v=([A-Za-z0-9+/=]+)/.exec(final.toString('utf8')) ?? [];
    const shown = Buffer.from(signature, 'base64');
    if (this.#signature === undefined || shown.length !== 32 || !timingSafeEqual(shown, this.#signature))
      throw broken('does not prove that it knows the password');
    this.#done = true;
  }
}

/** SASLprep (RFC 4013) leaves printable ASCII as it is; of the rest its main step is done, as PostgreSQL's clients do. */
function prepared(password: Buffer): Buffer | string {
  return password.every((byte) => byte >= 0x20 && byte < 0x7f) ? password : password.toString('utf8').normalize('NFKC');
}

/** PostgreSQL's `md5`: proves nothing of the server, so it goes over a verified connection only. */
export function md5Answer(username: string, password: Buffer, salt: Buffer): Buffer {
  const md5 = (...parts: readonly (Buffer | string)[]): string => {
    const hash = createHash('md5');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  return frame(T.password, `md5${md5(md5(password, username), salt)}`);
}

const broken = (what: string): TargetRefused => new TargetRefused('broken', `the target ${what}`);
