import { z } from 'zod';
import { conflict, notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { nodeDrainAsked } from './events.ts';
import { NODE_ROLES, NODE_STATES } from './model.ts';
import { askDrain, listNodes, lockNode } from './store.ts';

const nodeOut = z.object({
  id: z.uuid(),
  name: z.string().describe('of its machine'),
  roles: z.array(z.enum(NODE_ROLES)),
  version: z.string(),
  state: z.enum(NODE_STATES),
  liveSessions: z.int(),
  startedAt: instantOut,
  seenAt: instantOut,
  drainAskedAt: instantOut.nullable(),
  endedAt: instantOut.nullable(),
});

/** Which processes there are, and asking one to take no more sessions. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'nodes.list',
    action: 'node.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/nodes',
    summary: 'List the processes of Reeve, newest first',
    input: z.object({ ...pageInput, all: z.boolean().optional().describe('also those that ended within 30 days') }),
    output: pageOf(nodeOut),
    cli: {
      command: 'nodes ls',
      columns: ['id', 'name', 'roles', 'version', 'state', 'liveSessions', 'startedAt', 'seenAt'],
    },
    handler: (ctx, _permit, { all, ...input }) => listNodes(ctx.tx, { ...input, living: all !== true }),
  }),
  defineOperation({
    name: 'nodes.drain',
    action: 'node.drain',
    kind: 'write',
    method: 'POST',
    path: '/v1/nodes/{id}/drain',
    summary: 'Have a gateway node take no more sessions',
    description:
      'Live ones go on until drain_seconds are over; their people are told. It is not taken back: stop the node next.',
    input: z.object({ id: z.uuid() }),
    output: nodeOut,
    cli: { command: 'nodes drain', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      const node = await lockNode(ctx.tx, id);
      if (node === undefined) throw notFound('node', id);
      if (node.endedAt !== null) throw conflict('node.ended', `this node is ${node.state} already`);
      if (!node.roles.includes('gateway'))
        throw conflict('node.no_gateway', 'this node is no gateway: there is nothing to drain', 'stop it');
      if (node.drainAskedAt !== null) throw conflict('node.drain_asked', 'this node was asked to drain before');
      await askDrain(ctx.tx, { id, by: ctx.principal.id, at: ctx.now });
      await ctx.record(permit, {
        event: nodeDrainAsked,
        data: { nodeId: id, name: node.name, roles: [...node.roles] },
      });
      return { ...node, drainAskedAt: ctx.now };
    },
  }),
];
