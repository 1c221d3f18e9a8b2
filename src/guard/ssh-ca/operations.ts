import { z } from 'zod';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { getSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { issueCertificate, judgeAgainFor, type IssueEdges } from './issue-certificate.ts';
import { rotateAuthority } from './keep-authorities.ts';
import type { Certificate } from './model.ts';
import { revocationList } from './revocation-list.ts';
import { revokeCertificates } from './revoke-certificates.ts';
import { askSetUp, type SetUpEdges } from './set-up-system.ts';
import { authorityOut, certificateOut, hostOut, trustOut } from './shapes.ts';
import {
  authorities,
  getTrust,
  listCertificates,
  listHosts,
  listTrusts,
  liveCertificates,
  revocationNumber,
} from './store.ts';

const bySystem = z.object({ systemId: z.uuid() });
const system = (input: { readonly systemId: string }) => ({ type: 'System', id: input.systemId });
const byId = z.object({ id: z.uuid() });

async function liveOne(ctx: Ctx, id: string, identityId?: string): Promise<Certificate> {
  const [found] = await liveCertificates(ctx.tx, { id });
  if (found === undefined || (identityId !== undefined && found.identityId !== identityId))
    throw notFound('ssh_certificate', id);
  return found;
}

/** The SSH authority: what it trusts, certificates asked for, seen and ended, and targets set up. */
export const operations = (edges: IssueEdges & SetUpEdges): readonly AnyOperation[] => [
  defineOperation({
    name: 'sshCa.status',
    action: 'ssh_ca.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-ca',
    summary: 'Show the SSH authorities, the systems that trust them, and the revocation list',
    input: z.object({}),
    output: z.object({
      authorities: z.array(authorityOut),
      systems: z.array(trustOut),
      hosts: z.array(hostOut.omit({ knownHosts: true })),
      revocations: z.object({ number: z.string(), changedAt: instantOut, serials: z.int() }),
    }),
    cli: { command: 'ca status' },
    handler: async (ctx) => {
      const list = await revocationList(ctx.tx, ctx.now);
      return {
        authorities: await authorities(ctx.tx),
        systems: await listTrusts(ctx.tx),
        hosts: (await listHosts(ctx.tx)).map((host) => ({ ...host, names: [...host.names] })),
        revocations: { number: String(list.number), changedAt: list.changedAt, serials: list.serials },
      };
    },
  }),
  defineOperation({
    name: 'sshCa.trust',
    action: 'ssh_ca.publish',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-ca/trust',
    summary: 'What hosts and clients are to trust: lines for TrustedUserCAKeys and for known_hosts',
    audience: 'anyone',
    input: z.object({}),
    output: z.object({ userAuthorities: z.array(z.string()), knownHosts: z.array(z.string()) }),
    cli: { command: 'ca trust' },
    handler: async (ctx) => {
      const all = await authorities(ctx.tx);
      const of = (purpose: string): string[] => all.filter((a) => a.purpose === purpose).map((a) => a.publicKey);
      return { userAuthorities: of('user'), knownHosts: of('host').map((line) => `@cert-authority * ${line}`) };
    },
  }),
  defineOperation({
    name: 'sshCa.revocations',
    action: 'ssh_ca.publish',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-ca/krl',
    summary: 'The key revocation list in OpenSSH’s binary form, base64',
    audience: 'anyone',
    input: z.object({}),
    output: z.object({ number: z.string(), changedAt: instantOut, krl: z.string() }),
    handler: async (ctx) => {
      const { number, changedAt, bytes } = await revocationList(ctx.tx, ctx.now);
      return { number: String(number), changedAt, krl: bytes.toString('base64') };
    },
  }),
  defineOperation({
    name: 'sshCa.rotate',
    action: 'ssh_ca.rotate',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-ca/rotate',
    summary: 'Make the next signing key; the one before is trusted until what it signed is over',
    input: z.object({ purpose: z.enum(['user', 'host']) }),
    output: authorityOut,
    cli: { command: 'ca rotate', positional: ['purpose'] },
    handler: (ctx, permit, input) => rotateAuthority(edges.keys, ctx, permit, input.purpose),
  }),
  defineOperation({
    name: 'sshCa.setUp',
    action: 'ssh_ca.set_up',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{systemId}/ssh-trust',
    summary: 'Make a system trust certificates, and prove it by logging on; or only check that it does',
    description:
      'What comes of it is in the state: `asked`, then `set_up` or `failed` with the problem. A system that cannot be proved is put back as it was. A log-on by certificate does not pass through the gateway and is not recorded by it.',
    input: z.object({
      systemId: z.uuid(),
      check: z.boolean().default(false),
      longestSeconds: z.int().min(60).max(3600).optional(),
      extensions: z
        .array(
          z.enum([
            'permit-pty',
            'permit-user-rc',
            'permit-port-forwarding',
            'permit-agent-forwarding',
            'permit-X11-forwarding',
          ]),
        )
        .max(5)
        .optional(),
      sourceAddress: z.boolean().optional(),
    }),
    output: trustOut,
    resource: system,
    handler: (ctx, permit, input) => askSetUp(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'sshCa.showTrust',
    action: 'ssh_ca.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/systems/{systemId}/ssh-trust',
    summary: 'Show whether a system trusts certificates, and what it was last seen to have',
    input: bySystem,
    output: trustOut,
    resource: system,
    handler: async (ctx, _permit, input) => {
      const found = await getTrust(ctx.tx, input.systemId);
      if (found === undefined) throw notFound('ssh_trust', input.systemId);
      return found;
    },
  }),
  defineOperation({
    name: 'sshCertificates.issue',
    action: 'ssh_certificate.issue',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-certificates',
    summary: 'Certify your SSH key for a system: minutes, for the accounts your access opens',
    input: z.object({
      system: text(200).describe('id or name'),
      account: text(32).optional().describe('absent: every account there that you may open now'),
      publicKey: text(8000),
      seconds: z.int().min(60).max(3600).optional(),
    }),
    output: z.object({
      id: z.uuid(),
      serial: z.string(),
      certificate: z.string(),
      principals: z.array(z.string()),
      validTo: instantOut,
      host: z.string(),
      port: z.int(),
      knownHosts: z.array(z.string()),
    }),
    reach: (input, db, principal) => judgeAgainFor(edges, db, principal.id, input),
    handler: async (ctx, permit, input) => {
      const { certificate, line } = await issueCertificate(edges, ctx, permit, input);
      const target = await getSystem(ctx.tx, input.system);
      const hosts = await authorities(ctx.tx, 'host');
      const { id, serial, validTo } = certificate;
      return {
        id,
        serial,
        validTo,
        certificate: line,
        principals: [...certificate.principals],
        host: target?.host ?? '',
        port: target?.port ?? 22,
        knownHosts: hosts.map(({ publicKey }) => `@cert-authority * ${publicKey}`),
      };
    },
  }),
  defineOperation({
    name: 'sshCertificates.list',
    action: 'ssh_certificate.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-certificates',
    summary: 'List certificates, newest first',
    input: z.object({
      ...pageInput,
      identityId: z.uuid().optional(),
      systemId: z.uuid().optional(),
      live: z.boolean().optional(),
    }),
    output: pageOf(certificateOut),
    cli: {
      command: 'ca certificates',
      columns: ['serial', 'kind', 'identityName', 'systemName', 'principals', 'validTo', 'revokedBecause'],
    },
    handler: (ctx, _permit, input) => listCertificates(ctx.tx, input),
  }),
  defineOperation({
    name: 'sshCertificates.listOwn',
    action: 'ssh_certificate.list_own',
    kind: 'read',
    method: 'GET',
    path: '/v1/me/ssh-certificates',
    summary: 'List your own certificates, newest first',
    input: z.object({ ...pageInput, live: z.boolean().optional() }),
    output: pageOf(certificateOut),
    handler: (ctx, _permit, input) => listCertificates(ctx.tx, { ...input, identityId: ctx.principal.id }),
  }),
  defineOperation({
    name: 'sshCertificates.revoke',
    action: 'ssh_certificate.revoke',
    kind: 'write',
    method: 'POST',
    path: '/v1/ssh-certificates/{id}/revoke',
    summary: 'Revoke a certificate: its target hears of it at once',
    input: byId,
    output: z.object({ id: z.uuid(), number: z.string() }),
    cli: { command: 'ca revoke', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      await revokeCertificates(ctx, permit, [await liveOne(ctx, input.id)], 'revoked by who is in charge');
      return { id: input.id, number: String(await revocationNumber(ctx.tx)) };
    },
  }),
  defineOperation({
    name: 'sshCertificates.revokeOwn',
    action: 'ssh_certificate.revoke_own',
    kind: 'write',
    method: 'POST',
    path: '/v1/me/ssh-certificates/{id}/revoke',
    summary: 'Revoke a certificate of your own',
    input: byId,
    output: z.object({ id: z.uuid() }),
    handler: async (ctx, permit, input) => {
      const own = await liveOne(ctx, input.id, ctx.principal.id);
      await revokeCertificates(ctx, permit, [own], 'revoked by its holder');
      return { id: input.id };
    },
  }),
];
