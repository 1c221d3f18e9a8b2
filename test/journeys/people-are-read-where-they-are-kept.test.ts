import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { modification, startLab, type Lab, type LabPostgres, type LabSamba } from '#lab/index.ts';
import { runHere } from '../harness/cli.ts';
import { peopledHouse, type PeopledHouse } from '../harness/peopled-house.ts';
import { collect, connectLab, connectReader, onServer, soloAdmin } from '../harness/people-targets.ts';

const lab: Lab | undefined = existsSync('/usr/bin/psql')
  ? await startLab({ hosts: [], postgres: true, mail: false, ad: true, ldap: true, mariadb: true })
  : undefined;
const can = lab?.postgres !== undefined && lab.ad !== undefined && lab.ldap !== undefined && lab.mariadb !== undefined;
if (!can)
  console.log(`SKIP people read from a domain and a database: ${lab?.skipped.join('; ') ?? 'psql is not installed'}`);

let house: PeopledHouse;
let admin: string;
const server = (): LabPostgres => {
  if (lab?.postgres === undefined) throw new Error('no PostgreSQL');
  return lab.postgres;
};
const domain = (): LabSamba => {
  if (lab?.ad === undefined) throw new Error('no domain');
  return lab.ad;
};
const dnOf = async (name: string): Promise<string> =>
  (await domain().search(`(sAMAccountName=${name})`, ['cn']))[0]?.dn ?? '';

interface Somebody {
  readonly id: string;
  readonly state: string;
  readonly kind: string;
  readonly email: string | null;
  readonly department: string | null;
  readonly manager: string | null;
  readonly ends: Date | null;
}
const somebody = (username: string): Promise<Somebody | undefined> =>
  house.db.maybe(sql`
    select i.id, i.kind, f.state, f.email, f.department, f.contract_end as ends, m.username as manager
      from identity i join identity_facts f on f.identity_id = i.id and f.valid_from <= ${house.clock.now()}
       and (f.valid_to is null or f.valid_to > ${house.clock.now()})
      left join identity_facts m on m.identity_id = f.manager_id and m.valid_to is null
     where f.username = ${username}`);

const corp = (): Record<string, unknown> => ({
  system: 'corp',
  place: { base: `OU=People,OU=Larkspur,${domain().base}` },
  everyMinutes: 60,
});

beforeAll(async () => {
  if (!can) return;
  house = await peopledHouse();
  house.clock.set('2026-11-26T09:00:00Z');
  admin = await soloAdmin(house);
  const { ldap, mariadb } = lab ?? {};
  if (ldap === undefined || mariadb === undefined) throw new Error('no directory, or no MariaDB');
  await connectLab(house, admin, { name: 'corp', kind: 'activedirectory' }, domain(), domain().administrator);
  await connectLab(house, admin, { name: 'directory', kind: 'ldap' }, ldap, ldap.management);
  await connectLab(house, admin, { name: 'billing', kind: 'mysql' }, mariadb, {
    username: 'annika',
    password: mariadb.passwords.get('annika') ?? '',
  });
  await connectReader(house, admin, 'contracts', server());
  await onServer(
    server(),
    `create table hr.contracts (no text, given text, family text, login text, mail text, boss text, kind text, ends timestamptz, active boolean)`,
    `insert into hr.contracts values
       ('C1', 'Ines', 'Marlow', 'ines.marlow', 'ines.marlow@tessellate.example', null, 'vendor', '2027-01-31 23:00Z', true),
       ('C2', 'Tariq', 'Bell', 'tariq.bell', 'tariq.bell@tessellate.example', 'C1', 'vendor', null, true),
       ('C3', 'Gone', 'Already', 'gone.already', 'gone@tessellate.example', null, 'vendor', null, false)`,
    `create view hr.contractors as select * from hr.contracts`,
  );
});
afterAll(async () => {
  await house?.close();
  await lab?.stop();
});

describe.skipIf(!can)('people of a real domain and of a database', { timeout: 120_000 }, () => {
  test('what is there is looked at before a source is made, and that is recorded', async () => {
    const look = await house.perform<{ columns: { name: string; shown: boolean }[]; rows: string[][] }>(
      'sources.look',
      { system: 'contracts', place: { schema: 'hr', table: 'contractors' }, rows: 2 },
      admin,
    );
    expect(look.columns.map(({ name }) => name)).toEqual([
      'no',
      'given',
      'family',
      'login',
      'mail',
      'boss',
      'kind',
      'ends',
      'active',
    ]);
    expect(look.rows[0]?.slice(0, 3)).toEqual(['C1', 'Ines', 'Marlow']);
    const [event] = await house.db.many(sql`select type from audit_event where type = 'source.place_looked'`);
    expect(event).toBeDefined();
  });

  test('a mapping is tried on the rows that are there now, before it is saved', async () => {
    const preview = await house.perform<{
      state: string;
      counts: Record<string, number>;
      rows: { externalId: string; what: string; record: Record<string, unknown> | null }[];
    }>(
      'sources.preview',
      { source: 'corp', timeZone: 'Europe/Amsterdam', readFrom: corp(), show: 'first', rows: 200 },
      admin,
    );
    expect(preview.state).toBe('applying');
    expect(preview.counts['joined']).toBeGreaterThan(20);
    const lena = preview.rows.find((row) => row.record?.['username'] === 'lena');
    expect(lena).toMatchObject({ what: 'join', record: { email: expect.stringContaining('@'), status: 'active' } });
    expect(await house.db.many(sql`select 1 from people_source where name = 'corp'`)).toEqual([]);
    expect(await somebody('lena')).toBeUndefined();
  });

  test('people of the domain are here, with their managers', async () => {
    await domain().write(modification(await dnOf('lena'), 'replace', { manager: await dnOf('hanna') }));
    await house.perform('sources.put', { source: 'corp', timeZone: 'Europe/Amsterdam', readFrom: corp() }, admin);
    expect(await collect(house, admin, 'corp')).toMatchObject({ state: 'applied', codes: [], problem: null });
    expect(await somebody('lena')).toMatchObject({ state: 'active', kind: 'person', manager: 'hanna' });
  });

  test('contractors of a view are here beside them, until the last day their contract says', async () => {
    await house.perform(
      'sources.put',
      {
        source: 'contractors',
        timeZone: 'Europe/Amsterdam',
        readFrom: {
          system: 'contracts',
          place: { schema: 'hr', table: 'contractors', orderBy: 'no' },
          everyMinutes: 30,
        },
        mapping: {
          columns: {
            externalId: 'no',
            firstName: 'given',
            lastName: 'family',
            preferredName: null,
            email: 'mail',
            username: 'login',
            department: null,
            orgUnit: null,
            jobTitle: null,
            manager: 'boss',
            employmentType: 'kind',
            startDate: null,
          },
          attributes: {},
          expressions: {
            status: 'row.active == "true" ? "active" : "terminated"',
            endDate: 'lastDay(row.ends, "Europe/Amsterdam")',
          },
        },
      },
      admin,
    );
    expect(await collect(house, admin, 'contractors')).toMatchObject({ state: 'applied', counts: { rows: 3 } });
    expect(await somebody('ines.marlow')).toMatchObject({
      kind: 'vendor',
      state: 'active',
      ends: new Date('2027-01-31T23:00:00Z'),
    });
    expect((await somebody('gone.already'))?.state).toBe('leaver');
    expect((await somebody('lena'))?.state).toBe('active');
  });

  test('who is disabled in the domain has left when it is read next, by itself, and is out', async () => {
    const lena = await somebody('lena');
    await domain().write(modification(await dnOf('lena'), 'replace', { userAccountControl: '514' }));
    house.clock.advance(61 * 60_000);
    await house.db.run(sql`select graphile_worker.add_job('lifecycle.collect_drops', '{}'::json)`);
    await house.settle(60_000);
    expect(await somebody('lena')).toMatchObject({ id: lena?.id, state: 'leaver' });
    const receipts = await house.db.many(sql`select id from lifecycle_receipt where identity_id = ${lena?.id ?? ''}`);
    expect(receipts.length).toBeGreaterThan(0);
    expect((await somebody('tariq.bell'))?.state).toBe('active');
  });

  test('read again, nothing changes', async () => {
    for (const source of ['corp', 'contractors']) {
      const { state, counts } = await collect(house, admin, source);
      expect([state, counts['joined'], counts['changed'], counts['moved'], counts['left']]).toEqual([
        'applied',
        0,
        0,
        0,
        0,
      ]);
    }
  });

  test('a draft is tried on a real OpenLDAP, and one on MariaDB says which columns are there', async () => {
    interface Preview {
      readonly state: string;
      readonly problems: readonly { readonly code: string; readonly detail: string }[];
      readonly rows: readonly { readonly record: Readonly<Record<string, unknown>> | null }[];
    }
    const place = {
      base: `ou=people,${lab?.ldap?.suffix ?? ''}`,
      filter: '(objectClass=inetOrgPerson)',
    };
    const ldap = await house.perform<Preview>(
      'sources.preview',
      {
        source: 'ldap',
        readFrom: { system: 'directory', place },
        show: 'first',
        rows: 100,
        limits: { badRows: { percent: 100, free: 0, most: null } },
      },
      admin,
    );
    expect(ldap.rows.map((row) => row.record?.['username'])).toContain('annika');
    const mariadb = await house.perform<Preview>(
      'sources.preview',
      { source: 'bills', readFrom: { system: 'billing', place: { database: 'wiki', table: 'page' } } },
      admin,
    );
    expect(mariadb.state).toBe('refused');
    expect(mariadb.problems.map(({ code }) => code)).toContain('feed.column_missing');
  });

  test('who may not is refused before anything is asked of a system', async () => {
    const used = async (): Promise<number> =>
      (await house.db.one<{ n: number }>(sql`select count(*)::int as n from audit_event where type = 'secret.used'`)).n;
    const before = await used();
    const tariq = await somebody('tariq.bell');
    const place = { schema: 'hr', table: 'contractors' };
    for (const [operation, input] of [
      ['sources.look', { system: 'contracts', place }],
      ['sources.preview', { source: 'x', readFrom: { system: 'contracts', place } }],
      ['sources.collect', { source: 'contractors' }],
    ] as const)
      await expect(house.perform(operation, input, tariq?.id), operation).rejects.toMatchObject({ status: 403 });
    expect(await used()).toBe(before);
    await house.perform('sources.look', { system: 'contracts', place }, admin);
    expect(await used()).toBeGreaterThan(before);
  });

  test('a column dropped between the preview and the reading changes nobody', async () => {
    await onServer(
      server(),
      'create table hr.kept as select * from hr.contracts',
      'drop view hr.contractors',
      'create view hr.contractors as select no, given, family, login, mail as e_mail, boss, kind, ends, active from hr.contracts',
    );
    expect(await collect(house, admin, 'contractors')).toMatchObject({
      state: 'refused',
      codes: ['feed.column_missing'],
    });
    expect(await somebody('tariq.bell')).toMatchObject({ state: 'active', email: 'tariq.bell@tessellate.example' });
    await onServer(server(), 'drop view hr.contractors', 'create view hr.contractors as select * from hr.contracts');
    expect((await collect(house, admin, 'contractors')).state).toBe('applied');
  });

  test('the same by the command line: look, try, keep, read now', async () => {
    const boss = await house.person('boss', {}, ['administrator']);
    const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
    const made = await boss.call('POST', '/v1/tokens', { name: 'cli', scopes: ['*'], endsAt });
    const env = { REEVE_URL: house.url, REEVE_TOKEN: String(made.body['token']) };
    const place = JSON.stringify({ schema: 'hr', table: 'contractors' });
    const look = await runHere(['sources', 'look', 'contracts', '--place', place, '--json'], env);
    expect([look.code, look.out.includes('Marlow')], look.err).toEqual([0, true]);
    const readFrom = JSON.stringify({ system: 'contracts', place: { schema: 'hr', table: 'nobody' } });
    const tried = await runHere(['sources', 'preview', 'contractors', '--read-from', readFrom], env);
    expect([tried.code, tried.err.includes('there is no table or view')], tried.err).toEqual([7, true]);
    const collected = await runHere(['sources', 'collect', 'contractors'], env);
    expect(collected.code, collected.err).toBe(0);
    await house.settle(60_000);
  });

  test('a server that is away changes nobody, and is told once', async () => {
    await server().down();
    expect(await collect(house, admin, 'contractors')).toMatchObject({
      state: 'refused',
      codes: ['feed.target_unreachable'],
    });
    expect((await somebody('tariq.bell'))?.state).toBe('active');
    await server().up();
    expect((await collect(house, admin, 'contractors')).state).toBe('applied');
  });

  test('a renamed view changes nobody, and the run says why', async () => {
    await onServer(server(), 'alter view hr.contractors rename to contractors_2027');
    expect(await collect(house, admin, 'contractors')).toMatchObject({
      state: 'refused',
      codes: ['feed.target_refused'],
    });
    expect((await somebody('tariq.bell'))?.state).toBe('active');
    await onServer(server(), 'alter view hr.contractors_2027 rename to contractors');
    expect((await collect(house, admin, 'contractors')).state).toBe('applied');
  });
});
