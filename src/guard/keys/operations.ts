import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { onProof, type KeyEdges } from './edges.ts';
import { restoreDrilled, vaultVerified } from './events.ts';
import { lastOf, readState } from './read-state.ts';
import { enterShare, sealVault, unsealVault } from './seal-vault.ts';
import { waitsForShare } from './shares.ts';
import { verifyVault } from './verify-vault.ts';

const state = z.enum(['open', 'sealed', 'waiting', 'unreachable']);
const ringOut = z.object({
  ring: z.string(),
  state,
  because: z.string().nullable(),
  place: z.string().nullable(),
  rootKeyId: z.string().nullable(),
  since: instantOut.nullable(),
  generation: z.int(),
  sharesNeeded: z.int().nullable(),
  shares: z.int().nullable(),
  sharesEntered: z.int(),
  prepared: z.object({ rootKeyId: z.string(), place: z.string() }).nullable(),
  holders: z.array(
    z.object({ holderId: z.uuid(), name: z.string(), state: z.string(), takenAt: instantOut.nullable() }),
  ),
  nodes: z.array(z.object({ node: z.string(), state: z.string(), loaded: z.int(), sealing: z.int() })),
  moving: z.array(
    z.object({
      part: z.string(),
      generation: z.int(),
      rowsDone: z.int(),
      rowsLeft: z.int().nullable(),
      finishedAt: instantOut.nullable(),
    }),
  ),
});
const verifiedOut = z.object({ at: instantOut, secrets: z.int(), opened: z.int(), wrong: z.int() });
const drillOut = z.object({
  at: instantOut,
  ok: z.boolean(),
  takenAt: z.iso.datetime(),
  rows: z.int(),
  secrets: z.int(),
  opened: z.int(),
  logSize: z.int(),
  recordings: z.int().optional(),
  wholeRecordings: z.int().optional(),
  problems: z.array(z.string()),
});
const unsealingOut = z.object({ state: z.enum(['open', 'waiting']), entered: z.int(), needed: z.int() });

/** Looking at the keys, sealing and opening the vault, and proving it. */
export const sealOperations = (edges: KeyEdges): readonly AnyOperation[] => {
  const { rings, node } = edges;
  return [
    defineOperation({
      name: 'keys.see',
      action: 'vault_key.see',
      kind: 'read',
      method: 'GET',
      path: '/v1/vault/seal',
      summary: 'Tell whether the vault is sealed',
      input: z.object({}),
      output: z.object({
        state,
        sharesNeeded: z.int().nullable(),
        sharesEntered: z.int(),
        shareWaitsForYou: z.boolean(),
      }),
      handler: async (ctx) => ({
        state: rings.vault.state,
        sharesNeeded: rings.vault.root?.settings.threshold ?? null,
        sharesEntered: rings.vault.shares.entered,
        shareWaitsForYou: await waitsForShare(ctx.tx, ctx.principal.id),
      }),
    }),
    defineOperation({
      name: 'keys.status',
      action: 'vault_key.read',
      kind: 'read',
      method: 'GET',
      path: '/v1/vault/keys',
      summary: 'Show the keys of the vault and of the records, without any key',
      input: z.object({}),
      output: z.object({
        vault: ringOut,
        records: ringOut,
        verified: verifiedOut.nullable(),
        drilled: drillOut.nullable(),
      }),
      cli: { command: 'vault status' },
      handler: async (ctx) => {
        const verified = await lastOf<{ secrets: number; opened: number; wrong: number }>(ctx.tx, vaultVerified.type);
        const drilled = await lastOf<Omit<z.input<typeof drillOut>, 'at'>>(ctx.tx, restoreDrilled.type);
        return {
          vault: await readState(ctx.tx, rings.vault),
          records: await readState(ctx.tx, rings.records),
          verified: verified === null ? null : { ...verified.data, at: verified.at },
          drilled: drilled === null ? null : { ...drilled.data, at: drilled.at },
        };
      },
    }),
    defineOperation({
      ...onProof(edges),
      name: 'keys.seal',
      action: 'vault_key.seal',
      kind: 'write',
      method: 'POST',
      path: '/v1/vault/seal',
      summary: 'Seal the vault at once, on every node',
      input: z.object({ because: text(500) }),
      output: z.object({ state }),
      cli: { command: 'vault seal' },
      handler: async (ctx, permit, input) => {
        await sealVault(ctx, permit, rings.vault, input.because);
        return { state: 'sealed' as const };
      },
    }),
    defineOperation({
      ...onProof(edges),
      name: 'keys.unseal',
      action: 'vault_key.unseal',
      kind: 'write',
      method: 'POST',
      path: '/v1/vault/unseal',
      summary: 'Unseal the vault whose root key is in a file or a token',
      input: z.object({}),
      output: unsealingOut,
      cli: { command: 'vault unseal' },
      handler: (ctx, permit) => unsealVault(ctx, permit, { ring: rings.vault, node }),
    }),
    defineOperation({
      ...onProof(edges),
      name: 'keys.enterShare',
      action: 'vault_key.enter_share',
      kind: 'write',
      method: 'POST',
      path: '/v1/vault/shares/enter',
      summary: 'Enter one share of the root key; the last that is needed unseals the vault',
      description: 'Each node is opened by itself. Shares entered are forgotten after a quarter of an hour.',
      input: z.object({ share: z.string().min(1).max(500) }),
      output: unsealingOut,
      cli: { command: 'vault enter-share', file: { field: 'share' } },
      handler: (ctx, permit, input) => enterShare(ctx, permit, { ring: rings.vault, node }, input.share),
    }),
    defineOperation({
      name: 'keys.verify',
      action: 'vault_key.verify',
      kind: 'write',
      method: 'POST',
      path: '/v1/vault/verify',
      summary: 'Hold every secret against the audit log and open it, telling nobody its value',
      input: z.object({}),
      output: z.object({
        ok: z.boolean(),
        secrets: z.int(),
        opened: z.int(),
        wrong: z.array(z.object({ secretId: z.uuid(), name: z.string(), problem: z.string(), detail: z.string() })),
      }),
      cli: {
        command: 'vault verify',
        fails: { field: 'ok', values: { false: 'integrity' }, because: ['wrong'] },
      },
      handler: async (ctx, permit) => {
        const { secrets, opened, wrong } = await verifyVault(edges, ctx, permit);
        return {
          ok: wrong.length === 0,
          secrets,
          opened,
          wrong: wrong.map((one) => ({ ...one, detail: `${one.name}: ${one.problem}` })),
        };
      },
    }),
  ];
};
