import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { askHost, knownHostsLine } from './certify-host.ts';
import type { CertifiedHost } from './model.ts';
import type { SetUpEdges } from './set-up-system.ts';
import { hostOut } from './shapes.ts';
import { authorities, getHost } from './store.ts';

const system = (input: { readonly systemId: string }) => ({ type: 'System', id: input.systemId });

const shown = async (ctx: Ctx, host: CertifiedHost): Promise<z.input<typeof hostOut>> => ({
  ...host,
  names: [...host.names],
  knownHosts: (await authorities(ctx.tx, 'host')).map(({ publicKey }) => knownHostsLine(host, publicKey)),
});

/** Hosts that show a certificate of themselves. */
export const hostOperations = (edges: SetUpEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'sshCa.certifyHost',
    action: 'ssh_ca.certify_host',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{systemId}/host-certificate',
    summary: 'Certify the pinned key of a host for its names, put it there, and connect to see it',
    description:
      'What comes of it is in the state: `asked`, then `certified` or `failed` with the problem. It is renewed by itself.',
    input: z.object({
      systemId: z.uuid(),
      names: z
        .array(text(253))
        .min(1)
        .max(20)
        .optional()
        .describe('what clients call it; absent: as before, or the name and address of the system'),
    }),
    output: hostOut,
    resource: system,
    handler: async (ctx, permit, input) => shown(ctx, await askHost(edges, ctx, permit, input)),
  }),
  defineOperation({
    name: 'sshCa.showHost',
    action: 'ssh_ca.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/systems/{systemId}/host-certificate',
    summary: 'Show for which names a host is certified, until when, and the lines for known_hosts',
    input: z.object({ systemId: z.uuid() }),
    output: hostOut,
    resource: system,
    handler: async (ctx, _permit, input) => {
      const found = await getHost(ctx.tx, input.systemId);
      if (found === undefined) throw notFound('host_certificate', input.systemId);
      return await shown(ctx, found);
    },
  }),
];
