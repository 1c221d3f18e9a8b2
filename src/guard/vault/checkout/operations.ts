import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { checkIn, checkOut, ownCheckout } from '../check-out.ts';
import { checkoutById } from '../store.ts';
import { listOut } from './list-checkouts.ts';
import type { TicketPattern } from './meet-terms.ts';
import { extendCheckout, showAgain } from './stay-out.ts';
import { refuseSealed } from '../seal-version.ts';

const outOut = z.object({
  id: z.uuid(),
  secretId: z.uuid(),
  secretName: z.string(),
  identityId: z.uuid(),
  reason: z.string().nullable(),
  ticket: z.string().nullable(),
  shared: z.boolean(),
  extended: z.int(),
  startedAt: instantOut,
  endsAt: instantOut,
  approvedBy: z.uuid().nullable(),
});
const listed = z.object({ items: z.array(outOut) });
const byId = z.object({ id: z.uuid() });
const said = { reason: text(1000).optional(), ticket: text(200).optional() };
const seconds = z.int().min(60).max(86_400);
const columns = ['id', 'secretName', 'identityId', 'endsAt', 'reason', 'ticket'];

/** Taking secrets out, keeping them a while, and giving them back. */
export const checkoutOperations = (edges: {
  readonly keys: Keys;
  readonly ticketPattern?: TicketPattern;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'vault.checkOut',
    action: 'secret.checkout',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/secrets/{id}/checkout',
    summary: 'Take a secret out for a time, on the terms it is under',
    secretOutput: true,
    input: z.object({ id: z.uuid(), ...said, seconds: seconds.default(900) }),
    output: z.object({
      checkoutId: z.uuid(),
      username: z.string().nullable(),
      value: z.string(),
      endsAt: instantOut,
      once: z.boolean(),
    }),
    cli: { command: 'vault checkout', positional: ['id'] },
    resource: (input) => ({ type: 'Secret', id: input.id }),
    beforeAnswer: () => refuseSealed(edges.keys),
    handler: (ctx, permit, input) => checkOut(edges.keys, ctx, permit, input, edges.ticketPattern),
  }),
  defineOperation({
    name: 'vault.showAgain',
    action: 'secret.checkout',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/checkouts/{id}/show',
    summary: 'See again what one has out, where it is not given only once',
    secretOutput: true,
    input: byId,
    output: z.object({ username: z.string().nullable(), value: z.string() }),
    cli: { command: 'vault again', positional: ['id'] },
    resource: async (input, tx) => ({
      type: 'Secret',
      id: (await checkoutById(tx, input.id))?.secretId ?? input.id,
    }),
    beforeAnswer: () => refuseSealed(edges.keys),
    handler: async (ctx, permit, input) => showAgain(edges.keys, ctx, permit, await ownCheckout(ctx, input.id)),
  }),
  defineOperation({
    name: 'vault.extend',
    action: 'secret.checkout',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/checkouts/{id}/extend',
    summary: 'Keep a secret longer, as far as its terms let',
    input: byId.extend({ seconds: seconds.default(900), reason: text(1000) }),
    output: z.object({ id: z.uuid(), endsAt: instantOut, extended: z.int() }),
    cli: { command: 'vault extend', positional: ['id'] },
    resource: async (input, tx) => ({
      type: 'Secret',
      id: (await checkoutById(tx, input.id))?.secretId ?? input.id,
    }),
    handler: async (ctx, permit, { id, ...input }) =>
      extendCheckout(ctx, permit, { ...input, checkout: await ownCheckout(ctx, id) }),
  }),
  defineOperation({
    name: 'vault.checkIn',
    action: 'secret.checkin',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/checkouts/{id}/checkin',
    summary: 'Give a secret back',
    input: byId,
    output: z.object({ id: z.uuid() }),
    cli: { command: 'vault checkin', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const checkout = await ownCheckout(ctx, input.id);
      if (!(await checkIn(ctx, permit, { checkout, because: 'checked in' })))
        throw conflict('checkout.over', 'this checkout has ended already');
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'vault.myCheckouts',
    action: 'secret.list_mine',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/checkouts',
    summary: 'List what one has out oneself',
    input: z.object({}),
    output: listed,
    cli: { command: 'vault list', columns },
    handler: async (ctx) => ({ items: await listOut(ctx.tx, { identityId: ctx.principal.id }) }),
  }),
  defineOperation({
    name: 'vault.checkouts',
    action: 'secret.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/checkouts',
    summary: 'List what is out, and with whom',
    input: z.object({}),
    output: listed,
    cli: { command: 'vault checkouts', columns },
    handler: async (ctx) => ({ items: await listOut(ctx.tx) }),
  }),
];
