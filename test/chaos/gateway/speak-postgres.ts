import { Client as PostgresClient } from 'pg';
import type { LabPostgres } from '#lab/index.ts';
import { pinOf } from '#test/pg-rig/rig.ts';
import type { Beside } from './beside.ts';
import { ending, seeing, tenTimesASecond, type Protocol } from './talking.ts';

/** A client that asks statement after statement. */
export const postgres = (beside: Beside, lab: LabPostgres): Protocol => ({
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
    const ticking = tenTimesASecond(ended, tick);
    const close = (): void => {
      ticking.stop();
      client.end().catch(() => undefined);
    };
    return { protocol: 'postgres', visitor, gateway, ended, isOver, told: () => told, sawAfter: after, close };
  },
});
