import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { sql } from '#kit/db/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { getEntitlements, getIdentities, getRole, roleParts } from '#spine/graph/index.ts';
import { freshness } from './freshness.ts';
import type { RoleVersion, VersionContent } from './model.ts';
import { overLimits } from './publish-version.ts';

export const ref = z.object({ id: z.uuid(), name: z.string() });
export const role = z.string().min(1).max(200).describe('its id, or its name');
export const ofRole = async (input: { readonly role: string }, tx: Tx) => ({
  type: 'Role',
  id: (await getRole(tx, input.role))?.id ?? input.role,
});

const partIn = z.object({
  id: z.uuid(),
  validFrom: instantIn.optional().describe('default: when it is published'),
  validTo: instantIn.optional().describe('default: without an end'),
});
export const draftIn = {
  kind: z.enum(['business', 'it']).describe('business: what people do; it: what a system needs'),
  entitlements: z.array(partIn).max(2_000).default([]),
  roles: z.array(partIn).max(500).default([]).describe('roles it contains'),
  reason: text(1000),
};

export const contentOf = (input: {
  readonly entitlements: readonly z.output<typeof partIn>[];
  readonly roles: readonly z.output<typeof partIn>[];
}): VersionContent => {
  const parts = (given: readonly z.output<typeof partIn>[]) =>
    given.map(({ id, validFrom, validTo }) => ({
      id,
      validFrom: validFrom?.toISOString() ?? null,
      validTo: validTo?.toISOString() ?? null,
    }));
  return { entitlements: parts(input.entitlements), roles: parts(input.roles) };
};

export const versionOut = z.object({
  id: z.uuid(),
  roleId: z.uuid(),
  roleName: z.string(),
  number: z.int(),
  state: z.enum(['draft', 'awaiting', 'published', 'superseded', 'withdrawn']),
  kind: z.enum(['business', 'it']),
  reason: z.string(),
  revision: z.int(),
  madeBy: z.uuid(),
  madeByName: z.string(),
  madeAt: instantOut,
  askedAt: instantOut.nullable(),
  settledByName: z.string().nullable(),
  settledAt: instantOut.nullable(),
  settledBecause: z.string().nullable(),
});

/** Versions with the names a person reads. */
export async function withNames(tx: Tx, versions: readonly RoleVersion[]): Promise<z.input<typeof versionOut>[]> {
  const ids = [...new Set(versions.flatMap((v) => [v.madeBy, ...(v.settledBy === null ? [] : [v.settledBy])]))];
  const people = new Map((await getIdentities(tx, ids)).map((i) => [i.id, i.displayName]));
  const roles = await namesOf(
    tx,
    'role',
    versions.map((v) => v.roleId),
  );
  return versions.map(({ content: _content, editedBy: _editedBy, askedBy: _askedBy, settledBy, ...version }) => ({
    ...version,
    roleName: roles.get(version.roleId) ?? version.roleId,
    madeByName: people.get(version.madeBy) ?? 'somebody no longer known',
    settledByName: settledBy === null ? null : (people.get(settledBy) ?? 'somebody no longer known'),
  }));
}

/** Names by id. */
export const namesOf = async (
  tx: Tx,
  table: 'role' | 'system',
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (
      await tx.many<{ id: string; name: string }>(
        sql`select id, name from ${sql.id(table)} where id = any(${sql.array([...new Set(ids)])}::uuid[])`,
      )
    ).map(({ id, name }) => [id, name]),
  );

const partOut = z.object({
  id: z.uuid(),
  name: z.string(),
  systemName: z.string().nullable(),
  validFrom: instantOut.nullable(),
  validTo: instantOut.nullable(),
  change: z.enum(['added', 'removed', 'moved', 'same']).describe('against what the role is made of now'),
});
export const contentOut = z.object({ entitlements: z.array(partOut), roles: z.array(partOut) });

/** What a version is made of, part by part, beside what the role is made of now. */
export async function diffOf(tx: Tx, version: RoleVersion): Promise<z.input<typeof contentOut>> {
  const present = await roleParts(tx, version.roleId);
  const known = new Map(present.map((part) => [part.entitlementId ?? part.roleId ?? '', part]));
  const { entitlements, roles } = version.content;
  const named = new Map(
    (
      await getEntitlements(tx, [...entitlements.map((p) => p.id), ...present.flatMap((p) => p.entitlementId ?? [])])
    ).map((e) => [e.id, e]),
  );
  const systems = await namesOf(
    tx,
    'system',
    [...named.values()].map((e) => e.systemId),
  );
  const roleNames = new Map<string, string>();
  for (const id of new Set([...roles.map((p) => p.id), ...present.flatMap((p) => p.roleId ?? [])]))
    roleNames.set(id, (await getRole(tx, id))?.name ?? id);
  const show = (
    id: string,
    validFrom: string | null,
    validTo: string | null,
    change: 'added' | 'removed' | 'moved' | 'same',
  ) => {
    const entitlement = named.get(id);
    return {
      id,
      name: entitlement?.name ?? roleNames.get(id) ?? id,
      systemName: entitlement === undefined ? null : (systems.get(entitlement.systemId) ?? null),
      validFrom: validFrom === null ? null : new Date(validFrom),
      validTo: validTo === null ? null : new Date(validTo),
      change,
    };
  };
  const parts = (wanted: VersionContent['roles'], what: 'entitlementId' | 'roleId') => {
    const ids = new Set(wanted.map((p) => p.id));
    return [
      ...wanted.map(({ id, validFrom, validTo }) => {
        const before = known.get(id);
        const same =
          (before?.validTo?.toISOString() ?? null) === validTo &&
          (validFrom === null || (before !== undefined && +before.validFrom === Date.parse(validFrom)));
        return show(id, validFrom, validTo, before === undefined ? 'added' : same ? 'same' : 'moved');
      }),
      ...present.flatMap((p) => {
        const id = p[what];
        return id === null || ids.has(id)
          ? []
          : [show(id, p.validFrom.toISOString(), p.validTo?.toISOString() ?? null, 'removed')];
      }),
    ];
  };
  return { entitlements: parts(entitlements, 'entitlementId'), roles: parts(roles, 'roleId') };
}

const conflictOut = z.object({ ruleId: z.uuid(), name: z.string(), mode: z.string(), people: z.int() });
export const impactOut = z.object({
  state: z.enum(['none', 'waiting', 'running', 'done', 'failed']),
  progress: z.int(),
  asOf: instantOut.nullable(),
  stale: z.string().nullable().describe('why it does not say what publishing would do now; null: it does'),
  holders: z.int(),
  gaining: z.int(),
  losing: z.int(),
  gains: z.int(),
  losses: z.int(),
  newConflicts: z.array(conflictOut),
  clearedConflicts: z.array(conflictOut),
  privilegedSystems: z.array(z.object({ systemId: z.uuid(), systemName: z.string(), people: z.int() })),
  sessions: z.int().describe('live sessions that would end'),
  over: z.array(z.object({ code: z.string(), detail: z.string() })).describe('limits it is over'),
});

const NOTHING = {
  holders: 0,
  gaining: 0,
  losing: 0,
  gains: 0,
  losses: 0,
  newConflicts: [],
  clearedConflicts: [],
  privilegedSystems: [],
  sessionIds: [],
};

/** What is known of what publishing a version would do. */
export async function impactOf(tx: Tx, version: RoleVersion): Promise<z.input<typeof impactOut>> {
  const { stale, impact } = await freshness(tx, version);
  const numbers = impact?.numbers ?? null;
  const { sessionIds, privilegedSystems, holders, gaining, losing, gains, losses, newConflicts, clearedConflicts } =
    numbers ?? NOTHING;
  const systems = await namesOf(
    tx,
    'system',
    privilegedSystems.map((s) => s.systemId),
  );
  return {
    state: impact?.state ?? 'none',
    progress: impact?.progress ?? 0,
    asOf: impact?.asOf ?? null,
    stale: stale ?? null,
    holders,
    gaining,
    losing,
    gains,
    losses,
    newConflicts: [...newConflicts],
    clearedConflicts: [...clearedConflicts],
    privilegedSystems: privilegedSystems.map((s) => ({
      ...s,
      systemName: systems.get(s.systemId) ?? s.systemId,
    })),
    sessions: sessionIds.length,
    over:
      numbers === null
        ? []
        : (await overLimits(tx, numbers)).map(({ code, detail }) => ({
            code,
            detail,
          })),
  };
}
