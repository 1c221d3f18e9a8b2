import { spawn } from 'node:child_process';
import { createConnection, type Connection } from 'mysql2/promise';
import { newId } from '#kit/ids/index.ts';
import type { LabMariadb } from '#lab/index.ts';
import { pinOf } from '#test/mysql-rig/rig.ts';
import type { Beside } from './beside.ts';
import type { Target, Visitor } from './people.ts';
import type { Part } from './start-part.ts';
import { ending, momentOf, seeing, TICK_MS, type Protocol } from './talking.ts';

const SYSTEM = 'stock';

const target = (lab: LabMariadb): Target => ({
  system: SYSTEM,
  kind: 'mysql',
  host: lab.host,
  port: lab.port,
  pin: pinOf(lab),
  username: lab.management.username,
  secret: { kind: 'password', value: Buffer.from(lab.management.password) },
});

/** How the gateway is logged in to, with a password that is good once. */
const logIn = async (beside: Beside, visitor: Visitor, gateway: Part) => ({
  host: '127.0.0.1',
  port: gateway.port('mysql'),
  user: `${visitor.name}@${SYSTEM}`,
  password: (await beside.perform<{ password: string }>('gatewayPasswords.issue', { system: SYSTEM }, visitor.id))
    .password,
});

/** The driver for Node, which asks what time it is. */
export const mysql = (beside: Beside, lab: LabMariadb): Protocol => ({
  name: 'mysql',
  target: target(lab),
  talk: async (visitor, gateway) => {
    const client = await createConnection({
      ...(await logIn(beside, visitor, gateway)),
      ssl: { rejectUnauthorized: false },
    });
    const { ended, isOver, over } = ending();
    const { sees, after } = seeing();
    let told = '';
    const tell = (error: unknown): void => void (told = (told + String(error)).slice(-4096));
    client.on('error', tell);
    // the driver says nothing of a connection that ends while it waits for no answer
    (client as unknown as { connection: { stream: NodeJS.EventEmitter } }).connection.stream.once('close', over);
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
        .catch(tell)
        .finally(() => {
          asking = false;
        });
    }, TICK_MS);
    void ended.then(() => clearInterval(timer));
    const close = (): void => {
      clearInterval(timer);
      client.destroy();
    };
    return { protocol: 'mysql', visitor, gateway, ended, isOver, told: () => told, sawAfter: after, close };
  },
});

/** The `mariadb` program while a statement runs that would go on for ten minutes; and whether the server still runs it. */
export const mysqlStatement = (beside: Beside, lab: LabMariadb): Protocol => ({
  name: 'mysql, the mariadb program',
  target: target(lab),
  talk: async (visitor, gateway) => {
    const { password, host, port, user } = await logIn(beside, visitor, gateway);
    const mark = newId();
    const statement = `select sleep(600) as ${`\`${mark}\``}`;
    const program = spawn('mariadb', ['--ssl', `-h${host}`, `-P${port}`, `-u${user}`, '-e', statement], {
      env: { PATH: process.env['PATH'] ?? '', MYSQL_PWD: password },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { ended, isOver, over } = ending();
    let told = '';
    program.stderr.on('data', (chunk: Buffer) => (told += chunk.toString('utf8')));
    program.once('exit', over);
    const server = await createConnection({
      host: lab.host,
      port: lab.port,
      user: lab.management.username,
      password: lab.management.password,
      ssl: { rejectUnauthorized: false },
    });
    await momentOf(async () => isOver() || (await runs(server, mark)));
    if (isOver()) throw new Error(`the statement did not begin: ${told}`);
    void ended.then(() => setTimeout(() => server.destroy(), 15_000).unref());
    return {
      protocol: 'mysql, the mariadb program',
      visitor,
      gateway,
      ended,
      isOver,
      also: [
        { name: 'mysql, the statement on its server', ended: () => momentOf(async () => !(await runs(server, mark))) },
      ],
      told: () => told,
      sawAfter: () => undefined,
      close: () => {
        program.kill('SIGKILL');
        server.destroy();
      },
    };
  },
});

async function runs(server: Connection, mark: string): Promise<boolean> {
  const [rows] = await server.execute(
    'select id from information_schema.processlist where info like ? and id <> connection_id()',
    [`select sleep(600)%${mark}%`],
  );
  return (rows as unknown[]).length > 0;
}
