/** An account with the groups it is a member of: one entry of the directory, and what the group graph knows of the names in it. */
import type { LdapEntry } from '#kit/ldap/index.ts';
import type { ReadAccount } from '../../port.ts';
import type { Directory } from '../directory.ts';
import { accountFacts, toAccount, type AccountFacts } from './account-entry.ts';
import { valuesOf } from './all-values.ts';
import { groupId, keyOf, primaryGroupOf, readGroup, type Group, type GroupGraph } from './group-graph.ts';
import type { Because } from './tier-zero.ts';

export interface Member {
  readonly facts: AccountFacts;
  /** Direct memberships, the first group among them, by name. */
  readonly groups: readonly Group[];
}

/** Reads what an entry says. A group that came into being since the graph was read is looked up and put into it. */
export async function readMember(directory: Directory, graph: GroupGraph, entry: LdapEntry): Promise<Member> {
  const facts = accountFacts(entry, directory.self.sid, directory.now);
  const groups = new Set<Group>();
  const primary = primaryGroupOf(graph, directory.domain.sid, facts.primaryGroup);
  if (primary) groups.add(primary);
  for (const dn of await valuesOf(directory.ldap, entry, 'memberOf')) {
    let group = graph.at(keyOf(dn));
    if (!group) {
      group = await readGroup(directory, dn);
      if (group) graph.add(group);
    }
    if (group && !group.foreign) groups.add(group);
  }
  return { facts, groups: [...groups].sort((one, other) => (one.name < other.name ? -1 : 1)) };
}

export const holdingsOf = (member: Member): readonly string[] => member.groups.map((group) => groupId(group.name));

export const memberAccount = (member: Member, because: readonly Because[]): ReadAccount =>
  toAccount(member.facts, because);
