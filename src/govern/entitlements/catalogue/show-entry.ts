import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { getEntitlement, getIdentity, getSystem, neededBy, prerequisitesOf, privilegeOf } from '#spine/graph/index.ts';
import { suggestDescription } from '../stewardship/suggest-description.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}
interface NamedSince extends Named {
  readonly goneSince: Date | null;
}

/** All that is known of an entitlement beside who has it; a tombstone is shown with what still names it. */
export async function showEntry(tx: Tx, id: string) {
  const entitlement = await getEntitlement(tx, id);
  if (entitlement === undefined) throw notFound('entitlement', id);
  const {
    validFrom,
    validTo,
    accountId: _account,
    source: _source,
    attributes: _attributes,
    stableId: _stable,
    ...said
  } = entitlement;
  const system = await getSystem(tx, entitlement.systemId);
  const owner = said.ownerId === null ? undefined : await getIdentity(tx, said.ownerId);
  const kept = await tx.maybe<{
    holders: number;
    granted: number;
    countedAt: Date | null;
    lastUsedAt: Date | null;
    useKnown: 'exercised' | 'account' | 'never' | 'unknown';
  }>(
    sql`select holders, granted, counted_at, last_used_at, use_known from catalogue_entry where entitlement_id = ${id}`,
  );
  const { markedPrivileged } = await tx.one<{ markedPrivileged: boolean }>(
    sql`select marked_privileged from entitlement where id = ${id}`,
  );
  const path = (await privilegeOf(tx, { entitlementIds: [id] })).get(id);
  const children = await nested(tx, id, 'child');
  const goneSince = validTo !== null && validTo <= tx.now ? validTo : null;
  return {
    ...said,
    systemName: system?.name ?? '',
    ownerName: owner?.displayName ?? null,
    ownerGone: owner !== undefined && owner.state === 'leaver',
    suggestion:
      said.description === null
        ? suggestDescription({ ...said, systemName: system?.name ?? '', children: children.map((c) => c.name) })
        : null,
    privileged: path !== undefined || (goneSince !== null && entitlement.privileged),
    markedPrivileged,
    privilegedThrough: path ?? [],
    goneSince,
    knownSince: validFrom,
    holders: kept?.holders ?? 0,
    granted: kept?.granted ?? 0,
    countedAt: kept?.countedAt ?? null,
    lastUsedAt: kept?.lastUsedAt ?? null,
    useKnown: kept?.useKnown ?? ('unknown' as const),
    parents: await nested(tx, id, 'parent'),
    children,
    ...(await namedBy(tx, id)),
    prerequisites: ((await prerequisitesOf(tx, [id])).get(id) ?? []).map((one) =>
      'needsId' in one
        ? { ...one, attribute: null, value: null }
        : { needsId: null, name: one.attribute, gone: false, ...one },
    ),
    neededBy: await neededBy(tx, id),
    stewards: await tx.many<Named>(sql`
      select distinct s.identity_id as id, f.display_name as name from entitlement_steward s
        join identity_facts f on f.identity_id = s.identity_id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
       where s.system_id = ${entitlement.systemId} or s.tag = any(${[...entitlement.tags]}::text[]) order by 2`),
    history: await historyOf(tx, id),
  };
}

const nested = async (tx: Tx, id: string, which: 'parent' | 'child'): Promise<NamedSince[]> => {
  const [self, other] = which === 'parent' ? [sql`child_id`, sql`parent_id`] : [sql`parent_id`, sql`child_id`];
  return await tx.many<NamedSince>(sql`
    select e.id, y.name || ': ' || e.name as name, e.valid_to as gone_since from entitlement_edge n
      join entitlement e on e.id = n.${other} join system y on y.id = e.system_id
     where n.${self} = ${id} and n.valid_to is null order by 2, 1 limit 200`);
};

/** What names an entitlement here, and would be without it if it went. */
export async function namedBy(
  tx: Tx,
  id: string,
): Promise<{ readonly roles: Named[]; readonly rules: Named[]; readonly birthrights: Named[] }> {
  return {
    roles: await tx.many<Named>(sql`
      select distinct r.id, r.name from role_content c join role r on r.id = c.role_id and r.valid_to is null
       where c.entitlement_id = ${id} and c.valid_to is null order by 2`),
    rules: await tx.many<Named>(sql`
      select distinct r.id, r.name from sod_rule_function f join sod_rule r on r.id = f.rule_id and r.valid_to is null
       where f.entitlement_id = ${id} order by 2`),
    birthrights: await tx.many<Named>(
      sql`select id, name from birthright_rule where entitlement_id = ${id} and valid_to is null order by 2`,
    ),
  };
}

interface Version {
  readonly at: Date;
  readonly description: string | null;
  readonly ownerName: string | null;
  readonly nativeId: string;
  readonly risk: string;
  readonly told: Readonly<Record<string, unknown>>;
}

/** What was said of it, newest first: each state in which something people or its source say was another than before. */
async function historyOf(tx: Tx, id: string) {
  const rows = await tx.many<Version>(sql`
    select v.recorded_from as at, v.description, v.native_id, v.risk,
           (select f.display_name from identity_facts f where f.identity_id = v.owner_id order by f.valid_from desc limit 1) as owner_name,
           jsonb_build_object('description', v.description, 'owner', v.owner_id, 'risk', v.risk, 'name', v.name, 'nativeId', v.native_id,
             'requestable', v.requestable, 'maxSeconds', v.max_seconds, 'dataClass', v.data_class, 'regulated', v.regulated,
             'tags', v.tags, 'aliases', v.aliases, 'privileged', v.privileged, 'licence', v.licence, 'licenceCost', v.licence_cost, 'licenceCurrency', v.licence_currency, 'reviewed', v.reviewed_at, 'gone', v.valid_to) as told
      from (select recorded_from, description, native_id, name, risk, owner_id, requestable, max_seconds, data_class,
                   coalesce(regulated, '{}') as regulated, coalesce(tags, '{}') as tags, coalesce(aliases, '{}') as aliases, privileged,
                   reviewed_at, valid_to, licence, licence_cost, licence_currency from entitlement_history where id = ${id}
            union all
            select recorded_from, description, native_id, name, risk, owner_id, requestable, max_seconds, data_class, regulated, tags,
                   aliases, privileged, reviewed_at, valid_to, licence, licence_cost, licence_currency from entitlement where id = ${id}) v
     order by v.recorded_from desc limit 100`);
  return rows
    .map(({ told, ...row }, i) => {
      const before = rows[i + 1]?.told;
      const changed =
        before === undefined
          ? ['known']
          : Object.keys(told).filter((key) => JSON.stringify(told[key]) !== JSON.stringify(before[key]));
      return { ...row, changed };
    })
    .filter((row) => row.changed.length > 0);
}
