export { readAttributeTypes, type AttributeTypes } from './attribute-types.ts';
export { ber, berInteger, berTag, readBer, readBerInteger, type BerElement } from './ber.ts';
export { isLdapFilter } from './encode-request.ts';
export type { LdapAddress } from './dial.ts';
export { childDn, firstRdn, formatDn, normalDn, parentDn, parseDn } from './dn.ts';
export type {
  LdapControl,
  LdapEntry,
  LdapMessage,
  LdapModification,
  LdapResult,
  LdapSearch,
  LdapValue,
} from './entry.ts';
export { attributesIn, inBatches } from './entry-rows.ts';
export { entryText, instantOf, type ValueText } from './entry-text.ts';
export { filterAttributes, ldapFilter } from './filter.ts';
export { errorOf, LdapError, oneLine, resultCode } from './ldap-error.ts';
export { openLdap, probeLdap, type Ldap, type LdapOptions, type SearchOptions } from './open-ldap.ts';
