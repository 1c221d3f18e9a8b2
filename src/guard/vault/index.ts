import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { outbound, type Outbound, type OutboundReader } from '#kit/outbound/index.ts';
import type { CedarValue, Module, ResourceType } from '#spine/operations/index.ts';
import {
  checkoutEvents,
  checkoutOperations,
  checkoutPolicies,
  termsOperations,
  type SecondPersonEdges,
} from './checkout/index.ts';
import { events } from './events.ts';
import {
  endOverdueCheckouts,
  takeBackAfterGrant,
  takeBackAfterMerge,
  takeBackFromAbsent,
  takeBackFromLeaver,
  takeBackFromLocked,
} from './jobs.ts';
import { kindEvents, kindOperations, kindPolicies } from './kinds/index.ts';
import { folderOperations } from './folders/operations.ts';
import { folderPolicies } from './folders/policies.ts';
import { folderType } from './folders/resource-type.ts';
import { importEvents, importOperations, importPolicies } from './import/index.ts';
import { kitEvents, kitOperations, kitPolicies } from './kits/index.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';
export { createFolder } from './folders/keep-folders.ts';
export { createTargets, credentialOf } from './create-targets.ts';
export { checkoutEnded } from './events.ts';
export type { Secret, SecretKind, VersionState } from './model.ts';
export {
  abandonVersion,
  createSecret,
  promoteVersion,
  refuseSealed,
  sealVersion,
  type OpenedVersion,
} from './seal-version.ts';
export { accountsSeenBy, findSecret, readVersion, secretOfAccount } from './store.ts';
export { namesNotFetched } from './checkout/index.ts';
export { folderOfKv, putField } from './kv/keep-field.ts';
export { rewrapKits } from './kits/index.ts';
export { rewrapSecrets } from './rewrap-secrets.ts';
export { verifySecrets, type VaultCheck } from './verify-secrets.ts';
export { useSecret } from './use-secret.ts';

const secretType: ResourceType = {
  type: 'Secret',
  attributes: {
    name: { type: 'String' },
    purpose: { type: 'String' },
    owner: { type: 'Entity', name: 'Identity', required: false },
    system: { type: 'Entity', name: 'System', required: false },
    folder: { type: 'Entity', name: 'SecretFolder', required: false },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<{
      id: string;
      name: string;
      purpose: string;
      ownerId: string | null;
      systemId: string | null;
      folderId: string | null;
    }>(
      sql`select id, name, purpose, owner_id, system_id, folder_id from secret where id = any(${ids}::uuid[]) and removed_at is null`,
    );
    return new Map(
      rows.map((row) => {
        const attributes: Record<string, CedarValue> = { name: row.name, purpose: row.purpose };
        if (row.ownerId !== null) attributes['owner'] = { entity: { type: 'Identity', id: row.ownerId } };
        if (row.systemId !== null) attributes['system'] = { entity: { type: 'System', id: row.systemId } };
        if (row.folderId !== null) attributes['folder'] = { entity: { type: 'SecretFolder', id: row.folderId } };
        return [row.id, attributes];
      }),
    );
  },
};

/** The vault: secrets sealed, used without being seen, or checked out on the record. */
export const vaultModule = (edges: {
  readonly keys: Keys;
  readonly ticketPattern?: string | undefined;
  /** Where secrets may be imported from; absent: public addresses. */
  readonly outbound?: (Pick<Outbound, 'problemOf'> & OutboundReader) | undefined;
  /** Absent: what wants a second person is not taken out. */
  readonly secondPerson?: SecondPersonEdges | undefined;
}): Module => ({
  name: 'vault',
  operations: [
    ...operations(edges),
    ...checkoutOperations(edges),
    ...termsOperations(edges),
    ...kindOperations(edges),
    ...importOperations({ keys: edges.keys, outbound: edges.outbound ?? outbound() }),
    ...kitOperations(edges),
    ...folderOperations,
  ],
  jobs: [endOverdueCheckouts],
  reactions: [takeBackAfterGrant, takeBackFromLeaver, takeBackFromAbsent, takeBackAfterMerge, takeBackFromLocked],
  events: [...events, ...checkoutEvents, ...kindEvents, ...importEvents, ...kitEvents],
  resources: [secretType, folderType],
  policies: policies + folderPolicies + checkoutPolicies + kindPolicies + importPolicies + kitPolicies,
});
