import { isLdapFilter, parseDn } from '#kit/ldap/index.ts';
import { z } from 'zod';
import { TargetError, type Target } from '../port.ts';

/** Names and filters as a directory takes them. */
export const dn = z.string().refine(isDn, { error: 'is no distinguished name (RFC 4514)' });
export const filter = z.string().refine(isLdapFilter, { error: 'is no LDAP filter (RFC 4515)' });
const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/u, { error: 'is no attribute name' });

/** Settings of an LDAP directory. Every key has a working default; unknown keys are refused. */
export const ldapSettings = z.strictObject({
  /** `ldaps`: TLS from the first byte, as on port 636; `starttls`: asked for first, as on port 389. */
  tls: z.enum(['ldaps', 'starttls']).default('ldaps'),
  /** Where everything Reeve reads is. Empty: the server's one naming context. */
  base: dn.default(''),
  /** Where accounts and groups are read, and where new accounts go. Empty: `base`; for new accounts `ou=people`, `ou=users` or `cn=users` in it. */
  accountsBase: dn.default(''),
  groupsBase: dn.default(''),
  createIn: dn.default(''),
  accountFilter: filter.default(
    '(|(objectClass=person)(objectClass=account)(objectClass=posixAccount)(objectClass=simpleSecurityObject))',
  ),
  groupFilter: filter.default(
    '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)(objectClass=posixGroup))',
  ),
  /** The attribute people log in by; new accounts are named by it. */
  loginAttribute: attribute.default('uid'),
  /** Object classes of accounts Reeve creates. */
  accountClasses: z.array(attribute).min(1).default(['inetOrgPerson']),
  /** For accounts that are Unix accounts too: adds posixAccount and shadowAccount. */
  unix: z
    .strictObject({
      firstUid: z.int().min(1).max(2_000_000_000).default(10_000),
      gid: z.int().min(0).max(2_000_000_000).default(100),
      /** `%u` is the login name. */
      home: z.string().startsWith('/').max(200).default('/home/%u'),
      shell: z.string().startsWith('/').max(200).default('/bin/bash'),
    })
    .nullable()
    .default(null),
  /** Fact of a person → attribute that keeps it. */
  attributes: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/u), attribute).default({
    mail: 'mail',
    first_name: 'givenName',
    last_name: 'sn',
    department: 'departmentNumber',
    job_title: 'title',
    employee_id: 'employeeNumber',
  }),
  /** Groups whose members are privileged, by name (cn, in any case) or distinguished name. */
  privilegedGroups: z
    .array(z.string().min(1))
    .default(['admin', 'admins', 'administrators', 'directory-admins', 'ldap-admins', 'sudo', 'wheel', 'root']),
  /** What is put in a group that may not be empty when its last member goes; the empty name is nobody's. */
  emptyMember: dn.default(''),
  /** Whether a new password must be changed at the next log-in where the policy wants that. `clear` lifts it, since the vault knows the password. */
  mustChange: z.enum(['clear', 'keep']).default('clear'),
  /** Where the accesslog overlay writes. Empty: `cn=accesslog` or `cn=log`, where the server has one. */
  accessLog: dn.default(''),
  /** Entries a page. */
  pageSize: z.int().min(1).max(5_000).default(500),
  /** Longest time to wait for an answer, in seconds. */
  timeoutSeconds: z.int().min(1).max(300).default(30),
  /** Longest time to wait for connection, TLS and log-in, in seconds. */
  connectSeconds: z.int().min(1).max(60).default(10),
});

export type LdapSettings = z.infer<typeof ldapSettings>;

/** The target's settings with defaults; TargetError `unsupported` naming the wrong key. */
export function settingsOf(target: Target): LdapSettings {
  const parsed = ldapSettings.safeParse(target.settings);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? `\`${issue.path.join('.')}\`: ` : '';
  throw new TargetError('unsupported', `settings of this ldap target are wrong: ${where}${issue?.message ?? ''}`);
}

function isDn(text: string): boolean {
  try {
    return parseDn(text).length >= 0;
  } catch {
    return false;
  }
}
