import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { sql } from '#kit/db/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { askDeviceLogin, takeDeviceLogin } from './device-login.ts';
import type { SigninEdges } from './edges.ts';
import { beginEnrolment, finishEnrolment } from './enrol.ts';
import { needsFirstAdministrator } from './enrolment-link.ts';
import { signinEnded } from './events.ts';
import { askForPasskey, signInWithPasskey, takeChallenge } from './passkeys.ts';
import { provePassword, SHORTEST_PASSWORD, signInWithPassword } from './sign-in-with-password.ts';

const started = z.object({ sessionToken: z.string(), identityId: z.uuid() });
const prompt = z.object({ challengeId: z.uuid(), options: z.unknown() });

/** Ways in: what somebody may call before Reeve knows them. */
export const enterOperations = (edges: SigninEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'signin.status',
    action: 'signin.status',
    kind: 'read',
    method: 'GET',
    path: '/v1/signin',
    summary: 'Whether Reeve still waits for its first administrator',
    audience: 'anyone',
    input: z.object({}),
    output: z.object({ needsFirstAdministrator: z.boolean() }),
    handler: async (ctx) => ({ needsFirstAdministrator: await needsFirstAdministrator(ctx.tx) }),
  }),
  defineOperation({
    name: 'signin.askForPasskey',
    action: 'signin.start',
    kind: 'write',
    method: 'POST',
    path: '/v1/signin/passkey/options',
    summary: 'Begin signing in with a passkey',
    audience: 'anyone',
    input: z.object({}),
    output: prompt,
    handler: (ctx, permit) => askForPasskey(edges, ctx, permit),
  }),
  defineOperation({
    name: 'signin.withPasskey',
    action: 'signin.start',
    kind: 'write',
    method: 'POST',
    path: '/v1/signin/passkey',
    summary: 'Sign in with a passkey',
    audience: 'anyone',
    secretOutput: true,
    cookie: 'starts',
    input: z.object({ challengeId: z.uuid(), response: z.record(z.string(), z.unknown()) }),
    output: started,
    prepare: (input) => takeChallenge(edges, input.challengeId, 'sign_in'),
    handler: (ctx, permit, input, kept) => signInWithPasskey(edges, ctx, permit, input, kept),
  }),
  defineOperation({
    name: 'signin.withPassword',
    action: 'signin.start',
    kind: 'write',
    method: 'POST',
    path: '/v1/signin/password',
    summary: 'Sign in with name, password and one-time code',
    audience: 'anyone',
    secretOutput: true,
    cookie: 'starts',
    input: z.object({ username: text(200), password: z.string().min(1).max(1024), code: z.string().min(6).max(20) }),
    output: started,
    prepare: (input) => provePassword(edges, input),
    handler: (ctx, permit, input, proven) => signInWithPassword(edges, ctx, permit, input, proven),
  }),
  defineOperation({
    name: 'signin.out',
    action: 'signin.end',
    kind: 'write',
    method: 'POST',
    path: '/v1/signin/out',
    summary: 'Sign out, here or everywhere',
    cookie: 'ends',
    input: z.object({ everywhere: z.boolean().default(false) }),
    output: z.object({ ended: z.int() }),
    handler: async (ctx, permit, input) => {
      const ended = await ctx.tx.run(sql`
          update signin set ended_at = ${ctx.now}
          where identity_id = ${ctx.principal.id} and ended_at is null and (${input.everywhere} or id = ${ctx.origin.signinId ?? null})`);
      await ctx.record(permit, {
        event: signinEnded,
        subject: ctx.principal.id,
        data: {
          signinId: ctx.origin.signinId ?? ctx.principal.id,
          because: input.everywhere ? 'signed out everywhere' : 'signed out',
        },
      });
      return { ended };
    },
  }),
  defineOperation({
    name: 'enrolment.begin',
    action: 'enrolment.use',
    kind: 'write',
    method: 'POST',
    path: '/v1/enrolment/begin',
    summary: 'Open a one-time enrolment link',
    audience: 'anyone',
    secretOutput: true,
    input: z.object({
      token: z.string().min(10).max(200),
      person: z
        .object({
          username: text(100).regex(
            /^[a-z][a-z0-9._-]*$/,
            'starts with a letter and has letters, digits, dots, dashes',
          ),
          displayName: text(200),
        })
        .optional(),
    }),
    output: z.object({
      identityId: z.uuid(),
      username: z.string(),
      challengeId: z.uuid(),
      passkeyOptions: z.unknown(),
      totpUri: z.string(),
    }),
    handler: (ctx, permit, input) => beginEnrolment(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'enrolment.finish',
    action: 'enrolment.use',
    kind: 'write',
    method: 'POST',
    path: '/v1/enrolment/finish',
    summary: 'Set up a way to sign in, and sign in',
    audience: 'anyone',
    secretOutput: true,
    cookie: 'starts',
    input: z.object({
      token: z.string().min(10).max(200),
      passkey: z
        .object({ challengeId: z.uuid(), response: z.record(z.string(), z.unknown()), name: text(100) })
        .optional(),
      password: z
        .object({
          password: z.string().min(SHORTEST_PASSWORD, `has at least ${SHORTEST_PASSWORD} characters`).max(1024),
          code: z.string().min(6).max(20),
        })
        .optional(),
      alsoSecurityOfficer: z
        .boolean()
        .default(false)
        .describe(
          'for the first administrator who is alone: both roles, with an exception from the rules that keep them apart for 90 days',
        ),
    }),
    output: started,
    prepare: async ({ passkey }) =>
      passkey === undefined ? undefined : await takeChallenge(edges, passkey.challengeId, 'register'),
    handler: (ctx, permit, input, kept) => finishEnrolment(edges, ctx, permit, input, kept),
  }),
  defineOperation({
    name: 'deviceLogin.ask',
    action: 'device_login.ask',
    kind: 'write',
    method: 'POST',
    path: '/v1/device-login',
    summary: 'Ask to let a command line in',
    audience: 'anyone',
    secretOutput: true,
    input: z.object({ client: text(100) }),
    output: z.object({ deviceCode: z.string(), userCode: z.string(), endsAt: instantOut }),
    handler: (ctx, permit, input) => askDeviceLogin(ctx, permit, input),
  }),
  defineOperation({
    name: 'deviceLogin.take',
    action: 'device_login.take',
    kind: 'write',
    method: 'POST',
    path: '/v1/device-login/take',
    summary: 'Take the token once a person let the command line in',
    audience: 'anyone',
    secretOutput: true,
    input: z.object({ deviceCode: z.string().min(10).max(200) }),
    output: z.object({ token: z.string(), endsAt: instantOut }),
    handler: (ctx, permit, input) => takeDeviceLogin(ctx, permit, input),
  }),
];
