import { mkdtemp, rm } from 'node:fs/promises';
import { appendEvents, sequenceAll, defineEvent, pub, personal } from './src/spine/audit/index.ts';
import { keysOf, rootKeyOf } from './src/kit/crypto/index.ts';
import { newId } from './src/kit/ids/index.ts';
import { silentLog } from './src/kit/log/index.ts';
import { systemClock } from './src/kit/clock/index.ts';
import { migrate, openDb, sql, startEmbedded } from './src/kit/db/index.ts';
import { z } from 'zod';
const keys = keysOf(rootKeyOf(Buffer.alloc(32, 1)));
const ev = defineEvent('grant.ended', { grantId: pub(z.uuid()), identityId: pub(z.uuid()), entitlementId: pub(z.uuid()), reason: pub(z.string()), justification: personal(z.string().optional()) });
const people = Array.from({ length: 200 }, () => newId());
const h = (n: number): any => ({ event: ev, subject: people[n % 200], data: { grantId: newId(), identityId: people[n % 200], entitlementId: newId(), reason: 'the certifier revoked it in the campaign of the first quarter', justification: n % 4 === 0 ? 'Moved to the data platform team in March and no longer needs it' : undefined },
  principal: { kind: 'identity', id: people[(n * 7) % 200] }, origin: { via: 'console', signinId: newId(), address: '192.0.2.10' }, trace: newId(), decision: { id: newId(), allowed: true, policies: ['certifications.certifiers_decide_their_items'], obligations: [], errors: [], version: 's1' } });
const dataDir = await mkdtemp('/tmp/zz2-');
const server = await startEmbedded({ dataDir, log: silentLog });
await migrate({ url: server.url, allowGaps: true });
const db = await openDb({ url: server.url, clock: systemClock, log: silentLog, max: 12 });
const COLUMNS = ['id','at','type','actor_kind','actor_id','via','signin_id','address','subject_id','trace','decision_id','policies','data','sealed','leaf','stamp'];
const camel = (column: string): string => column.replaceAll(/_(.)/g, (_, c: string) => c.toUpperCase());
const mkIns = (table: string) => (rows: any[]) => {
  const values = rows.map((row) => sql`(${sql.join(COLUMNS.map((c) => sql`${row[camel(c)]}`), sql`, `)})`);
  return sql.named(`${table}_${rows.length}`, sql`insert into ${sql.id(table)} (${sql.join(COLUMNS.map((c) => sql.id(c)), sql`, `)}) values ${sql.join(values, sql`, `)}`);
};
await db.run(sql`create table bare_pk (like audit_event including defaults, primary key (id))`);
await db.run(sql`create table bare_x (like audit_event including defaults, primary key (id))`);
await db.run(sql`create index on bare_x (xid, id)`);
await db.run(sql`create table bare_q (like audit_event including defaults, primary key (id))`); await db.run(sql`create index on bare_q (subject_id, id) where subject_id is not null`); await db.run(sql`create index on bare_q (actor_id, id)`);
await db.run(sql`create table bare_all (like audit_event including all)`);

const N = 5000;
const best: Record<string, [number, number]> = {};
const time = async (name: string, f: () => Promise<any>) => { const u0 = process.cpuUsage(); const t = performance.now(); await f(); const u = process.cpuUsage(u0); const w = ((performance.now() - t) * 1000 / N); const c = ((u.user + u.system) / N); const o = best[name] ?? [1e9, 1e9]; best[name] = [Math.min(o[0], w), Math.min(o[1], c)]; };
await db.tx((tx) => appendEvents(tx, keys, Array.from({ length: 400 }, (_, i) => h(i))));
const types: any = { id: 'uuid', at: 'timestamptz', type: 'text', actor_kind: 'text', actor_id: 'text', via: 'text', signin_id: 'text', address: 'text', subject_id: 'uuid', trace: 'text', decision_id: 'text', policies: 'jsonb', data: 'jsonb', sealed: 'jsonb', leaf: 'bytea', stamp: 'bytea' };
const unnestIns = (table: string) => (rows: any[]) => sql.named('u_' + table, sql`insert into ${sql.id(table)} (${sql.join(COLUMNS.map((c) => sql.id(c)), sql`, `)}) select * from unnest(${sql.join(COLUMNS.map((c) => sql`${rows.map((r) => r[camel(c)] instanceof Date ? r[camel(c)].toISOString() : r[camel(c)])}::${{ text: types[c] + '[]', values: [] } as any && sql.id(types[c])}[]`), sql`, `)})`);
const jsonIns = (table: string) => (rows: any[]) => sql.named('j_' + table, sql`insert into ${sql.id(table)} (${sql.join(COLUMNS.map((c) => sql.id(c)), sql`, `)}) select id, at, type, actor_kind, actor_id, via, signin_id, address, subject_id, trace, decision_id, policies, data, sealed, decode(leaf,'base64'), decode(stamp,'base64') from json_to_recordset(${JSON.stringify(rows.map((r) => { const o: any = {}; for (const c of COLUMNS) { const v = r[camel(c)]; o[c] = c === 'leaf' || c === 'stamp' ? v.toString('base64') : c === 'data' || c === 'sealed' || c === 'policies' ? JSON.parse(v) : v; } return o; }))}::json) as r(id uuid, at timestamptz, type text, actor_kind text, actor_id text, via text, signin_id text, address text, subject_id uuid, trace text, decision_id text, policies jsonb, data jsonb, sealed jsonb, leaf text, stamp text)`);
for (let r = 0; r < 12; r++) {
  const hs = Array.from({ length: N }, (_, i) => h(i)); await time('append', async () => { for (let b = 0; b < N / 100; b++) { const batch = hs.slice(b * 100, b * 100 + 100); await db.tx((tx) => appendEvents(tx, keys, batch)); } });
  const rows = (await db.many<any>(sql`select id, at, type, actor_kind, actor_id, via, signin_id, address, subject_id, trace, decision_id, policies::text as policies, data::text as data, sealed::text as sealed, leaf, stamp from audit_event order by id desc limit ${N}`));
  for (const [n, t, ins] of [['values pk', 'bare_pk', mkIns('bare_pk')], ['values all', 'bare_all', mkIns('bare_all')], ['unnest pk', 'bare_pk', unnestIns('bare_pk')], ['unnest q', 'bare_q', unnestIns('bare_q')], ['unnest all', 'bare_all', unnestIns('bare_all')], ['json pk', 'bare_pk', jsonIns('bare_pk')]] as any) { const mine = rows.map((x: any) => ({ ...x, id: newId() })); await time(n, async () => { for (let b = 0; b < N; b += 100) await db.tx((tx) => tx.run(ins(mine.slice(b, b + 100)))); }); }
  await time('sequence', () => sequenceAll({ db, keys, log: silentLog }));
}
for (const [n, [w, c]] of Object.entries(best)) console.log(n.padEnd(14), w.toFixed(1), 'wall', c.toFixed(1), 'node cpu');
await db.close(); await server.stop(); await rm(dataDir, { recursive: true });
process.exit(0);
