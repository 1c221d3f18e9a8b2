/** What the configuration of the server itself lets in: passwords of its administrators, names that are taken for theirs, passwords to other servers. */
import { guessesFor } from '#kit/common-passwords/index.ts';
import type { InspectionLimits, Observation } from '../../port.ts';
import { fitsStored } from '../change/stored-password.ts';
import { normalOrNothing, shown } from '../names.ts';
import type { Directory } from '../session.ts';

const of = (
  kind: string,
  account: string,
  about: string,
  place: string,
  facts: Observation['facts'] = {},
): Observation => ({ kind, account, about, place, facts });

/** How a password is kept that is guessed at billions a second, or undefined. */
export function weakScheme(stored: string): string | undefined {
  if (/^\{(?:MD5|SHA)\}/iu.test(stored)) return `${/^\{(\w+)\}/u.exec(stored)?.[1]?.toUpperCase() ?? ''} without salt`;
  const crypt = /^\{CRYPT\}(.*)$/iu.exec(stored)?.[1];
  if (crypt === undefined) return undefined;
  if (crypt.startsWith('$1$')) return 'MD5, which is guessed at billions a second';
  return crypt.startsWith('$') ? undefined : 'DES, which is broken in minutes';
}

export const isPlain = (stored: string): boolean =>
  !/^\{[A-Z0-9-]+\}/iu.test(stored) || /^\{CLEARTEXT\}/iu.test(stored);

/** Whether it is a password everybody tries first. Schemes that are made to take long are left alone. */
export async function isGuessed(name: string, stored: readonly string[]): Promise<boolean> {
  for (const value of stored.filter((one) => !/^\{(?:PBKDF2|ARGON2|CRYPT|BCRYPT)/iu.test(one)))
    for (const guess of guessesFor(name)) if (value === guess || (await fitsStored(guess, value)) === true) return true;
  return false;
}

export async function observeConfiguration(
  { ldap }: Directory,
  idOf: (dn: string) => string | undefined,
  powerful: ReadonlySet<string>,
  fingerprint: InspectionLimits['fingerprint'],
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  const search = {
    base: 'cn=config',
    scope: 'sub',
    filter: '(|(olcRootPW=*)(olcAuthzRegexp=*)(olcSyncrepl=*)(olcAllows=*)(olcDbIDAssertBind=*))',
    attributes: [
      'olcRootDN',
      'olcRootPW',
      'olcSuffix',
      'olcDatabase',
      'olcAuthzRegexp',
      'olcSyncrepl',
      'olcAllows',
      'olcDbIDAssertBind',
    ],
  } as const;
  const administrators = new Set<string>();
  const regexps: { readonly rule: string; readonly place: string }[] = [];
  for await (const entry of ldap.search(search)) {
    const where = shown(entry.text('olcSuffix') ?? entry.text('olcDatabase') ?? entry.dn);
    const dn = entry.text('olcRootDN');
    const account = dn === undefined ? '' : (idOf(dn) ?? shown(dn));
    if (dn !== undefined) administrators.add(normalOrNothing(dn) ?? '');
    for (const stored of entry.texts('olcRootPW')) {
      const place = `olcRootPW of ${where}`;
      if (isPlain(stored)) found.push(of('plain_password', account, `olcRootPW of ${where}`, place));
      const scheme = weakScheme(stored);
      if (scheme !== undefined) found.push(of('weak_hash', account, `olcRootPW of ${where}`, place, { scheme }));
      if (await isGuessed('admin', [stored]))
        found.push(
          of('weak_password', account, `olcRootPW of ${where}`, place, { sort: 'one that everybody tries first' }),
        );
    }
    for (const rule of entry.texts('olcAuthzRegexp')) regexps.push({ rule, place: `olcAuthzRegexp of ${where}` });
    for (const attribute of ['olcSyncrepl', 'olcDbIDAssertBind'] as const)
      for (const value of entry.texts(attribute)) {
        const secret = /\bcredentials="?([^"\s]+)/iu.exec(value)?.[1];
        const server = /\bprovider="?([^"\s]+)/iu.exec(value)?.[1] ?? where;
        if (secret !== undefined)
          found.push(
            of('stored_password', '', `${attribute} ${server} ${fingerprint(secret)}`, `${attribute} of ${where}`, {
              server: shown(server),
            }),
          );
      }
    if (entry.texts('olcAllows').some((value) => /\bupdate_anon\b/iu.test(value)))
      found.push(
        of('open_rule', '', 'update_anon', `olcAllows of ${where}`, {
          who: 'everybody, without logging in',
          rule: 'olcAllows: update_anon, as far as access rules let them',
        }),
      );
  }
  for (const { rule, place } of regexps) {
    const [pattern = '', to = ''] = (rule.replace(/^\{-?\d+\}/u, '').match(/"(?:[^"\\]|\\.)*"|\S+/gu) ?? []).map(
      (word) => word.replaceAll(/^"|"$/gu, ''),
    );
    const normal = normalOrNothing(to.replace(/^ldapi?:\/\/\/([^?]+)\?.*$/u, '$1'));
    const account = idOf(to) ?? shown(to);
    // Root of the machine itself is in charge of the server anyway.
    if (/uidNumber=0\b/iu.test(pattern) || normal === undefined) continue;
    if (administrators.has(normal) || powerful.has(account))
      found.push(
        of('mapped_login', account, `authz ${pattern}`, `${place}: ${shown(pattern)}`, {
          machine: shown(pattern),
          map: 'olcAuthzRegexp',
        }),
      );
  }
  return found;
}
