/**
 * Who may read the passwords of local administrators that the directory keeps for computers (LAPS, the older and the newer).
 * The passwords themselves are never asked for.
 */
import type { LdapEntry } from '#kit/ldap/index.ts';
import type { Observation } from '../../port.ts';
import type { Directory } from '../directory.ts';
import { guidText } from '../wire/identifiers.ts';
import { access, isEverything, readSecurityDescriptor, type AllowedAce } from '../wire/security-descriptor.ts';

/** Where a password is kept, and what tells that one is. */
const kept: ReadonlyMap<string, string> = new Map([
  ['ms-Mcs-AdmPwd', 'ms-Mcs-AdmPwdExpirationTime'],
  ['msLAPS-Password', 'msLAPS-PasswordExpirationTime'],
  ['msLAPS-EncryptedPassword', 'msLAPS-PasswordExpirationTime'],
]);
/** searchFlags (MS-ADTS 2.2.10): reading it takes the extended right to it as well. */
const CONFIDENTIAL = 0x80;
/** Everybody who is logged in, one way or another. */
const everybody: ReadonlySet<string> = new Set(['S-1-1-0', 'S-1-5-11', 'S-1-5-32-545', 'S-1-5-32-554']);
const MOST_NAMED = 3;

interface KeptIn {
  readonly attribute: string;
  /** The older kind has another GUID in every forest. */
  readonly guid: string;
  readonly set: string | undefined;
  readonly confidential: boolean;
}

/** The attributes this forest has, by its schema; none where LAPS was never set up. */
export async function localPasswordAttributes({ ldap, settings }: Directory): Promise<readonly KeptIn[]> {
  const root = { base: '', scope: 'base', filter: '(objectClass=*)', attributes: ['schemaNamingContext'] } as const;
  let base: string | undefined;
  for await (const entry of ldap.search(root)) base = entry.text('schemaNamingContext');
  if (base === undefined) return [];
  const search = {
    base,
    scope: 'sub',
    filter: `(|${[...kept.keys()].map((name) => `(lDAPDisplayName=${name})`).join('')})`,
    attributes: ['lDAPDisplayName', 'schemaIDGUID', 'attributeSecurityGUID', 'searchFlags'],
  } as const;
  const found: KeptIn[] = [];
  for await (const entry of ldap.search(search, { pageSize: settings.pageSize, references: 'ignore' })) {
    const [guid, set] = [entry.bytes('schemaIDGUID'), entry.bytes('attributeSecurityGUID')];
    if (guid === undefined) continue;
    found.push({
      attribute: entry.text('lDAPDisplayName') ?? '',
      guid: guidText(guid, 0),
      set: set === undefined ? undefined : guidText(set, 0),
      confidential: (Number(entry.text('searchFlags') ?? 0) & CONFIDENTIAL) !== 0,
    });
  }
  return found;
}

interface Reader {
  readonly sid: string;
  readonly attribute: string;
  readonly dn: string;
  readonly computers: string[];
}

/** Gathers over all computers, so that one right over a unit is one finding. */
export class LocalPasswords {
  readonly #attributes: readonly KeptIn[];
  readonly #readers = new Map<string, Reader>();
  constructor(attributes: readonly KeptIn[]) {
    this.#attributes = attributes;
  }

  take(entry: LdapEntry, name: string): void {
    const bytes = this.#attributes.length === 0 ? undefined : entry.bytes('nTSecurityDescriptor');
    if (bytes === undefined) return;
    const { allowed } = readSecurityDescriptor(bytes);
    for (const one of this.#attributes) {
      if (!entry.has(kept.get(one.attribute) ?? '')) continue;
      for (const sid of readersOf(one, allowed)) {
        const key = `${one.attribute} ${sid}`;
        const reader = this.#readers.get(key);
        if (reader === undefined)
          this.#readers.set(key, { sid, attribute: one.attribute, dn: entry.dn, computers: [name] });
        else reader.computers.push(name);
      }
    }
  }

  observe(nameOf: (sid: string) => string | undefined, isPrivileged: (sid: string) => boolean): readonly Observation[] {
    return [...this.#readers.values()]
      .filter(({ sid }) => !isPrivileged(sid) && nameOf(sid) !== undefined)
      .map(({ sid, attribute, dn, computers }) => {
        const named = computers.toSorted();
        return {
          kind: 'reads_local_password',
          account: everybody.has(sid) ? '' : (nameOf(sid) ?? sid),
          about: attribute,
          place: `permissions of ${dn}: ReadProperty and control access, ${attribute}`,
          facts: {
            attribute,
            by: nameOf(sid) ?? sid,
            on: named.slice(0, MOST_NAMED),
            more: String(Math.max(0, named.length - MOST_NAMED)),
          },
        };
      });
  }
}

/** Rights come from above too, so entries that were inherited count. */
function readersOf({ guid, set, confidential }: KeptIn, allowed: readonly AllowedAce[]): ReadonlySet<string> {
  const counts = allowed.filter(
    ({ here, objectType }) => here && (objectType === undefined || objectType === guid || objectType === set),
  );
  const reads = new Set<string>();
  const controls = new Set<string>();
  for (const { trustee, mask } of counts) {
    if ((mask & (access.readProperty | access.genericRead)) !== 0 || isEverything(mask)) reads.add(trustee);
    if ((mask & access.extendedRight) !== 0 || isEverything(mask)) controls.add(trustee);
  }
  if (!confidential) return reads;
  const all = [...reads].some((sid) => everybody.has(sid));
  return new Set([...controls].filter((sid) => all || reads.has(sid)));
}
