import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { getEntitlements, getIdentities, requireRole } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { askApproval, draftVersion, lookAtImpact, returnVersion, withdrawVersion } from './draft-version.ts';
import type { Edges } from './edges.ts';
import { publishVersion } from './publish-version.ts';
import { roleOperations } from './role-operations.ts';
import {
  contentOf,
  contentOut,
  diffOf,
  draftIn,
  impactOf,
  impactOut,
  ofRole,
  ref,
  role,
  versionOut,
  withNames,
} from './shapes.ts';
import { findImpact, listPeople, listVersions, requireVersion } from './store.ts';
import { whomOfVersion, whomOut } from './whom.ts';

const ofVersion = ({ id }: { readonly id: string }) => ({ type: 'RoleVersion', id });
const one = async (tx: Tx, id: string) => {
  const [version] = await withNames(tx, [await requireVersion(tx, id)]);
  return version as z.input<typeof versionOut>;
};

const drafts = [
  defineOperation({
    name: 'roleVersions.draft',
    action: 'role_version.draft',
    kind: 'write',
    method: 'POST',
    path: '/v1/roles/{role}/draft',
    summary: 'Say what a role is to be made of: its open draft, or a new version',
    description:
      'Nothing about the role changes until the version is published. A circle of roles is refused with its path.',
    input: z.object({ role, ...draftIn }),
    output: versionOut,
    cli: { command: 'roles draft', positional: ['role'] },
    resource: ofRole,
    handler: async (ctx, permit, { role: which, kind, reason, ...content }) => {
      const { id: roleId } = await requireRole(ctx.tx, which);
      const { id } = await draftVersion(ctx, permit, { roleId, kind, reason, content: contentOf(content) });
      return await one(ctx.tx, id);
    },
  }),
  defineOperation({
    name: 'roleVersions.list',
    action: 'role_version.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/roles/{role}/versions',
    summary: 'List the versions of a role, newest first',
    input: z.object({ role, ...pageInput }),
    output: pageOf(versionOut),
    cli: {
      command: 'roles versions',
      positional: ['role'],
      columns: ['number', 'state', 'madeByName', 'settledByName', 'reason', 'id'],
    },
    resource: ofRole,
    handler: async (ctx, _permit, input) => {
      const { id: roleId } = await requireRole(ctx.tx, input.role);
      const before = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const found = await listVersions(ctx.tx, { roleId, before, limit: input.limit + 1 });
      return page(await withNames(ctx.tx, found), input.limit, (v) => [v.id]);
    },
  }),
  defineOperation({
    name: 'roleVersions.listAwaiting',
    action: 'role_version.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-versions',
    summary: 'List versions of all roles, newest first, for instance those that wait for approval',
    input: z.object({
      state: z.enum(['draft', 'awaiting', 'published', 'superseded', 'withdrawn']).optional(),
      ...pageInput,
    }),
    output: pageOf(versionOut),
    cli: { command: 'role-versions ls', columns: ['roleName', 'number', 'state', 'madeByName', 'reason', 'id'] },
    handler: async (ctx, _permit, input) => {
      const before = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const found = await listVersions(ctx.tx, { state: input.state, before, limit: input.limit + 1 });
      return page(await withNames(ctx.tx, found), input.limit, (v) => [v.id]);
    },
  }),
  defineOperation({
    name: 'roleVersions.show',
    action: 'role_version.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-versions/{id}',
    summary: 'Show a version: what it is made of beside what the role is made of now, and what publishing it would do',
    input: z.object({ id: z.uuid() }),
    output: versionOut.extend({ content: contentOut, whom: whomOut, impact: impactOut }),
    cli: { command: 'role-versions show', positional: ['id'] },
    resource: ofVersion,
    handler: async (ctx, _permit, { id }) => {
      const version = await requireVersion(ctx.tx, id);
      return {
        ...(await one(ctx.tx, id)),
        content: await diffOf(ctx.tx, version),
        whom: await whomOfVersion(ctx.tx, version),
        impact: await impactOf(ctx.tx, version),
      };
    },
  }),
  defineOperation({
    name: 'roleVersions.people',
    action: 'role_version.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-versions/{id}/people',
    summary: 'List whose access publishing would change, by the last report: what each gains and loses',
    input: z.object({ id: z.uuid(), ...pageInput }),
    output: pageOf(
      z.object({
        position: z.int(),
        identity: ref,
        gains: z.array(ref),
        loses: z.array(ref),
        newConflicts: z.int(),
        clearedConflicts: z.int(),
        privileged: z.boolean().describe('privileged on a system for the first time'),
      }),
    ),
    cli: {
      command: 'role-versions people',
      positional: ['id'],
      columns: ['identity', 'gains', 'loses', 'newConflicts'],
    },
    resource: ofVersion,
    handler: async (ctx, _permit, input) => {
      await requireVersion(ctx.tx, input.id);
      const after = readCursor(input.cursor, ['n'])?.[0] ?? 0;
      const rows = await listPeople(ctx.tx, { versionId: input.id, after, limit: input.limit + 1 });
      const people = await getIdentities(
        ctx.tx,
        rows.map((row) => row.identityId),
      );
      const things = await getEntitlements(ctx.tx, [...new Set(rows.flatMap((row) => [...row.gains, ...row.loses]))]);
      const names = new Map([
        ...people.map((i) => [i.id, i.displayName] as const),
        ...things.map((e) => [e.id, e.name] as const),
      ]);
      const named = (id: string) => ({ id, name: names.get(id) ?? 'no longer known' });
      const items = rows.map((row) => ({
        position: row.position,
        identity: named(row.identityId),
        gains: row.gains.map(named),
        loses: row.loses.map(named),
        newConflicts: row.newConflicts.length,
        clearedConflicts: row.clearedConflicts.length,
        privileged: row.privileged.length > 0,
      }));
      return page(items, input.limit, (row) => [row.position]);
    },
  }),
  defineOperation({
    name: 'roleVersions.look',
    action: 'role_version.look',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-versions/{id}/look',
    summary: 'Find out all that would follow from publishing a version as it is now',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid(), revision: z.int(), state: z.string() }),
    cli: { command: 'role-versions look', positional: ['id'] },
    resource: ofVersion,
    handler: async (ctx, permit, input) => {
      const { id, revision } = await lookAtImpact(ctx, permit, input);
      return { id, revision, state: (await findImpact(ctx.tx, id))?.state ?? 'waiting' };
    },
  }),
];

const decisions = (edges: Edges) => [
  defineOperation({
    name: 'roleVersions.ask',
    action: 'role_version.ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-versions/{id}/ask',
    summary: 'Ask for a draft to be approved; refused until it is known what would follow',
    input: z.object({ id: z.uuid() }),
    output: versionOut,
    cli: { command: 'role-versions ask', positional: ['id'] },
    resource: ofVersion,
    handler: async (ctx, permit, input) => await one(ctx.tx, (await askApproval(ctx, permit, input)).id),
  }),
  defineOperation({
    name: 'roleVersions.publish',
    action: 'role_version.publish',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-versions/{id}/publish',
    summary: 'Approve a version another person drafted, and make the role of it from now on',
    description:
      'Refused where its report is older than the last change of the data, where an enforced rule of separated duties would be made worse, and over the limits of changes unless they are accepted.',
    input: z.object({
      id: z.uuid(),
      because: text(1000),
      acceptLimits: z.boolean().default(false).describe('publish although it changes more than limits allow'),
    }),
    output: versionOut,
    cli: { command: 'role-versions publish', positional: ['id'] },
    resource: ofVersion,
    handler: async (ctx, permit, input) => await one(ctx.tx, (await publishVersion(ctx, permit, edges, input)).id),
  }),
  defineOperation({
    name: 'roleVersions.return',
    action: 'role_version.return',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-versions/{id}/return',
    summary: 'Give a version that waits for approval back to who drafted it',
    input: z.object({ id: z.uuid(), because: text(1000) }),
    output: versionOut,
    cli: { command: 'role-versions return', positional: ['id'] },
    resource: ofVersion,
    handler: async (ctx, permit, input) => await one(ctx.tx, (await returnVersion(ctx, permit, input)).id),
  }),
  defineOperation({
    name: 'roleVersions.withdraw',
    action: 'role_version.withdraw',
    kind: 'write',
    method: 'POST',
    path: '/v1/role-versions/{id}/withdraw',
    summary: 'Put a version away that was not published',
    input: z.object({ id: z.uuid(), because: text(1000) }),
    output: versionOut,
    cli: { command: 'role-versions withdraw', positional: ['id'] },
    resource: ofVersion,
    handler: async (ctx, permit, input) => await one(ctx.tx, (await withdrawVersion(ctx, permit, input)).id),
  }),
];

/** What people see and decide of versions of roles. */
export const operations = (edges: Edges): readonly AnyOperation[] => [
  ...roleOperations,
  ...drafts,
  ...decisions(edges),
];
