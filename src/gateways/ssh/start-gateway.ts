import { createServer, type AddressInfo, type Socket } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { ConnectionLimits, listen } from '#kit/door/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { countsAsMetrics, type Metric } from '#kit/metrics/index.ts';
import type { GatewayPorts } from '../port.ts';
import { offerToClient } from './wire/algorithms.ts';
import { fingerprintOf } from './relay/connect-target.ts';
import { newMetrics, SSH_COUNTS, type GatewayMetrics } from './metrics.ts';
import { DEFAULT_LIMITS, type SshGatewayOptions } from './options.ts';
import { serveConnection, type Door, type LiveConnection } from './serve-connection.ts';
import { toOpenSshKey } from './openssh-key.ts';
import { plain } from './tell.ts';
import { acceptLent } from './wire/lent-reads.ts';
import { quickenKeys } from './wire/quick-keys.ts';
import { IDENT, nativeCrypto, offer, PINNED_SSH2, socketOf, ssh2Version } from './wire/ssh2-surface.ts';

export interface SshGateway {
  /** Where it listens. */
  readonly address: AddressInfo;
  /** What people compare with `ssh-keyscan`: the host key's SHA256 fingerprint. */
  readonly fingerprint: string;
  /** The host key as a line of a `.pub` file. */
  readonly hostKey: string;
  readonly metrics: Readonly<GatewayMetrics>;
  /** The same, for whoever watches from outside. */
  measure(): readonly Metric[];
  /** Takes no more connections, gives sessions `drainMs` to end by themselves, then ends them. */
  stop(drainMs: number): Promise<void>;
}

/** Of a connection that is gone already. */
const NO_DOOR: Door = { loggedIn: () => false, waits: () => {} };

/**
 * Starts the SSH gateway. Throws AppError `ssh_gateway.host_key` for a key it cannot use and `ssh_gateway.listen` when
 * the address cannot be had.
 */
export async function startSshGateway(options: SshGatewayOptions, ports: GatewayPorts): Promise<SshGateway> {
  const log = ports.log;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const metrics = newMetrics();
  quickenKeys();
  const hostKey = toOpenSshKey(options.hostKey);
  const publicKey = hostPublicKey(hostKey);
  const fingerprint = fingerprintOf(publicKey);
  if (ssh2Version !== PINNED_SSH2)
    log.warn('ssh: ssh2 is not the pinned version', { ssh2: ssh2Version, pinned: PINNED_SSH2 });
  if (nativeCrypto) log.info('ssh: native cipher binding loaded');
  else
    log.warn(
      'ssh: the native cipher binding of ssh2 did not load; sessions work at about a fifth of the speed. Reinstall with a compiler at hand: npm rebuild ssh2',
    );

  const doors = new ConnectionLimits(limits);
  const connections = new Map<Socket, LiveConnection | undefined>();
  const passes = new WeakMap<Socket, Door>();
  let whenEmpty = (): void => {};
  const server = new ssh2.Server({
    hostKeys: [hostKey],
    ident: IDENT,
    algorithms: offerToClient(''),
    keepaliveInterval: limits.keepaliveMs,
    keepaliveCountMax: limits.keepaliveMisses,
  });
  server.on('error', (error: Error) => log.error('ssh: server error', { error: error.message }));
  server.on('connection', (conn: Connection, info: { ip: string; header: { versions: { software: string } } }) => {
    const socket = socketOf(conn);
    const version = plain(info.header.versions.software.slice(0, 255));
    offer(conn, offerToClient(version));
    const live = serveConnection(conn, { address: info.ip, version }, passes.get(socket) ?? NO_DOOR, {
      ports,
      log,
      metrics,
      limits,
    });
    if (connections.has(socket)) connections.set(socket, live);
  });

  const door = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, (accepted) => {
    const pass = doors.enter(accepted.remoteAddress ?? '', () => {
      metrics.refusedForLoad += 1;
      socket.destroy();
    });
    if (pass === undefined) {
      metrics.refusedForLoad += 1;
      accepted.destroy();
      return;
    }
    const socket = acceptLent(accepted);
    metrics.connections += 1;
    metrics.connectionsOpen += 1;
    connections.set(socket, undefined);
    let late = setTimeout(() => socket.destroy(), limits.loginMs);
    let asked = false;
    passes.set(socket, {
      loggedIn: (identityId) => {
        clearTimeout(late);
        return pass.loggedIn(identityId);
      },
      waits: (ms) => {
        if (asked) return;
        asked = true;
        clearTimeout(late);
        late = setTimeout(() => socket.destroy(), ms);
      },
    });
    // ssh2 half-closes a broken connection and leaves it to the peer to close the rest
    socket.on('finish', () => setTimeout(() => socket.destroy(), 1_000).unref());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(late);
      pass.left();
      connections.delete(socket);
      metrics.connectionsOpen -= 1;
      if (connections.size === 0) whenEmpty();
    });
    server.injectSocket(socket);
  });

  await listen(door, options, { who: 'the SSH gateway', code: 'ssh_gateway.listen' });
  door.on('error', (error) => log.error('ssh: listener error', { error: error.message }));

  const stop = async (drainMs: number): Promise<void> => {
    const closed = new Promise<void>((resolve) => door.close(() => resolve()));
    for (const [socket, live] of connections) if (live?.busy !== true) socket.destroy();
    // not the door's own word: it is shut a moment before the last connection hears that its client left
    const left = new Promise<void>((resolve) => {
      whenEmpty = resolve;
      if (connections.size === 0) resolve();
    });
    const drained = new Promise<void>((resolve) => setTimeout(resolve, drainMs).unref());
    await Promise.race([left, drained]);
    for (const [socket, live] of connections) {
      if (live === undefined) socket.destroy();
      else live.end('the gateway stopped', 'Reeve: the gateway is stopping; connect again in a moment.');
    }
    await closed;
    await left;
  };
  return {
    address: door.address() as AddressInfo,
    fingerprint,
    hostKey: `ssh-ed25519 ${publicKey.toString('base64')}`,
    metrics,
    measure: () => countsAsMetrics('reeve_gateway', SSH_COUNTS, metrics, { gateway: 'ssh' }),
    stop,
  };
}

function hostPublicKey(pem: Buffer): Buffer {
  const parsed = ssh2.utils.parseKey(pem);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error || key.type !== 'ssh-ed25519' || !key.isPrivateKey()) {
    throw new AppError({
      code: 'ssh_gateway.host_key',
      status: 500,
      detail: 'the SSH gateway was not given an Ed25519 private key as its host key',
      fix: 'remove the stored host key to have a new one made; people will be asked to accept it',
    });
  }
  return key.getPublicSSH();
}
