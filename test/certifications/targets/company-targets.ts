import { openAsAdministrator } from '#connectors/activedirectory/lab-domain.fixture.ts';
import { asRoot } from '#connectors/ldap/lab-directory.fixture.ts';
import type { Credential } from '#connectors/port.ts';
import {
  findMariadb,
  runCommand,
  type LabHost,
  type LabLdap,
  type LabMariadb,
  type LabPostgres,
  type LabSamba,
} from '#lab/index.ts';

/** One real system of the company: how Reeve is connected to it, and what its own administrators do and see there, past Reeve. */
export interface CompanyTarget {
  readonly kind: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly pinned: string;
  readonly credential: Exclude<Credential, { kind: 'none' | 'token' }>;
  readonly lab: { readonly host: string; readonly port: number; down(): Promise<void>; up(): Promise<void> };
  /** Whether somebody has a thing there, also through what they are in. */
  isIn(login: string, thing: string): Promise<boolean>;
  /** Gives it to them behind Reeve. */
  sneak(login: string, thing: string): Promise<void>;
}

const told = async (run: ReturnType<typeof runCommand>): Promise<string> => {
  const { code, stdout, stderr } = await run;
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};
/** `inner` is what whoever is in `wrap` has too, on each of them. */
const groupsOf = (thing: string): readonly string[] => (thing === 'inner' ? ['inner', 'wrap'] : [thing]);

/** `direct`, `by_rule` and `inner` are sudo rules there, the last that of the group `wrap`; everything else is a group. */
export const linuxTarget = (host: LabHost): CompanyTarget => ({
  kind: 'linux',
  pinned: host.hostKeyFingerprint,
  credential: { kind: 'ssh_key', username: host.management.username, privateKey: host.management.privateKey },
  lab: host,
  isIn: async (login, thing) => {
    const { stdout } = await host.exec(`id -nG ${login}; sudo -n -l -U ${login}`);
    return stdout.split(/[\s/]+/u).includes(thing);
  },
  sneak: async (login, thing) => void (await told(host.exec(`usermod -aG ${thing} ${login}`))),
});

export const postgresTarget = (server: LabPostgres): CompanyTarget => {
  const ask = (statement: string): Promise<string> =>
    told(runCommand('psql', ['-XAtc', statement], { env: { PATH: '/usr/bin:/bin', ...server.env() } }));
  return {
    kind: 'postgres',
    settings: { database: 'postgres' },
    pinned: server.tls === undefined ? 'tls:none' : `tls-sha256:${server.tls.fingerprint256}`,
    credential: { kind: 'password', ...server.superuser },
    lab: server,
    isIn: async (login, thing) => (await ask(`select pg_has_role('${login}', '${thing}', 'member')`)) === 't',
    sneak: async (login, thing) => void (await ask(`grant ${thing} to ${login}`)),
  };
};

export const mariadbTarget = (server: LabMariadb): CompanyTarget => {
  const { username, password } = server.management;
  const ask = (statement: string): Promise<string> =>
    told(
      runCommand(
        findMariadb()?.client ?? 'mariadb',
        [
          '--no-defaults',
          '--ssl',
          `--host=${server.host}`,
          `--port=${server.port}`,
          `--user=${username}`,
          '-N',
          '-e',
          statement,
        ],
        { env: { PATH: '/usr/bin:/bin', MYSQL_PWD: password } },
      ),
    );
  return {
    kind: 'mysql',
    pinned: `tls-sha256:${server.tls.fingerprint256}`,
    credential: { kind: 'password', username, password },
    lab: server,
    isIn: async (login, thing) =>
      (await ask(`with recursive has as (select Role from mysql.roles_mapping where User = '${login}' and Host = '%' union
        select m.Role from mysql.roles_mapping m join has on m.User = has.Role and m.Host = '')
        select count(*) from has where Role = '${thing}'`)) !== '0',
    sneak: async (login, thing) => void (await ask(`grant ${thing} to ${login}`)),
  };
};

export const directoryTarget = (server: LabLdap): CompanyTarget => {
  const group = (name: string): string => `cn=${name},ou=groups,${server.suffix}`;
  const person = (login: string): string => `uid=${login},ou=people,${server.suffix}`;
  return {
    kind: 'ldap',
    pinned: `tls-sha256:${server.tls.fingerprint256}`,
    credential: { kind: 'password', ...server.management },
    lab: server,
    isIn: (login, thing) =>
      asRoot(server, async (ldap) => {
        const in_ = (name: string) => ldap.readEntry(group(name), ['cn'], `(member=${person(login)})`);
        return (await Promise.all(groupsOf(thing).map(in_))).some((found) => found !== undefined);
      }),
    sneak: (login, thing) =>
      asRoot(server, async (ldap) => {
        await ldap.modify(group(thing), [{ do: 'add', attribute: 'member', values: [person(login)] }]);
      }),
  };
};

export const domainTarget = (server: LabSamba): CompanyTarget => {
  const IN_CHAIN = '1.2.840.113556.1.4.1941';
  const dnOf = async (name: string): Promise<string> => {
    const [found] = await server.search(`(sAMAccountName=${name})`, ['cn']);
    if (found === undefined) throw new Error(`the domain has no ${name}`);
    return found.dn;
  };
  return {
    kind: 'activedirectory',
    settings: { createIn: `OU=People,OU=Larkspur,${server.base}` },
    pinned: `tls-sha256:${server.tls.fingerprint256}`,
    credential: { kind: 'password', ...server.administrator },
    lab: server,
    isIn: async (login, thing) => {
      const within = `(&(sAMAccountName=${login})(memberOf:${IN_CHAIN}:=${await dnOf(thing)}))`;
      return (await server.search(within, ['cn'])).length > 0;
    },
    sneak: async (login, thing) => {
      const ldap = await openAsAdministrator(server);
      const [group, member] = await Promise.all([dnOf(thing), dnOf(login)]);
      await ldap.modify(group, [{ do: 'add', attribute: 'member', values: [member] }]).finally(() => ldap.close());
    },
  };
};
