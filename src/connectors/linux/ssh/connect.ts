/**
 * The one place of the linux connector that speaks SSH. One connection serves one call: pinned host key first,
 * then one credential tried once, then commands, every wait bounded.
 */
import { createHash } from 'node:crypto';
import { connect as dial, type Socket } from 'node:net';
import { Client, type Algorithms, type AuthenticationType, type ServerHostKeyAlgorithm } from 'ssh2';
import { proofOfHost, type SshPublicKey } from '#kit/ssh-certificates/index.ts';
import { TargetError, type Credential } from '../../port.ts';
import { presentCertificate } from './present-certificate.ts';
import { startSession, type SshSession } from './session.ts';

export interface SshAddress {
  readonly host: string;
  readonly port: number;
  readonly connectMs: number;
}

const hostKeyFamilies: readonly (readonly ServerHostKeyAlgorithm[])[] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
];

/** No SHA-1, no CBC, no group1: a target that offers only those is refused (attacks 3). AES-GCM first, it is the fastest. */
const algorithms = (serverHostKey: readonly ServerHostKeyAlgorithm[]): Algorithms => ({
  serverHostKey: [...serverHostKey],
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
});

/** `SHA256:…` of a host or user key in SSH wire form, as `ssh-keygen -lf` prints it. */
export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`;

type Outcome =
  | { readonly kind: 'ready'; readonly session: SshSession; readonly anonymous: boolean }
  | { readonly kind: 'login_refused' }
  /** The server hung up after it was given the credential: OpenSSH does so for an expired account with a good key. */
  | { readonly kind: 'hung_up' }
  | { readonly kind: 'host_key'; readonly shown: string; readonly ident: string }
  | { readonly kind: 'no_common_host_key' };

/**
 * All host keys of a server, without sending any credential: one handshake a key family, each broken off at the key.
 * Throws `unreachable`, or `unsupported` when the server offers no algorithm Reeve trusts.
 */
export async function readHostKeys(address: SshAddress): Promise<{ pins: readonly string[]; ident: string }> {
  const pins: string[] = [];
  let ident = '';
  for (const family of hostKeyFamilies) {
    const outcome = await attempt(address, undefined, () => false, family);
    if (outcome.kind !== 'host_key') continue;
    pins.push(outcome.shown);
    ident = outcome.ident;
  }
  if (pins.length > 0) return { pins, ident };
  throw new TargetError(
    'unsupported',
    `${place(address)} offers no host key of a kind Reeve trusts (ed25519, ECDSA, RSA with SHA-2)`,
  );
}

/** Opens a session as `credential` on the pinned server. Throws `untrusted` before the credential leaves, `refused` when it is not accepted. */
export async function openSession(
  address: SshAddress,
  credential: Credential,
  pinned: readonly string[],
): Promise<SshSession> {
  const outcome = await attempt(address, credential, (key) => pinned.includes(key), hostKeyFamilies.flat());
  switch (outcome.kind) {
    case 'ready':
      return outcome.session;
    case 'login_refused':
      throw new TargetError(
        'refused',
        `${place(address)} does not accept the credential of \`${credential.username}\``,
      );
    case 'hung_up':
      throw new TargetError(
        'unreachable',
        `${place(address)} hung up while \`${credential.username}\` logged in: the account is expired or the network broke`,
      );
    default:
      throw untrusted(address, pinned, outcome);
  }
}

/**
 * Whether the pinned server lets `credential` in. A hang-up in the middle of the login is asked about once more, because it is
 * how OpenSSH refuses an expired account, and also how a broken network looks.
 */
export async function tryLogin(
  address: SshAddress,
  credential: Credential,
  pinned: readonly string[],
): Promise<boolean> {
  for (let hangUps = 0; hangUps < 2;) {
    const outcome = await attempt(address, credential, (key) => pinned.includes(key), hostKeyFamilies.flat());
    if (outcome.kind === 'hung_up') {
      hangUps += 1;
      continue;
    }
    if (outcome.kind === 'login_refused') return false;
    if (outcome.kind !== 'ready') throw untrusted(address, pinned, outcome);
    outcome.session.close();
    if (!outcome.anonymous) return true;
    throw new TargetError(
      'unsupported',
      `${place(address)} lets \`${credential.username}\` in without any credential, so a login there proves nothing`,
    );
  }
  return false;
}

/** Whether the server shows a certificate of its key to whoever connects, and has that key. No credential is sent. */
export async function showsCertificate(address: SshAddress, key: SshPublicKey, certificate: Buffer): Promise<boolean> {
  const socket = await openSocket(address);
  socket.setTimeout(address.connectMs, () => socket.destroy());
  try {
    return await proofOfHost(socket, key, certificate);
  } catch (cause) {
    throw new TargetError('unreachable', `${place(address)} broke off the SSH handshake`, { cause });
  } finally {
    socket.destroy();
  }
}

const place = (address: SshAddress): string => `${address.host}:${address.port}`;

function untrusted(address: SshAddress, pinned: readonly string[], outcome: Outcome): TargetError {
  const shown = outcome.kind === 'host_key' ? `it shows ${outcome.shown}` : 'it shows none of them';
  const expected = pinned.length === 0 ? 'no host key is pinned' : `pinned is ${pinned.join(' or ')}`;
  return new TargetError(
    'untrusted',
    `${place(address)} is not the pinned host: ${shown}, ${expected}; nothing was sent to it`,
  );
}

/** One handshake and at most one try of one credential. Resolves with what happened; throws only `unreachable` and `unsupported`. */
async function attempt(
  address: SshAddress,
  credential: Credential | undefined,
  trusts: (fingerprint: string) => boolean,
  hostKeys: readonly ServerHostKeyAlgorithm[],
): Promise<Outcome> {
  const socket = await openSocket(address);
  const client = new Client();
  let ident = '';
  let shown: string | undefined;
  let rejected = false;
  let credentialSent = false;
  let anonymous = false;
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new TargetError(
              'unreachable',
              `${place(address)} did not finish the SSH handshake within ${address.connectMs} ms`,
            ),
          ),
        address.connectMs,
      );
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const broken = (why: string, cause?: unknown): void => {
        clearTimeout(timer);
        if (rejected && shown !== undefined) return resolve({ kind: 'host_key', shown, ident });
        if (/no matching host key/iu.test(why)) return resolve({ kind: 'no_common_host_key' });
        if (/no matching/iu.test(why))
          return reject(
            new TargetError('unsupported', `${place(address)} offers only SSH algorithms Reeve refuses`, { cause }),
          );
        if (credentialSent) return resolve({ kind: 'hung_up' });
        reject(new TargetError('unreachable', `${place(address)} broke off the SSH handshake`, { cause }));
      };
      socket.prependOnceListener('data', (chunk: Buffer) => {
        ident = /^SSH-[\x20-\x7e]{1,250}/mu.exec(chunk.toString('latin1'))?.[0] ?? '';
      });
      client.on('ready', () =>
        settle({ kind: 'ready', session: startSession(client, place(address), ident), anonymous }),
      );
      client.on('error', (error: Error & { level?: string }) => {
        if (error.level === 'client-authentication') return settle({ kind: 'login_refused' });
        broken(error.message, error);
      });
      client.on('close', () => broken('closed'));
      if (credential?.kind === 'password') {
        client.on('keyboard-interactive', (_name, _text, _lang, prompts, finish) => {
          const [only, ...others] = prompts;
          finish(only && others.length === 0 && only.echo !== true ? [credential.password] : []);
        });
      }
      try {
        client.connect({
          sock: socket,
          algorithms: algorithms(hostKeys),
          hostVerifier: (key: Buffer) => {
            shown = fingerprintOf(key);
            rejected = !trusts(shown);
            return !rejected;
          },
          username: credential?.username ?? 'reeve-probe',
          ...(credential?.kind === 'password' ? { password: credential.password, tryKeyboard: true } : {}),
          ...(credential?.kind === 'ssh_key' || credential?.kind === 'ssh_certificate'
            ? { privateKey: credential.privateKey }
            : {}),
          readyTimeout: address.connectMs,
          keepaliveInterval: 5_000,
          keepaliveCountMax: 3,
          authHandler: (left, partial, next) => {
            const method = nextMethod(credential, left, partial, credentialSent);
            anonymous = method === 'none';
            if (method === undefined) return settle({ kind: 'login_refused' });
            if (method !== 'none') credentialSent = true;
            next(method);
          },
        });
        if (credential?.kind === 'ssh_certificate') presentCertificate(client, credential.certificate);
      } catch (cause) {
        clearTimeout(timer);
        reject(
          new TargetError(
            'refused',
            `the credential of \`${credential?.username ?? ''}\` is not a private key Reeve can use`,
            { cause },
          ),
        );
      }
    }).then((outcome) => {
      if (outcome.kind !== 'ready') discard(client, socket);
      return outcome;
    });
  } catch (error) {
    discard(client, socket);
    throw error;
  }
}

/** Asks first what is offered (`none` costs no failure on the target), then tries the credential exactly once, so that no lock-out counter runs up. */
function nextMethod(
  credential: Credential | undefined,
  left: AuthenticationType[] | null,
  partial: boolean | null,
  tried: boolean,
): AuthenticationType | undefined {
  if (!credential || tried || partial === true) return undefined;
  if (left === null) return 'none';
  if (credential.kind === 'ssh_key' || credential.kind === 'ssh_certificate')
    return left.includes('publickey') ? 'publickey' : undefined;
  if (left.includes('password')) return 'password';
  return left.includes('keyboard-interactive') ? 'keyboard-interactive' : undefined;
}

function openSocket(address: SshAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial({ host: address.host, port: address.port, noDelay: true });
    const fail = (why: string, cause?: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new TargetError('unreachable', `${place(address)} cannot be reached: ${why}`, { cause }));
    };
    const timer = setTimeout(() => fail(`no answer within ${address.connectMs} ms`), address.connectMs);
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'connection failed', error));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** ssh2 may still emit errors while it is torn down; nobody waits for them any more. */
function discard(client: Client, socket: Socket): void {
  client.removeAllListeners();
  client.on('error', () => {});
  client.destroy();
  socket.destroy();
}
