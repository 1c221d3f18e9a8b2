import { afterAll } from 'vitest';
import { runCommand, type LabLdap } from '#lab/index.ts';
import { connectorConformance, type Rig } from '../conformance.ts';
import { ldapConnector } from './index.ts';
import { asRoot, directory, targetOf } from './lab-directory.fixture.ts';

let lab: LabLdap | undefined;
afterAll(async () => lab?.stop());

async function rig(): Promise<Rig | { skip: string }> {
  const started = await directory();
  if ('skip' in started) return started;
  lab = started;
  const target = targetOf(started);
  const groups = await asRoot(started, async (ldap) => {
    const found: string[] = [];
    for (const name of ['platform', 'on-call', 'shell', 'admins']) {
      const entry = await ldap.readEntry(`cn=${name},ou=groups,${started.suffix}`, ['entryUUID']);
      found.push(`group:${entry?.text('entryUUID') ?? name}`);
    }
    return found;
  });
  const { suffix } = started;
  const base = `ou=people,${suffix}`;
  return {
    rows: {
      place: { base, filter: '(objectClass=inetOrgPerson)' },
      columns: ['uid', 'cn', 'sn', '@dn', '@state'],
      least: 10,
      nowhere: { base: `ou=nowhere,${suffix}` },
      hostile: [
        { base: `${base})(uid=*` },
        { base, filter: '(uid=*' },
        { base, filter: '(userPassword=*)' },
        { base, filter: '(2.5.4.35=*)' },
        { base, filter: '(:octetStringMatch:=secret)' },
        { base, filter: '(&(uid=lena)(|(USERPASSWORD;x-a=*)(cn=*)))' },
        { base, scope: 'sub)(x=*' },
      ],
      secret: [
        { place: { base }, columns: ['uid', 'userPassword'] },
        { place: { base }, columns: ['uid', '2.5.4.35'] },
        { place: { base }, columns: ['uid', 'userPassword;binary'] },
      ],
    },
    target,
    otherPin: `tls-sha256:${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    impatient: { connectSeconds: 1, timeoutSeconds: 2 },
    privileged: ['dana', 'joaquin', 'mikael', 'femi', 'sysmaint', started.management.username],
    ordinary: ['lena', 'annika', 'gareth', 'svc-wiki', `cn=mail-relay,ou=services,${started.suffix}`],
    grantable: groups,
    loginAttempts: async () => started.logs().match(/ BIND dn=/gu)?.length ?? 0,
    watch: () => {
      const ended = new AbortController();
      const loop = async (): Promise<string> => {
        if (ended.signal.aborted) return '';
        const seen = (await runCommand('ps', ['axeww'])).stdout;
        return `${seen}\n${await loop()}`;
      };
      const seen = loop();
      return {
        stop: async () => {
          ended.abort();
          return `${await seen}${started.logs()}`;
        },
      };
    },
    unharmed: () =>
      asRoot(started, async (ldap) => {
        const names: string[] = [];
        const search = { base: started.suffix, scope: 'sub', filter: '(objectClass=*)', attributes: ['uid'] } as const;
        let entries = 0;
        for await (const entry of ldap.search(search)) {
          entries += 1;
          if (/pwned|ALL=/u.test(entry.dn)) throw new Error(`an injected name became an entry: ${entry.dn}`);
          names.push(...entry.texts('uid'));
        }
        if (entries < 30) throw new Error(`only ${entries} entries are left`);
        return names;
      }),
    stop: async () => {},
  };
}

connectorConformance('ldap (OpenLDAP)', ldapConnector, rig);
