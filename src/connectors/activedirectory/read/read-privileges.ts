/**
 * Reads what makes people privileged: permissions on units, policies and the domain, then groups, members and permissions on these,
 * until nobody new is found. Whoever controls an administrator is one, and whoever controls those is one as well.
 */
import { ldapFilter, type LdapEntry } from '#kit/ldap/index.ts';
import { TargetError } from '../../port.ts';
import type { Directory } from '../directory.ts';
import { ownerAndAccess } from '../wire/controls.ts';
import { ridOf } from '../wire/identifiers.ts';
import { readSecurityDescriptor } from '../wire/security-descriptor.ts';
import { accountAttributes, accountFilter } from './account-entry.ts';
import { controlPaths, type ControlPath, type Held } from './control-paths.ts';
import { sidFilter, type Group, type GroupGraph } from './group-graph.ts';
import { readMember, type Member } from './member.ts';
import { Privileges } from './privileges.ts';
import { ownReasonsFilter } from './tier-zero.ts';

/** How many names or identities go into one filter. */
const BATCH = 40;

/** An account that is or may turn out privileged, and what permissions on it give to others if so. */
interface Candidate {
  readonly member: Member;
  readonly paths: readonly ControlPath[];
  counted: boolean;
}

/** `members`: the privileged accounts by SID, but for those who are so only because everybody is. */
export async function readPrivileges(
  directory: Directory,
  graph: GroupGraph,
): Promise<{ readonly privileges: Privileges; readonly members: ReadonlyMap<string, Member> }> {
  const withPaths = directory.settings.controlPaths;
  const privileges = new Privileges(graph, directory.domain.sid);
  const candidates = new Map<string, Candidate>();
  const asked = new Set<string>();
  if (withPaths) await readContainers(directory, privileges);
  let filters = [ownReasonsFilter];
  for (;;) {
    const everybody = privileges.ofEverybody();
    const groups = graph
      .all()
      .filter((group) => !asked.has(group.sid) && !everybody.has(group) && privileges.ofGroup(group).length > 0);
    const accounts = privileges.sources().filter((sid) => !asked.has(sid) && graph.withSid(sid) === undefined);
    for (const sid of [...groups.map((group) => group.sid), ...accounts]) asked.add(sid);
    filters.push(...groups.flatMap((group) => memberFilters(directory, group)));
    filters.push(...accounts.map((sid) => sidFilter([sid])));
    if (filters.length === 0) break;
    for (const filter of batches(filters))
      for await (const candidate of readCandidates(directory, graph, `(|${filter.join('')})`))
        if (!candidates.has(candidate.member.facts.sid)) candidates.set(candidate.member.facts.sid, candidate);
    filters = [];
    if (!withPaths) continue;
    await readGroupPermissions(directory, groups, privileges);
    for (const candidate of candidates.values()) {
      if (candidate.counted || privileges.ofAccount(candidate.member).length === 0) continue;
      candidate.counted = true;
      for (const path of candidate.paths) privileges.add(path);
    }
  }
  const members = new Map<string, Member>();
  for (const [sid, { member }] of candidates) if (privileges.ofAccount(member).length > 0) members.set(sid, member);
  return { privileges, members };
}

function memberFilters(directory: Directory, group: Group): readonly string[] {
  const direct = ldapFilter`(memberOf=${group.dn})`;
  const ofDomain = group.sid.startsWith(`${directory.domain.sid}-`);
  // Whose first group it is, is not among its members.
  return ofDomain ? [direct, `(primaryGroupID=${ridOf(group.sid)})`] : [direct];
}

async function* readCandidates(directory: Directory, graph: GroupGraph, filter: string): AsyncGenerator<Candidate> {
  const withPaths = directory.settings.controlPaths;
  const entries = searchWithPermissions(
    directory,
    `(&${accountFilter}${filter})`,
    withPaths ? [...accountAttributes, 'nTSecurityDescriptor'] : accountAttributes,
  );
  for await (const entry of entries) {
    const member = await readMember(directory, graph, entry);
    yield { member, paths: pathsOf('account', entry), counted: false };
  }
}

async function readGroupPermissions(
  directory: Directory,
  groups: readonly Group[],
  privileges: Privileges,
): Promise<void> {
  const sids = groups.filter((group) => !group.foreign).map((group) => group.sid);
  for (const batch of batches(sids)) {
    const entries = searchWithPermissions(directory, `(&(objectClass=group)${sidFilter(batch)})`, [
      'nTSecurityDescriptor',
    ]);
    for await (const entry of entries) for (const path of pathsOf('group', entry)) privileges.add(path);
  }
}

const containerFilter =
  '(|(objectClass=domainDNS)(objectClass=organizationalUnit)(objectClass=builtinDomain)(objectClass=groupPolicyContainer)(&(objectClass=container)(|(cn=AdminSDHolder)(cn=Users))))';

/** The domain, its units, its policies and the template of administrators. */
async function readContainers(directory: Directory, privileges: Privileges): Promise<void> {
  const { domain } = directory;
  let seen = false;
  const entries = searchWithPermissions(directory, containerFilter, ['objectClass', 'nTSecurityDescriptor']);
  for await (const entry of entries) {
    const held = heldBy(entry, domain.base);
    if (held === 'domain') seen = entry.has('nTSecurityDescriptor');
    for (const path of pathsOf(held, entry)) privileges.add(path);
  }
  if (!seen)
    throw new TargetError(
      'refused',
      `Reeve's account may not read the permissions of ${domain.base}; let it, or set \`controlPaths\` to false`,
    );
}

function heldBy(entry: LdapEntry, base: string): Held {
  if (entry.dn.toLowerCase() === base.toLowerCase()) return 'domain';
  if (entry.texts('objectClass').includes('groupPolicyContainer')) return 'policy';
  return /^CN=AdminSDHolder,CN=System,/iu.test(entry.dn) ? 'template' : 'unit';
}

const pathsOf = (held: Held, entry: LdapEntry): readonly ControlPath[] => {
  const bytes = entry.bytes('nTSecurityDescriptor');
  return bytes === undefined ? [] : controlPaths(held, entry.dn, readSecurityDescriptor(bytes));
};

const searchWithPermissions = (
  { ldap, domain, settings }: Directory,
  filter: string,
  attributes: readonly string[],
): AsyncGenerator<LdapEntry> =>
  ldap.search(
    { base: domain.base, scope: 'sub', filter, attributes },
    { pageSize: settings.pageSize, references: 'ignore', controls: [ownerAndAccess] },
  );

function* batches<Value>(values: readonly Value[]): Generator<readonly Value[]> {
  for (let at = 0; at < values.length; at += BATCH) yield values.slice(at, at + BATCH);
}
