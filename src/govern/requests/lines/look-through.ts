import type { Tx } from '#kit/db/index.ts';
import { eligibilitiesAmong } from '#spine/graph/index.ts';
import type { Target } from './find-targets.ts';

type Load = (ids: {
  readonly entitlementIds: readonly string[];
  readonly roleIds: readonly string[];
}) => Promise<ReadonlyMap<string, Target>>;

/**
 * An eligibility is judged as what it is for: as risky, as privileged, on the same system, under the same labels, and
 * answered for by the same people. Whether and how long one may be eligible is said of itself.
 */
export const lookThrough = async (
  tx: Tx,
  targets: ReadonlyMap<string, Target>,
  load: Load,
): Promise<ReadonlyMap<string, Target>> => {
  const eligibilities = await eligibilitiesAmong(tx, [...targets.keys()]);
  if (eligibilities.size === 0) return targets;
  const all = [...eligibilities.values()];
  const behind = await load({
    entitlementIds: all.flatMap((e) => e.forEntitlementId ?? []),
    roleIds: all.flatMap((e) => e.forRoleId ?? []),
  });
  return new Map(
    [...targets].map(([id, own]) => {
      const eligibility = eligibilities.get(id);
      if (eligibility === undefined) return [id, own];
      const target = behind.get(eligibility.forEntitlementId ?? eligibility.forRoleId ?? '');
      if (target === undefined) return [id, { ...own, gone: true }];
      const { systemId, systemName, risk, privileged, owners, dataClasses, tags } = target;
      const seen: Target = { ...own, systemId, systemName, risk, privileged, owners, dataClasses, tags };
      return [id, { ...seen, gone: own.gone || target.gone }];
    }),
  );
};
