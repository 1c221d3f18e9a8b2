export { ber, berBoolean, berInteger, berTag, readBer, readBerInteger, type BerElement } from './ber.ts';
export { isLdapFilter } from './encode-request.ts';
export type { LdapAddress } from './dial.ts';
export { childDn, escapeDnValue, firstRdn, formatDn, isWithin, normalDn, parentDn, parseDn, type Rdn } from './dn.ts';
export type {
  LdapControl,
  LdapEntry,
  LdapMessage,
  LdapModification,
  LdapResult,
  LdapSearch,
  LdapValue,
} from './entry.ts';
export { escapeFilterValue, ldapFilter } from './filter.ts';
export { LdapError, oneLine, resultCode } from './ldap-error.ts';
export { openLdap, probeLdap, type Ldap, type LdapOptions, type SearchOptions } from './open-ldap.ts';
