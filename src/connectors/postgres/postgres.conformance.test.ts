import { afterAll } from 'vitest';
import { connectorConformance, type Rig } from '../conformance.ts';
import { postgresConnector } from './index.ts';
import { ask, server, stopServers, targetOf } from './lab-server.fixture.ts';

afterAll(stopServers);

const rig = (binaries: 'debian' | 'embedded') => async (): Promise<Rig | { skip: string }> => {
  const outcome = await server(binaries).catch((error: unknown) => String(error));
  if (typeof outcome === 'string') return { skip: outcome };
  const lab = outcome;
  await ask(
    lab,
    'shop',
    'create table if not exists public.pwned (id int)',
    `alter system set log_statement = 'all'`,
    'select pg_reload_conf()',
  );
  await ask(
    lab,
    'shop',
    'create schema if not exists hr',
    `create table if not exists hr.people (id text, name text, since date)`,
    'truncate hr.people',
    `insert into hr.people select 'p' || n, 'Person ' || n, date '2020-01-01' + n from generate_series(1, 1200) n`,
    `do $$ begin create role people_reader login password 'reads people only'; exception when duplicate_object then null; end $$`,
    'grant connect on database shop to people_reader',
    'grant usage on schema hr to people_reader',
    'grant select on hr.people to people_reader',
  );
  return {
    rows: {
      target: targetOf(lab, 'people_reader', 'reads people only'),
      place: { schema: 'hr', table: 'people' },
      columns: ['id', 'name', 'since'],
      least: 1200,
      nowhere: { schema: 'hr', table: 'nobody' },
      hostile: [
        { schema: 'hr', table: 'people"; drop table public.pwned; --' },
        { schema: 'hr"."people', table: 'x' },
        { schema: 'hr', table: 'people', orderBy: 'id; drop table public.pwned' },
        { schema: 'hr', table: 'people where false' },
        { schema: 'hr', table: '(select 1)' },
        { schema: 'hr', table: 'people\0' },
        { schema: 'hr', table: 'people', database: 'shop options=-csearch_path' },
      ],
      secret: [
        { place: { schema: 'pg_catalog', table: 'pg_authid' }, columns: ['rolname', 'rolpassword'] },
        { place: { schema: 'PG_CATALOG', table: 'pg_shadow' }, columns: ['usename', 'passwd'] },
        { place: { schema: 'information_schema', table: 'tables' }, columns: ['table_name'] },
      ],
    },
    target: targetOf(lab),
    otherPin: `tls-sha256:${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    impatient: { database: 'shop', connectSeconds: 1, timeoutSeconds: 2 },
    privileged: ['postgres', 'svc_shop', 'svc_report', 'svc_backup', 'mikael', 'temp_migration'],
    ordinary: ['lena', 'annika', 'priya', 'jkessler'],
    grantable: ['role:shop_read', 'role-admin:shop_write', 'attribute:createdb', 'grant:shop.orders:UPDATE'],
    loginAttempts: async () =>
      lab.logs().match(/connection authenticated|connection authorized|authentication failed/gu)?.length ?? 0,
    watch: () => {
      const ended = new AbortController();
      const loop = async (): Promise<string> => {
        if (ended.signal.aborted) return '';
        const rows = await ask(lab, 'postgres', 'select query, application_name from pg_stat_activity');
        return `${JSON.stringify(rows)}\n${await loop()}`;
      };
      const seen = loop();
      return {
        stop: async () => {
          ended.abort();
          return `${await seen}${lab.logs()}`;
        },
      };
    },
    unharmed: async () => {
      const [table] = await ask(lab, 'shop', `select to_regclass('public.pwned') is not null as there`);
      if (table?.['there'] !== true) throw new Error('an injected statement dropped the table');
      return (await ask(lab, 'shop', 'select rolname from pg_roles where rolcanlogin')).map((row) =>
        String(row['rolname']),
      );
    },
    stop: async () => {},
  };
};

connectorConformance('postgres 15', postgresConnector, rig('debian'));
connectorConformance('postgres 18', postgresConnector, rig('embedded'));
