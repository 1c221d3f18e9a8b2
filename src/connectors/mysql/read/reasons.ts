/** Why accounts and roles are privileged: by their own rights, by roles with the path, by routines that act as somebody else. */
import type { ReadAccount } from '../../port.ts';
import { hostTakesIn, isLike } from '../match-pattern.ts';
import { accountId, scopeText, type Scope, type Who } from '../names.ts';
import { dangerOf, globalPrivileges } from '../privileges.ts';
import type { Session } from '../wire/session.ts';
import type { AccountRow } from './account-row.ts';
import { text, within, type GrantTables, type Part } from './grant-tables.ts';

export type Because = ReadAccount['privilegedBecause'][number];

/** A routine that acts with the rights of somebody privileged, whoever calls it. */
export interface ActingRoutine {
  readonly database: string;
  readonly name: string;
  readonly type: string;
  readonly actsAs: string;
}

/** Rights below "everything" that make their holder privileged, by grantee. */
export interface Dangers {
  of(who: Who): readonly Because[];
}

/** Nobody has all of them but who was given `all`; newer ones come and go with versions. */
const everyPrivilege = globalPrivileges.slice(0, 29).filter((one) => one !== 'GRANT OPTION');
const everywhere: Scope = { level: 'global' };

function hasEverything(row: AccountRow): boolean {
  const has = new Set(row.privileges);
  return everyPrivilege.every((one) => has.has(one));
}

/** By the rights a row of the accounts itself has on everything. */
export function ownReasons(row: AccountRow): readonly Because[] {
  const all = hasEverything(row);
  const dangers = new Collected();
  if (all) dangers.add('holds every global privilege', 'ALL PRIVILEGES', 'on *.*');
  for (const privilege of all ? row.privileges.filter((one) => one === 'GRANT OPTION') : row.privileges) {
    const reason = dangerOf(everywhere, privilege, true);
    if (reason !== undefined) dangers.add(reason, privilege, 'on *.*');
  }
  return dangers.list();
}

/** More dangerous rights than this are not held in memory at a time. */
const MOST_AT_ONCE = 20_000;

/** {@link readDangers} of all accounts, for servers where few of them have any; undefined where that would be too many. */
export async function readAllDangers(
  session: Session,
  tables: GrantTables,
  acting: readonly ActingRoutine[],
): Promise<Dangers | undefined> {
  try {
    return await readDangers(session, tables, { of: 'all accounts' }, acting, MOST_AT_ONCE);
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

class TooMany extends Error {}

/**
 * What is dangerous among the rights of some grantees on databases, tables, columns and routines. The server looks these up by name
 * and caller, not by account: what `lena` has is good for `lena@10.0.%` too, and a right on a database given to nobody by name is
 * good for all.
 */
export async function readDangers(
  session: Session,
  tables: GrantTables,
  part: Part,
  acting: readonly ActingRoutine[],
  most = Number.POSITIVE_INFINITY,
): Promise<Dangers> {
  const found = new Granted();
  let rows = 0;
  const calls = acting.length > 0;
  const conditions = {
    database: `(t.Grant_priv = 'Y' or 'mysql' like t.Db escape '\\'${calls ? ` or t.Execute_priv = 'Y'` : ''})`,
    table: `(t.Db = 'mysql' or find_in_set('Grant', t.Table_priv))`,
    column: `t.Db = 'mysql'`,
    routine: `(find_in_set('Grant', t.Proc_priv)${calls ? ` or find_in_set('Execute', t.Proc_priv)` : ''})`,
  } as const;
  const ofAll = part.of === 'roles' ? '' : ` or (t.User = '' and t.Host <> '')`;
  for (const kind of ['database', 'table', 'column', 'routine'] as const) {
    const where = (table: string): string =>
      `(${within(part, table)}${kind === 'database' ? ofAll : ''}) and ${conditions[kind]}`;
    for await (const { grants } of tables.pages(kind, { where, most: 1_000, ofNobody: true })) {
      rows += grants.length;
      if (rows > most) throw new TooMany();
      for (const grant of grants) {
        const { scope } = grant;
        if (scope.level === 'global') continue;
        const covers = kind === 'database' ? isLike(scope.database, 'mysql') : scope.database === 'mysql';
        const to = found.to(grant, kind === 'database' && grant.user === '');
        for (const privilege of grant.privileges) {
          const reason = dangerOf(scope, privilege, covers);
          if (reason !== undefined) to.add(reason, privilege, `on ${scopeText(scope)}`);
        }
        if (grant.privileges.includes('EXECUTE')) to.call(scope, acting);
      }
    }
  }
  const proxies = await session.rows(
    `select t.User, t.Host, t.Proxied_user, t.Proxied_host from mysql.proxies_priv t where ${within(part, 't')}`,
    4,
  );
  for (const [user, host, asUser, asHost] of proxies) {
    const whom = asUser === '' ? 'anybody' : accountId({ user: text(asUser), host: text(asHost) });
    found.to({ user: text(user), host: text(host) }, false).add('may log in as somebody else', 'PROXY', `on ${whom}`);
  }
  return found;
}

/** Dangerous rights by the name and host they were given to. */
class Granted implements Dangers {
  readonly #byName = new Map<string, Map<string, Collected>>();
  readonly #toAll = new Map<string, Collected>();

  to(who: Who, all: boolean): Collected {
    const hosts = all ? this.#toAll : (this.#byName.get(who.user) ?? new Map<string, Collected>());
    if (!all) this.#byName.set(who.user, hosts);
    const known = hosts.get(who.host) ?? new Collected();
    hosts.set(who.host, known);
    return known;
  }

  of(who: Who): readonly Because[] {
    const hosts = this.#byName.get(who.user) ?? new Map<string, Collected>();
    const own = hosts.get(who.host)?.list() ?? [];
    // A role is no account, and nobody calls from nowhere.
    if (who.host === '') return own;
    const others = [...hosts].filter(([host]) => host !== '' && host !== who.host && hostTakesIn(host, who.host));
    const all = [...this.#toAll].filter(([host]) => hostTakesIn(host, who.host));
    return [
      ...own,
      ...others.flatMap(([host, rights]) => rights.list(`, granted to ${accountId({ user: who.user, host })}`)),
      ...all.flatMap(([host, rights]) => rights.list(`, granted to everybody from ${host}`)),
    ];
  }
}

/** Whoever may run routines anywhere may run these. */
export function callsEverywhere(row: AccountRow, acting: readonly ActingRoutine[]): readonly Because[] {
  const calls = new Collected();
  if (row.privileges.includes('EXECUTE') && !hasEverything(row)) calls.call(everywhere, acting);
  return calls.list();
}

/** Reasons with what shows each, told once. */
class Collected {
  readonly #shown = new Map<string, Map<string, Set<string>>>();
  readonly #called = new Map<string, string>();

  add(reason: string, privilege: string, where: string): void {
    const places = this.#shown.get(reason) ?? new Map<string, Set<string>>();
    places.set(where, (places.get(where) ?? new Set()).add(privilege));
    this.#shown.set(reason, places);
  }

  call(scope: Scope, acting: readonly ActingRoutine[]): void {
    for (const routine of acting) {
      const reaches =
        scope.level === 'global' ||
        (scope.level === 'database' && isLike(scope.database, routine.database)) ||
        (scope.level === 'routine' &&
          scope.database === routine.database &&
          scope.routine === routine.name.toLowerCase() &&
          scope.type === routine.type);
      if (!reaches) continue;
      const name = `${routine.type} ${routine.database}.${routine.name}`;
      this.#called.set(name, `EXECUTE on ${scopeText(scope)}; ${name} acts as ${routine.actsAs}`);
    }
  }

  /** `note` is said behind what shows each. */
  list(note = ''): readonly Because[] {
    const reasons = [...this.#shown].map(([reason, places]) => ({
      reason,
      evidence: few([...places].map(([where, privileges]) => `${[...privileges].join(', ')} ${where}`)) + note,
    }));
    if (this.#called.size === 0) return reasons;
    return [
      ...reasons,
      { reason: 'runs routines that act as somebody privileged', evidence: few([...this.#called.values()]) + note },
    ];
  }
}

/** The first few of a list that may be long. */
const few = (all: readonly string[]): string =>
  all.length <= 5 ? all.join('; ') : `${all.slice(0, 5).join('; ')}; and ${all.length - 5} more`;
