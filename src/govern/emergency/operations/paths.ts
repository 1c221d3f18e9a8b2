import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { identityMeant, targetNamed } from '#govern/requests/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { getRole } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { closePath, definePath } from '../define-path.ts';
import { openPath } from '../open-path.ts';
import { showPath } from '../show.ts';
import { findPaths } from '../store.ts';
import { pathOut, pathRef, pathResource } from './shapes.ts';

const people = async (ctx: Ctx, pointer: string, named: readonly string[]): Promise<string[]> => {
  const ids: string[] = [];
  for (const [i, one] of named.entries()) {
    const id = await identityMeant(ctx.tx, one);
    if (id === undefined)
      throw invalid(`${pointer}/${i}`, `there is no person ${one}`, 'give a username, mail address or id');
    ids.push(id);
  }
  return [...new Set(ids)];
};
const thing = async (ctx: Ctx, pointer: string, named: string): Promise<string> => {
  const id = await targetNamed(ctx.tx, named);
  if (id === undefined)
    throw invalid(pointer, `there is no entitlement or role ${named}`, 'write system:entitlement, role:name or an id');
  return id;
};

/** Paths to emergency access: defined beforehand, closed, and opened again when they were locked. */
export const pathOperations = ({ decide }: { readonly decide: Decide }): readonly AnyOperation[] => {
  const shownOne = async (ctx: Ctx, id: string) => {
    const [path] = await findPaths(ctx.tx, [id]);
    if (path === undefined) throw new Error('what was just held is there');
    return await showPath(ctx, decide, path);
  };
  return [
    defineOperation({
      name: 'emergency.paths',
      action: 'emergency_path.list',
      kind: 'read',
      method: 'GET',
      path: '/v1/emergency-paths',
      summary: 'List paths to emergency access that concern me',
      description: 'Those I may use or review; all of them for those who run, watch or audit.',
      input: z.object({ closed: z.boolean().default(false) }),
      output: z.object({ items: z.array(pathOut), nextCursor: z.null() }),
      cli: {
        command: 'emergency ls',
        columns: ['name', 'what.name', 'what.systemName', 'longestMinutes', 'state', 'mayUse'],
      },
      handler: async (ctx, _permit, input) => {
        const rows = await ctx.tx.many<{ id: string }>(
          sql`select id from emergency_path where ${input.closed} or closed_at is null order by lower(name), id limit 500`,
        );
        const seen = await decide.mayMany(
          ctx.tx,
          ctx.principal,
          'emergency_path.read',
          rows.map(({ id }) => ({ type: 'EmergencyPath', id })),
        );
        const items = [];
        for (const path of await findPaths(
          ctx.tx,
          rows.filter((_, i) => seen[i]?.allowed === true).map(({ id }) => id),
        ))
          items.push(await showPath(ctx, decide, path));
        return { items, nextCursor: null };
      },
    }),
    defineOperation({
      name: 'emergency.path',
      action: 'emergency_path.read',
      kind: 'read',
      method: 'GET',
      path: '/v1/emergency-paths/{id}',
      summary: 'Show a path to emergency access',
      input: z.object({ id: pathRef }),
      output: pathOut,
      cli: { command: 'emergency show', positional: ['id'] },
      resource: pathResource,
      handler: async (ctx, _permit, input) => shownOne(ctx, (await pathResource(input, ctx.tx)).id),
    }),
    defineOperation({
      name: 'emergency.define',
      action: 'emergency_path.define',
      kind: 'write',
      method: 'POST',
      path: '/v1/emergency-paths',
      summary: 'Define beforehand who may take what at once, for how long, and who reviews it by when',
      description:
        'Never for oneself, and only for what is used in recorded sessions. A path is not changed: close it and define another.',
      input: z.object({
        name: text(100),
        purpose: text(1000),
        what: text(300).describe('<system>:<entitlement>, role:<name> or an id'),
        users: z.array(text(200)).max(100).default([]).describe('who may use it: usernames, mail addresses or ids'),
        usersHold: text(300).optional().describe('and whoever holds this entitlement or role'),
        reviewers: z.array(text(200)).min(1).max(100).describe('who reviews each use, beside security officers'),
        longestMinutes: z.int().min(1).max(1440),
        reviewWithinHours: z
          .number()
          .min(1 / 60)
          .max(720),
      }),
      output: pathOut,
      cli: { command: 'emergency define', positional: ['name'] },
      handler: async (ctx, permit, input) => {
        const what = await thing(ctx, '/what', input.what);
        const role = await getRole(ctx.tx, what);
        const users = await people(ctx, '/users', input.users);
        const usersHoldId = input.usersHold === undefined ? null : await thing(ctx, '/usersHold', input.usersHold);
        if (users.length === 0 && usersHoldId === null)
          throw invalid('/users', 'names nobody who could use it', 'name people, or what they hold in usersHold');
        const id = await definePath(ctx, permit, {
          name: input.name,
          purpose: input.purpose,
          entitlementId: role === undefined ? what : null,
          roleId: role === undefined ? null : what,
          userIds: users,
          usersHoldId,
          reviewerIds: await people(ctx, '/reviewers', input.reviewers),
          longestSeconds: input.longestMinutes * 60,
          reviewSeconds: Math.round(input.reviewWithinHours * 3600),
        });
        return await shownOne(ctx, id);
      },
    }),
    defineOperation({
      name: 'emergency.close',
      action: 'emergency_path.close',
      kind: 'write',
      method: 'DELETE',
      path: '/v1/emergency-paths/{id}',
      summary: 'Close a path to emergency access for good',
      input: z.object({ id: pathRef }),
      output: pathOut,
      cli: { command: 'emergency close', positional: ['id'] },
      resource: pathResource,
      handler: async (ctx, permit, input) => shownOne(ctx, await closePath(ctx, permit, input.id)),
    }),
    defineOperation({
      name: 'emergency.open',
      action: 'emergency_path.open',
      kind: 'write',
      method: 'POST',
      path: '/v1/emergency-paths/{id}/open',
      summary: 'Open a locked path again: one asks, and another agrees within a day',
      input: z.object({ id: pathRef, reason: text(2000) }),
      output: pathOut,
      cli: { command: 'emergency open', positional: ['id'] },
      resource: pathResource,
      handler: async (ctx, permit, input) => shownOne(ctx, await openPath(ctx, permit, input)),
    }),
  ];
};
