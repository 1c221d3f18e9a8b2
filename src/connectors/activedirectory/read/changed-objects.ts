/** What the controller says has changed since a cookie (DirSync, MS-ADTS 3.1.1.3.4.1.3): which objects, and which of their properties. */
import { LdapError, oneLine, type LdapEntry } from '#kit/ldap/index.ts';
import type { Directory } from '../directory.ts';
import { askForChanges, changesCookie } from '../wire/controls.ts';
import { guidText, malformed } from '../wire/identifiers.ts';
import { accountAttributes } from './account-entry.ts';
import { groupAttributes } from './group-graph.ts';

export interface ChangedObject {
  readonly guid: string;
  readonly deleted: boolean;
  /** Came into being since then. */
  readonly fresh: boolean;
  /** Its sAMAccountName changed, by which everybody knows it. */
  readonly renamed: boolean;
  /** Its place or the name of its place changed. */
  readonly moved: boolean;
  /** Names of members that came or went; undefined where the whole list is new. */
  readonly members: readonly string[] | undefined;
}

/** Computers are users to the directory, and none to Reeve; managed service accounts are computers to it, and accounts to Reeve. */
const watched =
  '(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=msDS-GroupManagedServiceAccount)(objectClass=msDS-ManagedServiceAccount)(objectClass=group)(objectClass=organizationalUnit)(objectClass=container))';

/** What is each controller's own is never told; members are. */
const local: ReadonlySet<string> = new Set(['memberOf', 'lastLogon', 'uSNCreated']);
const attributes = [...new Set([...accountAttributes, ...groupAttributes, 'name', 'isDeleted', 'member'])].filter(
  (name) => !local.has(name),
);

/** With more than this a whole reading is the quicker way. */
const MAX_OBJECTS = 50_000;

/** Undefined where the cookie means nothing to the controller, Reeve's account may not follow changes, or they are too many. */
export async function changedObjects(
  { ldap, domain }: Directory,
  since: Buffer,
): Promise<{ readonly objects: readonly ChangedObject[]; readonly cookie: Buffer } | undefined> {
  const objects = new Map<string, ChangedObject>();
  let cookie = since;
  for (;;) {
    const answers = ldap.search(
      { base: domain.base, scope: 'sub', filter: watched, attributes },
      { controls: [askForChanges(cookie)], references: 'ignore' },
    );
    try {
      let step = await answers.next();
      for (; step.done !== true; step = await answers.next()) {
        const object = objectOf(step.value);
        objects.set(object.guid, merged(objects.get(object.guid), object));
        if (objects.size > MAX_OBJECTS) return undefined;
      }
      const answer = changesCookie(step.value);
      cookie = answer.cookie;
      if (!answer.more) return { objects: [...objects.values()], cookie };
    } catch (error) {
      // The controller's own word about the cookie or the right; a broken connection is another matter.
      if (error instanceof LdapError && error.resultCode !== undefined && error.code !== 'unreachable')
        return undefined;
      throw error;
    }
  }
}

function objectOf(entry: LdapEntry): ChangedObject {
  const guid = entry.bytes('objectGUID');
  if (!guid) throw malformed(`a change of ${oneLine(entry.dn)} without identity, which`);
  const fresh = entry.has('whenCreated');
  const links = entry.names.filter((name) => /^member;range=[01]-[01]$/iu.test(name));
  return {
    guid: guidText(guid),
    deleted: entry.text('isDeleted') === 'TRUE',
    fresh,
    renamed: entry.has('sAMAccountName') && !fresh,
    moved: entry.has('name') && !fresh,
    members: fresh || entry.has('member') ? undefined : links.flatMap((name) => entry.texts(name)),
  };
}

/** An object may come more than once where there is more than one answer. */
function merged(earlier: ChangedObject | undefined, later: ChangedObject): ChangedObject {
  if (!earlier) return later;
  return {
    guid: later.guid,
    deleted: later.deleted,
    fresh: earlier.fresh || later.fresh,
    renamed: (earlier.renamed || later.renamed) && !earlier.fresh,
    moved: (earlier.moved || later.moved) && !earlier.fresh,
    members: earlier.members && later.members ? [...earlier.members, ...later.members] : undefined,
  };
}
