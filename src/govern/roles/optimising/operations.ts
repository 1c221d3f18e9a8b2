import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { getEntitlements, getRole, requireRole } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { draftImprovement } from './draft-improvement.ts';
import { findImprovements, type Improvement } from './find-improvements.ts';
import { readRoles, type RolesNow } from './read-roles.ts';
import type { Use } from './split-by-use.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });
const kind = z.enum(['retire', 'merge', 'nest', 'split']);
const days = z.coerce.number().int().min(1).max(730).default(90).describe('how far back use is looked at');
const improvementOut = z.object({
  kind,
  because: z.enum([
    'gives_nothing',
    'held_by_nobody',
    'redundant',
    'unused',
    'unseen',
    'same_access',
    'same_people',
    'overlap',
    'contained',
    'seldom_used',
  ]),
  role: ref,
  other: ref.nullable().describe('merge: the one that stays; nest: the one that would contain it'),
  people: z.int().describe('whose roles would change'),
  coverage: z.int().describe('assignments that stay'),
  extra: z.int().describe('assignments that would be added'),
  lost: z.int().describe('assignments that would go'),
  stability: z.number().describe('how often it is found with a tenth of the people left out'),
  sessions: z.int().describe('through Reeve, that rested on the role in the window'),
  used: z.int().describe('assignments seen used'),
  unused: z.int().describe('assignments known to be unused'),
  unknown: z.int().describe('assignments of which use is not known'),
  onDemand: z.array(ref).describe('split: what would be asked for when it is needed'),
});

const DAY_MS = 86_400_000;
const MOST = 500;

const look = async (tx: Tx, window: number): Promise<{ now: RolesNow; found: readonly Improvement[] }> => {
  const now = await readRoles(tx, new Date(tx.now.getTime() - window * DAY_MS));
  return { now, found: findImprovements(now.kept, now.identityIds.length) };
};

/** Improving the roles there are: what could be retired, merged, nested or split, with why, and a draft of it. */
export const improvementOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'roleImprovements.list',
    action: 'role_improvement.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-improvements',
    summary: 'List how the roles there are could be simpler or give less, what changes nobody’s access first',
    description:
      'Use that cannot be known is unknown, never unused. The same roles, people and use give the same list.',
    input: z.object({ days, kind: kind.optional() }),
    output: z.object({
      roles: z.int().describe('looked through'),
      found: z.int(),
      items: z.array(improvementOut).describe(`the first ${MOST}`),
    }),
    cli: {
      command: 'roles improve',
      columns: ['kind', 'because', 'role', 'other', 'people', 'coverage', 'extra', 'lost', 'stability'],
    },
    handler: async (ctx, _permit, input) => {
      const { now, found } = await look(ctx.tx, input.days);
      const wanted = found.filter((one) => input.kind === undefined || one.kind === input.kind);
      return { roles: now.roles.length, found: wanted.length, items: await shown(ctx.tx, now, wanted.slice(0, MOST)) };
    },
  }),
  defineOperation({
    name: 'roleImprovements.draft',
    action: 'role_version.draft',
    kind: 'write',
    method: 'POST',
    path: '/v1/roles/{role}/improve',
    summary: 'Draft the versions of roles that an improvement asks for; nothing changes until they are published',
    input: z.object({
      role: z.string().min(1).max(200).describe('its id, or its name'),
      kind,
      other: z.uuid().optional().describe('for merge and nest: the other role'),
      days: z.int().min(1).max(730).default(90),
    }),
    output: z.object({ versions: z.array(z.object({ id: z.uuid(), roleId: z.uuid(), number: z.int() })) }),
    cli: { command: 'roles draft-improvement', positional: ['role'] },
    resource: async ({ role }, tx) => ({ type: 'Role', id: (await getRole(tx, role))?.id ?? role }),
    handler: async (ctx, _permit, input) => {
      const role = await requireRole(ctx.tx, input.role);
      const { now, found } = await look(ctx.tx, input.days);
      const idAt = (n: number | null): string | undefined => (n === null ? undefined : now.roles[n]?.id);
      const one = found.find(
        (i) => i.kind === input.kind && idAt(i.role) === role.id && (i.other === null || idAt(i.other) === input.other),
      );
      if (one === undefined)
        throw conflict(
          'role_improvement.gone',
          `nothing of that kind is found for ${role.name} now`,
          'look again: reeve roles improve',
        );
      const versions = await draftImprovement(ctx, edges.decide, now, one);
      return { versions: versions.map(({ id, roleId, number }) => ({ id, roleId, number })) };
    },
  }),
];

async function shown(tx: Tx, now: RolesNow, found: readonly Improvement[]): Promise<z.input<typeof improvementOut>[]> {
  const moved = found.flatMap((one) => one.onDemand.map((e) => now.entitlementIds[e] as string));
  const names = new Map((await getEntitlements(tx, [...new Set(moved)])).map((e) => [e.id, e.name]));
  const roleAt = (n: number): z.input<typeof ref> => now.roles[n] as z.input<typeof ref>;
  return found.map(({ users, role, other, onDemand, ...one }) => ({
    ...one,
    role: roleAt(role),
    other: other === null ? null : roleAt(other),
    people: users,
    sessions: now.sessions[role] ?? 0,
    ...useOf(now, role),
    onDemand: onDemand.map((e) => {
      const id = now.entitlementIds[e] as string;
      return { id, name: names.get(id) ?? 'an entitlement no longer known' };
    }),
  }));
}

/** Use of all a role gives, added up. */
function useOf(now: RolesNow, role: number): { used: number; unused: number; unknown: number } {
  const kept = now.kept[role];
  const uses: readonly Use[] = kept === undefined ? [] : [...kept.use.values()];
  const sum = { used: 0, unused: 0, unknown: 0 };
  for (const { used, unused, holders } of uses) {
    sum.used += used;
    sum.unused += unused;
    sum.unknown += holders - used - unused;
  }
  return sum;
}
