import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { newId } from '#kit/ids/index.ts';
import { findIdentityByUsername, getIdentity, requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { label } from '../catalogue/shapes.ts';
import { stewardNamed } from '../events.ts';
import { answerRename, listRenameCases } from './answer-rename.ts';
import { countQueue, listQueue, REASONS } from './list-queue.ts';

const queueIn = { system: text(200).optional(), reason: z.enum(REASONS).optional(), mine: z.boolean().default(false) };
const stewardOut = z.object({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string(),
  systemId: z.uuid().nullable(),
  systemName: z.string().nullable(),
  tag: z.string().nullable(),
  since: instantOut,
});

export const stewardshipOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'entitlements.listStewardship',
    action: 'entitlement.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/stewardship',
    summary:
      'List entitlements somebody has to see to: without owner or description, not reviewed for a year, renamed, or gone while still named',
    description:
      'mine narrows it to what the asker owns or is steward of. A suggestion is made of what the target tells, never guessed.',
    input: z.object({ ...queueIn, ...pageInput }),
    output: pageOf(
      z.object({
        id: z.uuid(),
        name: z.string(),
        systemId: z.uuid(),
        systemName: z.string(),
        kind: z.string(),
        nativeId: z.string(),
        reasons: z.array(z.enum(REASONS)),
        ownerName: z.string().nullable(),
        goneSince: instantOut.nullable(),
        renamedFrom: z.string().nullable(),
        renamedAt: instantOut.nullable(),
        namedBy: z.array(z.string()),
        suggestion: z.string().nullable(),
      }),
    ).extend({ counts: z.record(z.string(), z.int()) }),
    cli: {
      command: 'catalogue stewardship',
      columns: ['systemName', 'name', 'reasons', 'ownerName', 'namedBy', 'suggestion', 'id'],
    },
    handler: async (ctx, _permit, { system, mine, reason, cursor, limit }) => {
      const systemId = system === undefined ? undefined : (await requireSystem(ctx.tx, system)).id;
      const filter = { systemId, reason, seenToBy: mine ? ctx.principal.id : undefined };
      const found = await listQueue(ctx.tx, { filter, cursor, limit });
      return { ...found, counts: { ...(await countQueue(ctx.tx, { ...filter, reason: undefined })) } };
    },
  }),
  defineOperation({
    name: 'entitlements.listStewards',
    action: 'entitlement_steward.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/stewards',
    summary: 'List who sees to the entitlements of which systems and tags',
    input: z.object({}),
    output: z.object({ items: z.array(stewardOut), nextCursor: z.null() }),
    cli: { command: 'catalogue stewards', columns: ['identityName', 'systemName', 'tag', 'since', 'id'] },
    handler: async (ctx) => ({
      items: await ctx.tx.many<Omit<z.output<typeof stewardOut>, 'since'> & { readonly since: Date }>(sql`
        select s.id, s.identity_id, f.display_name as identity_name, s.system_id, y.name as system_name, s.tag, s.since
          from entitlement_steward s left join system y on y.id = s.system_id
          join lateral (select display_name from identity_facts f where f.identity_id = s.identity_id and f.valid_from <= ${ctx.now}
                          order by f.valid_from desc limit 1) f on true
         order by y.name, s.tag, f.display_name, s.id`),
      nextCursor: null,
    }),
  }),
  defineOperation({
    name: 'entitlements.nameSteward',
    action: 'entitlement_steward.name',
    kind: 'write',
    method: 'POST',
    path: '/v1/stewards',
    summary:
      'Name a steward of a system or of a tag: whoever sees to it that its entitlements have an owner and a description',
    input: z.object({ identity: text(200), system: text(200).optional(), tag: label.optional() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'catalogue name-steward', positional: ['identity'] },
    handler: async (ctx, permit, { identity, system, tag }) => {
      if ((system === undefined) === (tag === undefined))
        throw invalid('/system', 'name a system or a tag, one of the two', 'leave one out');
      const who = (await getIdentity(ctx.tx, identity)) ?? (await findIdentityByUsername(ctx.tx, identity));
      if (who === undefined) throw notFound('identity', identity);
      if (who.kind !== 'person' || who.state === 'leaver')
        throw invalid('/identity', 'is nobody who could see to it', 'name a person who is here');
      const systemId = system === undefined ? null : (await requireSystem(ctx.tx, system)).id;
      const id = newId();
      const named = await ctx.tx.run(sql`
        insert into entitlement_steward (id, identity_id, system_id, tag, since) values (${id}, ${who.id}, ${systemId}, ${tag ?? null}, ${ctx.now})
        on conflict do nothing`);
      if (named === 0) throw conflict('entitlement_steward.named_already', `${who.displayName} is its steward already`);
      await ctx.record(permit, {
        event: stewardNamed,
        data: { stewardId: id, identityId: who.id, systemId, tag: tag ?? null, named: true },
      });
      return { id };
    },
  }),
  defineOperation({
    name: 'entitlements.releaseSteward',
    action: 'entitlement_steward.name',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/stewards/{id}',
    summary: 'Say that somebody is no longer steward of a system or of a tag',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'catalogue release-steward', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      const was = await ctx.tx.maybe<{ identityId: string; systemId: string | null; tag: string | null }>(
        sql`delete from entitlement_steward where id = ${id} returning identity_id, system_id, tag`,
      );
      if (was === undefined) throw notFound('steward', id);
      await ctx.record(permit, { event: stewardNamed, data: { stewardId: id, ...was, named: false } });
      return { id };
    },
  }),
  defineOperation({
    name: 'entitlements.listRenameCases',
    action: 'entitlement.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/rename-cases',
    summary: 'List what may only have another name at its source: was X, is Y?',
    input: z.object({ system: text(200).optional(), ...pageInput }),
    output: pageOf(
      z.object({
        id: z.uuid(),
        systemId: z.uuid(),
        systemName: z.string(),
        goneId: z.uuid(),
        goneName: z.string(),
        cameId: z.uuid(),
        cameName: z.string(),
        because: z.string(),
        foundAt: instantOut,
      }),
    ),
    cli: { command: 'catalogue renames', columns: ['systemName', 'goneName', 'cameName', 'because', 'foundAt', 'id'] },
    handler: async (ctx, _permit, { system, cursor, limit }) =>
      await listRenameCases(ctx.tx, {
        systemId: system === undefined ? undefined : (await requireSystem(ctx.tx, system)).id,
        cursor,
        limit,
      }),
  }),
  defineOperation({
    name: 'entitlements.answerRename',
    action: 'rename_case.answer',
    kind: 'write',
    method: 'POST',
    path: '/v1/rename-cases/{id}/answer',
    summary:
      'Say whether what came is what went under another name; then its owner, description, grants and rules stand',
    input: z.object({ id: z.uuid(), same: z.boolean() }),
    output: z.object({ id: z.uuid(), entitlementId: z.uuid() }),
    cli: { command: 'catalogue answer-rename', positional: ['id', 'same'] },
    handler: (ctx, permit, input) => answerRename(ctx, permit, input),
  }),
];
