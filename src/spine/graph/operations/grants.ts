import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf } from '#kit/http/index.ts';
import { PLATFORM } from '#spine/decide/port.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { getEntitlements } from '../entitlements/read-entitlements.ts';
import { controlsOfGrants } from '../grants/grant-controls.ts';
import { getGrant, grantVersions, listGrants } from '../grants/read-grants.ts';
import type { Grant } from '../model.ts';
import { identityNames, idOrName, nameOf, namesIn, period, onSystem } from './shapes.ts';

/** What a session has to meet that rests on a grant; null and false: nothing of the kind. */
const controlsOut = z.object({
  /** Seconds since the last sign-in with a passkey or a second factor, at most. */
  stepUpSeconds: z.int().nullable(),
  /** Seconds that a session lasts, at most. */
  sessionSeconds: z.int().nullable(),
  oneSession: z.boolean(),
  /** Seconds that a session goes on without being used, at most. */
  idleSeconds: z.int().nullable(),
  /** It runs only while somebody watches, and waits so many seconds for one, at most. */
  observerSeconds: z.int().nullable(),
});
const grantOut = z.object({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string().nullable(),
  entitlementId: z.uuid().nullable(),
  roleId: z.uuid().nullable(),
  /** Of the entitlement or role. */
  name: z.string().nullable(),
  systemName: z.string().nullable(),
  origin: z.string(),
  originId: z.uuid().nullable(),
  reason: z.string().nullable(),
  started: z.boolean(),
  endedBecause: z.string().nullable(),
  /** What sessions that rest on it have to meet. */
  controls: controlsOut,
  ...period,
});
const versionOut = z.object({
  recordedFrom: instantOut,
  recordedTo: instantOut.nullable(),
  started: z.boolean(),
  endedBecause: z.string().nullable(),
  ...period,
});

async function withNames(tx: Tx, grants: readonly Grant[]) {
  const people = await identityNames(
    tx,
    grants.map((g) => g.identityId),
  );
  const entitlements = await getEntitlements(
    tx,
    grants.flatMap((g) => g.entitlementId ?? []),
  );
  const byId = new Map(entitlements.map((e) => [e.id, e]));
  const systems = await namesIn(
    tx,
    'system',
    entitlements.map((e) => e.systemId),
  );
  const roles = await namesIn(
    tx,
    'role',
    grants.map((g) => g.roleId),
  );
  const controls = await controlsOfGrants(
    tx,
    grants.map((g) => g.id),
  );
  return grants.map((g) => {
    const entitlement = g.entitlementId === null ? undefined : byId.get(g.entitlementId);
    return {
      ...g,
      controls: controls(g.id),
      identityName: nameOf(people, g.identityId),
      name: entitlement?.name ?? nameOf(roles, g.roleId),
      systemName: nameOf(systems, entitlement?.systemId),
    };
  });
}

export const grantOperations = [
  defineOperation({
    name: 'graph.listGrants',
    action: 'grant.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/grants',
    summary: 'List grants: who should have what',
    description:
      'With `identityId`: that identity’s, which it and its manager may list too. With `entitlementId`: the entitlement’s owner too.',
    input: z.object({
      identityId: z.uuid().optional(),
      entitlementId: z.uuid().optional(),
      roleId: z.uuid().optional(),
      system: idOrName.optional(),
      origin: z.enum(['birthright', 'request', 'jit', 'exception', 'import', 'admin', 'emergency']).optional(),
      originId: z.uuid().optional(),
      /** Only those that hold at this instant. */
      liveAt: instantIn.optional(),
      ...pageInput,
    }),
    output: pageOf(grantOut),
    cli: { command: 'grants ls', columns: ['identityName', 'name', 'systemName', 'origin', 'validFrom', 'validTo'] },
    resource: ({ identityId, entitlementId }) =>
      identityId !== undefined
        ? { type: 'Identity', id: identityId }
        : entitlementId !== undefined
          ? { type: 'Entitlement', id: entitlementId }
          : PLATFORM,
    handler: async (ctx, _permit, { cursor, limit, system, ...rest }) => {
      const on = await onSystem(ctx.tx, system);
      const found = await listGrants(ctx.tx, { filter: { ...rest, systemId: on }, cursor, limit });
      return { ...found, items: await withNames(ctx.tx, found.items) };
    },
  }),
  defineOperation({
    name: 'graph.showGrant',
    action: 'grant.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/grants/{id}',
    summary: 'Show a grant: who, what, why, and how it came to be so',
    input: z.object({ id: z.uuid() }),
    output: grantOut.extend({ versions: z.array(versionOut) }),
    cli: { command: 'grants show', positional: ['id'] },
    resource: (input) => ({ type: 'Grant', id: input.id }),
    handler: async (ctx, _permit, input) => {
      const found = await getGrant(ctx.tx, input.id);
      const [named] = found === undefined ? [] : await withNames(ctx.tx, [found]);
      if (named === undefined) throw notFound('grant', input.id);
      return { ...named, versions: await grantVersions(ctx.tx, input.id) };
    },
  }),
];
