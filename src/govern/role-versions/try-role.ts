import type { Tx } from '#kit/db/index.ts';
import { refuseCircle, requireRole } from '#spine/graph/index.ts';
import { patternsOf } from '#govern/role-parameters/index.ts';
import { computeImpact, type DutiesOfOne } from './compute-impact.ts';
import { partsOf } from './parts-of.ts';
import { changesOfBindings } from './template-of-version.ts';

/**
 * What a role that is made of these things would do to the duties of whoever has it, before anything is drafted: the
 * answer its impact report gives, by what gives that.
 */
export async function tryRole(
  tx: Tx,
  asked: {
    readonly role: string;
    readonly entitlementIds: readonly string[];
    readonly roleIds: readonly string[];
  },
): Promise<readonly DutiesOfOne[]> {
  const role = await requireRole(tx, asked.role);
  for (const id of asked.roleIds) await requireRole(tx, id);
  await refuseCircle(tx, role, asked.roleIds);
  const always = (id: string) => ({ id, validFrom: null, validTo: null });
  const content = { entitlements: asked.entitlementIds.map(always), roles: asked.roleIds.map(always) };
  // Of a template, what its bindings would be with the patterns it has.
  const bound = await changesOfBindings(tx, role.id, { ...content, patterns: await patternsOf(tx, role.id) });
  const found: DutiesOfOne[] = [];
  await computeImpact(tx, [{ roleId: role.id, parts: partsOf(content) }, ...bound], {
    sessionsEnding: () => Promise.resolve([]),
    duties: (of) => void found.push(of),
  });
  return found;
}
