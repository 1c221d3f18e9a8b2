import { z } from 'zod';
import { conflict } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { getSystem } from '#spine/graph/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import { PLATFORM } from '#spine/decide/port.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { askLease, renewLease, requireLease, takePassword, type LeaseEdges } from './ask-lease.ts';
import { endLease } from './end-lease.ts';
import { makeTemplate, removeTemplate } from './keep-templates.ts';
import { OVERDUE_MS, type Lease } from './model.ts';
import { getTemplate, grantsOfEntitlement, listLeases, listTemplates } from './store.ts';

const templateOut = z.object({
  id: z.uuid(),
  name: z.string(),
  systemId: z.uuid(),
  systemName: z.string(),
  entitlementId: z.uuid(),
  entitlements: z.array(z.string()),
  prefix: z.string(),
  defaultSeconds: z.int(),
  longestSeconds: z.int(),
  heir: z.string().nullable(),
  ownerId: z.uuid(),
});
const leaseOut = z.object({
  id: z.uuid(),
  templateId: z.uuid(),
  templateName: z.string(),
  systemId: z.uuid(),
  systemName: z.string(),
  identityId: z.uuid(),
  identityName: z.string(),
  account: z.string(),
  state: z.enum(['asked', 'live', 'ending', 'ended']),
  askedAt: instantOut,
  endsAt: instantOut,
  latestAt: instantOut,
  takenAt: instantOut.nullable(),
  endingBecause: z.string().nullable(),
  endedAt: instantOut.nullable(),
  overdue: z.boolean().describe('it is over, and its user is still on the target'),
  problem: z.string().nullable(),
});
const seconds = z.int().min(60).max(604_800);
const byId = z.object({ id: z.uuid() });
const lease = (input: { readonly id: string }) => ({ type: 'Lease', id: input.id });
const columns = ['id', 'templateName', 'systemName', 'account', 'state', 'endsAt', 'overdue', 'problem'];

const shown = (now: Date, one: Lease) => ({
  ...one,
  overdue: one.state === 'ending' && one.endingAt !== null && now.getTime() - one.endingAt.getTime() > OVERDUE_MS,
});

/** Database users for a time: what there is to ask for, asking, the password once, more time, and the end. */
export const operations = (edges: LeaseEdges & { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'leaseTemplates.list',
    action: 'lease_template.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/lease-templates',
    summary: 'List templates of database users for a time: those you may ask for, and all for whoever keeps them',
    input: z.object({}),
    output: z.object({ items: z.array(templateOut.extend({ mine: z.boolean() })) }),
    cli: {
      command: 'lease templates',
      columns: ['id', 'name', 'systemName', 'entitlements', 'longestSeconds', 'mine'],
    },
    handler: async (ctx) => {
      const { principal } = ctx;
      const keeps = await edges.decide.may(ctx.tx, { principal, action: 'lease_template.make', resource: PLATFORM });
      const mine = new Map<string, boolean>();
      const all = await listTemplates(ctx.tx);
      for (const { id, entitlementId } of all)
        mine.set(id, (await grantsOfEntitlement(ctx.tx, { identityId: ctx.principal.id, entitlementId })).length > 0);
      return {
        items: all
          .map((one) => ({ ...one, mine: mine.get(one.id) === true }))
          .filter((one) => one.mine || keeps.allowed),
      };
    },
  }),
  defineOperation({
    name: 'leaseTemplates.make',
    action: 'lease_template.make',
    kind: 'write',
    method: 'POST',
    path: '/v1/lease-templates',
    summary: 'Make a template of database users for a time; asking for one becomes an entitlement',
    input: z.object({
      name: text(60).regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/, 'has lower-case letters, digits, dots and dashes'),
      systemId: z.uuid(),
      entitlements: z
        .array(text(200).regex(/^role:/, 'is a role: role:<name>'))
        .min(1)
        .max(50),
      prefix: text(21).regex(/^[a-z][a-z0-9_]{2,19}_$/, 'is 4 to 21 lower-case letters, digits and _, ending in _'),
      defaultSeconds: seconds.default(3600),
      longestSeconds: seconds.default(28_800),
      heir: text(63).optional().describe('who gets what the user made; absent: the account Reeve works with'),
      ownerId: z.uuid().optional(),
    }),
    output: templateOut,
    cli: { command: 'lease templates-make', positional: ['name'] },
    handler: (ctx, permit, input) => makeTemplate(ctx, permit, input),
  }),
  defineOperation({
    name: 'leaseTemplates.remove',
    action: 'lease_template.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/lease-templates/{id}',
    summary: 'Remove a template that nobody has a user of or access to',
    input: byId,
    output: templateOut,
    resource: (input) => ({ type: 'LeaseTemplate', id: input.id }),
    cli: { command: 'lease templates-remove', positional: ['id'] },
    handler: (ctx, permit, input) => removeTemplate(ctx, permit, input.id),
  }),
  defineOperation({
    name: 'leases.ask',
    action: 'lease.ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/leases',
    summary: 'Ask for a database user that is there for a time',
    description: 'The user is made within moments; then its password is shown once (leases.take).',
    input: z.object({ templateId: z.uuid(), seconds: seconds.optional(), reason: text(1000) }),
    output: leaseOut,
    resource: (input) => ({ type: 'LeaseTemplate', id: input.templateId }),
    context: async (input, tx, principal) => {
      const template = await getTemplate(tx, input.templateId);
      if (template === undefined || principal.kind !== 'identity') return { grants: 0 };
      const { entitlementId } = template;
      return { grants: (await grantsOfEntitlement(tx, { identityId: principal.id, entitlementId })).length };
    },
    handler: async (ctx, permit, input) => shown(ctx.now, await askLease(edges, ctx, permit, input)),
  }),
  defineOperation({
    name: 'leases.list',
    action: 'lease.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/leases',
    summary: 'List leases, newest first',
    input: z.object({
      ...pageInput,
      identityId: z.uuid().optional(),
      systemId: z.uuid().optional(),
      open: z.boolean().optional().describe('only those whose user is not known to be gone'),
    }),
    output: pageOf(leaseOut),
    cli: { command: 'lease ls-all', columns: ['identityName', ...columns] },
    handler: async (ctx, _permit, input) => {
      const found = await listLeases(ctx.tx, input);
      return { ...found, items: found.items.map((one) => shown(ctx.now, one)) };
    },
  }),
  defineOperation({
    name: 'leases.listOwn',
    action: 'lease.list_own',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/leases',
    summary: 'List your own leases, newest first',
    input: z.object({ ...pageInput, open: z.boolean().optional() }),
    output: pageOf(leaseOut),
    cli: { command: 'lease ls', columns },
    handler: async (ctx, _permit, input) => {
      const found = await listLeases(ctx.tx, { ...input, identityId: ctx.principal.id });
      return { ...found, items: found.items.map((one) => shown(ctx.now, one)) };
    },
  }),
  defineOperation({
    name: 'leases.show',
    action: 'lease.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/leases/{id}',
    summary: 'Show a lease',
    input: byId,
    output: leaseOut,
    resource: lease,
    cli: { command: 'lease show', positional: ['id'] },
    handler: async (ctx, _permit, input) => shown(ctx.now, await requireLease(ctx, input.id)),
  }),
  defineOperation({
    name: 'leases.take',
    action: 'lease.take',
    kind: 'write',
    method: 'POST',
    path: '/v1/leases/{id}/credential',
    summary: 'See the password of your user, once',
    secretOutput: true,
    input: byId,
    output: z.object({
      username: z.string(),
      password: z.string(),
      host: z.string(),
      port: z.int(),
      database: z.string().nullable(),
      endsAt: instantOut,
    }),
    resource: lease,
    handler: async (ctx, permit, input) => {
      const taken = await takePassword(edges, ctx, permit, input.id);
      const system = await getSystem(ctx.tx, taken.lease.systemId);
      const database = system?.settings['database'];
      return {
        username: taken.lease.account,
        password: taken.password,
        host: system?.host ?? '',
        port: system?.port ?? 0,
        database: typeof database === 'string' ? database : null,
        endsAt: taken.lease.endsAt,
      };
    },
  }),
  defineOperation({
    name: 'leases.renew',
    action: 'lease.renew',
    kind: 'write',
    method: 'POST',
    path: '/v1/leases/{id}/renew',
    summary: 'Put the end of your lease later, within its limit',
    input: z.object({ id: z.uuid(), seconds: seconds.optional() }),
    output: leaseOut,
    resource: lease,
    cli: { command: 'lease renew', positional: ['id'] },
    handler: async (ctx, permit, input) => shown(ctx.now, await renewLease(ctx, permit, input)),
  }),
  defineOperation({
    name: 'leases.end',
    action: 'lease.end',
    kind: 'write',
    method: 'POST',
    path: '/v1/leases/{id}/end',
    summary: 'End a lease: its sessions end, and its user is dropped',
    input: byId,
    output: leaseOut,
    resource: lease,
    cli: { command: 'lease end', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const found = await requireLease(ctx, input.id);
      const own = found.identityId === ctx.principal.id;
      if (!(await endLease(ctx, permit, found, own ? 'ended by its holder' : 'ended by who is in charge')))
        throw conflict('lease.over', 'this lease is over already');
      return shown(ctx.now, await requireLease(ctx, input.id));
    },
  }),
];
