/** Getting into groups and out of them, one member at a time. */
import { ldapFilter, resultCode, type LdapModification } from '#kit/ldap/index.ts';
import { TargetError } from '../../port.ts';
import { groupUuid, shown } from '../names.ts';
import { groupAttributes, groupOf, membershipFilter, type Group } from '../read/group-index.ts';
import type { FoundAccount } from '../read/read-one.ts';
import { entriesOf, type Directory } from '../session.ts';
import { nothingToDo, planOf, type Plan, type Step } from './plan.ts';

/** Throws TargetError `refused` for an id that is none and for a group that is not there. */
export async function findGroup(directory: Directory, entitlement: string): Promise<Group> {
  const { ldap, settings, groupsBase } = directory;
  const filter = `(&${settings.groupFilter}${ldapFilter`(entryUUID=${groupUuid(entitlement)})`})`;
  const search = { base: groupsBase, scope: 'sub', filter, attributes: groupAttributes } as const;
  const [entry] = await entriesOf(ldap.search(search));
  const group = entry && groupOf(entry);
  if (!group)
    throw new TargetError('refused', `${directory.at} has no group ${shown(entitlement)}; it may have been deleted`);
  return group;
}

export async function planGrant(directory: Directory, account: FoundAccount, entitlement: string): Promise<Plan> {
  const group = await findGroup(directory, entitlement);
  const summary = `add ${account.nativeId} to group ${shown(group.name)} on ${directory.at}`;
  const attribute = memberAttributeOf(group);
  const value = attribute === 'memberUid' ? account.login : account.entry.dn;
  if (value === undefined)
    throw new TargetError(
      'refused',
      `${account.nativeId} has no login name, and group ${shown(group.name)} lists those`,
    );
  if (isFirstGroup(account, group) || (await lists(directory, group, account))) return nothingToDo(summary);
  const changes: LdapModification[] = [{ do: 'add', attribute, values: [value] }];
  const { emptyMember } = directory.settings;
  if (attribute !== 'memberUid' && (await holds(directory, group, ldapFilter`(${attribute}=${emptyMember})`)))
    changes.push({ do: 'delete', attribute, values: [emptyMember] });
  return planOf(summary, { do: 'modify', dn: group.dn, changes, done: [resultCode.attributeOrValueExists] });
}

export async function planRevoke(directory: Directory, account: FoundAccount, entitlement: string): Promise<Plan> {
  const group = await findGroup(directory, entitlement);
  const summary = `take ${account.nativeId} out of group ${shown(group.name)} on ${directory.at}`;
  if (isFirstGroup(account, group))
    throw new TargetError(
      'refused',
      `${shown(group.name)} is the first group of ${account.nativeId} (gidNumber); an account cannot be without one`,
    );
  const steps = await leavingSteps(directory, account, group);
  return steps.length === 0 ? nothingToDo(summary) : planOf(summary, ...steps);
}

/** Takes the account out of every list of the group that has it. */
export async function leavingSteps(
  directory: Directory,
  account: FoundAccount,
  group: Group,
): Promise<readonly Step[]> {
  const { emptyMember } = directory.settings;
  const steps: Step[] = [];
  for (const [attribute, value] of [
    ['member', account.entry.dn],
    ['uniqueMember', account.entry.dn],
    ['memberUid', account.login],
  ] as const) {
    if (value === undefined || !(await holds(directory, group, ldapFilter`(${attribute}=${value})`))) continue;
    const leave: LdapModification = { do: 'delete', attribute, values: [value] };
    const stay: LdapModification = { do: 'add', attribute, values: [emptyMember] };
    steps.push({
      do: 'modify',
      dn: group.dn,
      changes: [leave],
      done: [resultCode.noSuchAttribute],
      ...(attribute === 'memberUid' ? {} : { ifLast: [stay, leave] }),
    });
  }
  return steps;
}

function memberAttributeOf({ classes }: Group): 'member' | 'uniqueMember' | 'memberUid' {
  if (classes.has('groupofnames') || classes.has('groupofmembers')) return 'member';
  return classes.has('groupofuniquenames') ? 'uniqueMember' : 'memberUid';
}

const isFirstGroup = ({ entry }: FoundAccount, group: Group): boolean =>
  group.gid !== undefined &&
  entry.text('gidNumber') === group.gid &&
  entry.texts('objectClass').some((name) => name.toLowerCase() === 'posixaccount');

const lists = (directory: Directory, group: Group, { entry, login }: FoundAccount): Promise<boolean> =>
  holds(directory, group, membershipFilter(entry.dn, login));

/** Asked of the server, so that a large group need not come here. */
const holds = async ({ ldap }: Directory, group: Group, filter: string): Promise<boolean> =>
  (await ldap.readEntry(group.dn, ['1.1'], filter)) !== undefined;
