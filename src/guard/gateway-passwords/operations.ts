import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { passwordEnded } from './events.ts';
import { issuePassword } from './issue-password.ts';
import { facts, type PasswordProtocol } from './model.ts';
import { getPassword, openPasswords } from './store.ts';

/** How people reach the gateway of a protocol. */
export interface GatewayPlace {
  readonly host: string;
  readonly port: number;
  /** What clients verify it by, PEM; null where this node does not know it. */
  readonly certificate: () => Promise<string | null>;
}

const passwordOut = z.object({
  id: z.uuid(),
  accountName: z.string(),
  systemName: z.string(),
  protocol: z.string(),
  database: z.string().nullable(),
  connections: z.int(),
  used: z.int(),
  askedAt: instantOut,
  endsAt: instantOut,
});

/** Passwords for gateways: having one, seeing one's own, and ending one. */
export const operations = (edges: Readonly<Record<PasswordProtocol, GatewayPlace>>): readonly AnyOperation[] => [
  defineOperation({
    name: 'gatewayPasswords.issue',
    action: 'gateway_password.issue',
    kind: 'write',
    method: 'POST',
    path: '/v1/gateway-passwords',
    summary: 'Have a password for a database account you may open, good for minutes and shown once',
    input: z.object({
      system: text(253).describe('id or name'),
      account: text(255).optional().describe('default: the only one there that is yours'),
      database: text(63)
        .optional()
        .describe('where it begins; in PostgreSQL the password is good for this one only. Default: any'),
      seconds: z.int().min(60).max(28_800).default(600),
      connections: z.int().min(1).max(100).default(1).describe('how many may be made with it'),
    }),
    output: z.object({
      id: z.uuid(),
      username: z.string(),
      password: z.string(),
      protocol: z.string(),
      host: z.string(),
      port: z.int(),
      database: z.string().describe('where a session begins; empty: in none'),
      certificate: z.string().nullable().describe('what the gateway is verified by, PEM'),
      endsAt: instantOut,
    }),
    secretOutput: true,
    cli: { command: 'db password', positional: ['system'] },
    handler: async (ctx, permit, input) => {
      const { systemId: _, protocol, ...issued } = await issuePassword(ctx, permit, input);
      if (protocol === 'http') throw new Error('a database is served on no site');
      const { host, port, certificate } = edges[protocol];
      return { ...issued, protocol, host, port, certificate: await certificate() };
    },
  }),
  defineOperation({
    name: 'gatewayPasswords.mine',
    action: 'gateway_password.list_own',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/gateway-passwords',
    summary: 'List my passwords for gateways that are still good',
    input: z.object({}),
    output: z.object({ items: z.array(passwordOut) }),
    cli: { command: 'db passwords', columns: ['id', 'accountName', 'systemName', 'used', 'connections', 'endsAt'] },
    handler: async (ctx) => ({ items: await openPasswords(ctx.tx, ctx.principal.id, ctx.now) }),
  }),
  defineOperation({
    name: 'gatewayPasswords.end',
    action: 'gateway_password.end',
    kind: 'write',
    method: 'POST',
    path: '/v1/gateway-passwords/{id}/end',
    summary: 'End a password for a gateway now; sessions made with it go on',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'db password-end', positional: ['id'] },
    resource: (input) => ({ type: 'GatewayPassword', id: input.id }),
    handler: async (ctx, permit, input) => {
      const one = await getPassword(ctx.tx, input.id);
      if (one === undefined) throw notFound('gateway_password', input.id);
      await ctx.tx.run(sql`
        update gateway_password set ended_at = ${ctx.now}, ended_because = 'ended by hand' where id = ${one.id} and ended_at is null`);
      await ctx.record(permit, {
        event: passwordEnded,
        subject: one.identityId,
        data: { ...facts(one), because: 'ended by hand' },
      });
      return { id: one.id };
    },
  }),
];
