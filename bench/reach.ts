import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kit/clock/index.ts';
import { migrate, openDb, sql, startEmbedded, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { whoCouldReach, type ReachQuestion } from '#spine/graph/index.ts';
import type { BenchLine } from './report.ts';

const ACCOUNTS = 200_000;
const GROUPS = 2000;
/** Groups a group is in; each account is in five groups, every tenth is nobody's. */
const FAN = 4;
const ASKED = 200;

/**
 * Who could reach a system of 200,000 accounts with a million memberships in 2,000 groups nested six deep, and who
 * could reach single groups and accounts of it: everything read in one statement, walked and named. Groups are asked
 * about in the order of a shuffle that is the same every time.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  const server = await startEmbedded({ dataDir, log: silentLog });
  try {
    await migrate({ url: server.url, log: silentLog });
    const open = (statementTimeoutMs: number): Promise<Db> =>
      openDb({ url: server.url, clock: systemClock, log: silentLog, statementTimeoutMs });
    const [maker, db] = [await open(0), await open(60_000)];
    try {
      return await measure(db, await makeWorld(maker));
    } finally {
      await db.close();
      await maker.close();
    }
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface World {
  readonly systemId: string;
  readonly groups: readonly string[];
  readonly accounts: readonly string[];
}

/** The world is put into the tables as readings, requests and the catalogue would have left it. */
async function makeWorld(db: Db): Promise<World> {
  const systemId = newId();
  const ids = (count: number): string[] => Array.from({ length: count }, () => newId());
  const [people, accounts, groups, roles] = [ids(ACCOUNTS), ids(ACCOUNTS), ids(GROUPS), ids(GROUPS / 10)];
  const since = new Date(Date.now() - 86_400_000);
  await db.tx(async (tx) => {
    await tx.run(sql`create temp table n_group on commit drop as
      select n - 1 as n, id from unnest(${sql.array(groups)}::uuid[]) with ordinality as g(id, n)`);
    await tx.run(sql`create temp table n_role on commit drop as
      select n - 1 as n, id from unnest(${sql.array(roles)}::uuid[]) with ordinality as g(id, n)`);
    await tx.run(sql`create temp table n_account on commit drop as
      select n - 1 as n, id, person from unnest(${sql.array(accounts)}::uuid[], ${sql.array(people)}::uuid[])
        with ordinality as g(id, person, n)`);
    await tx.run(sql`insert into identity (id, kind) select person, 'person' from n_account`);
    await tx.run(
      sql`insert into system (id, name, kind, valid_from) values (${systemId}, 'directory', 'ldap', ${since}::timestamptz)`,
    );
    await tx.run(sql`
      insert into account (id, system_id, native_id, name, kind, identity_id, linked_because, valid_from)
      select id, ${systemId}::uuid, 'uid=' || n, 'u' || n, case when n % 10 = 0 then 'service' else 'personal' end,
             case when n % 10 > 0 then person end, case when n % 10 > 0 then 'username' end, ${since}::timestamptz from n_account`);
    await tx.run(sql`
      insert into entitlement (id, system_id, kind, native_id, name, source, privileged, privileged_on_target, valid_from)
      select id, ${systemId}::uuid, 'group', 'cn=' || n, 'group ' || n, 'reading', n % 100 = 99, n % 100 = 99, ${since}::timestamptz from n_group`);
    await tx.run(sql`
      insert into entitlement_edge (parent_id, child_id, source, valid_from)
      select p.id, c.id, 'reading', ${since}::timestamptz from n_group c join n_group p on p.n = (c.n - 1) / ${FAN}::int where c.n > 0
      union all
      select p.id, c.id, 'reading', ${since}::timestamptz from n_group c join n_group p on p.n = c.n * 7 % 997 where c.n % 20 = 19 and p.n < c.n / ${FAN}::int - 1`);
    await tx.run(sql`
      insert into holding (account_id, entitlement_id, observed_at, valid_from)
      select a.id, g.id, ${since}::timestamptz, ${since}::timestamptz from n_account a cross join generate_series(0, 4) k
        join n_group g on g.n = (a.n * 31 + k * 401 + a.n / ${GROUPS}::int) % ${GROUPS}::int`);
    await tx.run(
      sql`insert into role (id, name, valid_from) select id, 'role ' || n, ${since}::timestamptz from n_role`,
    );
    await tx.run(sql`
      insert into role_content (id, role_id, entitlement_id, valid_from)
      select gen_random_uuid(), r.id, g.id, ${since}::timestamptz from n_role r join n_group g on g.n % 200 = r.n`);
    await tx.run(sql`
      insert into access_grant (id, identity_id, entitlement_id, role_id, valid_from, origin, reason, started)
      select gen_random_uuid(), a.person, case when a.n % 2 = 0 then g.id end, case when a.n % 2 = 1 then r.id end, ${since}::timestamptz,
             'request', 'project', true
        from n_account a join n_group g on g.n = a.n % ${GROUPS}::int join n_role r on r.n = a.n % 200 where a.n % 5 = 0`);
  });
  await db.run(sql`analyze`);
  return { systemId, groups, accounts };
}

async function measure(db: Db, world: World): Promise<BenchLine[]> {
  const ask = async (question: ReachQuestion): Promise<[ms: number, rows: number]> => {
    const start = performance.now();
    const rows = await db.tx((tx) => whoCouldReach(tx, question), { readOnly: true });
    return [performance.now() - start, rows.length];
  };
  const line = (name: string, metric: string, value: number, unit: string): BenchLine => ({
    bench: 'reach',
    case: name,
    metric,
    value,
    unit,
    baseline: null,
    ratio: null,
  });
  const lines: BenchLine[] = [];
  const many = async (name: string, questions: readonly ReachQuestion[]): Promise<void> => {
    const times: number[] = [];
    let found = 0;
    for (const question of questions) {
      const [ms, rows] = await ask(question);
      times.push(ms);
      found += rows;
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
    lines.push(
      line(name, 'p50', at(0.5), 'ms'),
      line(name, 'p95', at(0.95), 'ms'),
      line(name, 'worst', at(0.999), 'ms'),
    );
    lines.push(line(name, 'rows', found / questions.length, 'an answer'));
  };
  const shuffled = world.groups.map((id, n) => [(n * 733) % GROUPS, id] as const).sort(([a], [b]) => a - b);
  const groups = shuffled.slice(0, ASKED).map(([, id]) => id);
  const accounts = world.accounts.filter((_, n) => n % (ACCOUNTS / ASKED) === 7);
  const knownAt = new Date();
  await ask({ entitlementId: groups[0] });
  await many(
    'one group',
    groups.map((entitlementId) => ({ entitlementId })),
  );
  await many(
    'one account',
    accounts.map((accountId) => ({ accountId })),
  );
  await many(
    'one group, as known then',
    groups.slice(0, 50).map((entitlementId) => ({ entitlementId, at: knownAt, knownAt })),
  );
  for (const [name, question] of [
    ['the whole system', { systemId: world.systemId }],
    ['the whole system, as known then', { systemId: world.systemId, at: knownAt, knownAt }],
    ['everything privileged', { privileged: true }],
  ] as const) {
    const [ms, rows] = await ask(question);
    lines.push(line(name, 'time', ms, 'ms'), line(name, 'rows', rows, 'an answer'));
  }
  return lines;
}
