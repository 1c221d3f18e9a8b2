import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#kit/clock/index.ts';
import { migrate, openDb, sql, startEmbedded, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import {
  countEntries,
  learnWords,
  searchCatalogue,
  sumKinds,
  type CatalogueFilter,
} from '#govern/entitlements/index.ts';
import type { BenchLine } from './report.ts';

const ENTITLEMENTS = 100_000;
const SYSTEMS = 100;
const PEOPLE = 1_000_000;
/** Systems whose holders are counted as they are; all others are said to have as many. */
const COUNTED = 3;
const AREAS = [
  'payroll',
  'billing',
  'warehouse',
  'ledger',
  'treasury',
  'vendors',
  'claims',
  'orders',
  'archive',
  'network',
];
const DOES = ['read', 'write', 'approve', 'admin', 'export', 'audit', 'operate', 'deploy', 'release', 'sign'];
const PLACES = ['berlin', 'hamburg', 'vienna', 'zurich', 'milan', 'lyon', 'porto', 'dublin', 'oslo', 'riga'];

/**
 * The catalogue searched while somebody types: 100,000 entitlements on 100 systems, nested, with a million people's
 * accounts and two million holdings behind them. Each keystroke is one search with all facets counted.
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
      return [...(await makeWorld(maker)), ...(await measure(db))];
    } finally {
      await db.close();
      await maker.close();
    }
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const line = (name: string, metric: string, value: number, unit: string): BenchLine => ({
  bench: 'catalogue',
  case: name,
  metric,
  value,
  unit,
  baseline: null,
  ratio: null,
});

const list = (words: readonly string[]) => sql`${sql.array([...words])}::text[]`;

async function makeWorld(db: Db): Promise<BenchLine[]> {
  const since = new Date(Date.now() - 400 * 86_400_000);
  const systems = Array.from({ length: SYSTEMS }, () => newId());
  const [owner] = [newId()];
  const started = performance.now();
  await db.tx(async (tx) => {
    await tx.run(sql`insert into identity (id, kind) values (${owner}, 'person')`);
    await tx.run(
      sql`insert into identity_facts (identity_id, display_name, state, valid_from) values (${owner}, 'Owner', 'active', ${since})`,
    );
    await tx.run(sql`
      insert into system (id, name, kind, valid_from)
      select id, (${list(PLACES)})[1 + n % 10] || '-' || n, 'ldap', ${since}::timestamptz from unnest(${sql.array(systems)}::uuid[]) with ordinality as s(id, n)`);
    await tx.run(sql`
      insert into entitlement (id, system_id, kind, native_id, name, description, owner_id, risk, requestable, source, privileged,
                               privileged_on_target, data_class, tags, regulated, valid_from)
      select gen_random_uuid(), (${sql.array(systems)}::uuid[])[1 + n % ${SYSTEMS}::int], 'group', 'cn=' || n,
             (${list(AREAS)})[1 + n / 7 % 10] || ' ' || (${list(DOES)})[1 + n / 11 % 10] || ' ' || n,
             case when n % 5 > 0 then 'May ' || (${list(DOES)})[1 + n / 11 % 10] || ' what is kept for ' || (${list(AREAS)})[1 + n / 7 % 10] end,
             case when n % 5 > 1 then ${owner}::uuid end, (array['low', 'medium', 'high', 'critical'])[1 + n / 3 % 4], n % 5 > 2, 'reading',
             n % 100 = 0, n % 100 = 0, (array['public', 'internal', 'confidential', 'restricted', null])[1 + n / 13 % 5],
             case when n % 3 = 0 then array[(${list(AREAS)})[1 + n / 7 % 10], 'team-' || n % 40] else '{}' end,
             case when n % 4 = 0 then array['pii'] else '{}' end, ${since}::timestamptz
        from generate_series(0, ${ENTITLEMENTS - 1}::int) n`);
  });
  const made = performance.now() - started;
  await db.run(sql`analyze`);
  const nested = performance.now();
  await db.tx(async (tx) => {
    await tx.run(
      sql`create temp table n_all on commit drop as select row_number() over (order by native_id) - 1 as n, id from entitlement where native_id like 'cn=%'`,
    );
    await tx.run(sql`create index on n_all (n)`);
    await tx.run(sql`
      insert into entitlement_edge (parent_id, child_id, source, valid_from)
      select c.id, p.id, 'reading', ${since}::timestamptz from n_all c join n_all p on p.n = c.n / 4 where c.n % 2 = 1 and c.n > 3`);
  });
  const flowed = performance.now() - nested;
  await db.tx(async (tx) => {
    await tx.run(
      sql`create temp table n_all on commit drop as select row_number() over (order by native_id) - 1 as n, id from entitlement where native_id like 'cn=%'`,
    );
    await tx.run(sql`create index on n_all (n)`);
    await tx.run(
      sql`insert into identity (id, kind) select gen_random_uuid(), 'person' from generate_series(1, ${PEOPLE}::int)`,
    );
    await tx.run(
      sql`create temp table n_account on commit drop as select n, gen_random_uuid() as id from generate_series(0, ${PEOPLE - 1}::int) n`,
    );
    await tx.run(sql`
      insert into account (id, system_id, native_id, name, kind, last_used_at, valid_from)
      select id, (${sql.array(systems)}::uuid[])[1 + n % ${SYSTEMS}::int], 'uid=' || n, 'u' || n, 'personal',
             case when n % 3 > 0 then now() - make_interval(days => n % 300) end, ${since}::timestamptz from n_account`);
    await tx.run(sql`
      insert into holding (account_id, entitlement_id, observed_at, valid_from)
      select a.id, g.id, ${since}::timestamptz, ${since}::timestamptz from n_account a cross join generate_series(0, 1) k
        join n_all g on g.n = (a.n * 31 + k * 401) % ${ENTITLEMENTS}::int`);
  });
  await db.run(sql`analyze`);
  const counting = performance.now();
  const some = systems.slice(0, COUNTED);
  for (const systemId of some) await db.tx((tx) => countEntries(tx, systemId));
  const counted = performance.now() - counting;
  await db.run(sql`
    update catalogue_entry c set holders = 20, use_known = 'account', used = (c.risk > 1)::int, last_used_at = now() - make_interval(days => c.risk * 60), counted_at = now()
     where c.counted_at is null`);
  for (const systemId of systems) {
    await db.tx((tx) => sumKinds(tx, systemId));
    await db.tx((tx) => learnWords(tx, systemId));
  }
  await db.run(sql`vacuum analyze catalogue_entry, catalogue_kind, catalogue_word`);
  return [
    line('100,000 entitlements appear', 'time', made, 'ms'),
    line('50,000 nestings appear, privilege flows', 'time', flowed, 'ms'),
    line('holders and use of one system counted', 'time', counted / COUNTED, 'ms'),
  ];
}

async function measure(db: Db): Promise<BenchLine[]> {
  const ask = async (filter: CatalogueFilter, facets = true): Promise<number> => {
    const start = performance.now();
    await db.tx((tx) => searchCatalogue(tx, { filter, limit: 50, facets }), { readOnly: true });
    return performance.now() - start;
  };
  const lines: BenchLine[] = [];
  const many = async (name: string, filters: readonly CatalogueFilter[], rounds: number): Promise<void> => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) for (const filter of filters) times.push(await ask(filter));
    times.sort((a, b) => a - b);
    const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
    lines.push(line(name, 'p50', at(0.5), 'ms'), line(name, 'p99', at(0.99), 'ms'));
  };
  const typed = (text: string): CatalogueFilter[] => Array.from(text, (_, n) => ({ text: text.slice(0, n + 1) }));
  await ask({});
  await many('each keystroke of a search', ['payroll approve', 'treasury berlin 12', 'export 4711'].flatMap(typed), 5);
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
  await many(
    'one letter or two',
    [...letters, 'pa', 'ma', 'be', 're', 'th', 'p a', 'b 1', '47', 'xy'].map((text) => ({ text })),
    5,
  );
  await many(
    'from three letters on',
    ['payroll approve', 'treasury berlin 12', 'export 4711'].flatMap((t) => typed(t).slice(2)),
    5,
  );
  await many(
    'mistyped',
    ['payrol approove', 'tresury', 'warehuose', 'vendros'].map((text) => ({ text })),
    10,
  );
  await many('nothing typed', [{}], 30);
  await many(
    'facets alone',
    [
      { risks: ['critical'] },
      { requestable: true, privileged: true },
      { owned: false },
      { uses: ['recent'] },
      { tags: ['pii'] },
    ],
    10,
  );
  return lines;
}
