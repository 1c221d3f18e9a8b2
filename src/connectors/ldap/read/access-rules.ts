/** Who may change others by the server's own access rules (slapd.access(5)), where Reeve's account may read cn=config. */
import { LdapError } from '#kit/ldap/index.ts';
import { normalOrNothing, shown } from '../names.ts';
import type { Directory } from '../session.ts';

/** Names in normal spelling → the rules that make them powerful, as evidence. */
export interface AccessRules {
  readonly accounts: ReadonlyMap<string, readonly string[]>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** Nothing is known where the configuration may not be read; then nobody is privileged by it. */
export async function readAccessRules(directory: Directory): Promise<AccessRules> {
  const accounts = new Map<string, string[]>();
  const groups = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, dn: string, evidence: string): void => {
    const normal = normalOrNothing(dn);
    if (normal !== undefined && normal !== '') map.set(normal, [...(map.get(normal) ?? []), evidence]);
  };
  const attributes = ['olcAccess', 'olcRootDN', 'olcSuffix', 'olcDatabase'];
  const filter = '(|(olcAccess=*)(olcRootDN=*))';
  try {
    for await (const entry of directory.ldap.search({ base: 'cn=config', scope: 'sub', filter, attributes })) {
      const where = entry.text('olcSuffix') ?? entry.text('olcDatabase') ?? entry.dn;
      const root = entry.text('olcRootDN');
      if (root !== undefined) note(accounts, root, `olcRootDN of ${shown(where)}`);
      for (const rule of entry.texts('olcAccess'))
        for (const { kind, dn, text } of powers(rule))
          note(kind === 'group' ? groups : accounts, dn, `access rule of ${shown(where)}: ${shown(text)}`);
    }
  } catch (error) {
    if (!(error instanceof LdapError) || error.code !== 'refused') throw error;
  }
  return { accounts, groups };
}

/** Attributes whose change makes somebody else's access, or one's own. */
const telling = new Set([
  'userpassword',
  'member',
  'uniquemember',
  'memberuid',
  'uid',
  'uidnumber',
  'gidnumber',
  'sshpublickey',
  'authzto',
  'pwdreset',
  'pwdaccountlockedtime',
  'entry',
  'children',
  '@extensibleobject',
]);

interface Power {
  readonly kind: 'account' | 'group';
  readonly dn: string;
  readonly text: string;
}

/** The accounts and groups one rule names that it lets change others. Clauses that name nobody (`self`, `users`, patterns) are left out. */
export function powers(rule: string): readonly Power[] {
  const words: readonly string[] = rule.replace(/^\{-?\d+\}/u, '').match(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/gu) ?? [];
  const firstBy = words.indexOf('by');
  if (words[0] !== 'to' || firstBy < 0) return [];
  const what = words.slice(1, firstBy);
  const attrs = what.find((word) => /^attrs?=/iu.test(word));
  const reach =
    attrs === undefined ||
    attrs
      .slice(attrs.indexOf('=') + 1)
      .split(',')
      .some((name) => telling.has(name.toLowerCase()));
  const found: Power[] = [];
  for (let at = firstBy; at < words.length;) {
    const next = words.indexOf('by', at + 1);
    const clause = words.slice(at + 1, next < 0 ? words.length : next);
    at = next < 0 ? words.length : next;
    if (['stop', 'continue', 'break'].includes(clause.at(-1) ?? '')) clause.pop();
    const level = clause.pop() ?? '';
    if (!(level === 'manage' || (reach && mayWrite(level)))) continue;
    const text = `to ${what.join(' ')} by ${[...clause, level].join(' ')}`;
    for (const who of clause) {
      const dn = /^dn(?:\.(?:exact|base(?:object)?))?=(.*)$/iu.exec(who)?.[1];
      // A set of whoever a group names says the same: `set="[cn=keepers,…]/member & user"`.
      const group =
        /^set(?:\.\w+)?="?\[([^\]]+)\]\/(?:member|uniquemember)\*?\s*&\s*user"?$/iu.exec(who)?.[1] ??
        /^group(?:\/[^=."]+){0,2}(?:\.exact)?=(.*)$/iu.exec(who)?.[1];
      const named = unquoted(group ?? dn ?? '');
      if (named !== '' && named !== '*')
        found.push({ kind: group === undefined ? 'account' : 'group', dn: named, text });
    }
  }
  return found;
}

const mayWrite = (level: string): boolean =>
  ['write', 'add', 'delete', 'manage'].includes(level) || /^[=+][a-z0-9]*[wazm]/u.test(level);

const unquoted = (word: string): string =>
  word.startsWith('"') && word.endsWith('"') ? word.slice(1, -1).replace(/\\(.)/gu, '$1') : word;
