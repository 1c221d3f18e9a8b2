/** New accounts and facts of accounts. */
import { childDn, ldapFilter, type LdapModification, type LdapValue } from '#kit/ldap/index.ts';
import { TargetError, type AccountAttributes, type Change } from '../../port.ts';
import { isLoginName } from '../names.ts';
import type { FoundAccount } from '../read/read-one.ts';
import { entriesOf, type Directory } from '../session.ts';
import { nothingToDo, planOf, type Plan } from './plan.ts';

const usual = ['ou=people', 'ou=users', 'cn=users'];

/** Where new accounts go: the setting, else the first of the usual containers that is there, else the base. */
async function containerOf({ ldap, settings, base }: Directory): Promise<string> {
  if (settings.createIn !== '') return settings.createIn;
  for (const rdn of usual) if (await ldap.readEntry(`${rdn},${base}`, ['1.1'])) return `${rdn},${base}`;
  return base;
}

export async function planCreation(
  directory: Directory,
  change: Extract<Change, { do: 'create_account' }>,
): Promise<Plan> {
  const { settings, at } = directory;
  const { account } = change;
  if (!isLoginName(account))
    throw new TargetError('refused', `an account of ${at} is created by its login name, not by a whole name (DN)`);
  const dn = childDn(settings.loginAttribute, account, await containerOf(directory));
  const facts = knownFacts(directory, change.attributes ?? {});
  const fullName = text(change.fullName) ?? account;
  const attributes: Record<string, readonly LdapValue[]> = {
    objectClass: settings.accountClasses,
    [settings.loginAttribute]: [account],
    cn: [fullName],
    sn: [fullName.split(/\s+/u).at(-1) ?? fullName],
  };
  for (const { attribute, value } of facts) if (value !== undefined) attributes[attribute] = [value];
  if (settings.unix)
    Object.assign(attributes, {
      objectClass: [...new Set([...settings.accountClasses, 'posixAccount', 'shadowAccount'])],
      uidNumber: [String(await nextUid(directory, settings.unix.firstUid))],
      gidNumber: [String(settings.unix.gid)],
      homeDirectory: [settings.unix.home.replaceAll('%u', account)],
      loginShell: [settings.unix.shell],
    });
  return planOf(`create account ${account} on ${at} (${dn})`, { do: 'add', dn, attributes });
}

/** One more than the highest in use. Two accounts created at once may meet; creating asks for a free one each time it is tried. */
async function nextUid({ ldap, settings, base }: Directory, first: number): Promise<number> {
  let highest = first - 1;
  const filter = ldapFilter`(&(objectClass=posixAccount)(uidNumber>=${String(first)}))`;
  const search = { base, scope: 'sub', filter, attributes: ['uidNumber'] } as const;
  for (const entry of await entriesOf(ldap.search(search, { pageSize: settings.pageSize })))
    highest = Math.max(highest, Number(entry.text('uidNumber') ?? 0));
  return highest + 1;
}

/** Facts this directory keeps, as attributes. A value without anything in it clears. */
function knownFacts(
  { settings }: Directory,
  attributes: AccountAttributes,
): readonly { readonly fact: string; readonly attribute: string; readonly value: string | undefined }[] {
  return Object.entries(attributes).flatMap(([fact, value]) => {
    const attribute = settings.attributes[fact];
    return attribute === undefined ? [] : [{ fact, attribute, value: value === null ? undefined : text(value) }];
  });
}

const text = (value: string): string | undefined => (value.trim() === '' ? undefined : value.trim());

export function planAttributes(
  directory: Directory,
  { entry, nativeId }: FoundAccount,
  change: Extract<Change, { do: 'set_attributes' }>,
): Plan {
  const wanted = knownFacts(directory, change.attributes);
  const own = directory.settings.loginAttribute.toLowerCase();
  const blocked = wanted.find(({ attribute }) => attribute.toLowerCase() === own);
  if (blocked) throw new TargetError('unsupported', `${blocked.fact} is kept in the name of the account itself`);
  const different = wanted.filter(({ attribute, value }) => {
    const values = entry.texts(attribute);
    return value === undefined ? values.length > 0 : !values.includes(value);
  });
  const summary = `set ${wanted.map(({ fact }) => fact).join(', ') || 'nothing'} of ${nativeId} on ${directory.at}`;
  if (different.length === 0) return nothingToDo(summary);
  const changes = different.map(({ attribute, value }): LdapModification => {
    const several = entry.texts(attribute).length > 1;
    if (value === undefined) return { do: 'replace', attribute, values: [] };
    // Other addresses or titles somebody keeps beside it stay.
    return { do: several ? 'add' : 'replace', attribute, values: [value] };
  });
  return planOf(summary, { do: 'modify', dn: entry.dn, changes });
}
