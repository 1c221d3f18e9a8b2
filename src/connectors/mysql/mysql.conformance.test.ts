import { afterAll } from 'vitest';
import { connectorConformance, type Rig } from '../conformance.ts';
import { mysqlConnector } from './index.ts';
import { ask, noServer, server, stopServer, targetOf } from './lab-server.fixture.ts';

afterAll(stopServer);

// Started here, where only the lab's own limits count: a first start makes a data folder, which takes long on a busy machine.
const lab = noServer === '' ? await server() : undefined;

async function rig(): Promise<Rig | { skip: string }> {
  if (lab === undefined) return { skip: noServer };
  await ask(lab, 0, 'create table if not exists billing.pwned (id int)');
  const rows = Array.from({ length: 1200 }, (_, n) => `('p${n}', 'Person ${n}', '2020-01-01')`).join(', ');
  await ask(
    lab,
    0,
    'create table if not exists billing.people (id varchar(20), name varchar(100), since date)',
    'truncate billing.people',
    `insert into billing.people values ${rows}`,
    `create or replace user people_reader identified by 'reads people only'`,
    'grant select on billing.people to people_reader',
  );
  return {
    rows: {
      target: targetOf(lab, 'people_reader', 'reads people only'),
      place: { database: 'billing', table: 'people' },
      columns: ['id', 'name', 'since'],
      least: 1200,
      nowhere: { database: 'billing', table: 'nobody' },
      hostile: [
        { database: 'billing', table: 'people`; drop table billing.pwned; -- ' },
        { database: 'billing`.`people', table: 'x' },
        { database: 'billing', table: 'people', orderBy: 'id; drop table billing.pwned' },
        { database: 'billing', table: `people' or '1'='1` },
        { database: 'billing', table: 'people where false' },
      ],
      secret: [
        { place: { database: 'mysql', table: 'global_priv' }, columns: ['User', 'Priv'] },
        { place: { database: 'MYSQL', table: 'user' }, columns: ['User', 'authentication_string'] },
        { place: { database: 'information_schema', table: 'TABLES' }, columns: ['TABLE_NAME'] },
      ],
    },
    target: targetOf(lab),
    otherPin: `tls-sha256:${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    impatient: { connectSeconds: 1, timeoutSeconds: 2 },
    privileged: [
      'reeve',
      'mikael',
      'yusra',
      'svc_billing@127.0.0.%',
      'svc_report',
      'svc_backup@localhost',
      'temp_import',
      'kiosk',
      'svc_wiki_admin',
      'monitor@localhost',
      "''@localhost",
      'root@localhost',
    ],
    ordinary: ['lena', 'annika', 'priya', 'gareth', 'nadia', 'jkessler', 'wiki@10.20.%'],
    grantable: [
      'role:billing_read',
      'role-admin:support',
      'grant:*.*:SHOW DATABASES',
      'grant:wiki.*:SELECT',
      'grant:billing.invoice:UPDATE',
      'grant:billing.customer(name):SELECT',
      'grant:function billing.vat:EXECUTE',
    ],
    loginAttempts: async () => lab.logs().match(/ Connect\t|Access denied for user/gu)?.length ?? 0,
    watch: () => {
      const ended = new AbortController();
      const loop = async (): Promise<string> => {
        if (ended.signal.aborted) return '';
        const rows = await ask(lab, 2, 'select USER, INFO from information_schema.PROCESSLIST');
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
      const [found] = await ask(lab, 1, `select count(*) from information_schema.TABLES where TABLE_NAME = 'pwned'`);
      if (found?.[0] !== '1') throw new Error('an injected statement dropped the table');
      return (await ask(lab, 1, `select User from mysql.global_priv where Host <> ''`)).map(([user]) => String(user));
    },
    stop: async () => {},
  };
}

connectorConformance('mysql (MariaDB)', mysqlConnector, rig);
