/** The whole lab in one call: five Linux hosts, a PostgreSQL server, a mail sink and on request a directory, a MariaDB server and a Windows domain, on loopback, gone when stopped or when its parent dies. */
import { startHosts, type LabHosts } from './hosts.ts';
import { makeLabDirectory, sweepLeftovers } from './lab-directory.ts';
import { findSlapd } from './ldap/find-slapd.ts';
import { startLdap, type LabLdap } from './ldap.ts';
import { startMail, type LabMail } from './mail.ts';
import { findMariadb } from './mariadb/find-mariadb.ts';
import { startMariadb, type LabMariadb } from './mariadb.ts';
import { findPostgresBinaries } from './postgres/find-binaries.ts';
import { startPostgres, type LabPostgres } from './postgres.ts';
import { startSamba, whyNoSamba, type LabSamba } from './samba.ts';

export { startHosts, type HostsOptions, type LabAccount, type LabHost, type LabHosts, type LabLogin } from './hosts.ts';
export type { HostPlan, PlannedGroup, PlannedUser } from './hosts/plan.ts';
export type { DatabasePlan, PlannedRole } from './postgres/plan.ts';
export { startPostgres, type LabPostgres, type PostgresOptions } from './postgres.ts';
export { startLdap, type LabLdap, type LdapOptions } from './ldap.ts';
export type { DirectoryPlan, PlannedDirectoryGroup, PlannedEntry } from './ldap/plan.ts';
export { startSamba, whyNoSamba, type LabSamba, type SambaOptions } from './samba.ts';
export type { DomainPlan, PlannedDelegation, PlannedDomainGroup, PlannedDomainUser } from './samba/plan.ts';
export { addition, modification, type LdifEntry } from './samba/ldif.ts';
export { startGlewlwyd, whyNoGlewlwyd, type LabGlewlwyd } from './glewlwyd.ts';
export { startScim, type LabScim, type ScimResource, type ScimWrite } from './scim.ts';
export { makeCertificate, type LabCertificate } from './tls-certificate.ts';
export { ADDRESSES, startNetwork, whyNoNetwork, type LabNetwork, type NetworkPlace } from './network.ts';
export { startMail, type LabMail, type LabMessage } from './mail.ts';
export { findMariadb } from './mariadb/find-mariadb.ts';
export { startMariadb, type LabMariadb, type MariadbOptions } from './mariadb.ts';
export type { MariadbPlan, PlannedMariadbAccount, PlannedMariadbRole } from './mariadb/plan.ts';
export { installNeeds, type InstallMode, type InstallReport } from './install.ts';
export { makeSshKey, makePassword, type SshKey } from './ssh-keys.ts';
export { runCommand, waitUntil, type CommandResult } from './run-command.ts';

export interface LabOptions {
  /** Which of the company's hosts; all five when not given, none for `[]`. */
  readonly hosts?: readonly string[];
  readonly postgres?: boolean;
  readonly mail?: boolean;
  /** The company's OpenLDAP directory; false when not given. */
  readonly ldap?: boolean;
  /** The company's MariaDB server; false when not given. */
  readonly mariadb?: boolean;
  /** A Samba Active Directory domain controller with the company's domain; not unless asked for. */
  readonly ad?: boolean;
  /** Whether MariaDB keeps a binary log of changes; false when not given. The other targets keep a record of theirs anyway. */
  readonly binaryLog?: boolean;
  readonly mode?: 'auto' | 'isolated' | 'user';
  /** Addresses and ports that stay the same from one start to the next, for a lab kept up beside a Reeve that remembers its targets. */
  readonly fixed?: {
    readonly block?: string;
    readonly postgresPort?: number;
    readonly mailPort?: number;
    readonly ldapPort?: number;
    readonly mariadbPort?: number;
  };
  readonly log?: (line: string) => void;
}

export interface Lab {
  readonly hosts: LabHosts;
  /** Undefined when not asked for or when no PostgreSQL server exists here; `skipped` then says so. */
  readonly postgres: LabPostgres | undefined;
  readonly mail: LabMail | undefined;
  /** Undefined when not asked for or when no OpenLDAP server is installed; `skipped` then says so. */
  readonly ldap: LabLdap | undefined;
  /** Undefined when not asked for or when no MariaDB server is installed; `skipped` then says so. */
  readonly mariadb: LabMariadb | undefined;
  /** Undefined when not asked for or when this machine cannot run one; `skipped` then says so. */
  readonly ad: LabSamba | undefined;
  /** Everything asked for that could not be started, with the reason and the mend. */
  readonly skipped: readonly string[];
  readonly startedInMs: number;
  /** This run's folder, removed by `stop`, for what should vanish with the lab. */
  readonly folder: string;
  /** Ends everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts everything side by side. If one part fails, the others are stopped and the call rejects with its reason. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const log = options.log ?? (() => undefined);
  const begun = performance.now();
  const swept = await sweepLeftovers();
  if (swept.length > 0) log(`removed leftovers of ${swept.length} earlier run${swept.length === 1 ? '' : 's'}`);
  const directory = makeLabDirectory();
  const skipped: string[] = [];
  const wantPostgres = options.postgres ?? true;
  const canPostgres = wantPostgres && findPostgresBinaries() !== undefined;
  if (wantPostgres && !canPostgres) {
    skipped.push('PostgreSQL: no server found (apt-get install postgresql)');
    log(`SKIP ${skipped.at(-1)}`);
  }
  const canLdap = options.ldap === true && findSlapd() !== undefined;
  if (options.ldap === true && !canLdap) {
    skipped.push('LDAP: no OpenLDAP server found (apt-get install slapd)');
    log(`SKIP ${skipped.at(-1)}`);
  }
  const canMariadb = options.mariadb === true && findMariadb() !== undefined;
  if (options.mariadb === true && !canMariadb) {
    skipped.push('MariaDB: no server found (apt-get install mariadb-server)');
    log(`SKIP ${skipped.at(-1)}`);
  }
  const noSamba = options.ad === true ? whyNoSamba() : undefined;
  if (noSamba !== undefined) {
    skipped.push(`Active Directory: ${noSamba}`);
    log(`SKIP ${skipped.at(-1)}`);
  }
  const parts = await Promise.allSettled([
    startHosts({
      directory,
      log,
      ...(options.hosts === undefined ? {} : { names: options.hosts }),
      ...(options.mode === undefined ? {} : { mode: options.mode }),
      ...(options.fixed?.block === undefined ? {} : { block: options.fixed.block }),
    }),
    canPostgres
      ? startPostgres({
          directory,
          log,
          ...(options.fixed?.postgresPort === undefined ? {} : { port: options.fixed.postgresPort }),
        })
      : undefined,
    (options.mail ?? true)
      ? startMail({ log, ...(options.fixed?.mailPort === undefined ? {} : { port: options.fixed.mailPort }) })
      : undefined,
    canLdap
      ? startLdap({
          directory,
          log,
          ...(options.fixed?.ldapPort === undefined ? {} : { port: options.fixed.ldapPort }),
        })
      : undefined,
    canMariadb
      ? startMariadb({
          directory,
          log,
          binaryLog: options.binaryLog ?? false,
          ...(options.fixed?.mariadbPort === undefined ? {} : { port: options.fixed.mariadbPort }),
        })
      : undefined,
    options.ad === true && noSamba === undefined ? startSamba({ directory, log }) : undefined,
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all(parts.map((part) => (part.status === 'fulfilled' ? part.value?.stop() : undefined)));
    directory.remove();
  };
  const failure = parts.find((part) => part.status === 'rejected');
  const [hosts, postgres, mail, ldap, mariadb, ad] = parts;
  if (
    failure !== undefined ||
    hosts.status !== 'fulfilled' ||
    postgres.status !== 'fulfilled' ||
    mail.status !== 'fulfilled' ||
    ldap.status !== 'fulfilled' ||
    mariadb.status !== 'fulfilled' ||
    ad.status !== 'fulfilled'
  ) {
    await stop();
    throw failure?.reason ?? new Error('the lab did not start');
  }
  skipped.push(...hosts.value.skipped);
  const startedInMs = Math.round(performance.now() - begun);
  log(`lab up in ${startedInMs} ms`);
  return {
    hosts: hosts.value,
    postgres: postgres.value,
    mail: mail.value,
    ldap: ldap.value,
    mariadb: mariadb.value,
    ad: ad.value,
    skipped,
    startedInMs,
    folder: directory.path,
    stop,
  };
}
