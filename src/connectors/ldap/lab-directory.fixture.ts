/** The lab's directory for tests, with a way to talk to it outside the connector's changes. */
import { startLdap, type LabLdap } from '#lab/index.ts';
import { openLdap, type Ldap } from '#kit/ldap/index.ts';
import type { Target } from '../port.ts';

/** Acts on the server as its own administrator, past every access rule. */
export async function asRoot<Result>(lab: LabLdap, act: (ldap: Ldap) => Promise<Result>): Promise<Result> {
  const ldap = await openLdap({
    address: { host: lab.host, port: lab.port, tls: 'ldaps', connectMs: 5_000 },
    pinned: targetOf(lab).pinned,
    answerMs: 20_000,
  });
  try {
    await ldap.bind(lab.root.username, lab.root.password);
    return await act(ldap);
  } finally {
    ldap.close();
  }
}

/** The server as a target, as Reeve is given it. */
export const targetOf = (lab: LabLdap): Target => ({
  systemId: lab.name,
  kind: 'ldap',
  host: lab.host,
  port: lab.port,
  settings: {},
  pinned: [`tls-sha256:${lab.tls.fingerprint256}`],
  credential: { kind: 'password', ...lab.management },
});

/** The lab's directory, or why there is none here. */
export async function directory(options: Parameters<typeof startLdap>[0] = {}): Promise<LabLdap | { skip: string }> {
  try {
    return await startLdap(options);
  } catch (error) {
    if (String(error).includes('apt-get install')) return { skip: String(error) };
    throw error;
  }
}
