/** Everything that is different since a mark, as it is now. Where that cannot be told for certain, the domain is to be read whole. */
import { ldapFilter, type LdapEntry } from '#kit/ldap/index.ts';
import type { ReadAccount, ReadEntitlement, ReadingChanges } from '../../port.ts';
import { isOfDomain, seesDeleted, type Directory } from '../directory.ts';
import { showDeleted } from '../wire/controls.ts';
import { filetimeOf } from '../wire/filetime.ts';
import { guidBytes, guidText, ridOf } from '../wire/identifiers.ts';
import { accountAttributes, accountFilter } from './account-entry.ts';
import { changedObjects, type ChangedObject } from './changed-objects.ts';
import {
  everybody,
  groupId,
  keyOf,
  readGroups,
  sidFilter,
  toEntitlement,
  type Group,
  type GroupGraph,
} from './group-graph.ts';
import { privilegedNow, readMark, writeMark, type Mark } from './mark.ts';
import { holdingsOf, memberAccount, readMember, type Member } from './member.ts';
import { readPrivileges } from './read-privileges.ts';
import type { Privileges } from './privileges.ts';

/** More changed members of one group than this, and its whole list is read instead of each of them. */
const MAX_SINGLE_MEMBERS = 500;
const BATCH = 40;

const seenAttributes = [...accountAttributes, 'sAMAccountType'];
/** What `accountFilter` finds, said of an entry that was found otherwise. */
const isAccount = (entry: LdapEntry): boolean =>
  entry.text('sAMAccountType') === '805306368' ||
  entry.texts('objectClass').some((name) => name.endsWith('ManagedServiceAccount'));

/** What is known while changes are put together. */
interface Work {
  readonly directory: Directory;
  readonly graph: GroupGraph;
  readonly privileges: Privileges;
  readonly accounts: Map<string, ReadAccount>;
  readonly holdings: Map<string, readonly string[]>;
  readonly entitlements: Map<string, ReadEntitlement>;
  /** Groups whose holders are to be listed whole. */
  readonly listed: Map<string, Group>;
}

export async function changesSince(directory: Directory, since: string): Promise<ReadingChanges | undefined> {
  const mark = readMark(since);
  const { domain } = directory;
  // Another controller, or this one put back to an earlier day: its numbers mean something else.
  if (!mark || mark.invocationId !== domain.invocationId || mark.usn > domain.highestUsn) return undefined;
  if (!(await seesDeleted(directory))) return undefined;
  const changed = await changedObjects(directory, mark.cookie);
  if (!changed) return undefined;
  const next = { invocationId: domain.invocationId, usn: domain.highestUsn, at: directory.now, cookie: changed.cookie };
  if (changed.objects.length === 0 && !(await anythingElse(directory, mark)))
    return nothingBut(writeMark({ ...next, privileged: mark.privileged }));
  const deleted = await nameDeleted(directory, changed.objects);
  if (!deleted) return undefined;
  const graph = await readGroups(directory);
  const { privileges, members } = await readPrivileges(directory, graph);
  const privileged = privilegedNow(graph, privileges, members, domain.sid);
  if (!privileged) return undefined;
  const work: Work = {
    directory,
    graph,
    privileges,
    accounts: new Map(),
    holdings: new Map(),
    entitlements: new Map(),
    listed: new Map(),
  };
  if (!(await takeChanged(work, changed.objects))) return undefined;
  await takeExpired(work, mark);
  if (!(await takePrivileged(work, mark.privileged, privileged))) return undefined;
  const holdersOf: ReadingChanges['holdersOf'][number][] = [];
  for (const group of work.listed.values()) holdersOf.push(await holders(work, group));
  const accountsNow = await namesInUse(directory, deleted.accounts);
  const groupsNow = new Set(graph.all().map((group) => groupId(group.name)));
  return {
    accounts: [...work.accounts.values()],
    goneAccounts: deleted.accounts.filter((name) => !accountsNow.has(name)),
    entitlements: [...work.entitlements.values()],
    goneEntitlements: deleted.groups.map(groupId).filter((id) => !groupsNow.has(id)),
    holdingsOf: [...work.holdings].map(([account, entitlements]) => ({ account, entitlements })),
    holdersOf,
    mark: writeMark({ ...next, privileged }),
  };
}

const nothingBut = (mark: string): ReadingChanges => ({
  accounts: [],
  goneAccounts: [],
  entitlements: [],
  goneEntitlements: [],
  holdingsOf: [],
  holdersOf: [],
  mark,
});

/** Whether permissions changed or somebody's last day came, which is no change of any property that is watched. */
async function anythingElse(directory: Directory, mark: Mark): Promise<boolean> {
  const { ldap, domain } = directory;
  const classes = [
    'user',
    'group',
    'organizationalUnit',
    'container',
    'domainDNS',
    'builtinDomain',
    'groupPolicyContainer',
  ];
  const touched = `(&(uSNChanged>=${mark.usn + 1n})(|${classes.map((name) => `(objectClass=${name})`).join('')}))`;
  for (const filter of [touched, expiredSince(directory, mark)]) {
    const search = { base: domain.base, scope: 'sub', filter, attributes: ['1.1'] } as const;
    for await (const _entry of ldap.search(search, { pageSize: 10, references: 'ignore' })) return true;
  }
  return false;
}

/** Names of what was deleted, which the directory keeps for a while; undefined where Reeve's account may not see them. */
async function nameDeleted(
  directory: Directory,
  objects: readonly ChangedObject[],
): Promise<{ readonly accounts: readonly string[]; readonly groups: readonly string[] } | undefined> {
  const accounts: string[] = [];
  const groups: string[] = [];
  const wanted = objects.filter((object) => object.deleted).map((object) => object.guid);
  const found = await byGuid(directory, wanted, ['objectClass', 'sAMAccountName'], true);
  for (const guid of wanted) {
    const entry = found.get(guid);
    if (!entry) return undefined;
    const [name, classes] = [entry.text('sAMAccountName'), entry.texts('objectClass')];
    // Units and containers have no name that accounts or groups are known by.
    if (name === undefined) {
      if (classes.includes('user') || classes.includes('group')) return undefined;
      continue;
    }
    (classes.includes('group') ? groups : accounts).push(name);
  }
  return { accounts, groups };
}

/** False where a name changed that others are known by. */
async function takeChanged(work: Work, objects: readonly ChangedObject[]): Promise<boolean> {
  const { directory, graph } = work;
  const living = objects.filter((object) => !object.deleted);
  if (living.some((object) => object.renamed)) return false;
  const guids = living.map((object) => object.guid);
  const entries = await byGuid(directory, guids, seenAttributes, false);
  for (const object of living) {
    const entry = entries.get(object.guid);
    // Deleted since, or out of sight: the next changes tell of it.
    if (!entry) continue;
    const classes = entry.texts('objectClass');
    if (classes.includes('group')) {
      const group = graph.at(keyOf(entry.dn));
      if (!group) continue;
      work.entitlements.set(group.sid, toEntitlement(group, work.privileges.ofGroup(group)));
      await takeMembers(work, group, object.members);
    } else if (isAccount(entry)) {
      takeAccount(work, await readMember(directory, graph, entry));
    } else if (!classes.includes('user') && object.moved) return false;
  }
  return true;
}

function takeAccount(work: Work, member: Member): void {
  work.accounts.set(member.facts.sid, memberAccount(member, work.privileges.ofAccount(member)));
  work.holdings.set(member.facts.name, holdingsOf(member));
}

async function takeMembers(work: Work, group: Group, members: readonly string[] | undefined): Promise<void> {
  const { directory, graph } = work;
  const single: Member[] = [];
  const few = members !== undefined && members.length <= MAX_SINGLE_MEMBERS;
  let whole = !few;
  for (const dn of few ? new Set(members) : []) {
    if (!isOfDomain(dn, directory.domain)) continue;
    const entry = await directory.ldap.readEntry(dn, seenAttributes);
    // Gone since, or itself a group: then only the whole list tells.
    whole = !entry || entry.texts('objectClass').includes('group');
    if (whole || !entry) break;
    if (isAccount(entry)) single.push(await readMember(directory, graph, entry));
  }
  if (whole) work.listed.set(group.sid, group);
  else for (const member of single) work.holdings.set(member.facts.name, holdingsOf(member));
}

/** Accounts whose last day came meanwhile: nothing is written when it does. */
async function takeExpired(work: Work, mark: Mark): Promise<void> {
  const { directory, graph } = work;
  for await (const entry of searchAccounts(directory, expiredSince(directory, mark)))
    takeAccount(work, await readMember(directory, graph, entry));
}

const expiredSince = ({ now }: Directory, mark: Mark): string =>
  `(&${accountFilter}(accountExpires>=${filetimeOf(mark.at)})(accountExpires<=${filetimeOf(now)}))`;

/** False where what everybody is became privileged or is no longer. */
async function takePrivileged(
  work: Work,
  before: ReadonlyMap<number, number>,
  now: ReadonlyMap<number, number>,
): Promise<boolean> {
  const { directory, graph, privileges } = work;
  const domain = directory.domain.sid;
  const different = [...new Set([...before.keys(), ...now.keys()])].filter((rid) => before.get(rid) !== now.get(rid));
  const forAll = new Set(everybody(domain).map(ridOf));
  if (different.some((rid) => forAll.has(rid))) return false;
  const accounts: string[] = [];
  for (const rid of different) {
    const group = graph.withSid(`${domain}-${rid}`) ?? graph.withSid(`S-1-5-32-${rid}`);
    if (group) work.entitlements.set(group.sid, toEntitlement(group, privileges.ofGroup(group)));
    else if (!work.accounts.has(`${domain}-${rid}`)) accounts.push(`${domain}-${rid}`);
  }
  for (let at = 0; at < accounts.length; at += BATCH)
    for await (const entry of searchAccounts(
      directory,
      `(&${accountFilter}${sidFilter(accounts.slice(at, at + BATCH))})`,
    ))
      takeAccount(work, await readMember(directory, graph, entry));
  return true;
}

async function holders(work: Work, group: Group): Promise<ReadingChanges['holdersOf'][number]> {
  const { directory, graph } = work;
  const ofDomain = group.sid.startsWith(`${directory.domain.sid}-`);
  const primary = ofDomain ? `(primaryGroupID=${ridOf(group.sid)})` : '';
  const filter = `(&${accountFilter}(|${ldapFilter`(memberOf=${group.dn})`}${primary}))`;
  const accounts: string[] = [];
  for await (const entry of searchAccounts(directory, filter, ['sAMAccountName']))
    accounts.push(entry.text('sAMAccountName') ?? '');
  const key = keyOf(group.dn);
  const implying = graph.all().filter((one) => !one.foreign && one.parents.includes(key));
  return { entitlement: groupId(group.name), accounts, impliedBy: implying.map((one) => groupId(one.name)) };
}

/** Which of these names living accounts have: a name may be given again. */
async function namesInUse(directory: Directory, names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let at = 0; at < names.length; at += BATCH) {
    const some = names.slice(at, at + BATCH).map((name) => ldapFilter`(sAMAccountName=${name})`);
    for await (const entry of searchAccounts(directory, `(&${accountFilter}(|${some.join('')}))`, ['sAMAccountName']))
      found.add(entry.text('sAMAccountName') ?? '');
  }
  return found;
}

async function byGuid(
  { ldap, domain }: Directory,
  guids: readonly string[],
  attributes: readonly string[],
  deleted: boolean,
): Promise<ReadonlyMap<string, LdapEntry>> {
  const found = new Map<string, LdapEntry>();
  for (let at = 0; at < guids.length; at += BATCH) {
    const filter = `(|${guids
      .slice(at, at + BATCH)
      .map((guid) => ldapFilter`(objectGUID=${guidBytes(guid)})`)
      .join('')})`;
    const entries = ldap.search(
      { base: domain.base, scope: 'sub', filter, attributes: ['objectGUID', ...attributes] },
      { references: 'ignore', controls: deleted ? [showDeleted] : [] },
    );
    for await (const entry of entries) {
      const guid = entry.bytes('objectGUID');
      if (guid) found.set(guidText(guid), entry);
    }
  }
  return found;
}

const searchAccounts = (
  { ldap, domain, settings }: Directory,
  filter: string,
  attributes: readonly string[] = accountAttributes,
): AsyncGenerator<LdapEntry> =>
  ldap.search(
    { base: domain.base, scope: 'sub', filter, attributes },
    { pageSize: settings.pageSize, references: 'ignore' },
  );
