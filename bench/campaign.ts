import { readdirSync, readFileSync } from 'node:fs';
import { sql, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { certificationsModule } from '#govern/certifications/index.ts';
import { freezeCampaign } from '#govern/certifications/freeze-campaign.ts';
import { reconciliationModule } from '#govern/reconciliation/index.ts';
import { requestsModule } from '#govern/requests/index.ts';
import { takeStepUp } from '#platform/signin/index.ts';
import { decideModule } from '#spine/decide/index.ts';
import { graphModule } from '#spine/graph/index.ts';
import type { Spine } from '#spine/assemble.ts';
import { noTargets, watchMemory, withHouse } from './house/index.ts';
import type { BenchLine } from './report.ts';

/** How large everything is. */
export interface CampaignScale {
  readonly people: number;
  readonly grantsEach: number;
  readonly entitlements: number;
  readonly managers: number;
  readonly pages: number;
  readonly batches: number;
}
const FULL: CampaignScale = {
  people: 100_000,
  grantsEach: 10,
  entitlements: 10_000,
  managers: 2_000,
  pages: 300,
  batches: 20,
};
const SYSTEMS = 100;
const BATCH = 1_000;
const DUE_MS = 14 * 86_400_000;

/**
 * A campaign over everything everybody has: frozen by the job as a worker would, then read page by page as reviewers do
 * and decided in batches, all through the operations. Memory is that of this process and, apart, what the processes of
 * PostgreSQL hold of their own.
 */
export async function run(scale: CampaignScale = FULL): Promise<readonly BenchLine[]> {
  return await withHouse(
    ({ decide }) => [
      graphModule,
      decideModule({ decide }),
      requestsModule({ decide, takeStepUp }),
      certificationsModule,
      reconciliationModule({ targets: noTargets }),
    ],
    (spine, db) => measure(spine, db, scale),
  );
}

const line = (scale: CampaignScale, metric: string, value: number, unit: string): BenchLine => ({
  bench: 'campaign',
  case: `${(scale.people * scale.grantsEach).toLocaleString('en')} items`,
  metric,
  value,
  unit,
  baseline: null,
  ratio: null,
});

async function measure(spine: Spine, db: Db, scale: CampaignScale): Promise<BenchLine[]> {
  const boss = await makeWorld(db, scale);
  const perform = async <T>(name: string, input: unknown, as: string): Promise<T> => {
    const operation = spine.registry.operations.get(name);
    if (operation === undefined) throw new Error(`no operation ${name}`);
    const principal = { kind: 'identity', id: as } as const;
    const answer = await spine.operator.perform(operation, input, {
      principal,
      origin: { via: 'api' },
      trace: newId(),
    });
    return answer.output as T;
  };
  const make = async (more: object): Promise<string> => {
    const dueAt = new Date(Date.now() + DUE_MS).toISOString();
    const { id } = await perform<{ id: string }>('campaigns.create', { name: 'everything', dueAt, ...more }, boss);
    return id;
  };
  const launch = async (id: string): Promise<void> => {
    await perform('campaigns.launch', { id }, boss);
    await freezeCampaign(spine.operator.jobCtx('certifications'), id);
  };
  // What is signed here was decided by a program in no time, and would be held.
  const byManager = await make({ kind: 'manager', review: { holdFrom: null } });
  const previewing = performance.now();
  await perform('campaigns.preview', { id: byManager }, boss);
  const previewed = performance.now() - previewing;
  const memory = watchMemory();
  const server = await watchServer(db);
  const freezing = performance.now();
  await launch(byManager);
  const frozen = performance.now() - freezing;
  const [nodeMb, serverMb] = [memory.stop(), server.stop()];
  const { total } = await perform<{ total: number }>('campaigns.show', { id: byManager }, boss);
  if (total !== scale.people * scale.grantsEach) throw new Error(`${total} items were frozen`);

  const busiest = await db.many<{ id: string }>(sql`
    select reviewer_id as id from campaign_reviewer where campaign_id = ${byManager} order by items desc, reviewer_id limit 50`);
  const times: number[] = [];
  const page = async (as: string, cursor: string | null, more: object): Promise<string | null> => {
    const asked = performance.now();
    const { nextCursor } = await perform<{ nextCursor: string | null }>(
      'campaigns.items',
      { id: byManager, limit: 100, ...(cursor === null ? {} : { cursor }), ...more },
      as,
    );
    times.push(performance.now() - asked);
    return nextCursor;
  };
  // Reviewers page through what is theirs, and whoever runs it through everything.
  for (let n = 0, cursors = new Map<string, string | null>(); n < scale.pages; n += 1) {
    const everybody = n % 4 === 3;
    const as = everybody ? boss : (busiest[n % busiest.length]?.id ?? boss);
    cursors.set(as, await page(as, cursors.get(as) ?? null, everybody ? { scope: 'all' } : {}));
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;

  const batches: { as: string; items: string[] }[] = [];
  for (const { id } of busiest) {
    const own = await db.many<{ id: string }>(sql`
      select id from campaign_item where campaign_id = ${byManager} and reviewer_id = ${id} and state = 'open' order by id limit ${BATCH}`);
    if (batches.length < scale.batches) batches.push({ as: id, items: own.map((i) => i.id) });
  }
  const deciding = performance.now();
  for (const { as, items } of batches)
    await perform('campaigns.decide', { id: byManager, decision: 'keep', items }, as);
  const decided = performance.now() - deciding;
  const count = batches.reduce((sum, b) => sum + b.items.length, 0);
  const signing = performance.now();
  for (const { as } of batches) await perform('campaigns.sign', { id: byManager }, as);
  const signed = performance.now() - signing;
  return [
    line(scale, 'preview_seconds', previewed / 1000, 's'),
    line(scale, 'generate_seconds', frozen / 1000, 's'),
    line(scale, 'page_p50_ms', at(0.5), 'ms'),
    line(scale, 'page_p95_ms', at(0.95), 'ms'),
    line(scale, 'decisions_per_second', count / (decided / 1000), '1/s'),
    line(scale, 'signatures_per_second', count / (signed / 1000), '1/s'),
    line(scale, 'most_rss_mb', nodeMb, 'MB'),
    line(scale, 'most_postgres_mb', serverMb, 'MB'),
  ];
}

/** The most memory of their own that the processes of the server are seen to hold together. */
async function watchServer(db: Db): Promise<{ stop: () => number }> {
  const { pid } = await db.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  const read = (of: string, file: string): string => {
    try {
      return readFileSync(`/proc/${of}/${file}`, 'utf8');
    } catch {
      return '';
    }
  };
  const parentOf = (of: string): string => /^PPid:\s+(\d+)/m.exec(read(of, 'status'))?.[1] ?? '';
  const postmaster = parentOf(String(pid));
  let peak = 0;
  const look = (): void => {
    let sum = 0;
    for (const of of readdirSync('/proc'))
      if (/^\d+$/.test(of) && parentOf(of) === postmaster)
        sum += Number(/^RssAnon:\s+(\d+)/m.exec(read(of, 'status'))?.[1] ?? 0);
    peak = Math.max(peak, sum / 1024);
  };
  const timer = setInterval(look, 500);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return peak;
    },
  };
}

/** Everybody with a manager and as many grants each, of entitlements with owners. Answers who runs campaigns. */
async function makeWorld(db: Db, scale: CampaignScale): Promise<string> {
  const since = new Date(Date.now() - 400 * 86_400_000);
  const boss = newId();
  const statementTimeoutMs = 600_000;
  const numbered = sql`select id, row_number() over (order by id) - 1 as n from identity where kind = 'person'`;
  await db.tx(
    async (tx) => {
      await tx.run(sql`
        insert into identity (id, kind, recorded_from) select gen_random_uuid(), 'person', ${since} from generate_series(1, ${scale.people}::int)`);
      await tx.run(sql`create temp table one on commit drop as ${numbered}`);
      await tx.run(sql`create index on one (n)`);
      await tx.run(sql`
        insert into identity_facts (identity_id, display_name, state, department, manager_id, valid_from, recorded_from)
        select p.id, 'Person ' || p.n, 'active', 'Department ' || p.n % 200, nullif(m.id, p.id), ${since}, ${since}
          from one p join one m on m.n = p.n % ${scale.managers}::int`);
      await tx.run(sql`insert into identity (id, kind, recorded_from) values (${boss}, 'person', ${since})`);
      await tx.run(sql`
        insert into identity_facts (identity_id, display_name, state, valid_from, recorded_from)
        values (${boss}, 'Boss', 'active', ${since}, ${since})`);
      await tx.run(sql`
        insert into system (id, name, kind, valid_from, recorded_from)
        select gen_random_uuid(), 'system-' || n, 'ldap', ${since}, ${since} from generate_series(0, ${SYSTEMS - 1}::int) n`);
      await tx.run(sql`
        insert into entitlement (id, system_id, kind, native_id, name, owner_id, risk, valid_from, recorded_from)
        select gen_random_uuid(), s.id, 'group', 'cn=' || e, 'group ' || e, o.id, (array['low', 'medium', 'high'])[1 + e % 3], ${since}, ${since}
          from generate_series(0, ${scale.entitlements - 1}::int) e join system s on s.name = 'system-' || e % ${SYSTEMS}::int
          join one o on o.n = e % ${scale.managers}::int`);
      await tx.run(sql`
        create temp table thing on commit drop as select id, row_number() over (order by id) - 1 as n from entitlement where native_id like 'cn=%'`);
      await tx.run(sql`create index on thing (n)`);
      await tx.run(sql`
        insert into access_grant (id, identity_id, entitlement_id, valid_from, origin, reason, started, recorded_from)
        select gen_random_uuid(), p.id, t.id, ${since}, 'import', 'as found', true, ${since}
          from one p cross join generate_series(0, ${scale.grantsEach - 1}::int) k
          join thing t on t.n = (p.n * 31 + k * 401) % ${scale.entitlements}::int`);
      await tx.run(sql`
        insert into access_grant (id, identity_id, entitlement_id, valid_from, valid_to, origin, started, ended_because, recorded_from)
        select gen_random_uuid(), ${boss}, id, ${since}, null, 'admin', true, null, clock_timestamp() - interval '1 day'
          from entitlement where kind = 'admin_role' and name = 'campaign_owner'`);
    },
    { statementTimeoutMs },
  );
  await db.tx((tx) => tx.run(sql`analyze`), { statementTimeoutMs });
  return boss;
}
