import { createHash } from 'node:crypto';
import ssh2, { type AuthHandlerMiddleware, type Client, type ServerHostKeyAlgorithm } from 'ssh2';
import type { GatewayCredential, Ticket } from '../../port.ts';
import { offerToTarget, openToTerrapin, TARGET_HOST_KEYS } from '../wire/algorithms.ts';
import { readPrivateKey } from '../openssh-key.ts';
import { presentCertificate } from '../wire/present-certificate.ts';
import { connectLent, lendWith } from '../wire/lent-reads.ts';
import { signAtOnce } from '../wire/sign-at-once.ts';
import { IDENT, runLean, strictKex } from '../wire/ssh2-surface.ts';
import { shareWindows } from '../wire/take-wire.ts';
import { screenTarget, type TargetEvents } from './screen-target.ts';

/** Why a target could not be used. `message` is for the person; `kind` for counters and events. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
  readonly kind: 'unreachable' | 'host_key' | 'login' | 'protocol';
  constructor(kind: TargetRefused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** OpenSSH's way to write a key's fingerprint. */
export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

const BEFORE_LOGIN = 256 * 1024;

/**
 * Opens the second leg: reaches the target, refuses every host key that is not pinned before any credential leaves, logs
 * in with the leased credential and overwrites its bytes, whether it worked or not. A target with several host keys of
 * which another kind is pinned gets another try with that kind. `on` hears what the target does after the login.
 * Throws TargetRefused.
 */
export async function connectTarget(
  ticket: Pick<Ticket, 'target' | 'credential'>,
  limits: { readonly targetMs: number; readonly keepaliveMs: number; readonly keepaliveMisses: number },
  signal: AbortSignal,
  on: TargetEvents,
): Promise<Client> {
  const deadline = performance.now() + limits.targetMs;
  let offered: readonly ServerHostKeyAlgorithm[] = TARGET_HOST_KEYS;
  const seen: string[] = [];
  try {
    if (ticket.target.pinned.length === 0) {
      throw new TargetRefused(
        'host_key',
        `no host key of ${ticket.target.systemName} is on record; an administrator has to record it first`,
      );
    }
    for (;;) {
      const tried = await tryOnce(
        ticket,
        { ...limits, targetMs: Math.max(1, deadline - performance.now()) },
        offered,
        signal,
        on,
      );
      if ('client' in tried) return tried.client;
      seen.push(tried.presented);
      const family = familyOf(tried.keyType);
      const left = offered.filter((a) => familyOf(a) !== family);
      if (left.length === offered.length || left.length === 0 || seen.length > 3) break;
      offered = left;
      if (tried.noOther) break;
    }
    const shown = [...new Set(seen.filter((s) => s !== ''))].join(', ');
    throw new TargetRefused(
      'host_key',
      `the host key of ${ticket.target.systemName} is not the one on record (it showed ${shown}); it was rebuilt, or something stands in between. Nothing was sent to it. An administrator has to check it and record the new key`,
    );
  } finally {
    wipe(ticket.credential);
  }
}

const familyOf = (type: string): string => (type.startsWith('rsa-') || type === 'ssh-rsa' ? 'rsa' : type);

function wipe(credential: GatewayCredential): void {
  (credential.kind === 'password' ? credential.password : credential.privateKey).fill(0);
}

type Tried =
  | { readonly client: Client }
  | { readonly presented: string; readonly keyType: string; readonly noOther: boolean };

function tryOnce(
  ticket: Pick<Ticket, 'target' | 'credential'>,
  limits: { readonly targetMs: number; readonly keepaliveMs: number; readonly keepaliveMisses: number },
  hostKeys: readonly ServerHostKeyAlgorithm[],
  signal: AbortSignal,
  on: TargetEvents,
): Promise<Tried> {
  const { target, credential } = ticket;
  const client = new ssh2.Client();
  const socket = connectLent(target);
  return new Promise<Tried>((resolve, reject) => {
    let state: 'reaching' | 'handshake' | 'login' | 'done' = 'reaching';
    let presented: { blob: Buffer; type: string } | undefined;
    let received = 0;

    const settle = (finish: () => void): void => {
      if (state === 'done') return;
      state = 'done';
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('data', count);
      finish();
    };
    const fail = (kind: TargetRefused['kind'], why: string): void =>
      settle(() => {
        socket.destroy();
        reject(new TargetRefused(kind, `${target.systemName} ${why}`));
      });
    const onAbort = (): void => fail('unreachable', 'was not reached before the session ended');
    const timer = setTimeout(() => fail('unreachable', `did not answer in time (while ${state})`), limits.targetMs);
    const count = (chunk: Buffer): void => {
      received += chunk.length;
      if (received > BEFORE_LOGIN)
        fail('protocol', 'sent more than it should before the login; it may not be an SSH server');
    };
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('connect', () => (state = 'handshake'));
    socket.on('data', count);
    client.on('error', (error: Error & { level?: string; code?: unknown }) => {
      if (state === 'done') return;
      if (presented !== undefined && !isPinned(presented.blob, target.pinned)) {
        const { blob, type } = presented;
        return settle(() => {
          socket.destroy();
          resolve({ presented: fingerprintOf(blob), keyType: type, noOther: false });
        });
      }
      if (hostKeys.length < TARGET_HOST_KEYS.length && /no matching|Handshake failed/i.test(error.message)) {
        return settle(() => {
          socket.destroy();
          resolve({ presented: '', keyType: '', noOther: true });
        });
      }
      if (error.level === 'client-authentication')
        return fail('login', 'refused the login Reeve holds for it; the credential has to be verified or rotated');
      if (state === 'reaching')
        return fail('unreachable', `could not be reached (${String(error.code ?? error.message)})`);
      fail(
        'protocol',
        `broke off while ${state === 'login' ? 'logging in' : 'setting up the connection'} (${error.message})`,
      );
    });
    client.on('close', () => fail(state === 'reaching' ? 'unreachable' : 'protocol', 'closed the connection'));
    client.on('handshake', (agreed) => {
      if (openToTerrapin(agreed.cs.cipher, strictKex(client)))
        fail('protocol', 'offers only ciphers that are open to CVE-2023-48795; it needs an update');
      if (state !== 'done') state = 'login';
    });
    client.on('change password', () =>
      fail('login', 'wants the password changed at login; the credential has to be rotated'),
    );
    client.on('ready', () => {
      screen.loggedIn();
      lean.loggedIn();
      lendWith(socket, lean.lender);
      settle(() => resolve({ client }));
    });
    client.connect({
      sock: socket,
      username: credential.username,
      ident: IDENT,
      algorithms: offerToTarget(hostKeys),
      readyTimeout: 0,
      keepaliveInterval: limits.keepaliveMs,
      keepaliveCountMax: limits.keepaliveMisses,
      hostVerifier: (blob: Buffer) => {
        presented = {
          blob: Buffer.from(blob),
          type: blob.toString('latin1', 4, 4 + Math.min(64, blob.readUInt32BE(0))),
        };
        return isPinned(blob, target.pinned);
      },
      authHandler: loginWith(credential),
    });
    if (credential.kind === 'ssh_certificate') presentCertificate(client, credential.certificate);
    signAtOnce(client);
    const lean = runLean(client);
    shareWindows(client);
    const screen = screenTarget(client, {
      ...on,
      early: () => fail('protocol', 'spoke out of turn before the login'),
    });
  });
}

const isPinned = (blob: Buffer, pinned: readonly string[]): boolean => pinned.includes(fingerprintOf(blob));

/** One way per credential; a password is also given to a single hidden keyboard-interactive prompt, which is how PAM asks. */
function loginWith(credential: GatewayCredential): AuthHandlerMiddleware {
  const { username } = credential;
  const key = credential.kind === 'password' ? undefined : readPrivateKey(credential.privateKey);
  const steps: object[] =
    credential.kind === 'password'
      ? [
          { type: 'password', username, password: credential.password },
          {
            type: 'keyboard-interactive',
            username,
            prompt: (
              _name: string,
              _instructions: string,
              _lang: string,
              prompts: { prompt: string; echo?: boolean }[],
              answer: (answers: string[]) => void,
            ) => answer(prompts.length === 1 && prompts[0]?.echo !== true ? [credential.password.toString()] : []),
          },
        ]
      : key === undefined
        ? []
        : [{ type: 'publickey', username, key }];
  let next = 0;
  return (methodsLeft, _partial, callback) => {
    for (; next < steps.length; next += 1) {
      const step = steps[next] as { type: string };
      if (methodsLeft !== null && !(methodsLeft as readonly string[]).includes(step.type)) continue;
      next += 1;
      callback(step as never);
      return;
    }
    callback(false as never);
  };
}
