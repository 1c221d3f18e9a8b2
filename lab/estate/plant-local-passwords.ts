/** Passwords of local administrators that the directory keeps (LAPS, the old and the new), a managed account, and an owner who is nobody, in the domain of the estate. */
import { randomBytes } from 'node:crypto';
import type { LabSamba } from '../samba.ts';
import { addition, modification } from '../samba/ldif.ts';

/** What the two kinds of LAPS add to the schema. The GUIDs of the old kind are made up anew in every forest. */
const attributes = [
  {
    name: 'ms-Mcs-AdmPwd',
    oid: '1.2.840.113556.1.8000.2554.50051.45980.28112.18903.35903.6685103.1224907.2.1',
    time: false,
  },
  {
    name: 'ms-Mcs-AdmPwdExpirationTime',
    oid: '1.2.840.113556.1.8000.2554.50051.45980.28112.18903.35903.6685103.1224907.2.2',
    time: true,
  },
  { name: 'msLAPS-PasswordExpirationTime', oid: '1.2.840.113556.1.6.44.1.1', time: true },
  { name: 'msLAPS-Password', oid: '1.2.840.113556.1.6.44.1.2', time: false },
] as const;
/** Confidential, never copied to a global catalogue, audited. */
const CONFIDENTIAL = '904';
const RESERVED_GROUPS = 'O:DAG:DAD:PAI(A;;GA;;;DA)(A;;RPLCLORC;;;AU)';

export async function plantLocalPasswords(dc: LabSamba): Promise<void> {
  const sid = async (name: string): Promise<string> =>
    (await dc.search(`(sAMAccountName=${name})`, ['objectSid']))[0]?.attributes.get('objectSid')?.[0] ?? '';
  const schema = `CN=Schema,CN=Configuration,${dc.base}`;
  const guids = new Map(attributes.map(({ name }) => [name, randomBytes(16)]));
  await dc.write(
    attributes
      .map(({ name, oid, time }) =>
        addition(`CN=${name},${schema}`, {
          objectClass: 'attributeSchema',
          lDAPDisplayName: name,
          attributeID: oid,
          attributeSyntax: time ? '2.5.5.16' : '2.5.5.5',
          oMSyntax: time ? '65' : '19',
          isSingleValued: 'TRUE',
          searchFlags: time ? '0' : CONFIDENTIAL,
          schemaIDGUID: guids.get(name) ?? '',
        }),
      )
      .join(''),
    { schema: true },
  );
  await dc.write(
    modification('', 'add', { schemaUpdateNow: '1' }) +
      modification(`CN=Computer,${schema}`, 'add', { mayContain: attributes.map(({ name }) => name) }),
    { schema: true },
  );
  const until = String((BigInt(Date.now() + 20 * 86_400_000) + 11_644_473_600_000n) * 10_000n);
  const reads = async (who: string, attribute: string): Promise<string> => {
    const hex = (guids.get(attribute as (typeof attributes)[number]['name']) ?? Buffer.alloc(16)).toString('hex');
    const part = (from: number, to: number): string => (hex.slice(from, to).match(/../gu) ?? []).toReversed().join('');
    const guid = `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    return `(OA;;RPCR;${guid};;${await sid(who)})`;
  };
  const kept =
    RESERVED_GROUPS + (await reads('laps.old', 'ms-Mcs-AdmPwd')) + (await reads('laps.new', 'msLAPS-Password'));
  const [found] = await dc.search('(sAMAccountName=vaulted.adm)', ['nTSecurityDescriptor']);
  const owned = (found?.attributes.get('nTSecurityDescriptor')?.[0] ?? '').replace(
    /^O:.*?(?=G:)/u,
    `O:${await sid('own.er')}`,
  );
  await dc.write(
    [
      addition(`CN=WS02,CN=Computers,${dc.base}`, {
        objectClass: 'computer',
        sAMAccountName: 'WS02$',
        userAccountControl: '4096',
        'ms-Mcs-AdmPwd': 'Rather-Long-And-Odd-83',
        'ms-Mcs-AdmPwdExpirationTime': until,
        'msLAPS-Password': '{"n":"Administrator","t":"1","p":"Rather-Long-And-Odd-84"}',
        'msLAPS-PasswordExpirationTime': until,
        // Reading when it ends is not reading it, and reading it takes the right to what is confidential too.
        nTSecurityDescriptor: `${kept}(A;;RP;;;${await sid('near.miss')})${await reads('near.miss', 'ms-Mcs-AdmPwdExpirationTime')}`,
      }),
      addition(`CN=svc-gmsa,CN=Managed Service Accounts,${dc.base}`, {
        objectClass: 'msDS-GroupManagedServiceAccount',
        sAMAccountName: 'svc-gmsa$',
        userAccountControl: '4096',
        'msDS-ManagedPasswordInterval': '30',
        'msDS-GroupMSAMembership': `O:SYD:(A;;GA;;;${await sid('gmsa.reader')})`,
      }),
      modification(String(found?.dn), 'replace', { nTSecurityDescriptor: owned }),
    ].join(''),
  );
}
