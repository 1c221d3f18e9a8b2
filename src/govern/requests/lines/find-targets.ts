import type { Tx } from '#kit/db/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Decide, Principal } from '#spine/decide/index.ts';
import {
  getEntitlements,
  getGrant,
  getRole,
  getRoles,
  getSystem,
  privilegeOf,
  reachedFrom,
  type Entitlement,
  type Role,
} from '#spine/graph/index.ts';
import { parametersAmong, type RoleParameter } from '#govern/role-parameters/index.ts';
import type { DataClassFact } from '../approvers/approval-rules.ts';
import type { Risk } from '../model.ts';
import { lookThrough } from './look-through.ts';

/** What can be asked for, with all that judging a line needs. */
export interface Target {
  readonly kind: 'entitlement' | 'role';
  readonly id: string;
  readonly name: string;
  /** Kind of the entitlement on its system; null for a role. */
  readonly entitlementKind: string | null;
  readonly systemId: string | null;
  readonly systemName: string | null;
  readonly risk: Risk;
  /** By itself or by anything it implies. */
  readonly privileged: boolean;
  readonly requestable: boolean;
  /** Of a role with parameters: what is bound to values of these is asked for, and never it. */
  readonly parameters: readonly RoleParameter[];
  readonly maxSeconds: number | null;
  /** Who answers for it, nearest first. */
  readonly owners: readonly { readonly id: string | null; readonly of: string }[];
  readonly gone: boolean;
  /** Data classes of it and of all it brings along. */
  readonly dataClasses: readonly DataClassFact[];
  /** Tags and regulations of it and of all it brings along. */
  readonly tags: readonly string[];
}

/** One line as somebody asked for it: exactly one of the first four says what. */
export interface AskedLine {
  /** `<system>:<entitlement>`, `role:<name>`, or an id of either. */
  readonly what?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
  /** Of a role with parameters: a value for each. Asking makes it the role bound to them. */
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** A live grant of the beneficiary to be followed by another. */
  readonly extendsGrantId?: string | undefined;
  /** Being eligible for it is asked for, and not it. Asking makes it the eligibility. */
  readonly eligible?: boolean | undefined;
  /** It is activated by this eligibility, and not asked for. */
  readonly byEligibilityId?: string | undefined;
  readonly seconds?: number | undefined;
  readonly until?: Date | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Id of the one entitlement on a system that is meant by a name; native ids first, then names, then kinds of which there is one. */
const entitlementNamed = async (tx: Tx, systemName: string, name: string): Promise<string | undefined> => {
  const system = await getSystem(tx, systemName.toLowerCase());
  if (system === undefined) return undefined;
  const rows = await tx.many<{ id: string; rank: number }>(sql`
    select id, case when native_id = ${name} then 0 when lower(name) = lower(${name}) then 1 else 2 end as rank
      from entitlement
     where system_id = ${system.id} and valid_to is null
       and (native_id = ${name} or lower(name) = lower(${name}) or (kind = ${name} and requestable))
     order by rank limit 2`);
  const [first, second] = rows;
  return first !== undefined && (second === undefined || second.rank > first.rank) ? first.id : undefined;
};

const rowsNamed = async (tx: Tx, what: string): Promise<{ entitlementId?: string; roleId?: string }> => {
  if (UUID.test(what)) {
    const [entitlement] = await getEntitlements(tx, [what]);
    return entitlement === undefined ? { roleId: what } : { entitlementId: what };
  }
  const colon = what.indexOf(':');
  if (colon < 1) return {};
  const [before, after] = [what.slice(0, colon), what.slice(colon + 1)];
  if (before.toLowerCase() === 'role') {
    const role = await getRole(tx, after);
    return role === undefined ? {} : { roleId: role.id };
  }
  const id = await entitlementNamed(tx, before, after);
  return id === undefined ? {} : { entitlementId: id };
};

/** The one entitlement or role that is meant by `<system>:<entitlement>`, `role:<name>` or an id. */
export const targetNamed = async (tx: Tx, what: string): Promise<string | undefined> => {
  const { entitlementId, roleId } = await rowsNamed(tx, what);
  return entitlementId ?? roleId;
};

const idsOf = async (
  tx: Tx,
  line: AskedLine,
  beneficiaryId: string,
): Promise<{ entitlementId?: string; roleId?: string }> => {
  if (line.entitlementId !== undefined) return { entitlementId: line.entitlementId };
  if (line.roleId !== undefined) return { roleId: line.roleId };
  if (line.what !== undefined) return await rowsNamed(tx, line.what);
  const grant = line.extendsGrantId === undefined ? undefined : await getGrant(tx, line.extendsGrantId);
  if (grant === undefined || grant.identityId !== beneficiaryId) return {};
  if (grant.roleId !== null) return { roleId: grant.roleId };
  return grant.entitlementId === null ? {} : { entitlementId: grant.entitlementId };
};

/** What is said of entitlements and roles and of all they bring along: a role is no way around a label. */
const labelsBrought = async (tx: Tx, entitlements: readonly Entitlement[], roles: readonly Role[]) => {
  const brought = await reachedFrom(tx, {
    entitlementIds: entitlements.map((e) => e.id),
    roleIds: roles.map((r) => r.id),
  });
  const along = await getEntitlements(tx, [...new Set(brought.map((b) => b.entitlementId))]);
  const byId = new Map([...along, ...entitlements].map((e) => [e.id, e]));
  return (id: string): Pick<Target, 'dataClasses' | 'tags'> => {
    const own = [id, ...brought.filter((b) => b.originId === id).map((b) => b.entitlementId)];
    const all = [...new Set(own)].flatMap((one) => byId.get(one) ?? []);
    return {
      dataClasses: [...new Set(all.map((e) => e.dataClass ?? 'unknown'))],
      tags: [...new Set(all.flatMap((e) => [...e.tags, ...e.regulated]))],
    };
  };
};

/** Loads targets by their ids; the unknown are absent. */
export const loadTargets = async (
  tx: Tx,
  ids: { readonly entitlementIds: readonly string[]; readonly roleIds: readonly string[] },
): Promise<ReadonlyMap<string, Target>> => {
  const entitlements = await getEntitlements(tx, [...new Set(ids.entitlementIds)]);
  const roles = await getRoles(tx, [...new Set(ids.roleIds)]);
  const privileged = await privilegeOf(tx, {
    entitlementIds: entitlements.map((e) => e.id),
    roleIds: roles.map((r) => r.id),
  });
  const labelsOf = await labelsBrought(tx, entitlements, roles);
  const parameters = await parametersAmong(
    tx,
    roles.map((r) => r.id),
  );
  const systems = await tx.many<{ id: string; name: string; ownerId: string | null }>(
    sql`select id, name, owner_id from system where id = any(${[...new Set(entitlements.map((e) => e.systemId))]}::uuid[])`,
  );
  const systemOf = new Map(systems.map((s) => [s.id, s]));
  const gone = (row: Entitlement | Role): boolean => row.validTo !== null && row.validTo <= tx.now;
  const targets: Target[] = [
    ...entitlements.map((e): Target => {
      const system = systemOf.get(e.systemId);
      return {
        kind: 'entitlement',
        id: e.id,
        name: e.name,
        entitlementKind: e.kind,
        systemId: e.systemId,
        systemName: system?.name ?? null,
        risk: e.risk,
        privileged: e.privileged || privileged.has(e.id),
        requestable: e.requestable,
        parameters: [],
        maxSeconds: e.maxSeconds,
        owners: [
          { id: e.ownerId, of: e.name },
          { id: system?.ownerId ?? null, of: system?.name ?? 'its system' },
        ],
        gone: gone(e),
        ...labelsOf(e.id),
      };
    }),
    ...roles.map((r): Target => ({
      kind: 'role',
      id: r.id,
      name: r.name,
      entitlementKind: null,
      systemId: null,
      systemName: null,
      risk: r.risk,
      privileged: privileged.has(r.id),
      requestable: r.requestable,
      parameters: parameters.get(r.id) ?? [],
      maxSeconds: r.maxSeconds,
      owners: [{ id: r.ownerId, of: r.name }],
      gone: gone(r),
      ...labelsOf(r.id),
    })),
  ];
  return await lookThrough(tx, new Map(targets.map((t) => [t.id, t])), (behind) => loadTargets(tx, behind));
};

/**
 * What each asked line means, in their order. What does not exist and what the asker may not read is undefined alike.
 */
export const findTargets = async (
  tx: Tx,
  decide: Decide,
  principal: Principal,
  beneficiaryId: string,
  lines: readonly AskedLine[],
): Promise<readonly (Target | undefined)[]> => {
  const meant: { entitlementId?: string; roleId?: string }[] = [];
  for (const line of lines) meant.push(await idsOf(tx, line, beneficiaryId));
  const targets = await loadTargets(tx, {
    entitlementIds: meant.flatMap((m) => m.entitlementId ?? []),
    roleIds: meant.flatMap((m) => m.roleId ?? []),
  });
  const readable = new Set<string>();
  for (const kind of ['entitlement', 'role'] as const) {
    const ids = [...targets.values()].filter((t) => t.kind === kind).map((t) => t.id);
    if (ids.length === 0) continue;
    const type = kind === 'role' ? 'Role' : 'Entitlement';
    const answers = await decide.mayMany(
      tx,
      principal,
      `${kind}.read`,
      ids.map((id) => ({ type, id })),
    );
    ids.forEach((id, i) => answers[i]?.allowed === true && readable.add(id));
  }
  return meant.map((m) => {
    const target = targets.get(m.entitlementId ?? m.roleId ?? '');
    return target !== undefined && readable.has(target.id) ? target : undefined;
  });
};
