/** The planned entries as LDIF for slapadd. */
import { createHash, randomBytes } from 'node:crypto';
import type { DirectoryPlan, PlannedEntry } from './plan.ts';

/** A password as servers keep it (RFC 2307 style `{SSHA}`): the plain one is in no file. */
export function hashPassword(password: string): string {
  const salt = randomBytes(8);
  const digest = createHash('sha1').update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`;
}

export const entryDn = (plan: DirectoryPlan, entry: PlannedEntry): string =>
  `${entry.nameless === true ? 'cn' : 'uid'}=${entry.name},ou=${entry.container ?? 'people'},${plan.suffix}`;

/** LDIF of suffix, containers, the default password policy, entries and groups, `memberOf` included since slapadd runs no overlay. */
export function renderEntries(plan: DirectoryPlan, passwords: ReadonlyMap<string, string>): string {
  const { suffix } = plan;
  const dc = /^dc=([^,]+)/u.exec(suffix)?.[1] ?? '';
  const containers = new Set(['people', 'groups', 'policies', ...plan.entries.map((one) => one.container ?? 'people')]);
  const dnOf = (member: string): string => {
    if (member.includes('=')) return member;
    if (member.startsWith('group:')) return `cn=${member.slice(6)},ou=groups,${suffix}`;
    const entry = plan.entries.find((one) => one.name === member);
    if (!entry) throw new Error(`the plan of ${plan.name} has no entry ${member}`);
    return entryDn(plan, entry);
  };
  const groupsOf = new Map<string, string[]>();
  for (const group of plan.groups.filter((one) => one.kind === 'groupOfNames'))
    for (const member of group.members) {
      const dn = dnOf(member);
      groupsOf.set(dn, [...(groupsOf.get(dn) ?? []), dnOf(`group:${group.name}`)]);
    }
  const records = [
    record(suffix, { objectClass: ['dcObject', 'organization'], dc: [dc], o: [plan.name] }),
    ...[...containers].map((ou) => record(`ou=${ou},${suffix}`, { objectClass: ['organizationalUnit'], ou: [ou] })),
    record(`cn=default,ou=policies,${suffix}`, defaultPolicy),
    ...plan.entries.map((entry) => {
      const dn = entryDn(plan, entry);
      const password = passwords.get(entry.name);
      const nameless = { objectClass: ['organizationalRole', 'simpleSecurityObject'], cn: [entry.name] };
      const person = {
        objectClass: ['inetOrgPerson'],
        uid: [entry.name],
        cn: [entry.fullName],
        sn: [entry.fullName.split(' ').at(-1) ?? entry.fullName],
      };
      return record(dn, {
        ...(entry.nameless === true ? nameless : person),
        ...(password === undefined ? {} : { userPassword: [hashPassword(password)] }),
        ...(entry.locked === true ? { pwdAccountLockedTime: ['000001010000Z'] } : {}),
        ...entry.attributes,
        ...(groupsOf.has(dn) ? { memberOf: groupsOf.get(dn) ?? [] } : {}),
      });
    }),
    ...plan.groups.map((group) => {
      const dn = dnOf(`group:${group.name}`);
      const members =
        group.kind === 'posixGroup'
          ? { memberUid: group.members, gidNumber: [String(group.gidNumber ?? 0)] }
          : { [group.kind === 'groupOfNames' ? 'member' : 'uniqueMember']: group.members.map(dnOf) };
      return record(dn, {
        objectClass: [group.kind],
        cn: [group.name],
        ...(group.description === undefined ? {} : { description: [group.description] }),
        ...members,
        ...(groupsOf.has(dn) ? { memberOf: groupsOf.get(dn) ?? [] } : {}),
      });
    }),
  ];
  return records.join('\n');
}

const defaultPolicy = {
  objectClass: ['device', 'pwdPolicy'],
  cn: ['default'],
  pwdAttribute: ['userPassword'],
  pwdMinLength: ['8'],
  pwdCheckQuality: ['1'],
  pwdInHistory: ['3'],
  pwdLockout: ['TRUE'],
  pwdLockoutDuration: ['900'],
  pwdMaxFailure: ['5'],
  pwdMaxAge: ['31536000'],
  pwdMustChange: ['TRUE'],
};

/** One LDIF record (RFC 2849); values are always base64, so that none needs a second thought. */
export const record = (dn: string, attributes: Readonly<Record<string, readonly string[]>>): string =>
  [
    `dn:: ${base64(dn)}`,
    ...Object.entries(attributes).flatMap(([name, values]) => values.map((value) => `${name}:: ${base64(value)}`)),
    '',
  ].join('\n');

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
