import { findSlapd } from '#lab/ldap/find-slapd.ts';
import { findPostgresBinaries } from '#lab/postgres/find-binaries.ts';
import { findMariadb, startHosts, startLdap, startMariadb, startPostgres, startSamba, whyNoSamba } from '#lab/index.ts';
import { whyNotIsolated } from '#lab/hosts.ts';
import { COMPANY_DATABASE } from '#test/fixtures/company/systems/database-roles.ts';
import { COMPANY_DIRECTORY } from '#test/fixtures/company/systems/directory-entries.ts';
import { COMPANY_WINDOWS_DOMAIN } from '#test/fixtures/company/systems/domain-accounts.ts';
import { COMPANY_HOSTS } from '#test/fixtures/company/systems/host-accounts.ts';
import { COMPANY_MARIADB } from '#test/fixtures/company/systems/mariadb-accounts.ts';
import {
  directoryTarget,
  domainTarget,
  linuxTarget,
  mariadbTarget,
  postgresTarget,
  type CompanyTarget,
} from './company-targets.ts';

/** What is granted on each of them. Who is in `wrap` has `inner` too. */
const THINGS = ['base', 'direct', 'by_role', 'by_rule', 'part', 'inner', 'sneaked', 'away'];
const rule = (thing: string): string => `ALL=(root) NOPASSWD: /usr/local/bin/${thing}`;

const [web2] = COMPANY_HOSTS.filter(({ name }) => name === 'web2');
const forgotten = { name: 'forgotten', fullName: 'Forgotten' };

type Start = () => Promise<{ readonly target: CompanyTarget; stop(): Promise<void> }>;
interface Startable {
  readonly name: string;
  readonly lacks: () => string | undefined | Promise<string | undefined>;
  readonly start: Start;
}

/** The company's systems with what is granted in the story beside what they have. */
const SYSTEMS: readonly Startable[] = [
  {
    name: 'web2',
    lacks: whyNotIsolated,
    start: async () => {
      if (web2 === undefined) throw new Error('the company has no web2');
      const lab = await startHosts({
        mode: 'isolated',
        plans: [
          {
            ...web2,
            groups: [
              ...(web2.groups ?? []),
              ...THINGS.filter((one) => !['direct', 'by_rule', 'inner'].includes(one)).map((name) => ({ name })),
              { name: 'wrap', sudo: [rule('inner')] },
            ],
            users: [
              ...web2.users,
              { ...forgotten, password: 'set', groups: [...THINGS.slice(0, 1), 'by_role', 'part', 'sneaked', 'away'] },
              { name: 'keeper', fullName: 'Keeper', sudo: [rule('direct'), rule('by_rule'), rule('inner')] },
            ],
          },
        ],
      });
      return { target: linuxTarget(lab.get('web2')), stop: () => lab.stop() };
    },
  },
  {
    name: 'orders',
    lacks: () => (findPostgresBinaries() === undefined ? 'postgresql is not installed' : undefined),
    start: async () => {
      const roles = [
        ...COMPANY_DATABASE.roles,
        ...THINGS.map((name) => ({ name })),
        { name: 'wrap', memberOf: ['inner'] },
        { name: 'forgotten', login: true },
      ];
      const lab = await startPostgres({ plan: { ...COMPANY_DATABASE, roles } });
      return { target: postgresTarget(lab), stop: () => lab.stop() };
    },
  },
  {
    name: 'billing',
    lacks: () => (findMariadb() === undefined ? 'mariadb-server is not installed' : undefined),
    start: async () => {
      const roles = [
        ...COMPANY_MARIADB.roles,
        ...THINGS.map((name) => ({ name })),
        { name: 'wrap', memberOf: ['inner'] },
      ];
      const accounts = [...COMPANY_MARIADB.accounts, { name: 'forgotten' }];
      const lab = await startMariadb({ plan: { ...COMPANY_MARIADB, roles, accounts } });
      return { target: mariadbTarget(lab), stop: () => lab.stop() };
    },
  },
  {
    name: 'directory',
    lacks: () => (findSlapd() === undefined ? 'slapd is not installed' : undefined),
    start: async () => {
      const group = (name: string, members: readonly string[] = []) =>
        ({ name, kind: 'groupOfNames', members: ['femi', ...members] }) as const;
      const groups = [
        ...COMPANY_DIRECTORY.groups,
        ...THINGS.map((name) => group(name, name === 'inner' ? ['group:wrap'] : [])),
        group('wrap'),
      ];
      const lab = await startLdap({
        plan: { ...COMPANY_DIRECTORY, groups, entries: [...COMPANY_DIRECTORY.entries, forgotten] },
      });
      return { target: directoryTarget(lab), stop: () => lab.stop() };
    },
  },
  {
    name: 'corp',
    lacks: whyNoSamba,
    start: async () => {
      const unit = 'Larkspur/Groups';
      const groups = [
        ...COMPANY_WINDOWS_DOMAIN.groups,
        ...THINGS.map((name) => ({ name, unit })),
        { name: 'wrap', unit, groups: ['inner'] },
      ];
      const users = [...COMPANY_WINDOWS_DOMAIN.users, { ...forgotten, unit: 'Larkspur/People' }];
      const lab = await startSamba({ plan: { ...COMPANY_WINDOWS_DOMAIN, groups, users } });
      return { target: domainTarget(lab), stop: () => lab.stop() };
    },
  },
];

/** Starts those there can be on this machine, side by side, and says which there cannot. */
export async function startTargets(): Promise<{
  readonly targets: ReadonlyMap<string, CompanyTarget>;
  stop(): Promise<void>;
}> {
  const started = await Promise.allSettled(
    SYSTEMS.map(async ({ name, lacks, start }) => {
      const reason = await lacks();
      if (reason === undefined) return { name, ...(await start()) };
      process.stderr.write(`SKIP revoked on ${name}: ${reason}\n`);
      return undefined;
    }),
  );
  const running = started.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.allSettled(running.map((one) => one.stop()));
  };
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { targets: new Map(running.map(({ name, target }) => [name, target])), stop };
}
