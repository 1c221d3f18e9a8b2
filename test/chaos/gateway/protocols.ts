import { Client as PostgresClient } from 'pg';
import ssh2 from 'ssh2';
import type { LabMariadb, LabPostgres } from '#lab/index.ts';
import type { Application } from '#test/http-rig/application.ts';
import { pinOf } from '#test/pg-rig/rig.ts';
import type { Sshd } from '#test/ssh-rig/sshd.ts';
import type { Beside } from './beside.ts';
import { http } from './http-client.ts';
import { mysql, mysqlStatement } from './mysql-client.ts';
import { ending, seeing, TICK_MS, type Protocol, type Talking } from './talking.ts';

/** Without a process for each tick: many of these run on two cores. */
const TICKING = `exec bash -c 'exec 9<> <(:); while :; do echo "tick \${EPOCHREALTIME/[.,]/}."; read -t 0.1 -u 9; done'`;

const ssh = (sshd: Sshd): Protocol => ({
  name: 'ssh',
  target: {
    system: 'web1',
    kind: 'elsewhere',
    host: '127.0.0.1',
    port: sshd.port,
    pin: sshd.hostFingerprint,
    username: sshd.user,
    secret: { kind: 'ssh_key', value: sshd.privateKey },
  },
  talk: (visitor, gateway) =>
    new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      const { ended, isOver, over } = ending();
      const { sees, after } = seeing();
      let told = '';
      client.on('error', reject);
      client.on('close', over);
      client.on('ready', () => {
        client.exec(TICKING, { pty: true }, (error, channel) => {
          if (error !== undefined) return reject(error);
          channel.stderr.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
          channel.on('exit', () => reject(new Error(`the session ended at once: ${told}`)));
          channel.on('data', (chunk: Buffer) => {
            told = (told + chunk.toString('utf8')).slice(-4096);
            sees(chunk.toString('utf8'));
            resolve(talking);
          });
        });
      });
      const talking: Talking = {
        protocol: 'ssh',
        visitor,
        gateway,
        ended,
        isOver,
        told: () => told,
        sawAfter: after,
        close: () => client.destroy(),
      };
      client.connect({
        host: '127.0.0.1',
        port: gateway.port('ssh'),
        username: `${visitor.name}@web1`,
        privateKey: visitor.privateKey,
        readyTimeout: 20_000,
      });
    }),
});

const postgres = (beside: Beside, lab: LabPostgres): Protocol => ({
  name: 'postgres',
  target: {
    system: 'orders',
    kind: 'postgres',
    host: lab.host,
    port: lab.port,
    pin: pinOf(lab),
    username: lab.superuser.username,
    secret: { kind: 'password', value: Buffer.from(lab.superuser.password) },
  },
  talk: async (visitor, gateway) => {
    const { password } = await beside.perform<{ password: string }>(
      'gatewayPasswords.issue',
      { system: 'orders' },
      visitor.id,
    );
    const client = new PostgresClient({
      host: '127.0.0.1',
      port: gateway.port('postgres'),
      user: `${visitor.name}@orders`,
      password,
      database: 'postgres',
      ssl: { rejectUnauthorized: false },
    });
    const { ended, isOver, over } = ending();
    const { sees, after } = seeing();
    let told = '';
    client.on('notice', ({ message }) => (told += `${message}\n`));
    client.on('error', ({ message }) => (told += `${message}\n`));
    client.on('end', over);
    await client.connect();
    const tick = async (): Promise<void> => {
      const said = `tick ${Date.now()}.`;
      await client.query(`select '${said}'`);
      sees(said);
    };
    await tick();
    let asking = false;
    const timer = setInterval(() => {
      if (asking) return;
      asking = true;
      void tick()
        // the driver hands what the session is told last to the question that is on its way
        .catch((error: unknown) => (told += `${error instanceof Error ? error.message : String(error)}\n`))
        .finally(() => {
          asking = false;
        });
    }, TICK_MS);
    void ended.then(() => clearInterval(timer));
    const close = (): void => {
      clearInterval(timer);
      client.end().catch(() => undefined);
    };
    return { protocol: 'postgres', visitor, gateway, ended, isOver, told: () => told, sawAfter: after, close };
  },
});

/** What people of a world reach through gateways. */
export interface Targets {
  readonly sshd: Sshd;
  readonly lab: LabPostgres;
  readonly mariadb: LabMariadb;
  readonly application: Application;
}

/** Every protocol there is a gateway for, each with a client that tells the time. */
export const protocolsOf = (beside: Beside, targets: Targets): readonly Protocol[] => [
  ssh(targets.sshd),
  postgres(beside, targets.lab),
  mysql(beside, targets.mariadb),
  http(beside, targets.application),
];

/** Clients in the middle of something that tells no time. */
export const busyOf = (beside: Beside, { mariadb }: Targets): readonly Protocol[] => [mysqlStatement(beside, mariadb)];
