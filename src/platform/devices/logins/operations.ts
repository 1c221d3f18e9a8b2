import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { instantOut } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { agreeToLogin, denyLogin } from './decide-login.ts';
import type { DeviceEdges } from './edges.ts';
import { policySet } from './events.ts';
import { findLogin } from './find-login.ts';
import { loginPolicy } from './policy.ts';

const policyFields = {
  registeredKey: z
    .enum(['step_up', 'alone', 'refused'])
    .describe('what a registered key is worth: with a fresh proof besides, alone, or nothing'),
  withoutKey: z.boolean().describe('somebody may sign in without any key, by agreeing in a browser'),
  typedCode: z.boolean().describe('a one-time code may be typed in place of the browser, after a key'),
  rememberMinutes: z
    .int()
    .min(0)
    .max(720)
    .describe('for so long one agreement counts for the same key from the same address; 0: for one connection'),
  keyDays: z.int().min(1).max(3650).describe('how long a key that is registered from now on counts at most'),
};
const policyOut = z.object(policyFields);
const loginOut = z.object({
  id: z.uuid(),
  account: z.string(),
  system: z.string(),
  clientAddress: z.string(),
  clientVersion: z.string(),
  keyName: z.string().nullable(),
  askedAt: instantOut,
  endsAt: instantOut,
  browserAddress: z.string(),
  elsewhere: z.boolean(),
});

/** What a person does about their logins at the SSH gateway, and how such logins may be. */
export const loginOperations = (edges: DeviceEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'sshLogins.find',
    action: 'ssh_login.find',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-logins/find',
    summary: 'See which SSH login waits under the code that a terminal shows',
    description:
      'Null where none waits for you under it. Each miss is on the record, and after five you wait. From now on nobody but you can decide about it.',
    waysIn: true,
    input: z.object({ userCode: z.string().min(1).max(40) }),
    output: z.object({ login: loginOut.nullable() }),
    cli: { command: 'ssh-logins find', positional: ['userCode'] },
    handler: async (ctx, permit, { userCode }) => ({
      login: (await findLogin(edges, ctx, permit, userCode)) ?? null,
    }),
  }),
  defineOperation({
    name: 'sshLogins.agree',
    action: 'ssh_login.agree',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-logins/{id}/agree',
    summary: 'Let an SSH login in as me',
    description:
      'For the login that was found by its code, with a fresh proof for it (`ssh_login.agree`, its id). `number`: what has to be typed at the terminal besides, where that is at another address than this call comes from; else null.',
    waysIn: true,
    secretOutput: true,
    input: z.object({ id: z.uuid() }),
    output: z.object({ number: z.string().nullable() }),
    cli: { command: 'ssh-logins agree', positional: ['id'] },
    handler: (ctx, permit, { id }) => agreeToLogin(edges, ctx, permit, id),
  }),
  defineOperation({
    name: 'sshLogins.deny',
    action: 'ssh_login.deny',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-logins/{id}/deny',
    summary: 'Refuse an SSH login; its client is told at once',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'ssh-logins deny', positional: ['id'] },
    handler: async (ctx, permit, { id }) => {
      await denyLogin(ctx, permit, id);
      return { id };
    },
  }),
  defineOperation({
    name: 'sshLogins.policy',
    action: 'ssh_login_policy.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-login-policy',
    summary: 'Show how people may sign in to the SSH gateway besides by certificate',
    input: z.object({}),
    output: policyOut,
    cli: { command: 'ssh-logins policy' },
    handler: async (ctx) => await loginPolicy(ctx.tx),
  }),
  defineOperation({
    name: 'sshLogins.setPolicy',
    action: 'ssh_login_policy.set',
    kind: 'write',
    method: 'PUT',
    path: '/v1/ssh-login-policy',
    summary: 'Say how people may sign in to the SSH gateway besides by certificate',
    description: 'What is not named stays as it was. It holds for logins from now on.',
    input: z.object({
      registeredKey: policyFields.registeredKey.optional(),
      withoutKey: policyFields.withoutKey.optional(),
      typedCode: policyFields.typedCode.optional(),
      rememberMinutes: policyFields.rememberMinutes.optional(),
      keyDays: policyFields.keyDays.optional(),
    }),
    output: policyOut,
    cli: { command: 'ssh-logins set-policy' },
    handler: async (ctx, permit, wanted) => {
      const before = await loginPolicy(ctx.tx);
      const now = {
        registeredKey: wanted.registeredKey ?? before.registeredKey,
        withoutKey: wanted.withoutKey ?? before.withoutKey,
        typedCode: wanted.typedCode ?? before.typedCode,
        rememberMinutes: wanted.rememberMinutes ?? before.rememberMinutes,
        keyDays: wanted.keyDays ?? before.keyDays,
      };
      await ctx.tx.run(sql`
        update ssh_login_policy set registered_key = ${now.registeredKey}, without_key = ${now.withoutKey},
               typed_code = ${now.typedCode}, remember_minutes = ${now.rememberMinutes}, key_days = ${now.keyDays},
               changed_at = ${ctx.now}, changed_by = ${ctx.principal.id}`);
      await ctx.record(permit, { event: policySet, data: now });
      return now;
    },
  }),
];
