import { sql, type Tx } from '#kit/db/index.ts';
import { invalid, notFound } from '#kit/errors/index.ts';
import { getIdentities, getRole } from '#spine/graph/index.ts';
import { checkPersonCondition } from '#govern/lifecycle/index.ts';
import { bindingsOf } from '#govern/role-parameters/index.ts';
import type { VersionContent } from './model.ts';

/** Where a version says whom a rule fits. */
export const CONDITION = '/assignment/personCondition';

/** Throws where who has the role by rule cannot be as it is said. */
export async function checkAssignment(tx: Tx, { assignment, exceptPeople }: VersionContent): Promise<void> {
  if (assignment != null) checkPersonCondition(CONDITION, assignment.personCondition);
  await checkExcepted(tx, exceptPeople ?? []);
}

/** Throws where somebody who is not to be given a role by rule is not known. */
export async function checkExcepted(tx: Tx, exceptPeople: readonly string[]): Promise<void> {
  const known = new Set((await getIdentities(tx, exceptPeople)).map(({ id }) => id));
  for (const [n, id] of exceptPeople.entries())
    if (!known.has(id)) throw invalid(`/exceptPeople/${n}`, 'is nobody who is known', 'name a person by their id');
}

/**
 * Throws where a role that is to be kept apart cannot be: it is unknown, named twice, this role itself, or one of the two
 * contains the other, so that whoever has the one has both.
 */
export async function checkExclusions(
  tx: Tx,
  role: { readonly id: string; readonly name: string },
  { roles, excludes = [] }: VersionContent,
): Promise<void> {
  if (excludes.length === 0) return;
  const seen = new Set<string>();
  const withBindings = async (id: string): Promise<readonly string[]> => [
    id,
    ...(await bindingsOf(tx, id)).map((binding) => binding.roleId),
  ];
  const own = await withBindings(role.id);
  const below = await rolesBelow(
    tx,
    roles.map(({ id }) => id),
  );
  for (const [n, { roleId, kind }] of excludes.entries()) {
    const at = `/excludes/${n}/roleId`;
    const other = await getRole(tx, roleId);
    if (other === undefined || other.validTo !== null) throw notFound('role', roleId);
    if (seen.has(`${kind} ${roleId}`)) throw invalid(at, 'is named twice', 'name it once');
    seen.add(`${kind} ${roleId}`);
    if (own.includes(roleId))
      throw invalid(
        at,
        roleId === role.id ? 'is this role itself' : 'is this role for some values',
        'name another role',
      );
    if (kind === 'dynamic') continue;
    const others = await withBindings(roleId);
    if (others.some((id) => below.has(id)))
      throw invalid(
        at,
        `${role.name} would contain ${other.name}, so whoever has it has both`,
        'leave one of them out',
      );
    const belowOther = await rolesBelow(tx, others);
    if (own.some((id) => belowOther.has(id)))
      throw invalid(at, `${other.name} contains ${role.name}, so whoever has it has both`, 'leave one of them out');
  }
}

/** These roles and all they contain, however deep, now or later. */
const rolesBelow = async (tx: Tx, roleIds: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await tx.many<{ id: string }>(sql`
        with recursive below(id) as (
          select unnest(${sql.array(roleIds)}::uuid[])
          union
          select c.child_role_id from below b join role_content c on c.role_id = b.id
           where c.child_role_id is not null and (c.valid_to is null or c.valid_to > ${tx.now})
        ) select id from below`)
    ).map(({ id }) => id),
  );
