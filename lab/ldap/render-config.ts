/** The server's configuration (cn=config) as LDIF. */

export interface ConfigFacts {
  readonly base: string;
  readonly suffix: string;
  readonly rootDn: string;
  /** Already hashed. */
  readonly rootPassword: string;
  readonly managementDn: string;
  readonly accessRules: readonly string[];
  readonly sshKeys: boolean;
  readonly accessLog: boolean;
  readonly lastUse: boolean;
  readonly passwordPolicy: boolean;
  readonly sudo: boolean;
  /** More of `cn=config` itself, a line each, and whole entries behind everything else. */
  readonly settings: readonly string[];
  readonly more: string;
}

/** OpenSSH-LPK: the schema hosts read public keys from; Debian ships it in no package. */
const sshSchema = `
dn: cn=openssh-lpk,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: openssh-lpk
olcAttributeTypes: ( 1.3.6.1.4.1.24552.500.1.1.1.13 NAME 'sshPublicKey' DESC 'OpenSSH public key' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
olcObjectClasses: ( 1.3.6.1.4.1.24552.500.1.1.2.0 NAME 'ldapPublicKey' DESC 'OpenSSH LPK objectclass' SUP top AUXILIARY MUST uid MAY sshPublicKey )
`;

/** What sudo keeps its rules in (sudoers.ldap(5)); Debian ships it with sudo-ldap only. */
const sudoSchema = `
dn: cn=sudo,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: sudo
${['sudoUser', 'sudoHost', 'sudoCommand', 'sudoRunAs', 'sudoOption', 'sudoRunAsUser']
  .map(
    (name, at) =>
      `olcAttributeTypes: ( 1.3.6.1.4.1.15953.9.1.${at + 1} NAME '${name}' EQUALITY caseExactIA5Match SUBSTR caseExactIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 )\n`,
  )
  .join(
    '',
  )}olcObjectClasses: ( 1.3.6.1.4.1.15953.9.2.1 NAME 'sudoRole' SUP top STRUCTURAL MUST cn MAY ( sudoUser $ sudoHost $ sudoCommand $ sudoRunAs $ sudoRunAsUser $ sudoOption $ description ) )
`;

const accessLogDatabase = (facts: ConfigFacts): string => `
dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcSuffix: cn=accesslog
olcRootDN: ${facts.rootDn}
olcDbDirectory: ${facts.base}/log
olcDbMaxSize: 1073741824
olcDbIndex: objectClass,entryCSN,reqStart,reqEnd,reqResult,reqDN eq
olcAccess: to * by dn.exact="${facts.managementDn}" read by * none
olcLimits: dn.exact="${facts.managementDn}" time.soft=unlimited time.hard=unlimited size.soft=unlimited size.hard=unlimited
`;

const accessLogOverlay = (database: string): string => `
dn: olcOverlay=accesslog,${database},cn=config
objectClass: olcOverlayConfig
objectClass: olcAccessLogConfig
olcOverlay: accesslog
olcAccessLogDB: cn=accesslog
olcAccessLogOps: writes
olcAccessLogSuccess: TRUE
`;

const overlay = (name: string, objectClass: string, database: string, settings: readonly string[]): string => `
dn: olcOverlay=${name},${database},cn=config
objectClass: olcOverlayConfig
objectClass: ${objectClass}
olcOverlay: ${name}
${settings.map((line) => `${line}\n`).join('')}`;

export function renderConfig(facts: ConfigFacts): string {
  const { base, suffix, managementDn } = facts;
  const main = `olcDatabase={${facts.accessLog ? 2 : 1}}mdb`;
  const rules = [
    ...facts.accessRules.map((rule) => rule.replaceAll('%s', suffix)),
    `to attrs=userPassword by dn.exact="${managementDn}" write by self write by anonymous auth by * none`,
    `to * by dn.exact="${managementDn}" write by users read by anonymous auth`,
  ];
  return `dn: cn=config
objectClass: olcGlobal
cn: config
olcTLSCertificateFile: ${base}/server.crt
olcTLSCertificateKeyFile: ${base}/server.key
olcTLSProtocolMin: 3.3
olcPidFile: ${base}/slapd.pid
olcThreads: 4
olcToolThreads: 2
olcSockbufMaxIncomingAuth: 67108863
${facts.settings.map((line) => `${line.replaceAll('%s', suffix)}\n`).join('')}
dn: cn=module,cn=config
objectClass: olcModuleList
cn: module
olcModulePath: /usr/lib/ldap
${['back_mdb', 'ppolicy', 'memberof', 'refint', 'syncprov', 'accesslog', 'unique'].map((name) => `olcModuleLoad: ${name}\n`).join('')}
dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

${['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include: file:///etc/ldap/schema/${name}.ldif\n`).join('')}${facts.sshKeys ? sshSchema : ''}${facts.sudo ? sudoSchema : ''}
dn: olcDatabase={-1}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {-1}frontend
olcSortVals: member
olcSortVals: uniqueMember

dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
olcRootDN: cn=admin,cn=config
olcRootPW: ${facts.rootPassword}
olcAccess: to * by dn.exact="${managementDn}" read by * none
${facts.accessLog ? accessLogDatabase(facts) : ''}
dn: ${main},cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
${main.replace('=', ': ')}
olcSuffix: ${suffix}
olcRootDN: ${facts.rootDn}
olcRootPW: ${facts.rootPassword}
olcDbDirectory: ${base}/data
olcDbMaxSize: 4294967296
olcDbNoSync: TRUE
olcDbIndex: objectClass,entryUUID,entryCSN,uid,cn,member,uniqueMember,memberUid,uidNumber,gidNumber eq
olcLastBind: ${facts.lastUse ? 'TRUE' : 'FALSE'}
olcLimits: dn.exact="${managementDn}" time.soft=unlimited time.hard=unlimited size.soft=unlimited size.hard=unlimited
${rules.map((rule, at) => `olcAccess: {${at}}${rule}\n`).join('')}
${[
  overlay('syncprov', 'olcSyncProvConfig', main, ['olcSpCheckpoint: 100 1', 'olcSpSessionlog: 1000']),
  facts.accessLog ? accessLogOverlay(main) : '',
  overlay('memberof', 'olcMemberOfConfig', main, ['olcMemberOfRefInt: TRUE']),
  overlay('refint', 'olcRefintConfig', main, ['olcRefintAttribute: member uniqueMember manager']),
  overlay('unique', 'olcUniqueConfig', main, [`olcUniqueURI: ldap:///ou=people,${suffix}?uid?sub`]),
  facts.passwordPolicy
    ? overlay('ppolicy', 'olcPPolicyConfig', main, [
        `olcPPolicyDefault: cn=default,ou=policies,${suffix}`,
        'olcPPolicyHashCleartext: TRUE',
        'olcPPolicyUseLockout: TRUE',
      ])
    : '',
].join('')}
${facts.more}`;
}
