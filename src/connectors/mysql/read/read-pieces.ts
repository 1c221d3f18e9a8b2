/**
 * The whole server, in pieces: roles, then accounts with what they hold everywhere and their roles, then rights on databases, tables,
 * columns and routines. What is held at a time is one page and the roles. A sum over everything, taken before and after, shows that
 * nothing changed meanwhile.
 */
import {
  TargetError,
  type ReadEntitlement,
  type ReadHolding,
  type ReadingPiece,
  type ReadNesting,
} from '../../port.ts';
import { accountId, grantId, roleAdminId, roleId, scopeText, type Scope, type Who } from '../names.ts';
import { dangerOf, globalPrivileges, privilegesOf } from '../privileges.ts';
import { isLike } from '../match-pattern.ts';
import type { MysqlSettings } from '../settings.ts';
import type { Session } from '../wire/session.ts';
import { readAccountOf, type AccountRow } from './account-row.ts';
import { takeFingerprint, type Fingerprint } from './fingerprint.ts';
import {
  accountPage,
  grantKinds,
  inPieces,
  memberships,
  text,
  type Grant,
  type GrantKey,
  type GrantKind,
} from './grant-tables.ts';
import { everybody, readOverview, type Base, type Overview } from './overview.ts';
import { readAllDangers, readDangers } from './reasons.ts';
import { packMark, packResume, type ResumePoint } from './resume.ts';

/** Throws TargetError `failed` when something changed while it ran: what was read before does not fit any more. */
export async function* readPieces(
  session: Session,
  settings: MysqlSettings,
  from?: ResumePoint,
): AsyncGenerator<ReadingPiece, void, void> {
  const known = await readOverview(session);
  const print = await takeFingerprint(session, known.tables, settings, from?.salt);
  if (from && from.sum !== print.sum) throw changedMeanwhile(session);
  const at = (phase: ResumePoint['phase'], rest: Pick<ResumePoint, 'after' | 'told'> = {}): string =>
    packResume({ ...print, phase, ...rest });

  if (!from) yield { ...(await commonPiece(session, known)), resumeAt: at('accounts') };
  if (!from || from.phase === 'accounts') {
    for await (const { piece, last } of accountPieces(session, known, settings, from?.after))
      yield { ...piece, resumeAt: at('accounts', { after: [...last] }) };
  }
  const begin = from && from.phase !== 'accounts' ? grantKinds.indexOf(from.phase) : 0;
  for (const [index, kind] of grantKinds.entries()) {
    if (index < begin) continue;
    const resumed = from?.phase === kind ? from : undefined;
    for await (const { piece, last, told } of grantPieces(known, kind, settings, resumed))
      yield { ...piece, resumeAt: at(kind, { after: [...last], told: [...told] }) };
  }
  const after = await takeFingerprint(session, known.tables, settings, print.salt);
  if (after.sum !== print.sum) throw changedMeanwhile(session);
  yield { whole: { mark: packMark(print satisfies Fingerprint) } };
}

const changedMeanwhile = ({ at }: Session): TargetError =>
  new ChangedMeanwhile('failed', `rights on ${at} changed while they were read; read anew`);

/** The grant tables changed during a reading. */
export class ChangedMeanwhile extends TargetError {}

/** Privileges on everything, roles, what is in roles. */
async function commonPiece(session: Session, known: Overview): Promise<ReadingPiece> {
  const [held] = await session.rows(
    `select bit_or(cast(json_value(Priv, '$.access') as unsigned)) from mysql.global_priv
      where json_value(Priv, '$.access') <> '18446744073709551615'`,
    1,
  );
  const given = privilegesOf(BigInt(text(held?.[0])), known.facts.privilegeCount);
  const names = new Set([...globalPrivileges.slice(0, known.facts.privilegeCount), ...given]);
  const admins = await session.rows(
    `select distinct m.Role from mysql.roles_mapping m join mysql.global_priv p on p.User = m.User and p.Host = m.Host
       join mysql.global_priv r on r.User = m.Role and r.Host = '' where m.Admin_option = 'Y' order by m.Role`,
    1,
  );
  const roles = [...known.roles.values()];
  return {
    entitlements: [
      ...[...names].map((privilege) => grantEntitlement({ level: 'global' }, privilege)),
      ...roles.map((row) => roleEntitlement(row, known)),
      ...admins.map(([role]) => roleAdminEntitlement(text(role), known)),
    ],
    nesting: [
      ...roles.flatMap((row) => globalGrants(row).map((child) => ({ parent: roleId(row.user), child }))),
      ...known.inRoles.flatMap((one) => membershipIds(one).map((child) => ({ parent: roleId(one.user), child }))),
    ],
  };
}

export const globalGrants = (row: AccountRow): readonly string[] =>
  row.privileges.map((privilege) => grantId({ level: 'global' }, privilege));

export const membershipIds = (one: { readonly role: string; readonly admin: boolean }): readonly string[] =>
  one.admin ? [roleId(one.role), roleAdminId(one.role)] : [roleId(one.role)];

async function* accountPieces(
  session: Session,
  known: Overview,
  settings: MysqlSettings,
  after: GrantKey | undefined,
): AsyncGenerator<{ readonly piece: ReadingPiece; readonly last: GrantKey }> {
  const [user, host] = (after ?? []).map((part) => Buffer.from(part, 'hex').toString('utf8'));
  const all = await readAllDangers(session, known.tables, known.acting);
  let from: Who | undefined = user === undefined || host === undefined ? undefined : { user, host };
  for (;;) {
    const rows = await accountPage(session, known.facts, from, settings.pageRows);
    const upTo = rows.at(-1);
    if (!upTo) return;
    const part = { of: 'accounts', after: from, upTo } as const;
    const names = { of: 'names', from: rows[0]?.user ?? '', to: upTo.user } as const;
    const dangers = all ?? (await readDangers(session, known.tables, names, known.acting));
    const held = new Map<string, { role: string; admin: boolean }[]>();
    for (const one of await memberships(session, part)) {
      const key = JSON.stringify([one.user, one.host]);
      held.set(key, [...(held.get(key) ?? []), one]);
    }
    for (const some of inPieces(rows)) {
      const holdings: ReadHolding[] = [];
      const accounts = some.map((row) => {
        const roles = held.get(JSON.stringify([row.user, row.host])) ?? [];
        for (const entitlement of heldWithoutTables(row, roles, known)) holdings.push({ account: row.id, entitlement });
        const reasons = known.reasonsOf(
          row,
          roles.map((one) => one.role),
          dangers,
        );
        return readAccountOf(row, reasons);
      });
      const { user: lastUser, host: lastHost } = some.at(-1) ?? upTo;
      const last = [lastUser, lastHost].map((name) => Buffer.from(name).toString('hex'));
      yield { piece: { accounts, holdings }, last };
    }
    if (rows.length < settings.pageRows) return;
    from = upTo;
  }
}

/** What an account holds on everything, its roles, and what everybody has. */
export const heldWithoutTables = (
  row: AccountRow,
  roles: readonly { readonly role: string; readonly admin: boolean }[],
  known: Base,
): readonly string[] => [
  ...globalGrants(row),
  ...roles.flatMap(membershipIds),
  ...(known.roles.has(everybody) ? [roleId(everybody)] : []),
];

async function* grantPieces(
  known: Overview,
  kind: GrantKind,
  settings: MysqlSettings,
  from: ResumePoint | undefined,
): AsyncGenerator<{ readonly piece: ReadingPiece; readonly last: GrantKey; readonly told: ReadonlySet<string> }> {
  // Rows come ordered by the thing they are on: each entitlement is told where the first of its holders is.
  let told = new Set(from?.told);
  let thing = from?.after?.slice(0, -2).join();
  for await (const { grants, last } of known.tables.pages(kind, { after: from?.after, most: settings.pageRows })) {
    const entitlements: ReadEntitlement[] = [];
    const holdings: ReadHolding[] = [];
    const nesting: ReadNesting[] = [];
    for (const grant of grants) {
      const now = thingOf(grant.scope);
      if (now !== thing) told = new Set();
      thing = now;
      for (const privilege of grant.privileges) {
        const entitlement = grantEntitlement(grant.scope, privilege);
        if (!told.has(privilege)) entitlements.push(entitlement);
        told.add(privilege);
        if (grant.host === '') nesting.push({ parent: roleId(grant.user), child: entitlement.nativeId });
        else holdings.push(holdingOf(grant, entitlement.nativeId));
      }
    }
    yield { piece: { entitlements, holdings, nesting }, last, told };
  }
}

/** The same bytes a key of the listing begins with. */
function thingOf(scope: Scope): string {
  const hex = (...names: readonly string[]): string => names.map((one) => Buffer.from(one).toString('hex')).join();
  switch (scope.level) {
    case 'global':
      return '';
    case 'database':
      return hex(scope.database);
    case 'table':
      return hex(scope.database, scope.table);
    case 'column':
      return hex(scope.database, scope.table, scope.column);
    case 'routine':
      return hex(scope.database, scope.routine, scope.type);
  }
}

function holdingOf(grant: Grant, entitlement: string): ReadHolding {
  const account = accountId(grant);
  return grant.by === '' ? { account, entitlement } : { account, entitlement, by: grant.by };
}

function grantEntitlement(scope: Scope, privilege: string): ReadEntitlement {
  const covers =
    scope.level === 'database'
      ? isLike(scope.database, 'mysql')
      : scope.level !== 'global' && scope.database === 'mysql';
  return {
    nativeId: grantId(scope, privilege),
    kind: 'grant',
    name: `${privilege.toLowerCase()} on ${scope.level === 'global' ? 'everything' : scopeText(scope)}`,
    privileged: dangerOf(scope, privilege, covers) !== undefined,
    attributes: { level: scope.level, ...(scope.level === 'global' ? {} : { database: scope.database }) },
  };
}

function roleEntitlement(row: AccountRow, known: Overview): ReadEntitlement {
  const privilegedBecause = known.reasonsOfRole(row.user);
  return {
    nativeId: roleId(row.user),
    kind: 'role',
    name: row.user === everybody ? 'PUBLIC (everybody)' : row.user,
    privileged: privilegedBecause.length > 0,
    attributes: { privilegedBecause },
  };
}

const roleAdminEntitlement = (role: string, known: Overview): ReadEntitlement => ({
  nativeId: roleAdminId(role),
  kind: 'role_admin',
  name: `may give ${role} to others`,
  privileged: known.reasonsOfRole(role).length > 0,
  attributes: {},
});
