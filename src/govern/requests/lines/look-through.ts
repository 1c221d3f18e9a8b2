import type { Tx } from '#kit/db/index.ts';
import { eligibilitiesAmong } from '#spine/graph/index.ts';
import type { Risk } from '../model.ts';

/** What of a target its eligibility has of it. */
interface Behind {
  readonly systemId: string | null;
  readonly systemName: string | null;
  readonly risk: Risk;
  readonly privileged: boolean;
  readonly owners: readonly { readonly id: string | null; readonly of: string }[];
  readonly dataClasses: readonly unknown[];
  readonly tags: readonly string[];
  readonly gone: boolean;
}

type Load<T> = (ids: {
  readonly entitlementIds: readonly string[];
  readonly roleIds: readonly string[];
}) => Promise<ReadonlyMap<string, T>>;

/**
 * An eligibility is judged as what it is for: as risky, as privileged, on the same system, under the same labels, and
 * answered for by the same people. Whether and how long one may be eligible is said of itself.
 */
export const lookThrough = async <T extends Behind>(
  tx: Tx,
  targets: ReadonlyMap<string, T>,
  load: Load<T>,
): Promise<ReadonlyMap<string, T>> => {
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
      const seen = { ...own, systemId, systemName, risk, privileged, owners, dataClasses, tags };
      return [id, { ...seen, gone: own.gone || target.gone }];
    }),
  );
};
