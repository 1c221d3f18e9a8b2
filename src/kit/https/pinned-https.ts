/**
 * HTTPS to one server that was pinned when it was onboarded. The certificate is judged before the first byte of a request
 * leaves, on every connection. Redirects are answers like any other: nobody is followed anywhere.
 */
import { Agent, request as startRequest } from 'node:https';
import { isIP } from 'node:net';
import { connect as startTls, type TLSSocket } from 'node:tls';
import { callbackify } from 'node:util';

export interface HttpsAddress {
  readonly host: string;
  readonly port: number;
  /** Longest time for connection and handshake together, in milliseconds. */
  readonly connectMs: number;
}

export interface HttpsRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest time for the whole answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface HttpsAnswer {
  readonly status: number;
  /** By lower-case name; of a header that came more than once, the values joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Why there is no answer. `unreachable`: nobody answered in time, or the connection broke off. `untrusted`: another
 * certificate than the pinned one; nothing was sent. `too_large`: more than was asked for.
 */
export class HttpsError extends Error {
  override readonly name = 'HttpsError';
  readonly code: 'unreachable' | 'untrusted' | 'too_large';
  constructor(code: HttpsError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Stands for: whatever certificate an authority this machine trusts has given to that name, as browsers judge it. */
export const BY_AUTHORITY = 'tls-authority';

const place = ({ host, port }: HttpsAddress): string => `${host}:${port}`;

/** What there is to pin, after a handshake and nothing else: the certificate's fingerprint, and {@link BY_AUTHORITY} where it holds. */
export async function probeHttps(address: HttpsAddress): Promise<readonly string[]> {
  const stream = await dial(address);
  const pins = pinsOf(stream);
  stream.destroy();
  return pins;
}

function pinsOf(stream: TLSSocket): readonly string[] {
  const own = `tls-sha256:${stream.getPeerCertificate().fingerprint256}`;
  return stream.authorized ? [own, BY_AUTHORITY] : [own];
}

function dial(address: HttpsAddress): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const stream = startTls({
      host: address.host,
      port: address.port,
      // Judged by the pins instead, which may say that an authority is enough.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
    });
    const fail = (why: string): void => {
      clearTimeout(timer);
      stream.destroy();
      reject(new HttpsError('unreachable', `${place(address)} cannot be reached: ${why}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${address.connectMs} ms`), address.connectMs);
    stream.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'the connection broke off'));
    stream.on('close', () => fail('the connection broke off'));
    stream.once('secureConnect', () => {
      clearTimeout(timer);
      stream.removeAllListeners('close');
      resolve(stream);
    });
  });
}

async function dialPinned(address: HttpsAddress, pinned: readonly string[]): Promise<TLSSocket> {
  const stream = await dial(address);
  const shown = pinsOf(stream);
  if (shown.some((pin) => pinned.includes(pin))) return stream;
  stream.destroy();
  const expected = pinned.length === 0 ? 'nothing is pinned' : `pinned is ${pinned.join(' or ')}`;
  const seen = `it shows ${shown[0] ?? 'nothing'}, ${expected}; nothing was sent to it`;
  throw new HttpsError('untrusted', `${place(address)} is not the pinned server: ${seen}`);
}

/** Connections to one pinned server, kept open between requests until `close`. */
export class PinnedHttps {
  readonly #address: HttpsAddress;
  readonly #agent: Agent;

  /** `pinned`: what the server may show, as `probeHttps` gives it. Empty: nobody is trusted. */
  constructor(address: HttpsAddress, pinned: readonly string[]) {
    this.#address = address;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const open = callbackify(() => dialPinned(address, pinned));
    this.#agent.createConnection = (_options, done) => {
      open((error, stream) => done?.(error, stream));
      return undefined;
    };
  }

  /** Throws HttpsError. An answer that is shorter than it said is `unreachable`. */
  ask(asked: HttpsRequest): Promise<HttpsAnswer> {
    const at = place(this.#address);
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        clearTimeout(timer);
        request.destroy();
        reject(
          error instanceof HttpsError
            ? error
            : new HttpsError('unreachable', `the connection to ${at} broke off: ${codeOf(error)}`),
        );
      };
      const request = startRequest(
        {
          agent: this.#agent,
          host: this.#address.host,
          port: this.#address.port,
          method: asked.method,
          path: asked.path,
          headers: {
            ...asked.headers,
            ...(asked.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(asked.body)) }),
          },
          maxHeaderSize: 32 * 1024,
        },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size > asked.maxBytes)
              return fail(new HttpsError('too_large', `${at} answered more than ${asked.maxBytes} bytes`));
            parts.push(part);
          });
          response.on('error', fail);
          response.on('end', () => {
            clearTimeout(timer);
            if (!response.complete) return fail(new Error('closed'));
            const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
            const body = Buffer.concat(parts).toString('utf8');
            resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body });
          });
        },
      );
      const timer = setTimeout(
        () => fail(new HttpsError('unreachable', `${at} did not answer within ${asked.timeoutMs} ms`)),
        asked.timeoutMs,
      );
      request.on('error', fail);
      request.end(asked.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : 'closed');
