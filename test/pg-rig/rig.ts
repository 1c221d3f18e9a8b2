import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '#kit/crypto/index.ts';
import { startPostgresGateway, type PostgresGateway, type PostgresGatewayLimits } from '#gateways/postgres/index.ts';
import type { LabPostgres } from '#lab/index.ts';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';
import { until } from '#test/ssh-rig/run-program.ts';

/** What the person of a rig logs in with. */
export const PASSWORD = 'rvp_correct-horse-battery-staple';

/** The gateway before a real PostgreSQL server, and one person with a password for one account there. */
export interface PgRig {
  readonly gateway: PostgresGateway;
  readonly ports: FakePorts;
  readonly dir: string;
  /** The certificate clients verify it by. */
  readonly certificate: string;
  /** Variables for libpq programs that go through. */
  env(database?: string): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const pinOf = (lab: LabPostgres): string =>
  lab.tls === undefined ? 'tls:none' : `tls-sha256:${lab.tls.fingerprint256}`;

export async function startPgRig(
  target: {
    readonly host: string;
    readonly port: number;
    readonly pinned: readonly string[];
    readonly username: string;
    readonly password: string;
  },
  limits: Partial<PostgresGatewayLimits> = {},
): Promise<PgRig> {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-pg-gateway-'));
  const { key, certificate } = selfSigned({
    names: ['localhost', '127.0.0.1'],
    from: new Date(Date.now() - 60_000),
    days: 1,
  });
  writeFileSync(join(dir, 'gateway.crt'), certificate);
  const { password, ...facts } = target;
  const ports = new FakePorts({ ...facts, secret: { password: Buffer.from(password) } });
  ports.passwords.set(PASSWORD, 'identity-1');
  const gateway = await startPostgresGateway({ key, certificate, limits }, ports);
  return {
    gateway,
    ports,
    dir,
    certificate,
    env: (database = 'postgres') => ({
      PGHOST: '127.0.0.1',
      PGPORT: String(gateway.address.port),
      PGUSER: `${target.username}@db1`,
      PGPASSWORD: PASSWORD,
      PGDATABASE: database,
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: join(dir, 'gateway.crt'),
      PGCONNECT_TIMEOUT: '5',
    }),
    stop: async () => {
      await gateway.stop(0);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The rig before a server of the lab, as its superuser. */
export const rigBefore = (lab: LabPostgres, limits: Partial<PostgresGatewayLimits> = {}): Promise<PgRig> =>
  startPgRig({ host: lab.host, port: lab.port, pinned: [pinOf(lab)], ...lab.superuser }, limits);

/** Nothing is left of any session: every ticket ended once, every record was closed once. */
export async function nothingLeft(rig: Pick<PgRig, 'gateway' | 'ports'>): Promise<void> {
  await until(() => rig.gateway.metrics.connectionsOpen === 0, 'the last connection to go', 5000);
  await until(() => rig.gateway.metrics.sessionsOpen === 0, 'the last session to end', 3000);
  await until(() => rig.ports.sessions.every((s) => s.ended.length === 1), 'every ticket to end once', 3000);
  for (const { ended, recorder } of rig.ports.sessions)
    if (ended.length !== 1 || recorder.closed.length > 1) throw new Error('a ticket or a record ended more than once');
}
