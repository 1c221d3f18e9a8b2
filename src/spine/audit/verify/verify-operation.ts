import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/contract.ts';
import { formatLogKey, logSigner } from '../checkpoint/log-key.ts';
import { readWitnessNote } from '../checkpoint/witness-file.ts';
import { logVerified } from '../events.ts';
import { trailOf } from '../resources.ts';
import { verifyDatabase } from './verify-database.ts';

/** What verifying the log where it lies takes. */
export interface VerifyEdges {
  readonly keys: Keys;
  readonly db: Db;
  /** Where this node keeps the newest checkpoint it saw; absent where it keeps none. */
  readonly witnessPath?: string | undefined;
}

const findingOut = z.object({
  kind: z.string(),
  seq: z.int().nullable(),
  id: z.string().nullable(),
  detail: z.string(),
});

/**
 * The log checked where it lies: what a copy shows, and what only the database can: stored hashes, the stored tree, and
 * rows beside the log. Held against the witness of this node, and against checkpoints the asker kept.
 */
export const verifyOperation = (edges: VerifyEdges): AnyOperation =>
  defineOperation({
    name: 'audit.verify',
    action: 'audit.verify',
    kind: 'read',
    method: 'POST',
    path: '/v1/audit/verify',
    summary: 'Verify the log where it lies, and name the first entry that is wrong',
    description:
      'Reads every entry, hash and checkpoint, and holds them against the checkpoint this node witnessed and those you send. Whoever does not trust this server takes a copy and verifies that: see the export.',
    input: z.object({
      witnesses: z.array(z.string().max(1_000_000)).max(20).default([]).describe('signed checkpoints kept elsewhere'),
    }),
    output: z.object({
      ok: z.boolean(),
      size: z.int().describe('entries under the last good checkpoint'),
      checkpoints: z.int(),
      root: z.string(),
      pending: z.int().describe('committed events that still wait for their number'),
      publicKey: z.string(),
      witnessed: z.boolean().describe('whether there was any checkpoint from outside to hold the log against'),
      findings: z.array(findingOut).describe('in order, the first wrong entry first'),
    }),
    recordsRead: true,
    resource: () => trailOf(undefined),
    handler: async (ctx, permit, input) => {
      const signer = logSigner(edges.keys);
      // Read before the database is: a checkpoint signed meanwhile is then in it.
      const own = edges.witnessPath === undefined ? undefined : await readWitnessNote(edges.witnessPath);
      const witnesses = own === undefined ? input.witnesses : [own, ...input.witnesses];
      const found = await verifyDatabase(edges.db, signer, { witnesses, stamps: edges.keys });
      const { ok, size, checkpoints, root, pending } = found;
      await ctx.record(permit, { event: logVerified, data: { size, ok, first: found.first?.kind } });
      return {
        ok,
        size,
        checkpoints,
        root,
        pending,
        publicKey: formatLogKey(signer),
        witnessed: witnesses.length > 0,
        findings: found.findings.map((f) => ({ kind: f.kind, seq: f.seq ?? null, id: f.id ?? null, detail: f.detail })),
      };
    },
  });
