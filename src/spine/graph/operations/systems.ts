import { z } from 'zod';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { listSystems, requireSystem } from '../systems/systems.ts';
import { facts, identityNames, idOrName, nameOf, period, systemId } from './shapes.ts';

const systemOut = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  host: z.string(),
  port: z.int(),
  settings: facts,
  pinned: z.array(z.string()).readonly(),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  lastReadAt: instantOut.nullable(),
  ...period,
});

export const systemOperations = [
  defineOperation({
    name: 'graph.listSystems',
    action: 'system.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/systems',
    summary: 'List systems, by name',
    input: z.object({ kind: text(50).optional(), ownerId: z.uuid().optional(), ...pageInput }),
    output: pageOf(systemOut),
    cli: { command: 'systems ls', columns: ['name', 'kind', 'host', 'port', 'ownerName', 'lastReadAt'] },
    handler: async (ctx, _permit, { cursor, limit, ...filter }) => {
      const found = await listSystems(ctx.tx, { filter, cursor, limit });
      const names = await identityNames(
        ctx.tx,
        found.items.map((s) => s.ownerId),
      );
      return { ...found, items: found.items.map((s) => ({ ...s, ownerName: nameOf(names, s.ownerId) })) };
    },
  }),
  defineOperation({
    name: 'graph.showSystem',
    action: 'system.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/systems/{system}',
    summary: 'Show a system',
    input: z.object({ system: idOrName }),
    output: systemOut,
    cli: { command: 'systems show', positional: ['system'] },
    resource: async (input, tx) => ({ type: 'System', id: await systemId(tx, input.system) }),
    handler: async (ctx, _permit, input) => {
      const found = await requireSystem(ctx.tx, input.system);
      const names = await identityNames(ctx.tx, [found.ownerId]);
      return { ...found, ownerName: nameOf(names, found.ownerId) };
    },
  }),
];
