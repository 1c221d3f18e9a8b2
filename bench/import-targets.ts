import { connectors } from '#connectors/index.ts';
import { applyRun, birthrightChanges, lifecycleModule, putRule, putSource, takeFeed } from '#govern/lifecycle/index.ts';
import { provisioningModule } from '#govern/provisioning/index.ts';
import { createSecret, createTargets, vaultModule } from '#guard/vault/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { sql, type Db } from '#kit/db/index.ts';
import { startWorker } from '#kit/jobs/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { until } from '#kit/testing/index.ts';
import { runCommand, startPostgres, type LabPostgres } from '#lab/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import { changeSystem, graphModule, putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { generatePeople } from '#test/fixtures/company/index.ts';
import { benchMay, watchMemory, withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';

/** Published for another open product (midPoint 4.4): people a minute imported with 5 targets and 100 assignments each. */
const PUBLISHED = 241;
const TARGETS = 5;
const ROLES = 20;
const SIZES = (process.env['REEVE_BENCH_PEOPLE'] ?? '20,100').split(',').map(Number);

/**
 * People imported from a feed into a house with five targets, each a PostgreSQL server of its own with TLS and SCRAM:
 * a hundred birthright rules give everybody an account and twenty roles on each. From the feed to the last account read
 * back and settled: all of Reeve's work (vault, audit log, jobs), one worker node, and the five targets on this machine.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  let smallest: number | undefined;
  for (const people of SIZES) {
    const { perMinute, peakMb } = await withTargets((targets) => measure(targets, people));
    const bench = 'import-targets';
    const ratio = Math.round((perMinute / PUBLISHED) * 10) / 10;
    lines.push({
      bench,
      case: `${people} people, ${TARGETS} targets, ${TARGETS * ROLES} assignments each`,
      metric: 'people_per_minute',
      value: Math.round(perMinute),
      unit: 'people/min',
      baseline: PUBLISHED,
      ratio,
    });
    const memory = { bench, case: `${people} people, memory`, metric: 'peak_rss_mb', value: Math.round(peakMb) };
    lines.push({ ...memory, unit: 'MB', baseline: null, ratio: null });
    if (smallest !== undefined) {
      const flat = Math.round((perMinute / smallest) * 100) / 100;
      const against = `${people} against ${SIZES[0] ?? 0}`;
      lines.push({ bench, case: against, metric: 'flat', value: flat, unit: 'rate/rate', baseline: 1, ratio: flat });
    }
    smallest ??= perMinute;
  }
  return lines;
}

const roleOf = (n: number): string => `team_${n}`;

async function withTargets<T>(work: (targets: readonly LabPostgres[]) => Promise<T>): Promise<T> {
  const targets: LabPostgres[] = [];
  try {
    for (let n = 0; n < TARGETS; n += 1) {
      const roles = Array.from({ length: ROLES }, (_, i) => ({ name: roleOf(i) }));
      targets.push(await startPostgres({ plan: { name: `target${n}`, roles, databases: [] } }));
    }
    return await work(targets);
  } finally {
    for (const target of targets) await target.stop();
  }
}

interface Figure {
  readonly perMinute: number;
  readonly peakMb: number;
}

async function measure(servers: readonly LabPostgres[], people: number): Promise<Figure> {
  let spineOf: Spine | undefined;
  let keysOf: Keys | undefined;
  return await withHouse(
    ({ decide, keys }) => {
      keysOf = keys;
      const targets = createTargets({
        keys,
        connectors: connectors({ exchangeDir: '/nonexistent' }),
        job: () => {
          if (spineOf === undefined) throw new Error('not assembled yet');
          return spineOf.operator.jobCtx('connector');
        },
      });
      return [
        graphModule,
        decideModule({ decide }),
        vaultModule({ keys }),
        massChangesModule([birthrightChanges]),
        lifecycleModule({ targets }),
        provisioningModule({ targets }),
        benchMay('source.put', 'source.feed', 'birthright.put', 'lifecycle.apply'),
      ];
    },
    async (spine, db, url) => {
      spineOf = spine;
      if (keysOf === undefined) throw new Error('no keys');
      for (const server of servers) await connect(spine, keysOf, server);
      return await importAll({ spine, db, url }, servers, people);
    },
  );
}

/** A system with its credential in the vault, its roles known, and a rule that gives each of them to everybody. */
async function connect(spine: Spine, keys: Keys, server: LabPostgres): Promise<void> {
  const bench = spine.operator.jobCtx('bench');
  const entitlements = await bench.act({ action: 'lifecycle.apply' }, async (ctx, permit: Permit) => {
    const { name, host, port, tls, superuser } = server;
    const pinned = [tls === undefined ? 'tls:none' : `tls-sha256:${tls.fingerprint256}`];
    const settings = { database: 'postgres' };
    const { id: systemId } = await registerSystem(ctx, permit, {
      name,
      kind: 'postgres',
      host,
      port,
      settings,
      pinned,
    });
    const secret = await createSecret(keys, ctx, permit, {
      name: `connections/${name}`,
      kind: 'password',
      purpose: 'connection',
      systemId,
      username: superuser.username,
      value: Buffer.from(superuser.password),
    });
    await changeSystem(ctx, permit, { systemId, credentialSecretId: secret.id });
    const made: { id: string; name: string }[] = [];
    for (let n = 0; n < ROLES; n += 1) {
      const role = { systemId, kind: 'role', nativeId: `role:${roleOf(n)}`, name: roleOf(n) };
      made.push({ id: (await putEntitlement(ctx, permit, role)).id, name: `${name} ${roleOf(n)}` });
    }
    return made;
  });
  await bench.act({ action: 'birthright.put' }, async (ctx, permit) => {
    for (const { id, name } of entitlements)
      await putRule(ctx, permit, { name, condition: { kind: ['person'] }, entitlementId: id, graceDays: 0 });
  });
}

async function importAll(
  { spine, db, url }: { readonly spine: Spine; readonly db: Db; readonly url: string },
  servers: readonly LabPostgres[],
  people: number,
): Promise<Figure> {
  const bench = spine.operator.jobCtx('bench');
  await bench.act({ action: 'source.put' }, (ctx, permit) =>
    putSource(ctx, permit, { name: 'hr', timeZone: 'Europe/Amsterdam' }),
  );
  const worker = await startWorker({ url, db, tasks: spine.tasks, log: silentLog, concurrency: 4 });
  const memory = watchMemory();
  try {
    const start = performance.now();
    const run = await bench.act({ action: 'source.feed' }, (ctx, permit) =>
      takeFeed(ctx, permit, { source: 'hr', delivery: generatePeople({ count: people, seed: 1 }) }),
    );
    await applyRun(spine.operator.jobCtx('lifecycle'), run.id);
    const all = people * TARGETS * ROLES;
    const doneAlready = async (): Promise<boolean> => {
      const { open } = await db.one<{ open: boolean }>(
        sql`select exists (select from provision_task where state = 'waiting') as open`,
      );
      if (open) return false;
      const { done, stuck } = await db.one<{ done: number; stuck: number }>(sql`
        select (count(*) filter (where state = 'done'))::int as done,
               (count(*) filter (where state in ('stuck', 'manual')))::int as stuck from provision_task`);
      if (stuck > 0) throw new Error(`${stuck} tasks need a person`);
      return done === all;
    };
    await until(doneAlready, { timeoutMs: 1_800_000, everyMs: 250, what: `${all} tasks to be done` });
    const seconds = (performance.now() - start) / 1000;
    for (const server of servers) await check(server, people);
    return { perMinute: (people / seconds) * 60, peakMb: memory.stop() };
  } finally {
    await worker.stop();
  }
}

/** On the target itself: everybody has an account and is in every role, once. */
async function check(server: LabPostgres, people: number): Promise<void> {
  const statement = `select count(distinct m.rolname) || ' ' || count(*) from pg_auth_members a
    join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid where r.rolname like 'team%'`;
  const { code, stdout, stderr } = await runCommand('psql', ['-XAtc', statement], {
    env: { PATH: '/usr/bin:/bin', ...server.env() },
  });
  if (code !== 0) throw new Error(stderr);
  if (stdout.trim() !== `${people} ${people * ROLES}`) throw new Error(`${server.name} has ${stdout.trim()}`);
}
