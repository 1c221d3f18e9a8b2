import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { PLATFORM } from '#spine/decide/port.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { mergedInto, survivorsOf } from '../identities/merges.ts';
import { getIdentity, listIdentities } from '../identities/read-identities.ts';
import { loadPrincipal } from '../load-principal.ts';
import { asOfInput, facts, identityId, identityNames, identityRef, idOrName, nameOf, period } from './shapes.ts';

const identityOut = z.object({
  id: z.uuid(),
  kind: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  state: z.string(),
  department: z.string().nullable(),
  jobTitle: z.string().nullable(),
  orgUnit: z.string().nullable(),
  managerId: z.uuid().nullable(),
  managerName: z.string().nullable(),
  ownerId: z.uuid().nullable(),
  contractEnd: instantOut.nullable(),
  attributes: facts,
  /** Set: it turned out to be another one, which it is since then. */
  mergedInto: z
    .object({ identityId: z.uuid(), displayName: z.string(), username: z.string().nullable(), since: instantOut })
    .nullable(),
  ...period,
});

export const identityOperations = [
  defineOperation({
    name: 'graph.listIdentities',
    action: 'identity.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/identities',
    summary: 'List identities, by name',
    description:
      'People may list those they manage (`managerId` is their own) and what they answer for (`ownerId`); the rest is for those who run, watch or audit Reeve.',
    input: z.object({
      search: text(100).optional(),
      kind: z.enum(['person', 'service', 'workload', 'vendor', 'agent']).optional(),
      state: z.enum(['pre_hire', 'active', 'leave', 'suspended', 'leaver']).optional(),
      department: text(200).optional(),
      managerId: z.uuid().optional(),
      ownerId: z.uuid().optional(),
      ...pageInput,
    }),
    output: pageOf(identityOut),
    cli: {
      command: 'identities ls',
      columns: ['username', 'displayName', 'kind', 'state', 'department', 'managerName'],
    },
    resource: (input) => {
      const of = input.managerId ?? input.ownerId;
      return of === undefined ? PLATFORM : { type: 'Identity', id: of };
    },
    handler: async (ctx, _permit, { cursor, limit, ...filter }) => {
      const found = await listIdentities(ctx.tx, { filter, cursor, limit });
      const names = await identityNames(
        ctx.tx,
        found.items.map((i) => i.managerId),
      );
      const survivors = await survivorsOf(
        ctx.tx,
        found.items.map((i) => i.id),
      );
      const items = found.items.map((i) => ({
        ...i,
        managerName: nameOf(names, i.managerId),
        mergedInto: survivors.get(i.id) ?? null,
      }));
      return { ...found, items };
    },
  }),
  defineOperation({
    name: 'graph.showIdentity',
    action: 'identity.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/identities/{identity}',
    summary: 'Show an identity, now or as it was',
    input: z.object({ identity: idOrName, ...asOfInput }),
    output: identityOut.extend({
      adminRoles: z.array(z.string()),
      /** Identities that turned out to be this one. */
      merged: z.array(
        z.object({ identityId: z.uuid(), displayName: z.string(), username: z.string().nullable(), since: instantOut }),
      ),
    }),
    cli: { command: 'identities show', positional: ['identity'] },
    resource: (input, tx) => identityRef(tx, input.identity),
    handler: async (ctx, _permit, input) => {
      const id = await identityId(ctx.tx, input.identity);
      const found = await getIdentity(ctx.tx, id, input);
      if (found === undefined) throw notFound('identity', input.identity);
      const names = await identityNames(ctx.tx, [found.managerId]);
      const principal = await loadPrincipal(ctx.tx, id);
      return {
        ...found,
        managerName: nameOf(names, found.managerId),
        adminRoles: [...(principal?.roles ?? [])],
        mergedInto: (await survivorsOf(ctx.tx, [id])).get(id) ?? null,
        merged: await mergedInto(ctx.tx, id),
      };
    },
  }),
];
