import { sql, type Tx } from '#kit/db/index.ts';
import type { LicenceCount } from './model.ts';

/** A product, and what a licence of it costs a month by the catalogue. */
export type LicensedProduct = Omit<LicenceCount, 'gained' | 'freed'>;

/** Which product each of some entitlements needs a licence of. */
export type LicencesNeeded = ReadonlyMap<string, LicensedProduct>;

/**
 * All entitlements that need a licence of a product that one of these needs too. Whoever has several of one product needs
 * it once; where the catalogue says several prices of it, the highest counts.
 */
export async function licencesOf(tx: Tx, entitlementIds: readonly string[]): Promise<LicencesNeeded> {
  const rows = await tx.many<LicensedProduct & { readonly id: string }>(sql`
    select e.id, e.licence as product, e.licence_currency as currency,
           (max(e.licence_cost) filter (where e.valid_to is null) over (partition by e.licence, e.licence_currency))::float8 as cost_per_month
      from entitlement e
     where e.licence in (select licence from entitlement where id = any(${sql.array(entitlementIds)}::uuid[]) and licence is not null)
     order by e.licence, e.id`);
  const products = new Map<string, LicensedProduct>();
  return new Map(
    rows.map(({ id, ...product }) => {
      const key = JSON.stringify([product.product, product.currency]);
      const known = products.get(key) ?? product;
      products.set(key, known);
      return [id, known];
    }),
  );
}
