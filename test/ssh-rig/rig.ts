import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeHostKey, startSshGateway, type GatewayLimits, type SshGateway } from '#gateways/ssh/index.ts';
import { FakePorts } from './fake-ports.ts';
import { until } from './run-program.ts';
import { makeKey, type Sshd } from './sshd.ts';

/** The gateway before a real sshd, and one person with a key. */
export interface Rig {
  readonly gateway: SshGateway;
  readonly ports: FakePorts;
  readonly dir: string;
  readonly key: { readonly file: string; readonly fingerprint: string; readonly privateKey: Buffer };
  /** Arguments for ssh through the gateway, up to and including the destination. */
  ssh(...extra: string[]): string[];
  /** The same, straight to the sshd: what every comparison is made with. */
  direct(...extra: string[]): string[];
  /** Options only, for scp, sftp, rsync and git, with the destination to use. */
  options(way: 'gateway' | 'direct'): { readonly options: string[]; readonly destination: string };
  stop(): Promise<void>;
}

const QUIET = [
  '-o',
  'StrictHostKeyChecking=accept-new',
  '-o',
  'LogLevel=ERROR',
  '-o',
  'IdentitiesOnly=yes',
  '-o',
  'BatchMode=yes',
  '-o',
  'ConnectTimeout=10',
  '-F',
  'none',
];

export async function startRig(sshd: Sshd, limits: Partial<GatewayLimits> = {}): Promise<Rig> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-gateway-'));
  const key = await makeKey(join(dir, 'person'));
  const ports = new FakePorts({
    host: '127.0.0.1',
    port: sshd.port,
    pinned: [sshd.hostFingerprint],
    username: sshd.user,
    secret: { privateKey: sshd.privateKey },
  });
  ports.known.set(key.fingerprint, 'identity-1');
  const gateway = await startSshGateway({ hostKey: makeHostKey(), limits }, ports);
  const known = (way: string): string[] => ['-o', `UserKnownHostsFile=${join(dir, `known-${way}`)}`];
  const options = (way: 'gateway' | 'direct'): { options: string[]; destination: string } => {
    const port = way === 'gateway' ? gateway.address.port : sshd.port;
    const file = way === 'gateway' ? key.file : sshd.keyFile;
    const user = way === 'gateway' ? `${sshd.user}@web1` : sshd.user;
    return { options: [...QUIET, ...known(way), '-i', file, '-o', `Port=${port}`], destination: `${user}@127.0.0.1` };
  };
  const ssh = (way: 'gateway' | 'direct', extra: string[]): string[] => {
    const it = options(way);
    return [...it.options, ...extra, it.destination];
  };
  return {
    gateway,
    ports,
    dir,
    key,
    options,
    ssh: (...extra) => ssh('gateway', extra),
    direct: (...extra) => ssh('direct', extra),
    stop: async () => {
      await gateway.stop(0);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** After every test: no connection, session or channel is left, every ticket and every channel's record ended once. */
export async function nothingLeft(gateway: SshGateway, ports: FakePorts): Promise<void> {
  await until(() => gateway.metrics.connectionsOpen === 0, 'the last connection to go', 5000);
  await until(
    () => gateway.metrics.sessionsOpen === 0 && gateway.metrics.channelsOpen === 0,
    'the last session to end',
    3000,
  );
  for (const session of ports.sessions) {
    assert.equal(session.ended.length, 1, 'a ticket ends exactly once');
    for (const channel of session.recorder.channels)
      assert.equal(channel.ends.length, 1, 'a record is closed exactly once');
  }
}
