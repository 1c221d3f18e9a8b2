import { afterAll } from 'vitest';
import { modification } from '#lab/index.ts';
import { runCommand } from '#lab/run-command.ts';
import { connectorConformance, type Rig } from '../conformance.ts';
import { activeDirectoryConnector } from './index.ts';
import { labDomain, stopDomain, targetOf, whyNoSamba } from './lab-domain.fixture.ts';

afterAll(stopDomain);

const obstacle = whyNoSamba();
// Started here, where only the lab's own limits count: a first start has to provision, which takes long on a busy machine.
const dc = obstacle === undefined ? await labDomain() : undefined;

async function rig(): Promise<Rig | { skip: string }> {
  if (dc === undefined) return { skip: obstacle ?? '' };
  // The suite sets passwords of two kinds of characters.
  await dc.write(modification(dc.base, 'replace', { pwdProperties: '0' }));
  const base = `OU=Larkspur,${dc.base}`;
  return {
    rows: {
      place: { base, filter: '(&(objectCategory=person)(objectClass=user))' },
      columns: ['sAMAccountName', 'objectGUID', 'cn', 'accountExpires', '@dn', '@state'],
      least: 10,
      nowhere: { base: `OU=Nowhere,${dc.base}` },
      hostile: [
        { base: `${base})(cn=*` },
        { base, filter: '(cn=*' },
        { base, filter: '(unicodePwd=*)' },
        { base, filter: '(:1.2.840.113556.1.4.803:=1)' },
        { base, filter: '(1.2.840.113556.1.4.90=*)' },
        { base, filter: '(&(cn=lena)(|(MS-MCS-ADMPWD=A*)(cn=*)))' },
        { base, scope: 'sub)(x=*' },
      ],
      secret: [
        { place: { base }, columns: ['cn', 'unicodePwd'] },
        { place: { base }, columns: ['cn', 'msDS-ManagedPassword'] },
        { place: { base }, columns: ['cn', 'supplementalCredentials'] },
      ],
    },
    target: targetOf(dc),
    otherPin: `tls-sha256:${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    impatient: { connectSeconds: 1, timeoutSeconds: 2 },
    privileged: ['adm-hanna', 'adm-tomas', 'svc-print', 'svc-sql', 'svc-dirsync', 'mikael', 'femi', 'ruben'],
    ordinary: ['lena', 'annika', 'hanna', 'ines', 'svc-monitor', 'gareth'],
    grantable: ['group:Web-Servers', 'group:Legacy-ERP'],
    loginAttempts: async () => dc.logs().match(/^\s*Auth: /gmu)?.length ?? 0,
    watch: () => {
      const ended = new AbortController();
      const loop = async (): Promise<string> => {
        if (ended.signal.aborted) return '';
        return `${(await runCommand('ps', ['axeww'])).stdout}\n${await loop()}`;
      };
      const seen = loop();
      return {
        stop: async () => {
          ended.abort();
          return `${await seen}${dc.logs()}`;
        },
      };
    },
    unharmed: async () => {
      const found = await dc.search('(&(objectClass=user)(!(objectClass=computer)))', ['sAMAccountName']);
      return found.map((entry) => entry.attributes.get('sAMAccountName')?.[0] ?? '');
    },
    stop: async () => {},
  };
}

connectorConformance('activedirectory', activeDirectoryConnector, rig);
