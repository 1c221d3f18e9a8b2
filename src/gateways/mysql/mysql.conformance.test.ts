import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariadb } from '#lab/index.ts';
import { mysqlCases } from '#test/mysql-rig/mysql-cases.ts';
import { optionsIn, PASSWORD, rigBefore } from '#test/mysql-rig/rig.ts';
import { databaseConformance } from '#test/pg-rig/database-conformance.ts';
import { run } from '#test/ssh-rig/run-program.ts';

databaseConformance('the MySQL gateway', mysqlCases, async () => {
  for (const program of ['mariadb', 'mysqldump'])
    if ((await run('sh', ['-c', `command -v ${program}`])).code !== 0)
      return { skip: `no ${program} on this machine (apt-get install mariadb-client)` };
  const lab = await startMariadb();
  const rig = await rigBefore(lab);
  const dir = mkdtempSync(join(tmpdir(), 'reeve-mysql-direct-'));
  const straight = { port: lab.port, user: lab.management.username, password: lab.management.password };
  const direct = optionsIn(dir, { ...straight, ca: lab.certificateFile });
  const databases = { direct: 'conform_direct', gateway: 'conform_through' };
  await run('mariadb', ['-e', 'set global max_allowed_packet = 67108864'], { env: direct });
  for (const name of Object.values(databases)) await run('mariadb', ['-e', `create database ${name}`], { env: direct });
  const ways = {
    direct: { ...straight, ca: lab.certificateFile, env: direct },
    gateway: {
      port: rig.gateway.address.port,
      user: rig.user,
      password: PASSWORD,
      ca: join(rig.dir, 'gateway.crt'),
      env: rig.env,
    },
  };
  return {
    databases,
    env: (way) => {
      const { port, user, password, ca, env } = ways[way];
      return { ...env, WAY_PORT: String(port), WAY_USER: user, WAY_PASSWORD: password, WAY_CA: ca };
    },
    stop: async () => {
      await rig.stop();
      await lab.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
});
