/** Puts the planned units, groups, people and delegations into a provisioned domain, before anyone can reach it. */
import { addition, modification, type LdifEntry } from './ldif.ts';
import type { AccountFlag, DomainPlan, PlannedDomainGroup, PlannedDomainUser } from './plan.ts';
import type { SambaServer } from './server.ts';

/** userAccountControl (MS-ADTS 2.2.16). */
const NORMAL_ACCOUNT = 0x200;
const FLAGS: Readonly<Record<AccountFlag, number>> = {
  disabled: 0x2,
  password_never_expires: 0x10000,
  trusted_for_delegation: 0x80000,
  no_preauth: 0x400000,
  trusted_to_impersonate: 0x1000000,
};
/** groupType (MS-ADTS 2.2.12), security groups. */
const GROUP_TYPES: Readonly<Record<NonNullable<PlannedDomainGroup['scope']>, string>> = {
  global: '-2147483646',
  domain_local: '-2147483644',
  universal: '-2147483640',
};

/** `DC=corp,DC=example` of `CORP.EXAMPLE`. */
export const baseOf = (plan: DomainPlan): string =>
  plan.realm
    .toLowerCase()
    .split('.')
    .map((part) => `DC=${part}`)
    .join(',');

/** How a password travels to `unicodePwd` (MS-ADTS 3.1.1.3.1.5): quoted, UTF-16LE. */
export const quotedPassword = (password: string): Buffer => Buffer.from(`"${password}"`, 'utf16le');

/** Writes the plan. `passwords` has one for every planned user and for `Administrator`. */
export async function plantDomain(
  server: SambaServer,
  plan: DomainPlan,
  passwords: ReadonlyMap<string, string>,
): Promise<void> {
  const base = baseOf(plan);
  const passwordOf = (name: string): Buffer => quotedPassword(passwords.get(name) ?? '');
  await server.write(
    [
      modification(`CN=Administrator,CN=Users,${base}`, 'replace', { unicodePwd: passwordOf('Administrator') }),
      ...plan.units.map((unit) => addition(unitDn(unit, base), { objectClass: 'organizationalUnit' })),
      ...plan.groups.map((group) => addition(`CN=${group.name},${unitDn(group.unit, base)}`, groupEntry(group))),
      ...plan.users.map((user) =>
        addition(`CN=${user.name},${unitDn(user.unit, base)}`, userEntry(user, plan, passwordOf(user.name))),
      ),
    ].join(''),
  );
  const entries = await server.search('(sAMAccountName=*)', ['sAMAccountName', 'objectSid']);
  const named = new Map(entries.map((entry) => [first(entry, 'sAMAccountName'), entry]));
  const entryOf = (name: string): LdifEntry => {
    const found = named.get(name);
    if (found === undefined) throw new Error(`the plan of ${plan.name} speaks of ${name}, which is not in the domain`);
    return found;
  };
  await server.write(
    [
      ...[...plan.groups, ...plan.users].flatMap((member) =>
        [...(member.groups ?? []), ...('primaryGroup' in member ? [member.primaryGroup ?? ''] : [])].map((group) =>
          modification(entryOf(group).dn, 'add', { member: entryOf(member.name).dn }),
        ),
      ),
      ...plan.users.flatMap(({ name, primaryGroup }) =>
        primaryGroup === undefined
          ? []
          : modification(entryOf(name).dn, 'replace', { primaryGroupID: ridOf(entryOf(primaryGroup)) }),
      ),
    ].join(''),
  );
  await plantDelegations(server, plan, entryOf, base);
}

async function plantDelegations(
  server: SambaServer,
  plan: DomainPlan,
  entryOf: (name: string) => LdifEntry,
  base: string,
): Promise<void> {
  const added = new Map<string, string>();
  for (const { on, to, entry } of plan.delegations) {
    const [kind = '', name = ''] = on.split(':');
    const dn =
      on === 'domain'
        ? base
        : kind === 'unit'
          ? unitDn(name, base)
          : kind === 'group' || kind === 'user'
            ? entryOf(name).dn
            : `${on},${base}`;
    added.set(dn, `${added.get(dn) ?? ''}(${entry};${first(entryOf(to), 'objectSid')})`);
  }
  const filter = `(|${[...added.keys()].map((dn) => `(distinguishedName=${dn})`).join('')})`;
  const objects = added.size === 0 ? [] : await server.search(filter, ['nTSecurityDescriptor']);
  const changes: string[] = [];
  for (const [dn, entries] of added) {
    const found = objects.find((object) => object.dn.toLowerCase() === dn.toLowerCase());
    const sddl = found === undefined ? '' : first(found, 'nTSecurityDescriptor');
    if (!sddl.includes('D:')) throw new Error(`${dn} has no access list to add to`);
    // Explicit entries come before inherited ones, so the new ones go first.
    const widened = sddl.replace(/D:[A-Z]*/, (head) => `${head}${entries}`);
    changes.push(modification(dn, 'replace', { nTSecurityDescriptor: widened }));
  }
  if (changes.length > 0) await server.write(changes.join(''));
}

function userEntry(user: PlannedDomainUser, plan: DomainPlan, password: Buffer): Parameters<typeof addition>[1] {
  const flags = (user.flags ?? []).reduce((bits, flag) => bits | FLAGS[flag], NORMAL_ACCOUNT);
  return {
    objectClass: 'user',
    sAMAccountName: user.name,
    userPrincipalName: `${user.name}@${plan.realm.toLowerCase()}`,
    displayName: user.fullName,
    userAccountControl: String(flags),
    unicodePwd: password,
    ...user.attributes,
  };
}

const groupEntry = (group: PlannedDomainGroup): Parameters<typeof addition>[1] => ({
  objectClass: 'group',
  sAMAccountName: group.name,
  groupType: GROUP_TYPES[group.scope ?? 'global'],
  ...(group.description === undefined ? {} : { description: group.description }),
});

/** `Larkspur/People` → `OU=People,OU=Larkspur,DC=…`. */
export const unitDn = (unit: string, base: string): string =>
  [
    ...unit
      .split('/')
      .reverse()
      .map((name) => `OU=${name}`),
    base,
  ].join(',');

const first = (entry: LdifEntry, attribute: string): string => entry.attributes.get(attribute)?.[0] ?? '';

const ridOf = (entry: LdifEntry): string => first(entry, 'objectSid').split('-').at(-1) ?? '';
