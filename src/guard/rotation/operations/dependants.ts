import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { AppError, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { text } from '#kit/http/index.ts';
import { findSecret } from '#guard/vault/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { refuseBeyondReader, VAULT } from '../dependants/in-vault.ts';
import { dependantAdded, dependantRemoved } from '../dependants/events.ts';
import { dependantsOf, findDependant, insertDependant, removeDependant } from '../dependants/store.ts';
import { dependantOut } from './shapes.ts';

const secret = (input: { readonly id: string }) => ({ type: 'Secret', id: input.id });

/** What holds the value of a credential beside its target, and follows when it is rotated. */
export const dependantOperations = (edges: {
  readonly targets: Targets;
  readonly decide: Decide;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'dependants.list',
    action: 'secret.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/secrets/{id}/dependants',
    summary: 'List what holds a credential elsewhere, in the order it is updated',
    input: z.object({ id: z.uuid() }),
    output: z.object({ items: z.array(dependantOut) }),
    cli: {
      command: 'rotate dependants',
      positional: ['id'],
      columns: ['id', 'position', 'name', 'systemName', 'place'],
    },
    resource: secret,
    handler: async (ctx, _permit, { id }) => ({ items: await dependantsOf(ctx.tx, id) }),
  }),
  defineOperation({
    name: 'dependants.add',
    action: 'dependant.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets/{id}/dependants',
    summary: 'Say where else a credential stands: it is updated there when it is rotated',
    description:
      'A place is as the kind of system has it: on a Linux host a line of a file, and the service that reads it; in PostgreSQL a user mapping or a subscription; in MariaDB a server; in a described service a setting. Without a system it is in the vault, a value of a secret that programs read.',
    input: z.object({
      id: z.uuid(),
      name: text(200),
      systemId: z.uuid().default(VAULT).describe('absent: the vault itself'),
      place: z.record(z.string(), z.unknown()),
      position: z.int().min(1).max(1000).optional(),
    }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'rotate dependant-add', positional: ['id', 'name'] },
    resource: secret,
    handler: async (ctx, permit, input) => {
      const held = await findSecret(ctx.tx, input.id);
      if (held === undefined) throw notFound('secret', input.id);
      const system = await requireSystem(ctx.tx, input.systemId);
      if (system.id === VAULT) await refuseBeyondReader(edges.decide, ctx, held, input.place);
      const wrong = system.id === VAULT ? [] : (edges.targets.wrongPlace?.(system.kind, input.place) ?? []);
      if (wrong.length > 0)
        throw new AppError({
          code: 'dependant.place_wrong',
          status: 422,
          detail: `a place on a system of kind ${system.kind} is not like that: ${wrong[0]?.pointer ?? ''} ${wrong[0]?.detail ?? ''}`,
          fix: `see src/connectors/${system.kind}/README.md for what it can be`,
          errors: wrong.map(({ pointer, detail }) => ({ pointer: `/place${pointer}`, detail })),
        });
      const id = newId(ctx.now.getTime());
      await insertDependant(ctx.tx, { ...input, id, secretId: input.id, position: input.position });
      await ctx.record(permit, {
        event: dependantAdded,
        data: { dependantId: id, secretId: input.id, systemId: system.id, name: input.name },
      });
      return { id };
    },
  }),
  defineOperation({
    name: 'dependants.remove',
    action: 'dependant.manage',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/credential-dependants/{id}',
    summary: 'Forget that a credential stands somewhere else',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'rotate dependant-rm', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      const found = await findDependant(ctx.tx, id);
      if (found === undefined) throw notFound('dependant', id);
      await removeDependant(ctx.tx, id, ctx.now);
      await ctx.record(permit, {
        event: dependantRemoved,
        data: { dependantId: id, secretId: found.secretId, systemId: found.systemId, name: found.name },
      });
      return { id };
    },
  }),
];
