import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { entitlementPrerequisitesSet } from '../events.ts';
import { getEntitlement, getEntitlements } from './read-entitlements.ts';

/** What somebody must have before asking: an entitlement, or a fact of theirs that says something. */
export type Prerequisite =
  | { readonly needsId: string; readonly name: string; readonly gone: boolean }
  | { readonly attribute: string; readonly value: string | null };

interface Row {
  readonly entitlementId: string;
  readonly needsId: string | null;
  readonly name: string | null;
  readonly gone: boolean;
  readonly attribute: string | null;
  readonly value: string | null;
}

const toPrerequisite = (row: Row): Prerequisite =>
  row.needsId === null
    ? { attribute: row.attribute ?? '', value: row.value }
    : { needsId: row.needsId, name: row.name ?? '', gone: row.gone };

/** What must be had before asking for each of these; those that need nothing are absent. */
export async function prerequisitesOf(
  tx: Tx,
  entitlementIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Prerequisite[]>> {
  const found = new Map<string, Prerequisite[]>();
  if (entitlementIds.length === 0) return found;
  const rows = await tx.many<Row>(sql`
    select p.entitlement_id, p.needs_id, p.attribute, p.value, coalesce(y.name || ': ' || e.name, e.name) as name,
           e.valid_to is not null as gone
      from entitlement_prerequisite p left join entitlement e on e.id = p.needs_id left join system y on y.id = e.system_id
     where p.entitlement_id = any(${[...entitlementIds]}::uuid[]) order by e.name, p.attribute, p.value, p.id`);
  for (const row of rows) found.set(row.entitlementId, [...(found.get(row.entitlementId) ?? []), toPrerequisite(row)]);
  return found;
}

/** Entitlements that are asked for only by whoever has this one. */
export const neededBy = async (tx: Tx, entitlementId: string): Promise<readonly { id: string; name: string }[]> =>
  await tx.many<{ id: string; name: string }>(sql`
    select e.id, y.name || ': ' || e.name as name from entitlement_prerequisite p
      join entitlement e on e.id = p.entitlement_id and e.valid_to is null join system y on y.id = e.system_id
     where p.needs_id = ${entitlementId} order by 2, 1`);

/**
 * Whether a fact says what it must. A list has it among its entries. Without a value to say: yes, true, or a day that
 * is not over, which is how trainings that have to be repeated are kept.
 */
export function factSays(fact: unknown, value: string | null, today: string): boolean {
  if (Array.isArray(fact)) return fact.some((one) => factSays(one, value, today));
  if (typeof fact !== 'string' && typeof fact !== 'boolean' && typeof fact !== 'number') return false;
  const said = String(fact).trim().toLowerCase();
  if (value !== null) return said === value.trim().toLowerCase();
  return /^\d{4}-\d\d-\d\d/.test(said) ? said.slice(0, 10) >= today : said === 'true' || said === 'yes';
}

/** Says anew what must be had before asking for an entitlement. Throws where it would need itself by way of another. */
export async function setPrerequisites(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly entitlementId: string;
    readonly needs: readonly string[];
    readonly facts: readonly { readonly attribute: string; readonly value?: string | null | undefined }[];
  },
): Promise<readonly Prerequisite[]> {
  const { tx } = ctx;
  const { entitlementId } = input;
  // One at a time: two that are each said to need the other would otherwise both be let through.
  await tx.run(sql`lock table entitlement_prerequisite in share row exclusive mode`);
  const entitlement = await getEntitlement(tx, entitlementId);
  if (entitlement === undefined) throw notFound('entitlement', entitlementId);
  const needs = [...new Set(input.needs)];
  const known = new Set((await getEntitlements(tx, needs)).filter((e) => e.validTo === null).map((e) => e.id));
  const before = new Set(
    (
      await tx.many<{ id: string }>(
        sql`select needs_id as id from entitlement_prerequisite where entitlement_id = ${entitlementId} and needs_id is not null`,
      )
    ).map((row) => row.id),
  );
  const unknown = needs.find((id) => !known.has(id) && !before.has(id));
  if (unknown !== undefined)
    throw invalid(
      '/needs',
      `${unknown} is no entitlement there is now`,
      'name entitlements of the catalogue by their ids',
    );
  const circle = await tx.maybe<{ id: string }>(sql`
    with recursive needed(id) as (
      select unnest(${needs}::uuid[])
      union
      select p.needs_id from needed n join entitlement_prerequisite p on p.entitlement_id = n.id where p.needs_id is not null
    ) select id from needed where id = ${entitlementId}`);
  if (circle !== undefined)
    throw conflict(
      'entitlement.needs_itself',
      `nobody could ask for ${entitlement.name} any more: by way of what it needs it would need itself`,
      'leave out what needs it',
    );
  const facts = input.facts.map(({ attribute, value }) => ({ attribute, value: value ?? null }));
  await tx.run(sql`delete from entitlement_prerequisite where entitlement_id = ${entitlementId}`);
  for (const id of needs)
    await tx.run(
      sql`insert into entitlement_prerequisite (id, entitlement_id, needs_id) values (${newId()}, ${entitlementId}, ${id})`,
    );
  for (const { attribute, value } of facts)
    await tx.run(sql`
      insert into entitlement_prerequisite (id, entitlement_id, attribute, value)
      values (${newId()}, ${entitlementId}, ${attribute}, ${value}) on conflict do nothing`);
  await ctx.record(permit, { event: entitlementPrerequisitesSet, data: { entitlementId, needs, facts } });
  return (await prerequisitesOf(tx, [entitlementId])).get(entitlementId) ?? [];
}
