import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const ring = { ring: pub(z.string()) };
const rootKey = { ...ring, rootKeyId: pub(z.string()), place: pub(z.string()) };
const generation = { ...ring, generation: pub(z.int()) };

/** From now on nothing of the vault opens, on every node. */
export const vaultSealed = defineEvent('vault_key.sealed', { because: personal(z.string()) });
/** A node lost its root key by itself: a token was taken out. */
export const vaultLost = defineEvent('vault_key.lost', { node: pub(z.string()), why: pub(z.string()) });
/** A share was entered that counts. */
export const shareEntered = defineEvent('vault_key.share_entered', {
  rootKeyId: pub(z.string()),
  entered: pub(z.int()),
  needed: pub(z.int()),
  node: pub(z.string()),
});
export const shareRefused = defineEvent('vault_key.share_refused', { code: pub(z.string()), node: pub(z.string()) });
export const vaultUnsealed = defineEvent('vault_key.unsealed', { node: pub(z.string()), rootKeyId: pub(z.string()) });
/** A root key was made and wraps the ring; it takes over once its shares are with their holders. */
export const rootKeyPrepared = defineEvent('root_key.prepared', {
  ...rootKey,
  shares: pub(z.int().nullable()),
  threshold: pub(z.int().nullable()),
});
export const rootKeyGivenUp = defineEvent('root_key.given_up', { ...ring, rootKeyId: pub(z.string()) });
/** Somebody has their share; nobody can be shown it again. */
export const shareTaken = defineEvent('root_key.share_taken', {
  ...ring,
  rootKeyId: pub(z.string()),
  holderId: pub(z.uuid()),
  left: pub(z.int()),
});
export const rootKeyTookOver = defineEvent('root_key.took_over', { ...rootKey, generation: pub(z.int()) });
export const generationSeals = defineEvent('ring_key.seals', generation);
export const dataKeysRewrapped = defineEvent('ring_key.data_keys_rewrapped', {
  ...generation,
  part: pub(z.string()),
  rows: pub(z.int()),
});
export const rewrapFinished = defineEvent('ring_key.rewrap_finished', {
  ...generation,
  part: pub(z.string()),
  left: pub(z.int()),
});
/** The vault was held against the log: what is wrong with which secret. */
export const vaultVerified = defineEvent('vault.verified', {
  secrets: pub(z.int()),
  opened: pub(z.int()),
  wrong: pub(z.int()),
});
export const secretNotAsRecorded = defineEvent('vault.secret_not_as_recorded', {
  secretId: pub(z.uuid()),
  name: pub(z.string()),
  problem: pub(z.string()),
});
export const restoreDrilled = defineEvent('restore.drilled', {
  ok: pub(z.boolean()),
  backup: pub(z.string()),
  takenAt: pub(z.iso.datetime()),
  tables: pub(z.int()),
  rows: pub(z.int()),
  secrets: pub(z.int()),
  opened: pub(z.int()),
  logSize: pub(z.int()),
  /** Absent: there were none in the backup. */
  recordings: pub(z.int().optional()),
  wholeRecordings: pub(z.int().optional()),
  problems: pub(z.array(z.string())),
});

export const events = [
  vaultSealed,
  vaultLost,
  shareEntered,
  shareRefused,
  vaultUnsealed,
  rootKeyPrepared,
  rootKeyGivenUp,
  shareTaken,
  rootKeyTookOver,
  generationSeals,
  dataKeysRewrapped,
  rewrapFinished,
  vaultVerified,
  secretNotAsRecorded,
  restoreDrilled,
];
