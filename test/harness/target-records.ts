import { statSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, type Lab, type LabHost, type LabScim } from '#lab/index.ts';
import type { EveryTarget, TargetName } from './every-target.ts';

/** What a target itself keeps of what was done to people's accounts there. None of it is asked of Reeve. */
export interface TargetRecord {
  readonly name: TargetName;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  up(): Promise<void>;
  /** Something that is another as soon as more was done there; quick to ask. */
  stir(): Promise<number> | number;
  /**
   * What was carried out since it was opened for people whose names begin so: `create nova`, `grant nova webops`,
   * `revoke nova webops`, `lock nova`, `password nova`, one line each time. A log of changes without names says `*` for both.
   */
  done(prefix: string): Promise<readonly string[]>;
  /** Whether that log is the target's own truth, so that nothing done can be missing in it; else what a power cut came between may be. */
  readonly complete: boolean;
  /** Whether it says who each operation was about. */
  readonly named: boolean;
  /** Whether passwords that are set are in it, one line each. */
  readonly passwords: boolean;
  /** How the accounts of people whose names begin so stand: text in a fixed order, without ids, times and hashes. */
  stands(prefix: string): Promise<string>;
}

/** Opens the record each of them keeps. */
export const targetRecords = ({ lab, scim }: EveryTarget): Promise<readonly TargetRecord[]> =>
  Promise.all([
    linuxRecord(lab),
    postgresRecord(lab),
    mariadbRecord(lab),
    ldapRecord(lab),
    domainRecord(lab),
    scimRecord(scim),
  ]);

const sorted = (lines: readonly string[]): string => `${[...lines].sort().join('\n')}\n`;

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(program, args, {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...env },
    limit: 30_000,
  });
  if (code !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

function needed<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('this lab was started without it');
  return part;
}

/** Programs that change accounts, each with one in front of it that notes what it was told and what came of it. */
const ACCOUNT_PROGRAMS = ['useradd', 'usermod', 'gpasswd', 'chage', 'chpasswd'];
const NOTES = '/var/log/account-changes';
const NOTING = `#!/bin/sh
name=\${0##*/}
if [ $name = chpasswd ]; then
  IFS= read -r line
  set -- "\${line%%:*}"
  printf '%s\\n' "$line" | /account-programs/$name
else
  /account-programs/$name "$@"
fi
code=$?
echo "$code $name $*" >>${NOTES}
exit $code
`;

async function linuxRecord(lab: Lab): Promise<TargetRecord> {
  const host = lab.hosts.get('web1');
  const said = async (command: string, input?: string): Promise<string> => {
    const { code, stdout, stderr } = await host.exec(command, input === undefined ? {} : { input });
    if (code !== 0) throw new Error(`${host.name}: ${stderr}`);
    return stdout;
  };
  // /usr is the machine's and read-only: what stands in front is bound over it, in the host's namespace alone.
  const place = ACCOUNT_PROGRAMS.map(
    (name) => `at=$(command -v ${name}) && cp "$at" /account-programs/ && mount --bind /account-programs/noting "$at"`,
  );
  await said(
    [
      'set -e',
      'mkdir /account-programs',
      'cat >/account-programs/noting',
      'chmod 755 /account-programs/noting',
      `: >${NOTES}`,
      ...place,
    ].join('\n'),
    NOTING,
  );
  const noted = (): Promise<string> => said(`cat ${NOTES}`);
  return {
    name: 'web1',
    complete: false,
    named: true,
    passwords: true,
    kill: () => host.down(),
    up: () => host.up(),
    stir: async () => (await noted()).length,
    done: async (prefix) =>
      (await noted()).split('\n').flatMap((line) => {
        const [code, program, ...args] = line.split(' ');
        const operation = code === '0' ? linuxOperation(program ?? '', args) : undefined;
        return operation?.split(' ')[1]?.startsWith(prefix) === true ? [operation] : [];
      }),
    stands: (prefix) => linuxAccounts(host, prefix),
  };
}

function linuxOperation(program: string, args: readonly string[]): string | undefined {
  const last = args.at(-1) ?? '';
  if (program === 'useradd') return `create ${last}`;
  if (program === 'chpasswd') return `password ${last}`;
  if (program === 'usermod' && args[0] === '-aG') return `grant ${last} ${args[1] ?? ''}`;
  if (program === 'gpasswd' && args[0] === '-d') return `revoke ${args[1] ?? ''} ${last}`;
  // A lock sets the password aside too (`usermod -L`), which says nothing by itself: a new password of a locked account does so again.
  if (program === 'chage' && args[0] === '-E') return `${args[1] === '1' ? 'lock' : 'open'} ${last}`;
  return undefined;
}

/** Every line of every file an account is in, but for its number, and its home. */
async function linuxAccounts(host: LabHost, prefix: string): Promise<string> {
  const { stdout } = await host.exec(`
    for who in $(getent passwd | cut -d: -f1 | grep '^${prefix}'); do
      echo "$who passwd $(getent passwd $who | cut -d: -f1,2,5-)"
      echo "$who shadow $(getent shadow $who | cut -d: -f1,2,4- | sed 's/:\\(!*\\)[$][^:]*/:\\1hash/')"
      echo "$who groups $(id -Gn $who | tr ' ' '\\n' | sort | tr '\\n' ' ')"
      echo "$who gshadow $(grep -c "[:,]$who\\(,\\|$\\)" /etc/gshadow) $(grep -c "^$who:" /etc/gshadow)"
      echo "$who home $(stat -c '%U %G %a' /home/$who) $(ls -A /home/$who | sort | tr '\\n' ' ')"
    done`);
  return sorted(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  );
}

async function postgresRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.postgres);
  const ask = async (statement: string): Promise<string> =>
    (await run('psql', ['-XAtc', statement], server.env())).trim();
  await ask("alter system set wal_keep_size = '1GB'");
  await ask('select pg_reload_conf()');
  const since = await ask('select pg_current_wal_lsn()');
  return {
    name: 'orders',
    complete: true,
    named: false,
    passwords: true,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.logs().split('connection authorized').length,
    done: async () => await committed(ask, since),
    stands: async (prefix) =>
      sorted(
        (
          await ask(`
            select r.rolname || ' role ' || concat_ws(' ', r.rolcanlogin, r.rolsuper, r.rolcreaterole, r.rolvaliduntil, shobj_description(r.oid, 'pg_authid'))
              from pg_roles r where r.rolname like '${prefix}%'
            union all
            select m.rolname || ' member ' || concat_ws(' ', g.rolname, a.admin_option)
              from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
             where m.rolname like '${prefix}%'`)
        ).split('\n'),
      ),
  };
}

/**
 * Changes of the tables of roles and memberships by transactions that were committed, as the write-ahead log has them. A
 * role that is changed and commented on was locked; one that is only changed got a password.
 */
async function committed(ask: (statement: string) => Promise<string>, since: string): Promise<readonly string[]> {
  const [accounts, members, comments, end, folder, version] = (
    await ask(`select concat_ws('|', pg_relation_filenode('pg_authid'), pg_relation_filenode('pg_auth_members'), pg_relation_filenode('pg_shdescription'), pg_current_wal_flush_lsn(),
                      current_setting('data_directory'), current_setting('server_version_num')::int / 10000)`)
  ).split('|');
  const dump = `/usr/lib/postgresql/${version ?? ''}/bin/pg_waldump`;
  const log = await run(dump, ['-p', join(folder ?? '', 'pg_wal'), '-s', since, '-e', end ?? '']);
  const pending = new Map<string, string[]>();
  const done: string[] = [];
  for (const line of log.split('\n')) {
    const [, tx = '', what = ''] = /tx: +(\d+),.* desc: (\w+)/u.exec(line) ?? [];
    const table = /rel 1664\/0\/(\d+) /u.exec(line)?.[1];
    const soFar = pending.get(tx) ?? [];
    if (what === 'COMMIT') done.push(...soFar);
    else if (table === accounts) pending.set(tx, [...soFar, ...operationOn(ACCOUNT_ROWS, what)]);
    else if (table === members) pending.set(tx, [...soFar, ...operationOn(MEMBER_ROWS, what)]);
    else if (table === comments)
      pending.set(
        tx,
        soFar.map((operation) => (operation === 'password *' ? 'lock *' : operation)),
      );
  }
  return done;
}
const operationOn = (rows: Readonly<Record<string, string>>, what: string): readonly string[] => {
  const operation = rows[what];
  return operation === undefined ? [] : [operation];
};
const ACCOUNT_ROWS: Readonly<Record<string, string>> = {
  INSERT: 'create *',
  UPDATE: 'password *',
  HOT_UPDATE: 'password *',
  DELETE: 'delete *',
};
const MEMBER_ROWS: Readonly<Record<string, string>> = {
  INSERT: 'grant *',
  UPDATE: 'grant again *',
  HOT_UPDATE: 'grant again *',
  DELETE: 'revoke *',
};

function mariadbRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.mariadb);
  const statement = /^(create user|grant|revoke|alter user|set default role) [^\n]*/gimu;
  const operationIn = (said: string): string | undefined => {
    const [, who = ''] = /`([^`]+)`@`%`/u.exec(said) ?? [];
    const [, role = ''] = /^\w+ `([^`]+)` (?:to|from) /u.exec(said) ?? [];
    if (said.startsWith('create user')) return `create ${who}`;
    if (said.startsWith('grant')) return `grant ${who} ${role}`;
    if (said.startsWith('revoke')) return `revoke ${who} ${role}`;
    if (said.startsWith('alter user')) return `${said.endsWith('account lock') ? 'lock' : 'password'} ${who}`;
    return undefined;
  };
  return Promise.resolve({
    name: 'billing',
    complete: false,
    named: true,
    passwords: true,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.binaryLogs().reduce((size, file) => size + statSync(file).size, 0),
    done: async (prefix) => {
      const log = await run('mariadb-binlog', server.binaryLogs());
      return (log.match(statement) ?? [])
        .flatMap((said) => operationIn(said) ?? [])
        .filter((operation) => operation.split(' ')[1]?.startsWith(prefix) === true);
    },
    stands: async (prefix) => {
      const { username, password } = server.management;
      const query = `
        select concat_ws(' ', User, Host, json_remove(Priv, '$.password_last_changed', '$.authentication_string')) from mysql.global_priv where User like '${prefix}%'
        union all select concat_ws(' ', User, Host, 'has', Role, Admin_option) from mysql.roles_mapping where User like '${prefix}%'`;
      const { code, stdout, stderr } = await runCommand(
        'mariadb',
        [
          `--host=${server.host}`,
          `--port=${server.port}`,
          `--user=${username}`,
          `--ssl-ca=${server.certificateFile}`,
          '-NBe',
          query,
        ],
        { env: { PATH: '/usr/bin:/bin', MYSQL_PWD: password } },
      );
      if (code !== 0) throw new Error(`mariadb: ${stderr}`);
      return sorted(stdout.trimEnd().split('\n'));
    },
  });
}

/** Entries of LDIF without wrapped lines, each the list of its attributes and values. */
const entriesOf = (ldif: string): readonly (readonly (readonly [string, string])[])[] =>
  ldif
    .split('\n\n')
    .map((block) =>
      block.split('\n').flatMap((line): [string, string][] => {
        const [, name, mark, value = ''] = /^([^:\s]+)(::?) (.*)$/u.exec(line) ?? [];
        if (name === undefined) return [];
        return [[name, mark === '::' ? Buffer.from(value, 'base64').toString('utf8') : value]];
      }),
    )
    .filter((entry) => entry.length > 0);

const nameInDn = (dn: string): string => /(?:uid|CN|cn)=([^,]+)/u.exec(dn)?.[1] ?? '';

function ldapRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.ldap);
  const config = join(lab.folder, `ldap-${server.name}`, 'config');
  const dump = async (base: string, filter: string) =>
    entriesOf(await run('slapcat', ['-F', config, '-b', base, '-a', filter, '-o', 'ldif_wrap=no']));
  const operationsOf = (entry: readonly (readonly [string, string])[]): readonly string[] => {
    const all = (name: string): readonly string[] =>
      entry.flatMap(([attribute, value]) => (attribute === name ? [value] : []));
    const on = all('reqDN')[0] ?? '';
    if (all('reqType')[0] === 'add') return [`create ${nameInDn(on)}`];
    if (all('reqMod').some((change) => change.startsWith('pwdAccountLockedTime:'))) return [`lock ${nameInDn(on)}`];
    if (all('reqMod').some((change) => change.startsWith('userPassword:'))) return [`password ${nameInDn(on)}`];
    return all('reqMod').flatMap((change) => {
      const [, sign, dn = ''] = /^member:([+-]) (.*)$/u.exec(change) ?? [];
      return sign === undefined ? [] : [`${sign === '+' ? 'grant' : 'revoke'} ${nameInDn(dn)} ${nameInDn(on)}`];
    });
  };
  return Promise.resolve({
    name: 'directory',
    complete: false,
    named: true,
    passwords: true,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.logs().split(' ADD dn=').length,
    done: async (prefix) =>
      (await dump('cn=accesslog', '(&(objectClass=auditWriteObject)(reqResult=0))'))
        .flatMap(operationsOf)
        .filter((operation) => operation.split(' ')[1]?.startsWith(prefix) === true),
    stands: async (prefix) => {
      const [people, groups] = await Promise.all([
        dump(server.suffix, `(uid=${prefix}*)`),
        dump(server.suffix, '(objectClass=groupOfNames)'),
      ]);
      const made =
        /^(?:entryUUID|entryCSN|createTimestamp|modifyTimestamp|structuralObjectClass|creatorsName|modifiersName|pwdChangedTime)$/u;
      const of = (dn: string): boolean => nameInDn(dn).startsWith(prefix);
      return sorted([
        ...people.flatMap((entry) =>
          entry
            .filter(([name]) => !made.test(name))
            .map(([name, value]) => `${entry[0]?.[1] ?? ''} ${name} ${name === 'userPassword' ? 'hash' : value}`),
        ),
        ...groups.flatMap((entry) =>
          entry.flatMap(([name, value]) => (name === 'member' && of(value) ? [`${entry[0]?.[1] ?? ''} ${value}`] : [])),
        ),
      ]);
    },
  });
}

interface DomainChange {
  readonly statusCode: number;
  readonly operation: string;
  readonly dn: string;
  readonly attributes?: Readonly<
    Record<
      string,
      {
        readonly actions: readonly {
          readonly action: string;
          readonly values?: readonly { readonly value?: string }[];
        }[];
      }
    >
  >;
}

function domainRecord(lab: Lab): Promise<TargetRecord> {
  const server = needed(lab.ad);
  const operationsOf = ({ operation, dn, attributes = {} }: DomainChange): readonly string[] => {
    if (operation === 'Add') return [`create ${nameInDn(dn)}`];
    const control = (attributes['userAccountControl']?.actions ?? []).filter(({ action }) => action !== 'delete');
    const locks = control.some(({ values }) => (Number(values?.[0]?.value) & 2) !== 0) ? [`lock ${nameInDn(dn)}`] : [];
    const members = (attributes['member']?.actions ?? []).flatMap(({ action, values }) =>
      (values ?? []).map(
        ({ value }) =>
          `${action === 'add' ? 'grant' : 'revoke'} ${nameInDn((value ?? '').split(';').at(-1) ?? '')} ${nameInDn(dn)}`,
      ),
    );
    return [...locks, ...members];
  };
  return Promise.resolve({
    name: 'corp',
    complete: false,
    named: true,
    passwords: false,
    kill: () => server.kill9(),
    up: () => server.up(),
    stir: () => server.logs().split('"operation": "Add"').length,
    done: (prefix) =>
      Promise.resolve(
        server
          .logs()
          .split('\n')
          .flatMap((line): DomainChange[] => {
            const json = /^ *(\{.*"type": "dsdbChange".*\}) *$/u.exec(line)?.[1];
            return json === undefined ? [] : [(JSON.parse(json) as { dsdbChange: DomainChange }).dsdbChange];
          })
          .filter(({ statusCode }) => statusCode === 0)
          .flatMap(operationsOf)
          .filter((operation) => operation.split(' ')[1]?.startsWith(prefix) === true),
      ),
    stands: async (prefix) => {
      const attributes = [
        'sAMAccountName',
        'userPrincipalName',
        'displayName',
        'userAccountControl',
        'comment',
        'memberOf',
        'accountExpires',
        'primaryGroupID',
      ];
      const found = await server.search(`(sAMAccountName=${prefix}*)`, attributes);
      return sorted(
        found.flatMap(({ dn, attributes: held }) =>
          [...held].flatMap(([name, values]) => values.map((value) => `${dn} ${name} ${value}`)),
        ),
      );
    },
  });
}

type ScimHeld = LabScim['groups'][number] | undefined;

function scimRecord(scim: LabScim): Promise<TargetRecord> {
  const userOf = (id: string): string => String(scim.users.find((one) => one.id === id)?.['userName'] ?? id);
  const membersOf = (group: ScimHeld): readonly string[] =>
    ((group?.['members'] ?? []) as readonly { readonly value: string }[]).map(({ value }) => value);
  const operationsOf = ({ kind, before, after }: LabScim['writes'][number]): readonly string[] => {
    const who = String((after ?? before)?.[kind === 'users' ? 'userName' : 'displayName']);
    if (kind === 'users')
      return [before === undefined ? `create ${who}` : after?.['active'] === false ? `lock ${who}` : `change ${who}`];
    const [had, has] = [membersOf(before), membersOf(after)];
    const changes = [
      ...has.filter((id) => !had.includes(id)).map((id) => `grant ${userOf(id)} ${who}`),
      ...had.filter((id) => !has.includes(id)).map((id) => `revoke ${userOf(id)} ${who}`),
    ];
    // What changed nothing was sent for nothing, to nobody knows whom.
    return changes.length === 0 ? [`nothing ${who}`] : changes;
  };
  return Promise.resolve({
    name: 'crm',
    complete: true,
    named: true,
    passwords: false,
    kill: () => scim.down(),
    up: () => scim.up(),
    stir: () => scim.writes.length,
    done: (prefix) =>
      Promise.resolve(
        scim.writes
          .flatMap(operationsOf)
          .filter(
            (operation) => operation.startsWith('nothing ') || operation.split(' ')[1]?.startsWith(prefix) === true,
          ),
      ),
    stands: (prefix) => {
      const users = scim.users.filter((one) => String(one['userName']).startsWith(prefix));
      const ids = new Set(users.map(({ id }) => id));
      return Promise.resolve(
        sorted([
          ...users.map(({ id: _id, meta: _meta, ...rest }) => JSON.stringify(Object.entries(rest).sort())),
          ...scim.groups.flatMap((group) =>
            membersOf(group)
              .filter((id) => ids.has(id))
              .map((id) => `${String(group['displayName'])} ${userOf(id)}`),
          ),
        ]),
      );
    },
  });
}
