import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { ROLE_MEMBER } from '#spine/graph/index.ts';
import { addBit, emptyBits, listBits } from '../mining/bits.ts';
import { madeWhole, type KeptRole } from './kept-roles.ts';
import { readUses, type Grant } from './read-uses.ts';
import type { Use } from './split-by-use.ts';

/** The roles there are, as the pure look takes them, and what its numbers stand for. */
export interface RolesNow {
  readonly roles: readonly { readonly id: string; readonly name: string }[];
  readonly entitlementIds: readonly string[];
  readonly identityIds: readonly string[];
  readonly kept: readonly KeptRole[];
  /** Sessions through Reeve in the window that rested on each role. */
  readonly sessions: readonly number[];
}

/** More is not looked through at once: it would take longer than somebody waits for a page. */
const MOST_ROLES = 5_000;
const MOST_GRANTS = 500_000;

interface RoleGrant extends Grant {
  readonly roleId: string;
}

/**
 * Reads all roles in use, who has them and how what they give was used since `since`. Use counts as seen where a session
 * through Reeve rested on the grant of the role, and as not there only where every account of the person on that system
 * is known to be unused since then, and where the role was had all the time. Everything else is unknown. Refuses more than it can look through while one waits.
 */
export async function readRoles(tx: Tx, since: Date): Promise<RolesNow> {
  const roles = await tx.many<{ id: string; name: string }>(
    sql`select id, name from role where valid_to is null order by name, id`,
  );
  const content = await tx.many<{ roleId: string; entitlementId: string | null; childRoleId: string | null }>(sql`
    select role_id, entitlement_id, child_role_id from role_content c
     where not exists (select from entitlement e where e.id = c.entitlement_id and e.kind = ${ROLE_MEMBER}) and valid_from <= ${tx.now} and (valid_to is null or valid_to > ${tx.now}) order by 1, 2, 3`);
  const grants = await tx.many<RoleGrant>(sql`
    select id, role_id, identity_id, valid_from from access_grant
     where role_id is not null and started and ended_because is null and valid_from <= ${tx.now}
       and (valid_to is null or valid_to > ${tx.now}) order by identity_id, id limit ${MOST_GRANTS + 1}`);
  if (roles.length > MOST_ROLES) throw tooMany(`${roles.length} roles`);
  if (grants.length > MOST_GRANTS) throw tooMany(`more than ${MOST_GRANTS} grants of roles`);

  const roleAt = new Map(roles.map(({ id }, n) => [id, n]));
  const entitlementIds = [...new Set(content.flatMap((c) => c.entitlementId ?? []))];
  const entitlementAt = new Map(entitlementIds.map((id, n) => [id, n]));
  const identityIds = [...new Set(grants.map((g) => g.identityId))];
  const identityAt = new Map(identityIds.map((id, n) => [id, n]));

  const plain = roles.map(() => ({
    own: emptyBits(entitlementIds.length),
    given: emptyBits(identityIds.length),
    contains: [] as number[],
  }));
  for (const { roleId, entitlementId, childRoleId } of content) {
    const role = plain[roleAt.get(roleId) ?? -1];
    if (role === undefined) continue;
    if (entitlementId !== null) addBit(role.own, entitlementAt.get(entitlementId) ?? 0);
    const child = childRoleId === null ? undefined : roleAt.get(childRoleId);
    if (child !== undefined) role.contains.push(child);
  }
  for (const { roleId, identityId } of grants) {
    const role = plain[roleAt.get(roleId) ?? -1];
    if (role !== undefined) addBit(role.given, identityAt.get(identityId) ?? 0);
  }
  const uses = await readUses(tx, since, entitlementIds, identityIds);
  const whole = madeWhole(
    plain.map((role) => ({ ...role, use: new Map() })),
    identityIds.length,
  );
  const grantsOf = roles.map((): RoleGrant[] => []);
  for (const grant of grants) grantsOf[roleAt.get(grant.roleId) ?? -1]?.push(grant);
  const kept: KeptRole[] = [];
  const sessions: number[] = [];
  for (const [n, role] of plain.entries()) {
    const giving = [n, ...(whole.around[n] ?? [])].flatMap((m) => grantsOf[m] ?? []);
    const entitlements = listBits(whole.gives[n] as Uint32Array).map((e) => entitlementIds[e] as string);
    const use = new Map<number, Use>();
    const byHolder = new Map<string, Grant[]>();
    for (const grant of giving) byHolder.set(grant.identityId, [...(byHolder.get(grant.identityId) ?? []), grant]);
    for (const id of entitlements) use.set(entitlementAt.get(id) as number, uses.of(id, byHolder));
    kept.push({ ...role, use });
    sessions.push(giving.reduce((sum, g) => sum + (uses.sessions.get(g.id) ?? 0), 0));
  }
  return { roles, entitlementIds, identityIds, kept, sessions };
}

const tooMany = (what: string): AppError =>
  new AppError({
    code: 'role_improvement.too_many',
    status: 422,
    detail: `${what} are more than are looked through at once`,
    fix: 'retire roles that nobody holds first: reeve roles ls',
  });
