/** A domain controller cuts an attribute with many values and says where (MS-ADTS 3.1.1.3.1.3.3): `member;range=0-1499`. */
import type { Ldap, LdapEntry } from '#kit/ldap/index.ts';
import { TargetError } from '../../port.ts';

/** The part of `attribute` an entry carries: where the values are, and what to ask for next; undefined where it is not there. */
function partOf(entry: LdapEntry, attribute: string): { readonly name: string; readonly next?: number } | undefined {
  const wanted = attribute.toLowerCase();
  for (const name of entry.names) {
    if (name.toLowerCase() === wanted && entry.texts(name).length > 0) return { name };
    const match = /^(.*);range=\d+-(\d+|\*)$/iu.exec(name);
    if (match?.[1]?.toLowerCase() !== wanted) continue;
    return match[2] === '*' ? { name } : { name, next: Number(match[2]) + 1 };
  }
  return undefined;
}

/**
 * Every value of `attribute`, in pieces as the controller gives them, so that half a million members need not be held.
 * `entry` was read with that attribute. Throws TargetError `failed` where a part does not follow on the one before.
 */
export async function* allValues(ldap: Ldap, entry: LdapEntry, attribute: string): AsyncGenerator<readonly string[]> {
  let part = partOf(entry, attribute);
  let from: LdapEntry | undefined = entry;
  while (part && from) {
    yield from.texts(part.name);
    const { next } = part;
    if (next === undefined) return;
    from = await ldap.readEntry(entry.dn, [`${attribute};range=${next}-*`]);
    part = from && partOf(from, attribute);
    if (!part || !part.name.includes(`=${next}-`))
      throw new TargetError('failed', `the values of ${attribute} of ${entry.dn} broke off after ${next}; read again`);
  }
}

/** The same in one list, for attributes that are seldom long. */
export async function valuesOf(ldap: Ldap, entry: LdapEntry, attribute: string): Promise<readonly string[]> {
  const part = partOf(entry, attribute);
  if (part === undefined || part.next === undefined) return part ? entry.texts(part.name) : [];
  const all: string[] = [];
  for await (const piece of allValues(ldap, entry, attribute)) all.push(...piece);
  return all;
}
