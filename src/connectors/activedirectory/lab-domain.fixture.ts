/** The lab's domain controller for tests, with a way to look at it and change it outside the connector. */
import { openLdap, type Ldap } from '#kit/ldap/index.ts';
import { startSamba, whyNoSamba, type LabSamba } from '#lab/index.ts';
import type { Target } from '../port.ts';

let started: Promise<LabSamba> | undefined;

/** Why there is none here, or undefined. */
export { whyNoSamba };

/** The company's domain, started once a test file. */
export const labDomain = (): Promise<LabSamba> => (started ??= startSamba());

/** Stops what {@link labDomain} started; the next test file starts its own. */
export async function stopDomain(): Promise<void> {
  const stopping = started;
  started = undefined;
  await (await stopping)?.stop();
}

/** The domain as a target, with its administrator when nobody else is named. */
export function targetOf(
  dc: LabSamba,
  username = dc.administrator.username,
  password = dc.administrator.password,
): Target {
  return {
    systemId: dc.name,
    kind: 'activedirectory',
    host: dc.host,
    port: dc.port,
    settings: { createIn: `OU=People,OU=Larkspur,${dc.base}` },
    pinned: [`tls-sha256:${dc.tls.fingerprint256}`],
    credential: { kind: 'password', username, password },
  };
}

/** The directory as its administrator, past the connector. */
export async function openAsAdministrator(dc: LabSamba): Promise<Ldap> {
  const ldap = await openLdap({
    address: { host: dc.host, port: dc.port, tls: 'ldaps', connectMs: 10_000 },
    pinned: targetOf(dc).pinned,
    answerMs: 60_000,
  });
  await ldap.bind(`${dc.administrator.username}@${dc.realm.toLowerCase()}`, dc.administrator.password);
  return ldap;
}

/** One attribute of the object with that sAMAccountName, as the database holds it. */
export async function heldBy(dc: LabSamba, name: string, attribute: string): Promise<readonly string[]> {
  const [entry] = await dc.search(`(sAMAccountName=${name})`, [attribute]);
  return entry?.attributes.get(attribute) ?? [];
}
