import { z } from 'zod';
import type { Tx } from '#kit/db/index.ts';
import type { Access } from '../model.ts';
import { survivorsOf } from '../identities/merges.ts';
import { identityNames, nameOf, namesIn, period } from './shapes.ts';

/** The way from an identity to what it reaches. */
export const pathOut = z
  .array(z.object({ kind: z.enum(['grant', 'role', 'entitlement', 'account']), id: z.uuid(), name: z.string() }))
  .readonly();

export const accessOut = z.object({
  identityId: z.uuid(),
  identityName: z.string().nullable(),
  /** Who that is now, where it turned out to be another identity. */
  nowIdentityId: z.uuid().nullable(),
  nowIdentityName: z.string().nullable(),
  via: z.enum(['grant', 'holding']),
  sourceId: z.uuid(),
  entitlementId: z.uuid().optional(),
  accountId: z.uuid().optional(),
  systemId: z.uuid(),
  systemName: z.string().nullable(),
  name: z.string(),
  path: pathOut,
  privileged: z.boolean(),
  ...period,
});

/** Rows of access with the names a person reads. */
export async function accessWithNames(tx: Tx, rows: readonly Access[]) {
  const people = await identityNames(
    tx,
    rows.map((r) => r.identityId),
  );
  const survivors = await survivorsOf(
    tx,
    rows.map((r) => r.identityId),
  );
  const systems = await namesIn(
    tx,
    'system',
    rows.map((r) => r.systemId),
  );
  return rows.map((r) => ({
    ...r,
    identityName: nameOf(people, r.identityId),
    nowIdentityId: survivors.get(r.identityId)?.identityId ?? null,
    nowIdentityName: survivors.get(r.identityId)?.displayName ?? null,
    systemName: nameOf(systems, r.systemId),
  }));
}
