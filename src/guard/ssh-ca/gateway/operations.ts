import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { openableAccounts } from '#guard/sessions/index.ts';
import { gateways, knownHost } from './announce-gateway.ts';
import { issueGatewayCertificate } from './issue-gateway-certificate.ts';

const gatewayOut = z.object({ address: z.string(), port: z.int(), knownHost: z.string() });

/** What people's own ssh needs to come through the gateway. */
export const gatewayOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'sshGateway.show',
    action: 'ssh_gateway.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-gateway',
    summary: 'Where the SSH gateways are and their host keys, and the accounts you may open through them now',
    input: z.object({}),
    output: z.object({
      gateways: z.array(gatewayOut),
      accounts: z.array(z.object({ account: z.string(), system: z.string(), own: z.boolean() })),
    }),
    handler: async (ctx) => ({
      gateways: (await gateways(ctx.tx)).map((one) => ({
        address: one.address,
        port: one.port,
        knownHost: knownHost(one),
      })),
      accounts: (await openableAccounts(ctx.tx, ctx.principal.id, ['linux'])).map(({ account, system, own }) => ({
        account,
        system,
        own,
      })),
    }),
  }),
  defineOperation({
    name: 'sshGateway.certify',
    action: 'ssh_certificate.issue_for_gateway',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-gateway/certificates',
    summary: 'Certify that an SSH key is yours, for the gateway, for hours',
    description:
      'It proves who you are and opens nothing by itself: each session is decided when it begins. It is revoked when you leave, or by you.',
    input: z.object({
      publicKey: text(8000),
      seconds: z.int().min(60).max(86_400).default(28_800),
      sourceAddress: z.boolean().default(false).describe('works only from the address it was asked from'),
    }),
    output: z.object({ id: z.uuid(), serial: z.string(), certificate: z.string(), validTo: instantOut }),
    handler: async (ctx, permit, input) => {
      const { certificate, line } = await issueGatewayCertificate(edges.keys, ctx, permit, input);
      const { id, serial, validTo } = certificate;
      return { id, serial, certificate: line, validTo };
    },
  }),
];
