/**
 * What changed since a mark. The server's synchronisation names what was added and changed; its log of writes, where there is one,
 * names what is gone or was renamed. A census of all names proves that nothing else went: where it does not come out even, the
 * answer is to read everything.
 */
import type { LdapEntry } from '#kit/ldap/index.ts';
import type { ReadAccount, ReadEntitlement, ReadingChanges } from '../../port.ts';
import { groupId, loginNameOf, namedEntry } from '../names.ts';
import { accountAttributes, accountControls } from '../read/account-entry.ts';
import { groupAttributes, groupOf, groupsListing, memberAttributes } from '../read/group-index.ts';
import { findAccount, groupsHeldBy } from '../read/read-one.ts';
import { accountRow, entitlementOf, membersOf, type Overview } from '../read/read-pieces.ts';
import { entriesOf, type Directory } from '../session.ts';
import type { Fate } from './access-log.ts';
import { catchUp, entriesWithUuid, fatesOf, type Caught } from './catch-up.ts';
import { makeMark, parseMark, privilegedNow } from './mark.ts';
import { momentOf, type Moment } from './moment.ts';

/** Undefined where everything has to be read. `now` is an ISO instant. */
export async function readChangesSince(
  directory: Directory,
  markText: string,
  now: string,
): Promise<ReadingChanges | undefined> {
  const mark = parseMark(markText);
  const since = momentOf(mark?.cookie);
  if (!mark || !since) return undefined;
  const caught = await catchUp(directory, mark, since);
  if (!caught) return undefined;
  // Another policy may lock or free any number of accounts that did not change themselves.
  for await (const policy of entriesWithUuid(directory, 'policies', caught.changed, ['1.1']))
    if (policy) return undefined;
  const accounts = await changedAccounts(directory, caught, now);
  const goneAccounts = accounts && goneSince(directory, caught, accounts.renewed);
  if (!accounts || !goneAccounts) return undefined;
  const groups = await changedGroups(directory, caught);
  const others = await whoChangedByOthers(directory, caught, groups.size > 0, now);
  if (!others) return undefined;
  for (const entry of others) {
    const row = accountRow(directory, entry, caught.known, now);
    if (row) accounts.rows.set(row.nativeId, row);
  }
  const rows = await groupRows(directory, caught.known, groups);
  return {
    accounts: [...accounts.rows.values()],
    goneAccounts,
    entitlements: rows.map((row) => row.entitlement),
    goneEntitlements: fatesOf(caught, 'group')
      .filter((fate) => fate.deleted)
      .map((fate) => groupId(fate.uuid)),
    holdingsOf: accounts.holdingsOf,
    holdersOf: rows.map((row) => row.holders),
    mark: makeMark(directory, { ...caught, ...caught.known }),
  };
}

interface ChangedAccounts {
  readonly rows: Map<string, ReadAccount>;
  readonly holdingsOf: ReadingChanges['holdingsOf'];
  /** Native ids of those that are new, or new under that name. */
  readonly renewed: ReadonlySet<string>;
}

async function changedAccounts(
  directory: Directory,
  caught: Caught,
  now: string,
): Promise<ChangedAccounts | undefined> {
  const { known, before, changed } = caught;
  const { loginAttribute } = directory.settings;
  const rows = new Map<string, ReadAccount>();
  const holdingsOf: { account: string; entitlements: readonly string[] }[] = [];
  const renewed = new Set<string>();
  const attributes = [...accountAttributes(directory), 'entryCSN'];
  for await (const entry of entriesWithUuid(directory, 'accounts', changed, attributes)) {
    const row = accountRow(directory, entry, known, now);
    if (!row) continue;
    rows.set(row.nativeId, row);
    const login = loginNameOf(namedEntry(entry, loginAttribute), loginAttribute);
    if (before.ageOf(entry) !== 'old' || caught.present.has(String(row.attributes['entryUUID']))) {
      renewed.add(row.nativeId);
      // A login name that two have is nobody's: then ids of entries that did not change themselves are other ones.
      if (login !== undefined && known.accounts.likeLogin(login).length > 1) return undefined;
    }
    const groups = await groupsHeldBy(directory, { entry, login });
    holdingsOf.push({ account: row.nativeId, entitlements: groups.map((group) => group.id).sort() });
  }
  return { rows, holdingsOf, renewed };
}

/** Ids that were accounts and are no longer. Undefined where an id passed to somebody who did not change. */
function goneSince(directory: Directory, caught: Caught, renewed: ReadonlySet<string>): readonly string[] | undefined {
  const { accounts } = caught.known;
  const gone: string[] = [];
  for (const fate of fatesOf(caught, 'account')) {
    const id = idThen(fate, directory.settings.loginAttribute);
    const heirs = id === fate.dn ? [accounts.byDn(id)] : accounts.likeLogin(id);
    const ids = heirs.flatMap((account) => (account === undefined ? [] : [accounts.idOf(account)]));
    if (ids.some((one) => !renewed.has(one))) return undefined;
    if (!ids.includes(id)) gone.push(id);
  }
  return gone;
}

const idThen = (fate: Fate, loginAttribute: string): string =>
  loginNameOf({ dn: fate.spelled, logins: fate.logins }, loginAttribute) ?? fate.dn;

/** entryUUIDs of groups whose members or being changed, and of those that list a group which is new or has another name. */
async function changedGroups(directory: Directory, caught: Caught): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const listed: { dn: string }[] = fatesOf(caught, 'group').filter((fate) => !fate.deleted);
  const attributes = [...groupAttributes, 'entryCSN', 'createTimestamp'];
  for await (const entry of entriesWithUuid(directory, 'groups', caught.changed, attributes)) {
    const group = groupOf(entry);
    if (!group) continue;
    found.add(group.uuid);
    if (
      caught.before.ageOf(entry) !== 'old' ||
      caught.present.has(group.uuid) ||
      caught.mark.again?.includes(group.uuid)
    )
      listed.push({ dn: entry.dn });
  }
  for (const { dn } of listed) for (const group of await groupsListing(directory, { dn })) found.add(group.uuid);
  return found;
}

/** Accounts that are other than before though their entries are not: through groups and rules, or because their time came. */
async function whoChangedByOthers(
  directory: Directory,
  caught: Caught,
  groupsChanged: boolean,
  now: string,
): Promise<readonly LdapEntry[] | undefined> {
  const { mark, known } = caught;
  const entries = [...(await crossingTheirTime(directory, caught.since, now))];
  const privileged = privilegedNow(known);
  if (mark.privileged === null || privileged === null) return groupsChanged ? undefined : entries;
  const then = new Map(Object.entries(mark.privileged));
  const ids = new Set([...then.keys(), ...Object.keys(privileged)]);
  for (const id of ids) {
    if (then.get(id) === privileged[id]) continue;
    const found = await findAccount(directory, id);
    if (found && 'entry' in found) entries.push(found.entry);
  }
  return entries;
}

/** Accounts whose start or end came between the mark and now: nothing is written then. */
async function crossingTheirTime(directory: Directory, since: Moment, now: string): Promise<readonly LdapEntry[]> {
  const { ldap, settings, accountsBase } = directory;
  const [from, to] = [`${since.second}Z`, `${now.replace(/[-:T]|\.\d+/gu, '')}`];
  const between = ['pwdStartTime', 'pwdEndTime'].map((name) => `(&(${name}>=${from})(${name}<=${to}))`).join('');
  const filter = `(&${settings.accountFilter}(|${between}))`;
  const search = { base: accountsBase, scope: 'sub', filter, attributes: accountAttributes(directory) } as const;
  return entriesOf(ldap.search(search, { pageSize: settings.pageSize, controls: accountControls(directory) }));
}

interface GroupRow {
  readonly entitlement: ReadEntitlement;
  readonly holders: ReadingChanges['holdersOf'][number];
}

async function groupRows(
  directory: Directory,
  known: Overview,
  uuids: ReadonlySet<string>,
): Promise<readonly GroupRow[]> {
  const rows: GroupRow[] = [];
  const attributes = [...groupAttributes, ...memberAttributes];
  for await (const entry of entriesWithUuid(directory, 'groups', uuids, attributes)) {
    const group = groupOf(entry);
    if (!group) continue;
    const accounts: string[] = [];
    const impliedBy: string[] = [];
    for await (const member of membersOf(directory, entry, group, known)) {
      if ('account' in member) accounts.push(member.account);
      else impliedBy.push(member.group);
    }
    const entitlement = entitlementOf(group, known.privileges);
    rows.push({ entitlement, holders: { entitlement: group.id, accounts, impliedBy } });
  }
  return rows;
}
