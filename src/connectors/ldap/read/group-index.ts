/** The groups of a directory without their members, and what names them. */
import { ldapFilter, type LdapEntry } from '#kit/ldap/index.ts';
import { groupId, normalOrNothing } from '../names.ts';
import type { Directory } from '../session.ts';
import { uuidOf } from './account-entry.ts';

/** Attributes that hold members: by name, or by login name as Unix does. */
export const memberAttributes = ['member', 'uniqueMember', 'memberUid'] as const;

export interface Group {
  readonly id: string;
  readonly uuid: string;
  readonly dn: string;
  /** In normal spelling. */
  readonly normal: string;
  readonly name: string;
  readonly classes: ReadonlySet<string>;
  readonly gid: string | undefined;
  readonly description: string | undefined;
}

export const groupAttributes = ['cn', 'objectClass', 'entryUUID', 'gidNumber', 'description'];

export function groupOf(entry: LdapEntry): Group | undefined {
  const normal = normalOrNothing(entry.dn);
  if (normal === undefined) return undefined;
  const uuid = uuidOf(entry);
  const classes = new Set(entry.texts('objectClass').map((name) => name.toLowerCase()));
  return {
    id: groupId(uuid),
    uuid,
    dn: entry.dn,
    normal,
    name: entry.text('cn') ?? entry.dn,
    classes,
    gid: classes.has('posixgroup') ? entry.text('gidNumber') : undefined,
    description: entry.text('description'),
  };
}

export class GroupIndex {
  readonly #byDn = new Map<string, Group>();
  readonly #byUuid = new Map<string, Group>();

  add(group: Group): void {
    this.#byDn.set(group.normal, group);
    this.#byUuid.set(group.uuid, group);
  }

  byDn(normal: string): Group | undefined {
    return this.#byDn.get(normal);
  }

  byUuid(uuid: string): Group | undefined {
    return this.#byUuid.get(uuid);
  }

  /** By name, so that two looks come to the same order. */
  all(): readonly Group[] {
    return [...this.#byDn.values()].sort((a, b) => (a.normal < b.normal ? -1 : 1));
  }
}

/** A filter that finds the groups an account or group is in, without reading their members. */
export function membershipFilter(dn: string, login: string | undefined): string {
  const byUid = login === undefined ? '' : ldapFilter`(memberUid=${login})`;
  return `(|${ldapFilter`(member=${dn})(uniqueMember=${dn})`}${byUid})`;
}

/** The groups that list this account or group as a member of their own, and Unix groups that are its first group. */
export async function groupsListing(
  directory: Directory,
  member: { readonly dn: string; readonly login?: string | undefined; readonly gid?: string | undefined },
): Promise<readonly Group[]> {
  const { ldap, settings, groupsBase } = directory;
  const first = member.gid === undefined ? '' : ldapFilter`(&(objectClass=posixGroup)(gidNumber=${member.gid}))`;
  const filter = `(&${settings.groupFilter}(|${membershipFilter(member.dn, member.login)}${first}))`;
  const search = { base: groupsBase, scope: 'sub', filter, attributes: groupAttributes } as const;
  const groups: Group[] = [];
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize })) {
    const group = groupOf(entry);
    // A group that lists itself gives nobody anything.
    if (group && group.normal !== normalOrNothing(member.dn)) groups.push(group);
  }
  return groups;
}
