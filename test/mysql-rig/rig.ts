import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '#kit/crypto/index.ts';
import { startMysqlGateway, type MysqlGateway, type MysqlGatewayLimits } from '#gateways/mysql/index.ts';
import type { LabMariadb } from '#lab/index.ts';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';

/** What the person of a rig logs in with. */
export const PASSWORD = 'rvp_correct-horse-battery-staple';

/** The gateway before a real MariaDB server, and one person with a password for one account there. */
export interface MysqlRig {
  readonly gateway: MysqlGateway;
  readonly ports: FakePorts;
  readonly dir: string;
  /** The certificate clients verify it by. */
  readonly certificate: string;
  readonly user: string;
  /** Variables for programs of MariaDB's that go through. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly pinned: readonly string[];
  readonly username: string;
  readonly password: string;
}

export const pinOf = (lab: LabMariadb): string => `tls-sha256:${lab.tls.fingerprint256}`;

/** A folder with what the client programs read first: where to go, as whom, and by which certificate. */
export function optionsIn(
  dir: string,
  options: { readonly port: number; readonly user: string; readonly password: string; readonly ca: string },
): Readonly<Record<string, string>> {
  const lines = [
    '[client]',
    'host=127.0.0.1',
    `port=${options.port}`,
    `user=${options.user}`,
    `password=${options.password}`,
    `ssl-ca=${options.ca}`,
    'ssl-verify-server-cert',
  ];
  writeFileSync(join(dir, 'my.cnf'), `${lines.join('\n')}\n`, { mode: 0o600 });
  return { MYSQL_HOME: dir, HOME: dir };
}

export async function startMysqlRig(target: Target, limits: Partial<MysqlGatewayLimits> = {}): Promise<MysqlRig> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-mysql-gateway-'));
  const { key, certificate } = selfSigned({
    names: ['localhost', '127.0.0.1'],
    from: new Date(Date.now() - 60_000),
    days: 1,
  });
  const ca = join(dir, 'gateway.crt');
  writeFileSync(ca, certificate);
  const { password, ...facts } = target;
  const ports = new FakePorts({ ...facts, secret: { password: Buffer.from(password) } });
  ports.passwords.set(PASSWORD, 'identity-1');
  const gateway = await startMysqlGateway({ key, certificate, limits }, ports);
  const user = `${target.username}@db1`;
  return {
    gateway,
    ports,
    dir,
    certificate,
    user,
    env: optionsIn(dir, { port: gateway.address.port, user, password: PASSWORD, ca }),
    stop: async () => {
      await gateway.stop(0);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The rig before a server of the lab, as who may do everything there. */
export const rigBefore = (lab: LabMariadb, limits: Partial<MysqlGatewayLimits> = {}): Promise<MysqlRig> =>
  startMysqlRig({ host: lab.host, port: lab.port, pinned: [pinOf(lab)], ...lab.management }, limits);
