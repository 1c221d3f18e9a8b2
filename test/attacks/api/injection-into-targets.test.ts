import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Office } from '#connectors/csv/office.fixture.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { runCommand, startLab, type Lab, type LabHost, type LabLdap, type LabPostgres } from '#lab/index.ts';
import { findSlapd } from '#lab/ldap/find-slapd.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

/** Ends a string, a name, a list, a line or an option of each target, and is a formula besides. */
const FIRST = `=cmd|' /C calc'!A0`;
const LAST = `x";'); drop table pwned; -- \\ \`touch /tmp/pwned\` $(touch /tmp/pwned) *)(uid=*),ou=evil:0:0::/root:/bin/sh`;
const NAME = `${FIRST} ${LAST}`;
/** Names somebody who runs a target may have given to things there. */
const ROLE = `r"; drop table pwned; --`;
const SCHEMA = `s"; drop table pwned; --`;
const TABLE = `t'" to public; grant all on pwned to public; --`;
const NAMELESS = 'x)(|(uid=*,ou=people';
const SHELL_NAME = 'w$(touch${IFS}/tmp/pwned)';
const SUDO_ARGUMENTS = String.raw`a\,b\:c ALL\=(ALL) NOPASSWD\: ALL`;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const noSlapd = findSlapd() === undefined ? 'no OpenLDAP server is installed' : undefined;
if (noSlapd !== undefined) console.log(`SKIP injection-into-targets, the directory: ${noSlapd}`);

let house: PeopledHouse;
let boss: Caller;
let lab: Lab;
let web1: LabHost;
let postgres: LabPostgres;
let ldap: LabLdap | undefined;
let db: Client;
const systems = new Map<string, string>();

const connect = async (name: string, kind: string, at: Record<string, unknown>): Promise<void> => {
  const { id } = must<{ id: string }>(await boss.call('POST', '/v1/systems', { name, kind, ...at }));
  must(await boss.call('POST', `/v1/systems/${id}/read`));
  systems.set(name, id);
};

beforeAll(async () => {
  lab = await startLab({ hosts: ['web1'], mail: false, ldap: noSlapd === undefined });
  house = await peopledHouse();
  web1 = lab.hosts.get('web1');
  ({ ldap } = lab);
  if (lab.postgres === undefined) throw new Error(lab.skipped.join());
  ({ postgres } = lab);
  boss = await house.person('boss', {}, ['administrator', 'security_officer']);
  db = new Client({
    connectionString: postgres.url(undefined, 'shop').replace(/\?.*/, ''),
    ssl: { rejectUnauthorized: false },
  });
  await db.connect();
  await db.query('create table public.pwned (x int)');
  await db.query(`create role ${quoted(ROLE)} login password 'as it was'`);
  await db.query(`create schema ${quoted(SCHEMA)}`);
  await db.query(`create table ${quoted(SCHEMA)}.${quoted(TABLE)} (x int)`);
  await db.query(`grant select on ${quoted(SCHEMA)}.${quoted(TABLE)} to lena`);
  await web1.exec(
    `printf '%s\\n' '${SHELL_NAME}:x:1999:100::/home/nobody:/bin/bash' >> /etc/passwd
     printf '%s\\n' '${SHELL_NAME}:!:19000:0:99999:7:::' >> /etc/shadow
     printf '%s\\n' 'priya ALL=(root) /bin/echo ${SUDO_ARGUMENTS}' > /etc/sudoers.d/hostile
     chmod 440 /etc/sudoers.d/hostile && visudo -cq`,
  );
  await connect('web1', 'linux', {
    host: web1.host,
    port: web1.port,
    pinned: [web1.hostKeyFingerprint],
    username: web1.management.username,
    secret: { kind: 'ssh_key', value: web1.management.privateKey },
  });
  await connect('orders', 'postgres', {
    host: postgres.host,
    port: postgres.port,
    settings: { database: 'shop' },
    pinned: [`tls-sha256:${postgres.tls?.fingerprint256}`],
    username: postgres.superuser.username,
    secret: { kind: 'password', value: postgres.superuser.password },
  });
  if (ldap !== undefined) {
    await asManager(
      'ldapadd',
      `dn: cn=${NAMELESS.replaceAll(',', '\\,').replaceAll('=', '\\=')},ou=people,${ldap.suffix}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: ${NAMELESS}
userPassword: as it was
`,
    );
    await connect('directory', 'ldap', {
      host: ldap.host,
      port: ldap.port,
      pinned: [`tls-sha256:${ldap.tls.fingerprint256}`],
      username: ldap.management.username,
      secret: { kind: 'password', value: ldap.management.password },
    });
  }
  await house.settle(60_000);
  must(await boss.call('PUT', '/v1/sources/hr', { timeZone: 'Europe/London' }));
  const run = must(await boss.call('POST', '/v1/sources/hr/feeds', { content: feed() }));
  if (run['state'] !== 'applying') throw new Error(JSON.stringify(run));
  await house.settle(60_000);
});
afterAll(async () => {
  await db?.end();
  await house?.close();
  await lab?.stop();
});

/** Somebody who is called that, as HR delivers them. */
function feed(): string {
  const columns =
    'employee_id,first_name,last_name,preferred_name,email,username,company,department,org_unit,job_title,' +
    'manager_employee_id,location,time_zone,employment_type,status,start_date,end_date,cost_centre';
  const cell = (value: string): string => `"${value.replaceAll('"', '""')}"`;
  return `${columns}\nE1,${cell(FIRST)},${cell(LAST)},,eve@example.com,eve,X,it,Unit,Engineer,,Leith,Europe/London,employee,active,2014-12-01,,CC-1\n`;
}

/** Tells the directory something as its own administrator, who is past Reeve. */
async function asManager(
  program: 'ldapadd' | 'ldapsearch',
  input: string,
  ...more: readonly string[]
): Promise<string> {
  if (ldap === undefined) throw new Error('there is no directory');
  const secret = join(lab.folder, 'manager');
  writeFileSync(secret, ldap.root.password, { mode: 0o600 });
  const { stdout, stderr, code } = await runCommand(
    program,
    ['-x', '-H', `ldaps://${ldap.host}:${ldap.port}`, '-D', ldap.root.username, '-y', secret, ...more],
    { input, env: { PATH: '/usr/bin:/bin', LDAPTLS_REQCERT: 'never' } },
  );
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const entitlement = async (system: string, nativeId: string): Promise<string> =>
  (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systems.get(system)} and native_id = ${nativeId}`,
    )
  ).id;

/** Gives it to Eve and takes it from her again, looking in between; both have to be done on the target. */
async function givenAndTaken(entitlementId: string, between: () => Promise<void>): Promise<void> {
  const body = { identity: 'eve', entitlementId, because: 'an attack' };
  const { id } = must<{ id: string }>(await boss.call('POST', '/v1/grants', body));
  await done(id);
  await between();
  must(await boss.call('POST', `/v1/grants/${id}/end`, { because: 'enough' }));
  await done(id);
}

/** Waits until nothing is left to be done on the target for this grant. */
async function done(grantId: string): Promise<void> {
  let tasks: readonly { readonly state: string; readonly problem: string | null }[] = [];
  await house.settle(60_000);
  await until(
    async () => {
      ({ items: tasks } = must<{ items: typeof tasks }>(await boss.call('GET', `/v1/provisioning?grantId=${grantId}`)));
      return tasks.length > 0 && tasks.every((task) => task.state === 'done');
    },
    { timeoutMs: 60_000, what: 'the target to agree' },
  ).catch((error: unknown) => {
    throw new Error(JSON.stringify(tasks), { cause: error });
  });
}

/** Rotates the account of that name and answers how it ended, or why it did not at the first try. */
async function rotated(system: string, name: string): Promise<{ state: string; problem: string | null }> {
  const account = await house.db.one<{ id: string }>(
    sql`select id from account where system_id = ${systems.get(system)} and name = ${name}`,
  );
  must(await boss.call('POST', `/v1/accounts/${account.id}/rotate`, { because: 'an attack' }));
  return await until(
    async () => {
      const { items } = must<{ items: { state: string; problem: string | null }[] }>(
        await boss.call('GET', `/v1/rotations?accountId=${account.id}`),
      );
      const [last] = items;
      return last !== undefined && (last.state === 'done' || last.problem !== null) && last;
    },
    { timeoutMs: 45_000, what: 'the rotation' },
  );
}

describe('a database server', () => {
  test('K49: a role whose name is a statement gets a new password, and nothing else happens', async () => {
    const before = await db.query('select rolname, rolpassword from pg_authid where rolname <> $1 order by 1', [ROLE]);
    expect(await rotated('orders', ROLE)).toMatchObject({ state: 'done' });
    const after = await db.query('select rolname, rolpassword from pg_authid where rolname <> $1 order by 1', [ROLE]);
    expect(after.rows).toEqual(before.rows);
    await db.query('select from public.pwned');
  });

  test('a right on a table whose name is a statement is given and taken as that right', async () => {
    const id = await entitlement('orders', `grant:${quoted(SCHEMA)}.${quoted(TABLE)}:SELECT`);
    const may = async (role: string, table: string): Promise<boolean> =>
      (
        await db.query<{ may: boolean }>('select has_table_privilege($1, $2::regclass, $3) as may', [
          role,
          table,
          'select',
        ])
      ).rows[0]?.may === true;
    const table = `${quoted(SCHEMA)}.${quoted(TABLE)}`;
    await givenAndTaken(id, async () => {
      expect([await may('eve', table), await may('priya', table)]).toEqual([true, false]);
      const { rows } = await db.query<{ said: string }>(
        `select shobj_description(oid, 'pg_authid') as said from pg_roles where rolname = 'eve'`,
      );
      expect(rows).toEqual([{ said: NAME }]);
    });
    expect([await may('eve', table), await may('eve', 'public.pwned'), await may('priya', 'public.pwned')]).toEqual([
      false,
      false,
      false,
    ]);
    const open = await db.query(`select 1 from pg_class where relname = 'pwned' and relacl::text like '%=%/%,=%'`);
    expect(open.rows).toEqual([]);
  });
});

describe('a Linux host', () => {
  const pwned = async (): Promise<string> => (await web1.exec('ls /tmp/pwned 2>/dev/null || echo no')).stdout.trim();
  const passwd = async (): Promise<string> => (await web1.exec("grep -v '^eve:' /etc/passwd | sort")).stdout;

  test('shell words and sudoers syntax: a full name of commands is a full name, and a rule with escapes no wider one', async () => {
    const before = await passwd();
    const { id: rule } = await house.db.one<{ id: string }>(sql`
      select id from entitlement where system_id = ${systems.get('web1')} and kind like 'sudo%' and name like '%/bin/echo a%'`);
    await givenAndTaken(rule, async () => {
      const { stdout } = await web1.exec('getent passwd eve; id -u eve; id -nG eve');
      const [line = '', uid = '', groups = ''] = stdout.split('\n');
      expect(line.split(':')).toHaveLength(7);
      expect(line.split(':')[4]).toMatch(
        /^=cmd\|' \/C calc'!A0 x";'\); drop table pwned; -- \\ `touch \/tmp\/pwned` \$\(touch/,
      );
      expect(line.split(':').slice(5)).toEqual(['/home/eve', expect.stringMatching(/sh$/)]);
      expect(Number(uid)).toBeGreaterThanOrEqual(1000);
      expect(groups).not.toMatch(/root|sudo/);
      const may = async (command: string): Promise<string> =>
        (await web1.exec(`sudo -n -l -U eve ${command} >/dev/null 2>&1 && echo yes || echo no`)).stdout.trim();
      expect([
        await may("/bin/echo 'a,b:c' 'ALL=(ALL)' 'NOPASSWD:' ALL"),
        await may('/bin/cat /etc/shadow'),
        await may('/bin/sh'),
      ]).toEqual(['yes', 'no', 'no']);
      expect((await web1.exec('visudo -c')).stdout).not.toContain('error');
    });
    expect([await pwned(), await passwd()]).toEqual(['no', before]);
    expect((await web1.exec('grep -lw eve /etc/sudoers /etc/sudoers.d/* || echo none')).stdout.trim()).toBe('none');
  });
});

describe.skipIf(noSlapd !== undefined)('a directory', () => {
  const entries = async (filter: string, ...attributes: readonly string[]): Promise<string> =>
    await asManager('ldapsearch', '', '-LLL', '-o', 'ldif-wrap=no', '-b', ldap?.suffix ?? '', filter, ...attributes);

  test('filter and DN: an account whose name is a filter gets a new password, and nobody else', async () => {
    const passwords = (): Promise<string> =>
      entries('(&(userPassword=*)(!(objectClass=applicationProcess)))', 'userPassword');
    const before = await passwords();
    const { name } = await house.db.one<{ name: string }>(sql`
      select name from account where system_id = ${systems.get('directory')} and name like '%x)(|(uid%'`);
    const ended = await rotated('directory', name);
    expect(ended.state, ended.problem ?? '').toBe('done');
    expect(await passwords()).toBe(before);
    expect(before.split('userPassword:').length).toBeGreaterThan(5);
  });

  test('DN: a full name of commas, stars and brackets is one entry, under the one name it was given', async () => {
    const { id } = await house.db
      .one<{ id: string }>(sql`
      select id from entitlement where system_id = ${systems.get('directory')} and kind = 'group' and not privileged
       order by name limit 1`)
      .catch(() =>
        house.db.one<{ id: string }>(sql`
        select id from entitlement where system_id = ${systems.get('directory')} and not privileged order by name limit 1`),
      );
    const dns = async (): Promise<string[]> =>
      (await entries('(objectClass=*)', 'dn'))
        .split('\n')
        .filter((line) => line.startsWith('dn:') && !line.includes('uid=eve'));
    const before = await dns();
    await givenAndTaken(id, async () => {
      const eve = await entries('(uid=eve)', 'cn');
      expect(eve.match(/^dn:.*$/gm)).toHaveLength(1);
      const cn = /^cn:: ?(.+)$/m.exec(eve)?.[1];
      const plain = cn === undefined ? /^cn: (.+)$/m.exec(eve)?.[1] : Buffer.from(cn, 'base64').toString('utf8');
      expect(plain).toBe(NAME);
      expect(await dns()).toEqual(before);
    });
  });

  test('filter: a setting that is no single filter is never kept, and named', async () => {
    const filters = ['(uid=*))(objectClass=*', '(uid=*)(cn=*)', 'uid=*)(|(cn=*))'];
    for (const [n, accountFilter] of filters.entries()) {
      const answer = await boss.call('POST', '/v1/systems', {
        name: `sly${n}`,
        kind: 'ldap',
        host: ldap?.host,
        port: ldap?.port,
        settings: { accountFilter },
        pinned: [`tls-sha256:${ldap?.tls.fingerprint256}`],
        username: ldap?.management.username,
        secret: { kind: 'password', value: ldap?.management.password },
      });
      expect([answer.status, answer.body['errors']], accountFilter).toMatchObject([
        422,
        [{ pointer: '/settings/accountFilter' }],
      ]);
    }
    const { items } = must<{ items: { name: string }[] }>(await boss.call('GET', '/v1/systems'));
    expect(items.filter(({ name }) => name.startsWith('sly'))).toEqual([]);
  });
});

test('CSV: a system whose administrators open orders in a spreadsheet is sent no formula, and the name as it is', async () => {
  const folder = join(house.exchangeDir, 'office');
  const office = new Office(folder, {
    accounts: [],
    entitlements: [{ entitlement_id: 'g1', kind: 'group', name: 'staff', privileged: 'no' }],
    holdings: [],
    nesting: [],
  });
  office.export();
  await connect('office', 'csv', { settings: { path: folder } });
  await house.settle(60_000);
  must(
    await boss.call('POST', '/v1/grants', {
      identity: 'eve',
      entitlementId: await entitlement('office', 'g1'),
      because: 'an attack',
    }),
  );
  const written = (): boolean => office.orders().some((order) => office.linesOf(order).length > 0);
  await until(written, { timeoutMs: 20_000, what: 'the order' });
  const lines = office.orders().flatMap((order) => {
    const text = readFileSync(join(folder, 'changes', order), 'utf8');
    return parse(text, { columns: true }) as Record<string, string>[];
  });
  expect(lines.map((line) => line['full_name']).filter((name) => name !== '')).toEqual([`'${NAME}`]);
  for (const cell of lines.flatMap((line) => Object.values(line))) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  expect(office.linesOf(office.orders()[0] ?? '')[0]?.['full_name']).toBe(NAME);
});

/** The last one: its rotation is tried again for days. */
test('shell words: an account of a Linux host whose name is a command is left alone, and it is said why', async () => {
  const known = await house.db.many(
    sql`select 1 from account where system_id = ${systems.get('web1')} and name = ${SHELL_NAME}`,
  );
  if (known.length > 0) {
    const { state, problem } = await rotated('web1', SHELL_NAME);
    expect(state).not.toBe('done');
    expect(problem).toMatch(/is not an account name/);
  }
  expect([
    (await web1.exec('ls /tmp/pwned 2>/dev/null || echo no')).stdout.trim(),
    (await web1.exec("grep -c '^w[$](touch' /etc/passwd")).stdout.trim(),
  ]).toEqual(['no', '1']);
});
