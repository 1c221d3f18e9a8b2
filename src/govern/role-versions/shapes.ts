import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { sql } from '#kit/db/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { getEntitlements, getIdentities, getRole, roleParts } from '#spine/graph/index.ts';
import { patternsOf, type RolePattern } from '#govern/role-parameters/index.ts';
import { freshness } from './freshness.ts';
import type { ImpactNumbers, RoleVersion, VersionContent } from './model.ts';
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
  assignment: z
    .object({
      personCondition: text(2000).describe(
        'in CEL: person.department == "Finance" && person.site.startsWith("B"); of a role with parameters also parameter.site, which is the value of each role bound to them',
      ),
      graceDays: z.int().min(0).max(366).default(0).describe('how long somebody keeps it who no longer fits'),
    })
    .nullable()
    .optional()
    .describe('who has it by rule; null: nobody; left out: as it is in force'),
  exceptPeople: z
    .array(z.uuid())
    .max(500)
    .optional()
    .describe('who is never given it by a rule; left out: as it is in force'),
  excludes: z
    .array(
      z.object({
        roleId: z.uuid(),
        kind: z
          .enum(['static', 'dynamic'])
          .default('static')
          .describe('static: nobody is to have both; dynamic: nobody is to use both in one session'),
        severity: z.enum(['low', 'medium', 'high', 'critical']).default('high'),
        mode: z.enum(['record', 'warn', 'enforce']).default('enforce'),
      }),
    )
    .max(100)
    .optional()
    .describe('roles it is kept apart from, each by a rule of separated duties; left out: as it is in force'),
  patterns: z
    .array(
      z.object({
        systemId: z.uuid(),
        pattern: text(400).describe('native id or name with parameters in it: app-{site}-admins'),
        validFrom: instantIn.optional(),
        validTo: instantIn.optional(),
      }),
    )
    .max(200)
    .default([])
    .describe('of a role with parameters: the entitlements it gives for their values'),
  reason: text(1000),
};

export const contentOf = ({
  assignment,
  exceptPeople,
  excludes,
  ...input
}: Omit<z.output<z.ZodObject<typeof draftIn>>, 'kind' | 'reason'>): VersionContent => {
  const parts = (given: readonly z.output<typeof partIn>[]) =>
    given.map(({ id, validFrom, validTo }) => ({
      id,
      validFrom: validFrom?.toISOString() ?? null,
      validTo: validTo?.toISOString() ?? null,
    }));
  return {
    entitlements: parts(input.entitlements),
    roles: parts(input.roles),
    patterns: input.patterns.map(({ validFrom, validTo, ...one }) => ({
      ...one,
      validFrom: validFrom?.toISOString() ?? null,
      validTo: validTo?.toISOString() ?? null,
    })),
    ...(assignment === undefined ? {} : { assignment }),
    ...(exceptPeople === undefined ? {} : { exceptPeople }),
    ...(excludes === undefined ? {} : { excludes }),
  };
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
  goneSince: instantOut.nullable().describe('since when it is gone at its source'),
  systemName: z.string().nullable(),
  validFrom: instantOut.nullable(),
  validTo: instantOut.nullable(),
  change: z.enum(['added', 'removed', 'moved', 'same']).describe('against what the role is made of now'),
});
const patternOut = z.object({
  systemId: z.uuid(),
  systemName: z.string(),
  pattern: z.string(),
  validFrom: instantOut.nullable(),
  validTo: instantOut.nullable(),
  change: z.enum(['added', 'removed', 'moved', 'same']).describe('against what is in force now'),
});
export const contentOut = z.object({
  entitlements: z.array(partOut),
  roles: z.array(partOut),
  patterns: z.array(patternOut).describe('of a role with parameters: what it gives for their values'),
});

async function patternsBeside(tx: Tx, { roleId, content }: RoleVersion): Promise<z.input<typeof patternOut>[]> {
  const [wanted, present] = [content.patterns ?? [], await patternsOf(tx, roleId)];
  const key = ({ systemId, pattern }: { readonly systemId: string; readonly pattern: string }) =>
    `${systemId} ${pattern}`;
  const known = new Map(present.map((one) => [key(one), one]));
  const names = await namesOf(
    tx,
    'system',
    [...wanted, ...present].map((p) => p.systemId),
  );
  const keys = new Set(wanted.map(key));
  const at = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));
  const show = ({ validFrom, validTo, ...one }: RolePattern, change: 'added' | 'removed' | 'moved' | 'same') => ({
    ...one,
    systemName: names.get(one.systemId) ?? one.systemId,
    validFrom: at(validFrom),
    validTo: at(validTo),
    change,
  });
  return [
    ...wanted.map((one) => {
      const before = known.get(key(one));
      const same = before?.validFrom === one.validFrom && before.validTo === one.validTo;
      return show(one, before === undefined ? 'added' : same ? 'same' : 'moved');
    }),
    ...present.flatMap((one) => (keys.has(key(one)) ? [] : [show(one, 'removed')])),
  ];
}

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
      goneSince:
        entitlement != null && entitlement.validTo !== null && entitlement.validTo <= tx.now
          ? entitlement.validTo
          : null,
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
  return {
    entitlements: parts(entitlements, 'entitlementId'),
    roles: parts(roles, 'roleId'),
    patterns: await patternsBeside(tx, version),
  };
}

const conflictOut = z.object({ ruleId: z.uuid(), name: z.string(), mode: z.string(), people: z.int() });
export const impactOut = z.object({
  state: z.enum(['none', 'waiting', 'running', 'done', 'failed']),
  progress: z.int(),
  asOf: instantOut.nullable(),
  stale: z.string().nullable().describe('why it does not say what publishing would do now; null: it does'),
  holders: z.int(),
  bindings: z.int().describe('roles bound to its parameters that change with it'),
  gaining: z.int(),
  losing: z.int(),
  assigned: z.int().describe('who would be given the role by its rule'),
  unassigned: z.int().describe('who would no longer have it by its rule'),
  blocked: z.int().describe('whom separation of duties does not let have it by rule'),
  gains: z.int(),
  losses: z.int(),
  newConflicts: z.array(conflictOut),
  clearedConflicts: z.array(conflictOut),
  privilegedSystems: z.array(z.object({ systemId: z.uuid(), systemName: z.string(), people: z.int() })),
  licences: z
    .array(
      z.object({
        product: z.string(),
        currency: z.string().nullable(),
        costPerMonth: z.number().nullable().describe('of one licence; null: not known'),
        gained: z.int(),
        freed: z.int(),
      }),
    )
    .describe('of products of which people would need a licence, or no longer'),
  costs: z
    .array(z.object({ currency: z.string(), perMonth: z.number() }))
    .describe('what licences would cost more a month, or less; those of no known cost are left out'),
  sessions: z.int().describe('live sessions that would end'),
  over: z.array(z.object({ code: z.string(), detail: z.string() })).describe('limits it is over'),
});

const NOTHING: ImpactNumbers = {
  onSystems: [],
  assigned: 0,
  unassigned: 0,
  blocked: 0,
  licences: [],
  holders: 0,
  bindings: 0,
  gaining: 0,
  losing: 0,
  gains: 0,
  losses: 0,
  newConflicts: [],
  clearedConflicts: [],
  privilegedSystems: [],
  sessionIds: [],
};

const costsOf = (licences: ImpactNumbers['licences']): { currency: string; perMonth: number }[] => {
  const costs = new Map<string, number>();
  for (const { currency, costPerMonth, gained, freed } of licences)
    if (currency !== null && costPerMonth !== null)
      costs.set(currency, (costs.get(currency) ?? 0) + (gained - freed) * costPerMonth);
  return [...costs].map(([currency, sum]) => ({ currency, perMonth: Math.round(sum * 100) / 100 }));
};

/** What is known of what publishing a version would do. */
export async function impactOf(tx: Tx, version: RoleVersion): Promise<z.input<typeof impactOut>> {
  const { stale, impact } = await freshness(tx, version);
  const numbers = impact?.numbers ?? null;
  // A report from before versions said as much says nothing of it.
  const { sessionIds, privilegedSystems, licences, onSystems: _on, ...counts } = { ...NOTHING, ...numbers };
  const { newConflicts, clearedConflicts, ...plain } = counts;
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
    ...plain,
    licences: [...licences],
    costs: costsOf(licences),
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
