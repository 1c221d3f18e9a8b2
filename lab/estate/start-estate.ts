/** Starts the planted estate: everything side by side, then the plants. */
import { startHosts } from '../hosts.ts';
import { makeLabDirectory, sweepLeftovers } from '../lab-directory.ts';
import { startLdap } from '../ldap.ts';
import { startMariadb } from '../mariadb.ts';
import { findMariadb } from '../mariadb/find-mariadb.ts';
import { findSlapd } from '../ldap/find-slapd.ts';
import { startPostgres } from '../postgres.ts';
import { startSamba, whyNoSamba } from '../samba.ts';
import { addition } from '../samba/ldif.ts';
import { makeSshKey, type SshKey } from '../ssh-keys.ts';
import type { LabHost } from '../hosts.ts';
import { plantDomainMore } from './plant-certificates.ts';
import { plantLocalPasswords } from './plant-local-passwords.ts';
import {
  directoryConfiguration,
  directoryExtra,
  directoryPlan,
  domainPlan,
  mariadbPlan,
  postgresPlan,
} from './plans.ts';
import { hostPlans, plantHost } from './plants.ts';

/** How a system of the estate is reached, as Reeve is told. */
export interface EstateTarget {
  readonly kind: 'linux' | 'postgres' | 'mysql' | 'ldap' | 'activedirectory';
  readonly host: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly pinned: readonly string[];
  readonly credential:
    | { readonly kind: 'password'; readonly username: string; readonly password: string }
    | { readonly kind: 'ssh_key'; readonly username: string; readonly privateKey: string };
}

export interface Estate {
  readonly targets: ReadonlyMap<string, EstateTarget>;
  readonly hosts: ReadonlyMap<string, LabHost>;
  /** What this machine cannot run, with the reason. */
  readonly skipped: readonly string[];
  stop(): Promise<void>;
}

export async function startEstate(
  only: { readonly hosts?: readonly string[]; readonly servers?: readonly string[] } = {},
): Promise<Estate> {
  await sweepLeftovers();
  const directory = makeLabDirectory();
  const wanted = (name: string): boolean => only.servers?.includes(name) ?? true;
  const plans = hostPlans.filter(({ name }) => only.hosts?.includes(name) ?? true);
  const noSamba = whyNoSamba();
  const parts = await Promise.allSettled([
    plans.length === 0 ? undefined : startHosts({ directory, plans }),
    wanted('pg') ? startPostgres({ directory, plan: postgresPlan }) : undefined,
    wanted('maria') && findMariadb() !== undefined ? startMariadb({ directory, plan: mariadbPlan }) : undefined,
    wanted('ldap') && findSlapd() !== undefined
      ? startLdap({
          directory,
          plan: directoryPlan,
          sudo: true,
          extra: directoryExtra,
          configuration: directoryConfiguration,
        })
      : undefined,
    wanted('ad') && noSamba === undefined ? startSamba({ directory, plan: domainPlan }) : undefined,
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all(parts.map((part) => (part.status === 'fulfilled' ? part.value?.stop() : undefined)));
    directory.remove();
  };
  const [hosts, pg, maria, ldap, ad] = parts;
  const failure = parts.find((part) => part.status === 'rejected');
  if (
    failure !== undefined ||
    hosts.status !== 'fulfilled' ||
    pg.status !== 'fulfilled' ||
    maria.status !== 'fulfilled' ||
    ldap.status !== 'fulfilled' ||
    ad.status !== 'fulfilled'
  ) {
    await stop();
    throw failure?.reason ?? new Error('the estate did not start');
  }
  const targets = new Map<string, EstateTarget>();
  const made = new Map<string, SshKey>();
  const keys = (name: string): SshKey => {
    const key = made.get(name) ?? makeSshKey(name);
    made.set(name, key);
    return key;
  };
  try {
    const isolated = [...(hosts.value?.hosts.values() ?? [])].filter((host) => host.isolated);
    await Promise.all(isolated.map((host) => plantHost(host, keys)));
    for (const host of isolated)
      targets.set(host.name, {
        kind: 'linux',
        host: host.host,
        port: host.port,
        settings: {},
        pinned: [host.hostKeyFingerprint],
        credential: { kind: 'ssh_key', username: host.management.username, privateKey: host.management.privateKey },
      });
    const base = { settings: {} };
    if (pg.value !== undefined)
      targets.set('pg', {
        ...base,
        kind: 'postgres',
        host: pg.value.host,
        port: pg.value.port,
        settings: { database: 'shop' },
        pinned: [pg.value.tls ? `tls-sha256:${pg.value.tls.fingerprint256}` : 'tls:none'],
        credential: { kind: 'password', ...pg.value.superuser },
      });
    if (maria.value !== undefined)
      targets.set('maria', {
        ...base,
        kind: 'mysql',
        host: maria.value.host,
        port: maria.value.port,
        pinned: [`tls-sha256:${maria.value.tls.fingerprint256}`],
        credential: { kind: 'password', ...maria.value.management },
      });
    if (ldap.value !== undefined)
      targets.set('ldap', {
        settings: { base: ldap.value.suffix },
        kind: 'ldap',
        host: ldap.value.host,
        port: ldap.value.port,
        pinned: [`tls-sha256:${ldap.value.tls.fingerprint256}`],
        credential: { kind: 'password', ...ldap.value.management },
      });
    if (ad.value !== undefined) {
      const dc = ad.value;
      await dc.write(
        addition(`CN=WS01,CN=Computers,${dc.base}`, {
          objectClass: 'computer',
          sAMAccountName: 'WS01$',
          userAccountControl: '4096',
        }),
      );
      await plantDomainMore(dc);
      await plantLocalPasswords(dc);
      targets.set('ad', {
        ...base,
        kind: 'activedirectory',
        host: dc.host,
        port: dc.port,
        pinned: [`tls-sha256:${dc.tls.fingerprint256}`],
        credential: { kind: 'password', ...dc.administrator },
      });
    }
    return {
      targets,
      hosts: new Map(isolated.map((host) => [host.name, host])),
      skipped: [...(hosts.value?.skipped ?? []), ...(noSamba === undefined ? [] : [noSamba])],
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}
