import { createConnection } from 'mysql2/promise';
import type { LabMariadb } from '#lab/index.ts';
import { pinOf } from '#test/mysql-rig/rig.ts';
import type { Beside } from './beside.ts';
import { ending, seeing, tenTimesASecond, type Protocol } from './talking.ts';

/** A client of MariaDB that asks statement after statement. */
export const mysql = (beside: Beside, lab: LabMariadb): Protocol => ({
  name: 'mysql',
  target: {
    system: 'shop',
    kind: 'mysql',
    host: lab.host,
    port: lab.port,
    pin: pinOf(lab),
    username: lab.management.username,
    secret: { kind: 'password', value: Buffer.from(lab.management.password) },
  },
  talk: async (visitor, gateway) => {
    const { password } = await beside.perform<{ password: string }>(
      'gatewayPasswords.issue',
      { system: 'shop' },
      visitor.id,
    );
    const client = await createConnection({
      host: '127.0.0.1',
      port: gateway.port('mysql'),
      user: `${visitor.name}@shop`,
      password,
      ssl: { rejectUnauthorized: false },
    });
    const { ended, isOver, over } = ending();
    const { sees, after } = seeing();
    let told = '';
    // mysql2 raises one where the server says something of its own accord, as at the end
    client.on('error', ({ message }: Error) => {
      told += `${message}\n`;
      over();
    });
    client.on('end', over);
    const tick = async (): Promise<void> => {
      const said = `tick ${Date.now()}.`;
      await client.query(`select '${said}'`).catch((error: unknown) => {
        told += `${String(error)}\n`;
        over();
        throw error;
      });
      sees(said);
    };
    await tick();
    const ticking = tenTimesASecond(ended, tick);
    const close = (): void => {
      ticking.stop();
      client.destroy();
      over();
    };
    return { protocol: 'mysql', visitor, gateway, ended, isOver, told: () => told, sawAfter: after, close };
  },
});
