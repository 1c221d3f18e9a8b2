/** The controls of Active Directory the connector asks with (MS-ADTS 3.1.1.3.4.1). */
import {
  ber,
  berInteger,
  berTag,
  readBer,
  readBerInteger,
  type LdapControl,
  type LdapResult,
} from '#kit/ldap/index.ts';
import { malformed } from './identifiers.ts';

/** Owner and access list of a security descriptor, without the audit list, which only few may read. */
export const ownerAndAccess: LdapControl = {
  oid: '1.2.840.113556.1.4.801',
  critical: true,
  value: ber(berTag.sequence, berInteger(0x1 | 0x4)),
};

/** Deleted objects are seen too. */
export const showDeleted: LdapControl = { oid: '1.2.840.113556.1.4.417', critical: true };

export const dirSyncOid = '1.2.840.113556.1.4.841';
/** Of a changed link attribute only the values that came (`;range=1-1`) and went (`;range=0-0`), not all there are. */
const INCREMENTAL_VALUES = -0x80000000;
const MAX_BYTES = 4 * 1024 * 1024;

/** What changed since `cookie`; since ever for an empty one. */
export const askForChanges = (cookie: Buffer): LdapControl => ({
  oid: dirSyncOid,
  critical: true,
  value: ber(berTag.sequence, berInteger(INCREMENTAL_VALUES), berInteger(MAX_BYTES), ber(berTag.octets, cookie)),
});

/** Where to go on, and whether there is more to fetch now. Throws TargetError `failed` where the answer carries no cookie. */
export function changesCookie(result: LdapResult): { readonly cookie: Buffer; readonly more: boolean } {
  const value = result.controls.find((control) => control.oid === dirSyncOid)?.value;
  const [sequence] = readBer(value ?? Buffer.alloc(0));
  const [more, , cookie] = readBer(sequence?.content ?? Buffer.alloc(0));
  if (!more || !cookie || cookie.content.length === 0) throw malformed('an answer about changes');
  return { cookie: Buffer.from(cookie.content), more: readBerInteger(more.content) !== 0 };
}
