/** Every group of a domain and what it is a member of: small beside the people, and needed whole to tell who is privileged. */
import { ldapFilter, oneLine, type LdapEntry } from '#kit/ldap/index.ts';
import { TargetError, type ReadAccount, type ReadEntitlement, type ReadNesting } from '../../port.ts';
import { isOfDomain, type Directory } from '../directory.ts';
import { guidText, sidBytes, sidText } from '../wire/identifiers.ts';
import { valuesOf } from './all-values.ts';

/** A group, or a principal of another place that is a member of one (`CN=ForeignSecurityPrincipals`). */
export interface Group {
  readonly dn: string;
  readonly name: string;
  readonly sid: string;
  readonly guid: string;
  /** False for a distribution list: being on it gives no access. */
  readonly security: boolean;
  readonly foreign: boolean;
  /** The change by which this controller learned of it. */
  readonly created: bigint;
  /** Groups it is a member of, by {@link keyOf} their names. */
  readonly parents: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

export const groupAttributes = [
  'objectClass',
  'sAMAccountName',
  'objectSid',
  'objectGUID',
  'groupType',
  'memberOf',
  'description',
  'adminCount',
  'managedBy',
  'uSNCreated',
] as const;

/** groupType (MS-ADTS 2.2.12). */
const groupType = { global: 0x2, domainLocal: 0x4, universal: 0x8, security: 0x80000000 } as const;

/** A controller writes the name of an object one way, so that spelling is enough to tell them apart. */
export const keyOf = (dn: string): string => dn.toLowerCase();

export const groupId = (name: string): string => `group:${name}`;

export class GroupGraph {
  readonly #byKey = new Map<string, Group>();
  readonly #bySid = new Map<string, Group>();

  add(group: Group): void {
    this.#byKey.set(keyOf(group.dn), group);
    this.#bySid.set(group.sid, group);
  }

  at(key: string): Group | undefined {
    return this.#byKey.get(key);
  }

  withSid(sid: string): Group | undefined {
    return this.#bySid.get(sid);
  }

  all(): readonly Group[] {
    return [...this.#byKey.values()];
  }

  /** The groups to which being one of these leads, themselves included. Only security groups lead anywhere. */
  closure(start: readonly Group[]): ReadonlySet<Group> {
    const reached = new Set<Group>();
    const queue = start.filter((group) => group.security);
    for (let next = queue.pop(); next; next = queue.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      for (const key of next.parents) {
        const parent = this.#byKey.get(key);
        if (parent?.security === true) queue.push(parent);
      }
    }
    return reached;
  }
}

export async function readGroups(directory: Directory): Promise<GroupGraph> {
  const { ldap, domain, settings } = directory;
  const graph = new GroupGraph();
  const filter = '(|(objectClass=group)(objectClass=foreignSecurityPrincipal))';
  const search = { base: domain.base, scope: 'sub', filter, attributes: groupAttributes } as const;
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize, references: 'ignore' }))
    graph.add(await groupOf(directory, entry));
  return graph;
}

/** A group read by its name, for what came into being since the graph was read; undefined when it is gone again or of another domain. */
export async function readGroup(directory: Directory, dn: string): Promise<Group | undefined> {
  if (!isOfDomain(dn, directory.domain)) return undefined;
  const entry = await directory.ldap.readEntry(dn, groupAttributes, '(objectClass=group)');
  return entry && groupOf(directory, entry);
}

export async function groupNamed(directory: Directory, name: string): Promise<Group | undefined> {
  const { ldap, domain } = directory;
  const filter = ldapFilter`(&(objectCategory=group)(sAMAccountName=${name}))`;
  const search = { base: domain.base, scope: 'sub', filter, attributes: groupAttributes } as const;
  for await (const entry of ldap.search(search, { references: 'ignore', maxEntries: 1 }))
    return groupOf(directory, entry);
  return undefined;
}

async function groupOf(directory: Directory, entry: LdapEntry): Promise<Group> {
  const [sidValue, guid] = [entry.bytes('objectSid'), entry.bytes('objectGUID')];
  const foreign = entry.texts('objectClass').includes('foreignSecurityPrincipal');
  const sid = sidValue && sidText(sidValue);
  const name = foreign ? sid && (wellKnown.get(sid) ?? sid) : entry.text('sAMAccountName');
  if (name === undefined || sid === undefined || !guid)
    throw new TargetError('failed', `${oneLine(entry.dn)} shows no name or no identity; may Reeve's account read it?`);
  const type = Number(entry.text('groupType') ?? 0);
  const scopes = ['global', 'domainLocal', 'universal'] as const;
  const facts = {
    sid,
    guid: guidText(guid),
    dn: entry.dn,
    scope: scopes.find((scope) => (type & groupType[scope]) !== 0),
    security: (type & groupType.security) !== 0,
    description: entry.text('description'),
    managedBy: entry.text('managedBy'),
    ...(entry.text('adminCount') === '1' ? { adminCount: 1 } : {}),
  };
  return {
    dn: entry.dn,
    name,
    sid,
    guid: facts.guid,
    security: foreign || facts.security,
    foreign,
    created: BigInt(entry.text('uSNCreated') ?? '0'),
    parents: (await valuesOf(directory.ldap, entry, 'memberOf')).map(keyOf),
    attributes: Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)),
  };
}

/** Principals everybody carries without being a member of anything (MS-DTYP 2.4.2.4). */
const wellKnown: ReadonlyMap<string, string> = new Map([
  ['S-1-1-0', 'Everyone'],
  ['S-1-5-11', 'Authenticated Users'],
]);

/** What every account that logs in is, whatever its memberships; 513 is in it because it is everybody's first group. */
export const everybody = (domainSid: string): readonly string[] => [...wellKnown.keys(), `${domainSid}-513`];

export const wellKnownName = (sid: string): string | undefined => wellKnown.get(sid);

/** Finds principals by their SIDs; the controller has an index of them. */
export const sidFilter = (sids: readonly string[]): string =>
  `(|${sids.map((sid) => ldapFilter`(objectSid=${sidBytes(sid)})`).join('')})`;

export const toEntitlement = (group: Group, because: ReadAccount['privilegedBecause']): ReadEntitlement => ({
  nativeId: groupId(group.name),
  kind: group.security ? 'group' : 'distribution_list',
  name: group.name,
  privileged: because.length > 0,
  stableId: `guid:${group.guid}`,
  attributes: { ...group.attributes, ...(because.length > 0 ? { privilegedBecause: because } : {}) },
});

/** What holding this group implies. */
export const nestingOf = (group: Group, graph: GroupGraph): readonly ReadNesting[] =>
  group.parents.flatMap((key) => {
    const parent = graph.at(key);
    return parent === undefined || parent.foreign ? [] : [{ parent: groupId(group.name), child: groupId(parent.name) }];
  });

/** The primary group of an account: not among the members the directory lists. */
export const primaryGroupOf = (graph: GroupGraph, domainSid: string, rid: number): Group | undefined =>
  rid === 0 ? undefined : graph.withSid(`${domainSid}-${rid}`);
