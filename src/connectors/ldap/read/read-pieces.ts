/**
 * The whole directory, in pieces: first every account's and group's name, then the accounts, then the groups with their members.
 * An entry belongs to one slice for life, by its entryUUID; a reading that broke off goes on at the slice it was in, whatever
 * order the server gives entries in.
 */
import type { LdapEntry } from '#kit/ldap/index.ts';
import type { ReadAccount, ReadEntitlement, ReadHolding, ReadingPiece, ReadNesting } from '../../port.ts';
import { Census } from '../changes/census.ts';
import { makeMark } from '../changes/mark.ts';
import { momentOf } from '../changes/moment.ts';
import { syncCookie } from '../changes/sync.ts';
import { namedEntry, normalOrNothing } from '../names.ts';
import type { Directory } from '../session.ts';
import { accountAttributes, accountControls, accountOf, uuidOf } from './account-entry.ts';
import { AccountIndex } from './account-index.ts';
import { groupAttributes, GroupIndex, groupOf, memberAttributes, type Group } from './group-index.ts';
import { findPrivileges, firstGroupMembers, type Privileges } from './privilege.ts';

/** Rows a piece has at most. */
const PIECE_ROWS = 5_000;

/**
 * The server looks at every entry for each slice, so there are few; and what is read again after a break is one of them at most.
 */
const SLICE_ROWS = 5_000;
const MOST_SLICES = 16;

/** Where a reading goes on: the first slice that was not finished. */
export interface ResumePoint {
  readonly phase: 'accounts' | 'groups';
  readonly slice: number;
  /** Into how many slices the entries are divided: a power of two. */
  readonly slices: number;
  /** The moment the reading began at; absent where the server tells none. */
  readonly cookie?: string;
}

export interface PiecesOptions {
  readonly from?: ResumePoint | undefined;
  /** ISO instant. */
  readonly now: string;
  /** The resume point as text that comes back; absent where nobody will go on from the middle. */
  readonly pack?: (point: ResumePoint) => string;
}

/** What is known before the first piece. */
export interface Overview {
  readonly groups: GroupIndex;
  readonly accounts: AccountIndex;
  readonly privileges: Privileges;
}

export async function* readPieces(directory: Directory, options: PiecesOptions): AsyncGenerator<ReadingPiece> {
  const { from, pack } = options;
  const cookie = from ? from.cookie : await syncCookie(directory);
  const census = new Census(momentOf(cookie));
  const known = await overview(directory, [census], from);
  const slices = pack ? (from?.slices ?? slicesFor(known.accounts.size)) : 1;
  const point = (phase: ResumePoint['phase'], slice: number): { resumeAt?: string } =>
    pack ? { resumeAt: pack({ phase, slice, slices, ...(cookie === undefined ? {} : { cookie }) }) } : {};

  const firstOf = { accounts: 0, groups: 0, ...(from ? { accounts: slices, [from.phase]: from.slice } : {}) };
  for (let slice = firstOf.accounts; slice < slices; slice += 1) {
    let accounts: ReadAccount[] = [];
    for await (const entry of entriesIn(directory, 'accounts', slice, slices)) {
      const account = accountRow(directory, entry, known, options.now);
      if (account) accounts.push(account);
      if (accounts.length < PIECE_ROWS) continue;
      yield { accounts };
      accounts = [];
    }
    yield { accounts, ...(slice + 1 < slices ? point('accounts', slice + 1) : point('groups', 0)) };
  }
  for (let slice = firstOf.groups; slice < slices; slice += 1) {
    let piece = new GroupRows();
    for await (const entry of entriesIn(directory, 'groups', slice, slices)) {
      const group = groupOf(entry);
      if (!group) continue;
      for await (const member of membersOf(directory, entry, group, known)) {
        if ('account' in member) piece.holdings.push({ account: member.account, entitlement: group.id });
        else piece.nesting.push({ parent: member.group, child: group.id });
        if (piece.size < PIECE_ROWS) continue;
        yield piece.rows();
        piece = new GroupRows();
      }
      piece.entitlements.push(entitlementOf(group, known.privileges));
    }
    yield { ...piece.rows(), ...(slice + 1 < slices ? point('groups', slice + 1) : {}) };
  }
  const markable = cookie !== undefined && momentOf(cookie) !== undefined;
  yield {
    whole: markable
      ? { mark: makeMark(directory, { cookie, census, again: census.recent && [...census.recent], ...known }) }
      : {},
  };
}

class GroupRows implements ReadingPiece {
  readonly entitlements: ReadEntitlement[] = [];
  readonly holdings: ReadHolding[] = [];
  readonly nesting: ReadNesting[] = [];
  get size(): number {
    return this.entitlements.length + this.holdings.length + this.nesting.length;
  }
  rows(): ReadingPiece {
    return { entitlements: this.entitlements, holdings: this.holdings, nesting: this.nesting };
  }
}

/** Names of everything, and who is privileged; counted by each census on the way. */
export async function overview(directory: Directory, counts: readonly Census[], from?: ResumePoint): Promise<Overview> {
  const { ldap, settings } = directory;
  const groups = new GroupIndex();
  const moments = ['entryCSN', 'createTimestamp'];
  const paging = { pageSize: settings.pageSize };
  const groupSearch = { base: directory.groupsBase, scope: 'sub', filter: settings.groupFilter } as const;
  for await (const entry of ldap.search({ ...groupSearch, attributes: [...groupAttributes, ...moments] }, paging)) {
    const group = groupOf(entry);
    if (!group) continue;
    groups.add(group);
    for (const census of counts) census.count('group', entry, group.normal, [group.uuid]);
  }
  const accounts = new AccountIndex(settings.loginAttribute);
  const search = { base: directory.accountsBase, scope: 'sub', filter: settings.accountFilter } as const;
  const attributes = [settings.loginAttribute, 'entryUUID', ...moments];
  for await (const entry of ldap.search({ ...search, attributes }, paging)) {
    const dn = normalOrNothing(entry.dn);
    if (dn === undefined) continue;
    const named = namedEntry(entry, settings.loginAttribute);
    const account = accounts.add(dn, named);
    for (const census of counts) census.count('account', entry, dn, named.logins);
    // What earlier slices gave was given by the reading that broke off.
    if (from && (from.phase === 'groups' || sliceOf(uuidOf(entry), from.slices) < from.slice)) accounts.list(account);
  }
  await accounts.nameShared(directory);
  return { groups, accounts, privileges: await findPrivileges(directory, groups) };
}

function slicesFor(accounts: number): number {
  let slices = 1;
  while (slices < MOST_SLICES && slices * SLICE_ROWS < accounts) slices *= 2;
  return slices;
}

const sliceOf = (uuid: string, slices: number): number =>
  Math.floor(Number.parseInt(uuid.slice(0, 2), 16) / (256 / slices));

/** The filter of one slice (UUIDOrderingMatch, RFC 4530). */
function sliceFilter(slice: number, slices: number): string {
  if (slices === 1) return '';
  const width = 256 / slices;
  const edge = (byte: number, rest: string): string => {
    const digits = byte.toString(16).padStart(2, '0') + rest.repeat(30);
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
  };
  return `(entryUUID>=${edge(slice * width, '0')})(entryUUID<=${edge((slice + 1) * width - 1, 'f')})`;
}

function entriesIn(
  directory: Directory,
  what: 'accounts' | 'groups',
  slice: number,
  slices: number,
): AsyncIterable<LdapEntry> {
  const { ldap, settings } = directory;
  const filter = what === 'accounts' ? settings.accountFilter : settings.groupFilter;
  return ldap.search(
    {
      base: what === 'accounts' ? directory.accountsBase : directory.groupsBase,
      scope: 'sub',
      filter: slices === 1 ? filter : `(&${filter}${sliceFilter(slice, slices)})`,
      attributes: what === 'accounts' ? accountAttributes(directory) : [...groupAttributes, ...memberAttributes],
    },
    { pageSize: settings.pageSize, controls: what === 'accounts' ? accountControls(directory) : [] },
  );
}

/** An entry as an account of this reading; undefined where its name cannot be read. */
export function accountRow(
  directory: Directory,
  entry: LdapEntry,
  known: Pick<Overview, 'accounts' | 'privileges'>,
  now: string,
): ReadAccount | undefined {
  const dn = normalOrNothing(entry.dn);
  if (dn === undefined) return undefined;
  const account = known.accounts.add(dn, namedEntry(entry, directory.settings.loginAttribute));
  known.accounts.list(account);
  const login = known.accounts.loginOf(account);
  return accountOf(entry, {
    directory,
    nativeId: known.accounts.idOf(account),
    login,
    dn,
    reasons: known.privileges.reasonsFor({ dn, login }),
    now,
  });
}

export function entitlementOf(group: Group, privileges: Privileges): ReadEntitlement {
  return {
    nativeId: group.id,
    kind: group.classes.has('posixgroup') ? 'unix_group' : 'group',
    name: group.name,
    privileged: privileges.groups.has(group.id),
    attributes: {
      dn: group.dn,
      ...(group.description === undefined ? {} : { description: group.description }),
      ...(group.gid === undefined ? {} : { gidNumber: Number(group.gid) }),
    },
  };
}

type Member = { readonly account: string } | { readonly group: string };

/** The accounts and groups a group lists, each once; what is neither here is passed over. Half a million members go through one by one. */
export async function* membersOf(
  directory: Directory,
  entry: LdapEntry,
  group: Group,
  known: Pick<Overview, 'accounts' | 'groups'>,
): AsyncGenerator<Member> {
  const { accounts, groups } = known;
  const seen = new SeenAccounts();
  for (const attribute of ['member', 'uniqueMember'] as const) {
    for (const value of entry.eachText(attribute)) {
      if (value === '') continue;
      const dn = normalOrNothing(value);
      const account = dn === undefined ? undefined : accounts.byDn(dn);
      const inner = dn === undefined || account !== undefined ? undefined : groups.byDn(dn);
      if (account !== undefined && accounts.isListed(account)) {
        if (seen.isNew(account)) yield { account: accounts.idOf(account) };
      } else if (inner) {
        if (inner.id !== group.id && seen.isNewGroup(inner.id)) yield { group: inner.id };
      }
    }
  }
  for (const value of entry.eachText('memberUid')) {
    for (const account of accounts.byLogin(value))
      if (accounts.isListed(account) && seen.isNew(account)) yield { account: accounts.idOf(account) };
  }
  if (group.gid === undefined) return;
  for await (const { normal } of firstGroupMembers(directory, group.gid)) {
    const account = accounts.byDn(normal);
    if (account !== undefined && accounts.isListed(account) && seen.isNew(account))
      yield { account: accounts.idOf(account) };
  }
}

/** Which accounts were met: a bit each. */
class SeenAccounts {
  #bits = new Uint8Array(1024);
  readonly #groups = new Set<string>();

  isNew(account: number): boolean {
    const at = account >> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const [byte, bit] = [this.#bits[at] ?? 0, 1 << (account & 7)];
    this.#bits[at] = byte | bit;
    return (byte & bit) === 0;
  }

  isNewGroup(id: string): boolean {
    if (this.#groups.has(id)) return false;
    this.#groups.add(id);
    return true;
  }
}
