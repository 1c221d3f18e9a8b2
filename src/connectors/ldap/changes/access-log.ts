/** The log of writes (slapo-accesslog): names of what is gone or was renamed, which synchronisation does not tell. */
import { LdapError, ldapFilter, parseDn, type LdapEntry } from '#kit/ldap/index.ts';
import { normalOrNothing } from '../names.ts';
import type { Directory } from '../session.ts';
import { isWithin, type Moment } from './moment.ts';

/** What one entry was called at that moment, and what became of it. */
export interface Fate {
  readonly uuid: string;
  /** As the entry was called then, in normal spelling, and as the log spells it. */
  readonly dn: string;
  readonly spelled: string;
  /** Values of the login attribute then, as far as the log tells: those in its old place, or in what it kept of the entry. */
  readonly logins: readonly string[];
  readonly deleted: boolean;
}

/** What the log tells about entries that came, went or were renamed after a moment. */
export interface LogOfFates {
  readonly fates: readonly Fate[];
  /** entryUUIDs of entries that came after it. */
  readonly born: ReadonlySet<string>;
}

const events = '(|(objectClass=auditAdd)(objectClass=auditDelete)(objectClass=auditModRDN))';

/** Fates are of entries that were there at `since`. Undefined where there is no log Reeve may read. */
export async function fatesSince(directory: Directory, since: Moment): Promise<LogOfFates | undefined> {
  const { ldap, settings, contexts } = directory;
  const base =
    settings.accessLog === ''
      ? contexts.find((context) => /^cn=(?:accesslog|log)$/iu.test(context))
      : settings.accessLog;
  if (base === undefined) return undefined;
  const earliest = [...since.csns.values()].sort()[0] ?? '';
  const filter = `(&${events}${ldapFilter`(entryCSN>=${earliest})`})`;
  const attributes = ['reqType', 'reqDN', 'reqEntryUUID', 'reqOld', 'entryCSN'];
  const born = new Set<string>();
  const fates = new Map<string, Fate>();
  try {
    const found = ldap.search({ base, scope: 'one', filter, attributes }, { pageSize: settings.pageSize });
    for await (const entry of found) {
      if (isWithin(entry.text('entryCSN') ?? '', since)) continue;
      const uuid = entry.text('reqEntryUUID')?.toLowerCase();
      if (uuid === undefined) continue;
      const type = entry.text('reqType');
      if (type === 'add') born.add(uuid);
      else if (!born.has(uuid)) note(fates, uuid, entry, directory);
    }
  } catch (error) {
    if (!(error instanceof LdapError) || error.code !== 'refused') throw error;
    return undefined;
  }
  return { fates: [...fates.values()], born };
}

function note(fates: Map<string, Fate>, uuid: string, entry: LdapEntry, directory: Directory): void {
  const deleted = entry.text('reqType') === 'delete';
  const known = fates.get(uuid);
  if (known) {
    fates.set(uuid, { ...known, deleted: known.deleted || deleted });
    return;
  }
  const spelled = entry.text('reqDN') ?? '';
  const dn = normalOrNothing(spelled);
  if (dn === undefined) return;
  fates.set(uuid, { uuid, dn, spelled, logins: loginsThen(entry, directory.settings.loginAttribute), deleted });
}

/** From the entry as the log kept it (logold), else from its place. */
function loginsThen(entry: LdapEntry, loginAttribute: string): readonly string[] {
  const wanted = loginAttribute.toLowerCase();
  const kept = entry.texts('reqOld').flatMap((line) => {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/su.exec(line) ?? [];
    return name.toLowerCase() === wanted ? [value] : [];
  });
  if (kept.length > 0) return kept;
  const [place] = parseDn(entry.text('reqDN') ?? '');
  return (place ?? []).filter((part) => part.type.toLowerCase() === wanted).map((part) => part.value);
}
