/** Everything known about what happened since a mark, proved complete by the census. */
import { ldapFilter, type LdapEntry } from '#kit/ldap/index.ts';
import { namedEntry, normalOrNothing } from '../names.ts';
import { accountControls, uuidOf } from '../read/account-entry.ts';
import { groupAttributes, groupOf } from '../read/group-index.ts';
import { overview, type Overview } from '../read/read-pieces.ts';
import type { Directory } from '../session.ts';
import { fatesSince, type Fate } from './access-log.ts';
import { Census, type Kind } from './census.ts';
import { explainDifference, type Explained, type Present } from './explain-difference.ts';
import { frameOf, type Mark } from './mark.ts';
import { momentOf, type Moment } from './moment.ts';
import { syncSince } from './sync.ts';

/** Tries to catch a moment in which nothing goes or is renamed while it is counted. */
const TRIES = 3;
/** Entries asked for in one filter. */
const BATCH = 50;

export interface Caught {
  readonly mark: Mark;
  readonly since: Moment;
  readonly cookie: string;
  /** entryUUIDs of what was added or changed, or is to be looked at again. */
  readonly changed: ReadonlySet<string>;
  /** What was renamed, to be looked at again next time. */
  readonly again: readonly string[];
  readonly known: Overview;
  /** Counts what of the mark's moment is still there. */
  readonly before: Census;
  /** Counts what is there now, for the next mark. */
  readonly census: Census;
  readonly explained: Explained;
  /** What renamed entries are now, by entryUUID. */
  readonly present: ReadonlyMap<string, Present>;
}

/** Undefined where it cannot be proved that nothing was missed. */
export async function catchUp(directory: Directory, mark: Mark, since: Moment): Promise<Caught | undefined> {
  if (mark.again === null) return undefined;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const sync = await syncSince(directory, mark.cookie);
    if (!sync) return undefined;
    const log = await fatesSince(directory, since);
    const before = new Census(since, mark.salt, log?.born);
    const census = new Census(momentOf(sync.cookie), mark.salt);
    const known = await overview(directory, [before, census]);
    if (frameOf(directory, known.privileges) !== mark.frame) return undefined;
    known.accounts.listAll();
    const present = await presentOf(directory, log?.fates ?? []);
    const pairs = (log?.fates ?? []).map((fate) => ({ fate, present: present.get(fate.uuid) }));
    const explained = explainDifference(directory, mark, before, pairs);
    if (!explained) continue;
    const again = [...present.keys()];
    const changed = new Set([...sync.changed, ...mark.again]);
    return { mark, since, cookie: sync.cookie, changed, again, known, before, census, explained, present };
  }
  return undefined;
}

export const fatesOf = ({ explained }: Caught, kind: Kind): readonly Fate[] =>
  [...explained].filter(([, was]) => was === kind).map(([fate]) => fate);

async function presentOf(directory: Directory, fates: readonly Fate[]): Promise<ReadonlyMap<string, Present>> {
  const { loginAttribute } = directory.settings;
  const uuids = new Set(fates.filter((fate) => !fate.deleted).map((fate) => fate.uuid));
  const found = new Map<string, Present>();
  for await (const entry of entriesWithUuid(directory, 'accounts', uuids, [loginAttribute, 'entryUUID'])) {
    const dn = normalOrNothing(entry.dn);
    const names = namedEntry(entry, loginAttribute).logins;
    if (dn !== undefined) found.set(uuidOf(entry), { kind: 'account', dn, names });
  }
  for await (const entry of entriesWithUuid(directory, 'groups', uuids, groupAttributes)) {
    const group = groupOf(entry);
    if (group) found.set(group.uuid, { kind: 'group', dn: group.normal, names: [group.uuid] });
  }
  return found;
}

/** Entries of a kind among these. */
export async function* entriesWithUuid(
  directory: Directory,
  what: 'accounts' | 'groups' | 'policies',
  uuids: ReadonlySet<string>,
  attributes: readonly string[],
): AsyncGenerator<LdapEntry> {
  const { ldap, settings } = directory;
  const base = { accounts: directory.accountsBase, groups: directory.groupsBase, policies: directory.base }[what];
  const kind = { accounts: settings.accountFilter, groups: settings.groupFilter, policies: '(objectClass=pwdPolicy)' }[
    what
  ];
  const controls = what === 'accounts' ? accountControls(directory) : [];
  const all = [...uuids];
  for (let at = 0; at < all.length; at += BATCH) {
    const some = all.slice(at, at + BATCH).map((uuid) => ldapFilter`(entryUUID=${uuid})`);
    const filter = `(&${kind}(|${some.join('')}))`;
    yield* ldap.search({ base, scope: 'sub', filter, attributes }, { pageSize: settings.pageSize, controls });
  }
}
