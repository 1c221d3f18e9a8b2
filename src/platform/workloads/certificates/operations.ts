import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { readCertificate } from '#kit/x509/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { addAuthority, bindCertificate, removeAuthority, unbindCertificate, uploadLists } from './keep-authorities.ts';
import { authorities, certificateRules, type Authority } from './store.ts';

const MOST_LIST = 512 * 1024;

const authorityOut = z.object({
  id: z.uuid(),
  name: z.string(),
  subject: z.string(),
  fingerprint: z.string(),
  notAfter: instantOut,
  listsChangedAt: instantOut.nullable(),
  madeAt: instantOut,
});
const ruleOut = z.object({
  id: z.uuid(),
  authorityId: z.uuid(),
  identityId: z.uuid(),
  kind: z.enum(['uri', 'dns', 'subject']),
  value: z.string(),
  scopes: z.array(z.string()),
  seconds: z.int(),
  madeAt: instantOut,
});
const byId = z.object({ id: z.uuid() });

/** An authority as it is told: what its certificate says, and not the certificate. */
function told(authority: Authority) {
  const { subject, notAfter } = readCertificate(authority.certificate);
  const { id, name, fingerprint, listsChangedAt, madeAt } = authority;
  return { id, name, subject, fingerprint, notAfter, listsChangedAt, madeAt };
}

/** Authorities whose certificates programs prove themselves with, and whose names are who. */
export const certificateOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'workloads.authorities',
    action: 'workload.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/workloads/authorities',
    summary: 'List authorities whose certificates programs prove themselves with',
    input: z.object({}),
    output: z.object({ items: z.array(authorityOut) }),
    cli: { command: 'workloads authorities', columns: ['id', 'name', 'subject', 'notAfter', 'listsChangedAt'] },
    handler: async (ctx) => ({ items: (await authorities(ctx.tx)).map(told) }),
  }),
  defineOperation({
    name: 'workloads.addAuthority',
    action: 'workload.trust',
    kind: 'write',
    method: 'POST',
    path: '/v1/workloads/authorities',
    summary: 'Take the certificates of an authority',
    waysIn: true,
    input: z.object({ name: text(100), certificate: z.string().min(1).max(32_768).describe('its root, as PEM') }),
    output: authorityOut,
    cli: { command: 'workloads trust-authority', positional: ['name'], file: { field: 'certificate' } },
    handler: async (ctx, permit, input) => told(await addAuthority(ctx, permit, input)),
  }),
  defineOperation({
    name: 'workloads.removeAuthority',
    action: 'workload.trust',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/workloads/authorities/{id}',
    summary: 'Take no certificates of an authority any more',
    input: byId,
    output: authorityOut,
    cli: { command: 'workloads distrust-authority', positional: ['id'] },
    handler: async (ctx, permit, { id }) => told(await removeAuthority(ctx, permit, id)),
  }),
  defineOperation({
    name: 'workloads.uploadRevocationLists',
    action: 'workload.trust',
    kind: 'write',
    method: 'PUT',
    path: '/v1/workloads/authorities/{id}/revocation-lists',
    summary: 'Upload the revocation lists of an authority and of those below it',
    input: byId.extend({ lists: z.string().min(1).max(MOST_LIST).describe('X509 CRLs, as PEM') }),
    output: authorityOut,
    cli: { command: 'workloads revocations', positional: ['id'], file: { field: 'lists' } },
    handler: async (ctx, permit, input) => told(await uploadLists(ctx, permit, input)),
  }),
  defineOperation({
    name: 'workloads.certificateRules',
    action: 'workload.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/workloads/certificates',
    summary: 'List which names of certificates are who',
    input: z.object({}),
    output: z.object({ items: z.array(ruleOut) }),
    cli: { command: 'workloads certificates', columns: ['id', 'identityId', 'kind', 'value', 'scopes', 'seconds'] },
    handler: async (ctx) => ({ items: await certificateRules(ctx.tx) }),
  }),
  defineOperation({
    name: 'workloads.bindCertificate',
    action: 'workload.bind',
    kind: 'write',
    method: 'POST',
    path: '/v1/workloads/certificates',
    summary: 'Say which program an identity is, by a name in its certificate',
    waysIn: true,
    input: z.object({
      authorityId: z.uuid(),
      identityId: z.uuid(),
      kind: z.enum(['uri', 'dns', 'subject']),
      value: text(500).describe(
        'as the certificate says it: spiffe://example.org/shop, shop.example, O=Example, CN=shop',
      ),
      scopes: z.array(text(100)).min(1).max(50),
      seconds: z.int().min(60).max(3600).default(900),
    }),
    output: ruleOut,
    cli: { command: 'workloads bind-certificate', positional: ['authorityId', 'identityId'] },
    handler: (ctx, permit, input) => bindCertificate(ctx, permit, input),
  }),
  defineOperation({
    name: 'workloads.unbindCertificate',
    action: 'workload.bind',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/workloads/certificates/{id}',
    summary: 'Let a program in by its certificate no more',
    input: byId,
    output: ruleOut,
    cli: { command: 'workloads unbind-certificate', positional: ['id'] },
    handler: (ctx, permit, { id }) => unbindCertificate(ctx, permit, id),
  }),
];
