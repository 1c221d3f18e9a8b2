/** Certificate templates, an authority that offers them, and delegation by the resource, in the domain of the estate. */
import type { LabSamba } from '../samba.ts';
import { addition, modification } from '../samba/ldif.ts';

const ENROLL = '0e10c968-78fb-11d2-90d4-00c04f79dc55';
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
/** The owner and the entries every template has. */
const guarded = (more: string): string => `O:DAG:DAD:PAI(A;;GA;;;DA)(A;;GA;;;EA)(A;;RPLCLORC;;;AU)${more}`;

export async function plantDomainMore(dc: LabSamba): Promise<void> {
  const sid = async (name: string): Promise<string> => {
    const [found] = await dc.search(`(sAMAccountName=${name})`, ['objectSid']);
    const value = found?.attributes.get('objectSid')?.[0];
    if (value === undefined) throw new Error(`nobody is called ${name}`);
    return value;
  };
  const services = `CN=Services,CN=Configuration,${dc.base}`;
  const keys = `CN=Public Key Services,${services}`;
  for (const dn of [keys, `CN=Certificate Templates,${keys}`, `CN=Enrollment Services,${keys}`]) {
    const there = await dc.search('(objectClass=container)', ['cn'], services);
    if (!there.some((one) => one.dn.toLowerCase() === dn.toLowerCase()))
      await dc.write(addition(dn, { objectClass: 'container' }));
  }
  const template = (name: string, flags: string, enrollment: string, use: string, access: string): string =>
    addition(`CN=${name},CN=Certificate Templates,${keys}`, {
      objectClass: 'pKICertificateTemplate',
      'msPKI-Certificate-Name-Flag': flags,
      'msPKI-Enrollment-Flag': enrollment,
      'msPKI-RA-Signature': '0',
      pKIExtendedKeyUsage: use,
      nTSecurityDescriptor: guarded(access),
    });
  const enroll = (who: string): string => `(OA;;CR;${ENROLL};;${who})`;
  const clerk = await sid('cert.clerk');
  await dc.write(
    [
      template('FreeName', '1', '0', CLIENT_AUTHENTICATION, enroll(clerk)),
      template('FreeNameAll', '1', '0', CLIENT_AUTHENTICATION, enroll('AU')),
      template('Writable', '0', '0', CLIENT_AUTHENTICATION, `(A;;GA;;;${await sid('cert.author')})`),
      // None of these is a way: a manager approves, names come from the directory, or it logs nobody in.
      template('Approved', '1', '2', CLIENT_AUTHENTICATION, enroll(clerk)),
      template('OwnName', '0', '0', CLIENT_AUTHENTICATION, enroll('AU')),
      template('WebServer', '1', '0', SERVER_AUTHENTICATION, enroll(clerk)),
      addition(`CN=Larkspur CA,CN=Enrollment Services,${keys}`, {
        objectClass: 'pKIEnrollmentService',
        certificateTemplates: ['FreeName', 'OwnName', 'WebServer'],
        nTSecurityDescriptor: guarded(''),
      }),
      // Computers, and what is written beside them; what the domain leaves open to everybody.
      addition(`CN=GATE01,CN=Computers,${dc.base}`, {
        objectClass: 'computer',
        sAMAccountName: 'GATE01$',
        userAccountControl: '528384',
        description: 'local admin password: Rather-Long-And-Odd-99',
        nTSecurityDescriptor: guarded(`(A;;GA;;;${await sid('gate.keeper')})`),
      }),
      modification(`CN=Directory Service,CN=Windows NT,${services}`, 'replace', { dSHeuristics: '0000002' }),
      addition(`CN=NTAuthCertificates,${keys}`, {
        objectClass: 'certificationAuthority',
        authorityRevocationList: Buffer.alloc(1),
        cACertificate: Buffer.alloc(1),
        certificateRevocationList: Buffer.alloc(1),
        nTSecurityDescriptor: guarded(`(A;;WD;;;${await sid('cert.author')})`),
      }),
      modification(`CN=WS01,CN=Computers,${dc.base}`, 'add', {
        'msDS-AllowedToActOnBehalfOfOtherIdentity': `O:BAG:BAD:(A;;GA;;;${await sid('svc-front')})`,
      }),
    ].join(''),
  );
}
