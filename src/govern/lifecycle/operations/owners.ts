import { z } from 'zod';
import { conflict, denied } from '#kit/errors/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { PLATFORM, type ResourceRef } from '#spine/decide/port.ts';
import { findIdentityByUsername, getIdentity } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { setOwner } from '../owners/answer.ts';
import { identityResumed, identitySuspended, ownerTermsPut } from '../owners/events.ts';
import { handOver } from '../owners/hand-over.ts';
import { listLacking } from '../owners/list-lacking.ts';
import { makeIdentity } from '../owners/make-identity.ts';
import { DAY_MS } from '../owners/model.ts';
import { renewIdentity } from '../owners/renew.ts';
import { readTerms, writeTerms } from '../owners/store.ts';
import { resume, suspend } from '../owners/suspend.ts';
import { takeBack } from '../owners/take-back.ts';

const who = z.string().min(1).max(200);
const because = text(1000);

/** Who is meant by an id or a username; an unknown name stays as it is and is found by nobody. */
const idOf = async (tx: Tx, idOrUsername: string): Promise<string> =>
  z.uuid().safeParse(idOrUsername).success
    ? idOrUsername
    : ((await findIdentityByUsername(tx, idOrUsername))?.id ?? idOrUsername);

const identityRef = async (input: { readonly identity: string }, tx: Tx): Promise<ResourceRef> => ({
  type: 'Identity',
  id: await idOf(tx, input.identity),
});

const lackingOut = z.object({
  identityId: z.uuid(),
  kind: z.string(),
  name: z.string(),
  username: z.string().nullable(),
  state: z.string(),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  ownerState: z.string().nullable(),
  contractEnd: instantOut.nullable(),
  handoverId: z.uuid().nullable(),
  dueAt: instantOut.nullable(),
  lacks: z.array(z.string()),
});
const termsShape = {
  longestRenewalDays: z.int().min(1).max(3660),
  handoverDays: z.int().min(1).max(365),
  remindDays: z.array(z.int().min(1).max(365)).max(10),
};
const termsOut = z.object({
  longestRenewalDays: z.int(),
  handoverDays: z.int(),
  remindDays: z.array(z.int()),
});

/** Who answers for what is no employee, until when it is here, and how it is suspended. */
export const ownerOperations = [
  defineOperation({
    name: 'identities.make',
    action: 'identity.make',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities',
    summary: 'Make a service, workload, agent or vendor, with the person who answers for it',
    description: 'People come from sources. A vendor made here has a sponsor and an end, which the sponsor renews.',
    input: z.object({
      username: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/)
        .max(64),
      kind: z.enum(['service', 'workload', 'agent', 'vendor']),
      name: text(200),
      owner: who,
      email: z.email().max(320).optional(),
      until: instantIn.optional(),
    }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'identities make', positional: ['username'] },
    handler: async (ctx, permit, { owner, name, ...input }) => {
      const ownerId = await idOf(ctx.tx, owner);
      const made = await makeIdentity(ctx, permit, { ...input, displayName: name, ownerId });
      return { id: made.id };
    },
  }),
  defineOperation({
    name: 'identities.setOwner',
    action: 'identity.set_owner',
    kind: 'write',
    method: 'PUT',
    path: '/v1/identities/{identity}/owner',
    summary: 'Say who answers for an identity that is no employee',
    description:
      'An administrator names the owner (of a vendor: the sponsor) for good. Whoever answers for it now asks somebody else, who is to accept it (`asked`).',
    input: z.object({ identity: who, owner: who, because }),
    output: z.object({ identityId: z.uuid(), ownerId: z.uuid(), asked: z.boolean() }),
    cli: { command: 'identities set-owner', positional: ['identity', 'owner'] },
    resource: identityRef,
    handler: async (ctx, permit, input) => {
      const [identityId, ownerId] = [await idOf(ctx.tx, input.identity), await idOf(ctx.tx, input.owner)];
      return { identityId, ownerId, ...(await setOwner(ctx, permit, { identityId, ownerId, because: input.because })) };
    },
  }),
  defineOperation({
    name: 'identities.renew',
    action: 'identity.renew',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{identity}/renew',
    summary: 'Put the end of a vendor, service, workload or agent later',
    description:
      'For whoever answers for it, the manager of that person, and administrators. Never for oneself, never further ahead than the terms allow, and not where a source that decides knows the identity: its last day counts.',
    input: z.object({ identity: who, until: instantIn, because }),
    output: z.object({ identityId: z.uuid(), contractEnd: instantOut.nullable() }),
    cli: { command: 'identities renew', positional: ['identity'] },
    resource: identityRef,
    context: async (input, tx) => {
      const identity = await getIdentity(tx, await idOf(tx, input.identity));
      const answers = identity?.ownerId ?? identity?.managerId;
      const above = answers == null ? undefined : (await getIdentity(tx, answers))?.managerId;
      return {
        days: Math.ceil((input.until.getTime() - tx.now.getTime()) / DAY_MS),
        ...(above == null ? {} : { above: { entity: { type: 'Identity', id: above } } }),
      };
    },
    handler: async (ctx, permit, input) => {
      const identityId = await idOf(ctx.tx, input.identity);
      const { contractEnd } = await renewIdentity(ctx, permit, { ...input, identityId });
      return { identityId, contractEnd };
    },
  }),
  defineOperation({
    name: 'identities.suspend',
    action: 'identity.suspend',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{identity}/suspend',
    summary: 'Shut somebody out at once, until they are let in again',
    description:
      'Sessions end, what they have out is taken back and their accounts are locked on the targets; nothing they were given is taken away. Services, workloads and agents they answer for are shut with them. No source lets them in again.',
    input: z.object({ identity: who, because }),
    output: z.object({ identityId: z.uuid() }),
    cli: { command: 'identities suspend', positional: ['identity'] },
    resource: identityRef,
    handler: async (ctx, permit, input) => {
      const identityId = await idOf(ctx.tx, input.identity);
      const identity = await getIdentity(ctx.tx, identityId);
      if (identityId === permit.principal.id) throw denied('suspension.own', 'nobody suspends themselves');
      if (identity?.state === 'leaver') throw conflict('identity.has_left', `${identity.displayName} has left`);
      await suspend(ctx, permit, { identityId, because: 'suspended by a person', by: permit.principal.id });
      await ctx.record(permit, {
        event: identitySuspended,
        subject: identityId,
        data: { identityId, because: input.because },
      });
      await handOver(ctx, permit, { ownerIds: [identityId] });
      return { identityId };
    },
  }),
  defineOperation({
    name: 'identities.resume',
    action: 'identity.resume',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{identity}/resume',
    summary: 'Let somebody in again whom a person suspended',
    description: 'Opens the accounts that the suspension locked, and no others. What else suspends them stays.',
    input: z.object({ identity: who, because }),
    output: z.object({ identityId: z.uuid(), active: z.boolean() }),
    cli: { command: 'identities resume', positional: ['identity'] },
    resource: identityRef,
    handler: async (ctx, permit, input) => {
      const identityId = await idOf(ctx.tx, input.identity);
      if (identityId === permit.principal.id) throw denied('suspension.own', 'nobody lets themselves in again');
      const active = await resume(ctx, permit, { identityId, because: 'let in again by a person' });
      await ctx.record(permit, {
        event: identityResumed,
        subject: identityId,
        data: { identityId, because: input.because },
      });
      if (active) await takeBack(ctx, permit, [identityId]);
      return { identityId, active };
    },
  }),
  defineOperation({
    name: 'identities.lacking',
    action: 'identity.list_lacking',
    kind: 'read',
    method: 'GET',
    path: '/v1/lacking-identities',
    summary: 'List what is no employee and lacks an owner who is here, an end, or somebody who accepted it',
    input: z.object({ kind: z.enum(['service', 'workload', 'vendor', 'agent']).optional(), ...pageInput }),
    output: pageOf(lackingOut),
    cli: {
      command: 'identities lacking',
      columns: ['username', 'name', 'kind', 'state', 'ownerName', 'contractEnd', 'lacks', 'dueAt'],
    },
    handler: (ctx, _permit, input) => listLacking(ctx.tx, input),
  }),
  defineOperation({
    name: 'ownerTerms.show',
    action: 'owner_terms.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/owner-terms',
    summary: 'Show how long a renewal may be, how long a handover waits, and when reminders go out',
    input: z.object({}),
    output: termsOut,
    cli: { command: 'owner-terms show' },
    resource: () => PLATFORM,
    handler: (ctx) => readTerms(ctx.tx),
  }),
  defineOperation({
    name: 'ownerTerms.put',
    action: 'owner_terms.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/owner-terms',
    summary: 'Say how long a renewal may be, how long a handover waits, and when reminders go out',
    description: 'Counts for what comes: an end that is set and a handover that waits stay as they are.',
    input: z.object({
      longestRenewalDays: termsShape.longestRenewalDays.optional(),
      handoverDays: termsShape.handoverDays.optional(),
      remindDays: termsShape.remindDays.optional(),
    }),
    output: termsOut,
    cli: { command: 'owner-terms put' },
    handler: async (ctx, permit, input) => {
      const before = await readTerms(ctx.tx);
      const terms = {
        longestRenewalDays: input.longestRenewalDays ?? before.longestRenewalDays,
        handoverDays: input.handoverDays ?? before.handoverDays,
        remindDays: [...new Set(input.remindDays ?? before.remindDays)].toSorted((a, b) => b - a),
      };
      await writeTerms(ctx.tx, terms);
      await ctx.record(permit, {
        event: ownerTermsPut,
        data: { changed: Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [name])) },
      });
      return terms;
    },
  }),
];
