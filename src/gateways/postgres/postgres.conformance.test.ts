import { startPostgres } from '#lab/index.ts';
import { rigBefore } from '#test/pg-rig/rig.ts';
import { run } from '#test/ssh-rig/run-program.ts';
import { postgresCases } from '#test/pg-rig/postgres-cases.ts';
import { databaseConformance } from '#test/pg-rig/database-conformance.ts';

databaseConformance('the PostgreSQL gateway', postgresCases, async () => {
  for (const program of ['psql', 'pgbench', 'pg_dump'])
    if ((await run('sh', ['-c', `command -v ${program}`])).code !== 0)
      return { skip: `no ${program} on this machine (apt-get install postgresql)` };
  const lab = await startPostgres({ binaries: 'debian' });
  const rig = await rigBefore(lab);
  const databases = { direct: 'conform_direct', gateway: 'conform_through' };
  for (const name of Object.values(databases)) await run('createdb', [name], { env: lab.env() });
  return {
    databases,
    env: (way, database) => (way === 'direct' ? lab.env('postgres', database) : rig.env(database)),
    stop: async () => {
      await rig.stop();
      await lab.stop();
    },
  };
});
