import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { invalid, notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { decideDeviceLogin, findDeviceLogin } from './device-login.ts';
import type { SigninEdges } from './edges.ts';
import { makeEnrolmentLink } from './enrolment-link.ts';
import { methodRemoved } from './events.ts';
import { addPasskey, beginPasskey, takeChallenge } from './passkeys.ts';
import { createToken, LONGEST_TOKEN_DAYS, revokeToken } from './tokens.ts';

const tokenOut = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: instantOut,
  endsAt: instantOut,
  lastUsedAt: instantOut.nullable(),
});
const passkeyOut = z.object({
  id: z.uuid(),
  name: z.string(),
  createdAt: instantOut,
  lastUsedAt: instantOut.nullable(),
});

const rolesOf = async (ctx: Ctx): Promise<string[]> => {
  const rows = await ctx.tx.many<{ nativeId: string }>(sql`
    select distinct e.native_id from access_grant g join entitlement e on e.id = g.entitlement_id
    where g.identity_id = ${ctx.principal.id} and e.kind = 'admin_role' and g.ended_because is null
      and g.valid_from <= ${ctx.now} and (g.valid_to is null or g.valid_to > ${ctx.now}) order by 1`);
  return rows.map((r) => r.nativeId);
};

/** What somebody signed in does about their own ways in. */
export const mineOperations = (edges: SigninEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'me.show',
    action: 'me.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/me',
    summary: 'Who I am to Reeve',
    input: z.object({}),
    output: z.object({
      id: z.uuid(),
      displayName: z.string(),
      username: z.string().nullable(),
      email: z.string().nullable(),
      roles: z.array(z.string()),
      via: z.string(),
    }),
    cli: { command: 'status' },
    handler: async (ctx) => {
      const me = await getIdentity(ctx.tx, ctx.principal.id);
      if (me === undefined) throw notFound('identity', ctx.principal.id);
      return {
        id: me.id,
        displayName: me.displayName,
        username: me.username,
        email: me.email,
        roles: await rolesOf(ctx),
        via: ctx.origin.via,
      };
    },
  }),
  defineOperation({
    name: 'passkeys.list',
    action: 'signin_method.manage',
    kind: 'read',
    method: 'GET',
    path: '/v1/passkeys',
    summary: 'List my passkeys',
    input: z.object({}),
    output: z.object({ items: z.array(passkeyOut), nextCursor: z.null() }),
    handler: async (ctx) => ({
      items: await ctx.tx.many<z.input<typeof passkeyOut>>(
        sql`select id, name, created_at, last_used_at from passkey where identity_id = ${ctx.principal.id} order by created_at`,
      ),
      nextCursor: null,
    }),
  }),
  defineOperation({
    name: 'passkeys.begin',
    action: 'signin_method.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/passkeys/options',
    summary: 'Begin adding a passkey',
    waysIn: true,
    input: z.object({}),
    output: z.object({ challengeId: z.uuid(), options: z.unknown() }),
    handler: async (ctx, permit) => {
      const me = await getIdentity(ctx.tx, ctx.principal.id);
      if (me === undefined) throw notFound('identity', ctx.principal.id);
      return await beginPasskey(edges, ctx, permit, {
        identityId: me.id,
        username: me.username ?? me.id,
        displayName: me.displayName,
      });
    },
  }),
  defineOperation({
    name: 'passkeys.add',
    action: 'signin_method.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/passkeys',
    summary: 'Add a passkey',
    waysIn: true,
    input: z.object({ challengeId: z.uuid(), response: z.record(z.string(), z.unknown()), name: text(100) }),
    output: z.object({ id: z.uuid() }),
    prepare: (input) => takeChallenge(edges, input.challengeId, 'register'),
    handler: (ctx, permit, input, kept) =>
      addPasskey(edges, ctx, permit, { identityId: ctx.principal.id, ...input }, kept),
  }),
  defineOperation({
    name: 'passkeys.remove',
    action: 'signin_method.manage',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/passkeys/{id}',
    summary: 'Remove one of my passkeys',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    handler: async (ctx, permit, input) => {
      const left = await ctx.tx.one<{ others: number; password: boolean }>(sql`
          select (select count(*) from passkey where identity_id = ${ctx.principal.id} and id <> ${input.id}) as others,
                 exists (select 1 from signin_password where identity_id = ${ctx.principal.id}) as password`);
      if (left.others === 0 && !left.password)
        throw invalid('/id', 'is your only way to sign in', 'add another way first');
      const row = await ctx.tx.maybe<{ name: string }>(
        sql`delete from passkey where id = ${input.id} and identity_id = ${ctx.principal.id} returning name`,
      );
      if (row === undefined) throw notFound('passkey', input.id);
      await ctx.record(permit, {
        event: methodRemoved,
        subject: ctx.principal.id,
        data: { method: 'passkey', name: row.name },
      });
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'tokens.list',
    action: 'token.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/tokens',
    summary: 'List my API tokens',
    input: z.object({}),
    output: z.object({ items: z.array(tokenOut), nextCursor: z.null() }),
    cli: { command: 'token ls', columns: ['id', 'name', 'scopes', 'endsAt', 'lastUsedAt'] },
    handler: async (ctx) => ({
      items: await ctx.tx.many<z.input<typeof tokenOut>>(sql`
          select id, name, scopes, created_at, ends_at, last_used_at from api_token
          where identity_id = ${ctx.principal.id} and revoked_at is null and ends_at > ${ctx.now} order by created_at`),
      nextCursor: null,
    }),
  }),
  defineOperation({
    name: 'tokens.create',
    action: 'token.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/tokens',
    summary: 'Create an API token',
    description: `Scopes: "*", "read", "noun.*" or "noun.verb". A token lives ${LONGEST_TOKEN_DAYS} days at most and is shown once.`,
    secretOutput: true,
    waysIn: true,
    input: z.object({
      name: text(100),
      scopes: z
        .array(z.string().regex(/^(\*|read|[a-z_]+\.(\*|[a-z_]+))$/, 'is "*", "read", "noun.*" or "noun.verb"'))
        .min(1)
        .max(50),
      endsAt: instantIn,
    }),
    output: z.object({ id: z.uuid(), token: z.string(), endsAt: instantOut }),
    cli: { command: 'token create', positional: ['name'] },
    handler: (ctx, permit, input) => createToken(ctx, permit, { identityId: ctx.principal.id, ...input }),
  }),
  defineOperation({
    name: 'tokens.revoke',
    action: 'token.revoke',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/tokens/{id}',
    summary: 'Revoke one of my API tokens',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'token revoke', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      await revokeToken(ctx, permit, input);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'deviceLogin.show',
    action: 'device_login.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/device-login/{userCode}',
    summary: 'Which command line waits under a code',
    input: z.object({ userCode: z.string().min(4).max(20) }),
    output: z.object({ client: z.string(), endsAt: instantOut }),
    handler: (ctx, _permit, input) => findDeviceLogin(ctx, input.userCode),
  }),
  defineOperation({
    name: 'deviceLogin.decide',
    action: 'device_login.decide',
    kind: 'write',
    method: 'POST',
    path: '/v1/device-login/{userCode}/decide',
    summary: 'Let a command line in as me, or refuse it',
    waysIn: true,
    input: z.object({ userCode: z.string().min(4).max(20), approve: z.boolean() }),
    output: z.object({ approve: z.boolean() }),
    handler: async (ctx, permit, input) => {
      await decideDeviceLogin(ctx, permit, input);
      return { approve: input.approve };
    },
  }),
  defineOperation({
    name: 'enrolment.create',
    action: 'enrolment.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{id}/enrolment',
    summary: 'Make a one-time link by which a person gets a way to sign in',
    secretOutput: true,
    waysIn: true,
    input: z.object({ id: z.uuid() }),
    output: z.object({ url: z.string() }),
    cli: { command: 'identities enrol', positional: ['id'] },
    resource: (input) => ({ type: 'Identity', id: input.id }),
    handler: async (ctx, permit, input) => ({
      url: `${edges.publicUrl}/setup#token=${await makeEnrolmentLink(ctx, permit, { purpose: 'enrol', identityId: input.id, hours: 24 })}`,
    }),
  }),
];
