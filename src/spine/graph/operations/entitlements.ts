import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { privilegeOf } from '../closure/privilege-of.ts';
import { getEntitlement, listEntitlements } from '../entitlements/read-entitlements.ts';
import type { Entitlement } from '../model.ts';
import { pathOut } from './paths.ts';
import { identityNames, idOrName, nameOf, namesIn, period, onSystem } from './shapes.ts';

const entitlementOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  systemName: z.string().nullable(),
  kind: z.string(),
  nativeId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  risk: z.string(),
  privileged: z.boolean(),
  requestable: z.boolean(),
  maxSeconds: z.int().nullable(),
  accountId: z.uuid().nullable(),
  source: z.string(),
  ...period,
});

async function withNames(tx: Tx, entitlements: readonly Entitlement[]) {
  const systems = await namesIn(
    tx,
    'system',
    entitlements.map((e) => e.systemId),
  );
  const people = await identityNames(
    tx,
    entitlements.map((e) => e.ownerId),
  );
  return entitlements.map((e) => ({
    ...e,
    systemName: nameOf(systems, e.systemId),
    ownerName: nameOf(people, e.ownerId),
  }));
}

export const entitlementOperations = [
  defineOperation({
    name: 'graph.listEntitlements',
    action: 'entitlement.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/entitlements',
    summary: 'List the catalogue of entitlements, by name',
    input: z.object({
      system: idOrName.optional(),
      kind: text(50).optional(),
      risk: z.enum(['low', 'medium', 'high', 'critical']).optional(),
      ownerId: z.uuid().optional(),
      privileged: z.boolean().optional(),
      requestable: z.boolean().optional(),
      undescribed: z.boolean().optional(),
      search: text(100).optional(),
      ...pageInput,
    }),
    output: pageOf(entitlementOut),
    cli: {
      command: 'entitlements ls',
      columns: ['systemName', 'kind', 'name', 'risk', 'privileged', 'requestable', 'ownerName'],
    },
    handler: async (ctx, _permit, { cursor, limit, system, ...rest }) => {
      const on = await onSystem(ctx.tx, system);
      const found = await listEntitlements(ctx.tx, { filter: { ...rest, systemId: on }, cursor, limit });
      return { ...found, items: await withNames(ctx.tx, found.items) };
    },
  }),
  defineOperation({
    name: 'graph.showEntitlement',
    action: 'entitlement.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/entitlements/{id}',
    summary: 'Show an entitlement, and what makes it privileged',
    input: z.object({ id: z.uuid() }),
    output: entitlementOut.extend({ privilegedThrough: pathOut.nullable() }),
    cli: { command: 'entitlements show', positional: ['id'] },
    resource: (input) => ({ type: 'Entitlement', id: input.id }),
    handler: async (ctx, _permit, input) => {
      const found = await getEntitlement(ctx.tx, input.id);
      const [named] = found === undefined ? [] : await withNames(ctx.tx, [found]);
      if (named === undefined) throw notFound('entitlement', input.id);
      const privileged = await privilegeOf(ctx.tx, { entitlementIds: [input.id] });
      return { ...named, privilegedThrough: privileged.get(input.id) ?? null };
    },
  }),
];
