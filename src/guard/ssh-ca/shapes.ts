import { z } from 'zod';
import { instantOut } from '#kit/http/index.ts';

export const authorityOut = z.object({
  id: z.uuid(),
  purpose: z.enum(['user', 'host']),
  generation: z.int(),
  publicKey: z.string(),
  fingerprint: z.string(),
  madeAt: instantOut,
});

export const trustOut = z.object({
  systemId: z.uuid(),
  systemName: z.string(),
  scope: z.string(),
  state: z.enum(['asked', 'set_up', 'failed']),
  problem: z.string().nullable(),
  longestSeconds: z.int(),
  extensions: z.array(z.string()),
  sourceAddress: z.boolean(),
  revokedNumber: z.string(),
  askedAt: instantOut,
  setUpAt: instantOut.nullable(),
  checkedAt: instantOut.nullable(),
  behindSince: instantOut.nullable(),
});

export const certificateOut = z.object({
  id: z.uuid(),
  serial: z.string(),
  kind: z.enum(['user', 'host', 'proof', 'gateway']),
  systemId: z.uuid().nullable(),
  systemName: z.string().nullable(),
  identityId: z.uuid().nullable(),
  identityName: z.string().nullable(),
  grantIds: z.array(z.uuid()),
  principals: z.array(z.string()),
  keyFingerprint: z.string(),
  validFrom: instantOut,
  validTo: instantOut,
  issuedAt: instantOut,
  revokedAt: instantOut.nullable(),
  revokedBecause: z.string().nullable(),
});

export const hostOut = z.object({
  systemId: z.uuid(),
  systemName: z.string(),
  names: z.array(z.string()),
  state: z.enum(['asked', 'certified', 'failed']),
  problem: z.string().nullable(),
  askedAt: instantOut,
  validTo: instantOut.nullable(),
  provedAt: instantOut.nullable(),
  knownHosts: z.array(z.string()),
});
