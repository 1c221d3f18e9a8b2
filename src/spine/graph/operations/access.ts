import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import { cursorAfter, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { PLATFORM, type ResourceRef } from '#spine/decide/port.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { effectiveAccess } from '../closure/effective-access.ts';
import { whoCouldReach } from '../closure/who-could-reach.ts';
import { accessOut, accessWithNames } from './paths.ts';
import { asOfInput, identityId, identityRef, idOrName, onSystem, systemId } from './shapes.ts';

const target = {
  system: idOrName.optional(),
  entitlementId: z.uuid().optional(),
  accountId: z.uuid().optional(),
};

interface Asked {
  readonly system?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly accountId?: string | undefined;
}

async function targetRef(input: Asked, tx: Tx): Promise<ResourceRef> {
  if (input.entitlementId !== undefined) return { type: 'Entitlement', id: input.entitlementId };
  if (input.accountId !== undefined) return { type: 'Account', id: input.accountId };
  return input.system === undefined ? PLATFORM : { type: 'System', id: await systemId(tx, input.system) };
}

/** Later pages are asked at the instants of the first one, so that they are pages of one answer. */
function firstInstants(
  cursor: string | undefined,
  now: Date,
  asked: { readonly at?: Date | undefined; readonly knownAt?: Date | undefined },
): [from: number, at: Date, knownAt: Date | undefined] {
  const [from, at, knownAt] = readCursor(cursor, ['n', 'at', 'at']) ?? [];
  if (from === undefined || at === undefined || knownAt === undefined) return [0, asked.at ?? now, asked.knownAt];
  return [from, new Date(at), new Date(knownAt)];
}

export const accessOperations = [
  defineOperation({
    name: 'graph.whoCouldReach',
    action: 'access.trace',
    kind: 'read',
    method: 'GET',
    path: '/v1/access/who-could-reach',
    summary: 'Who could reach a system, an entitlement or an account at an instant, as it was known then',
    description:
      'Name one of system, entitlementId and accountId, or ask for everything privileged. The same question asked later returns the same rows.',
    input: z.object({ ...target, privileged: z.literal(true).optional(), ...asOfInput, ...pageInput }),
    output: pageOf(accessOut),
    cli: {
      command: 'access who-could-reach',
      positional: ['system'],
      columns: ['identityName', 'via', 'systemName', 'name', 'validFrom', 'validTo', 'privileged'],
    },
    resource: targetRef,
    handler: async (ctx, _permit, { cursor, limit, system, ...rest }) => {
      const on = await onSystem(ctx.tx, system);
      const [from, at, knownAt] = firstInstants(cursor, ctx.now, rest);
      const rows = await whoCouldReach(ctx.tx, { ...rest, systemId: on, at, knownAt }, { from, limit: limit + 1 });
      const items = await accessWithNames(ctx.tx, rows.slice(0, limit));
      const next = cursorAfter([from + limit, at.toISOString(), (knownAt ?? ctx.now).toISOString()]);
      return { items, nextCursor: rows.length > limit ? next : null };
    },
  }),
  defineOperation({
    name: 'graph.why',
    action: 'access.explain',
    kind: 'read',
    method: 'GET',
    path: '/v1/identities/{identity}/access',
    summary: 'What an identity reaches, by which path, and since when',
    description: 'Narrow it with system, entitlementId or accountId to ask why somebody reaches it.',
    input: z.object({ identity: idOrName, ...target, ...asOfInput }),
    output: z.object({ items: z.array(accessOut), nextCursor: z.null() }),
    cli: {
      command: 'access why',
      positional: ['identity', 'system'],
      columns: ['systemName', 'name', 'via', 'validFrom', 'validTo', 'privileged'],
    },
    resource: (input, tx) => identityRef(tx, input.identity),
    handler: async (ctx, _permit, input) => {
      const rows = await effectiveAccess(ctx.tx, await identityId(ctx.tx, input.identity), input);
      const on = await onSystem(ctx.tx, input.system);
      const wanted = rows.filter(
        (r) =>
          (on === undefined || r.systemId === on) &&
          (input.entitlementId === undefined || r.entitlementId === input.entitlementId) &&
          (input.accountId === undefined || r.accountId === input.accountId),
      );
      return { items: await accessWithNames(ctx.tx, wanted), nextCursor: null };
    },
  }),
];
