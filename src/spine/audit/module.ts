import type { Keys } from '#kit/crypto/index.ts';
import type { Module } from '#spine/operations/contract.ts';
import { legalHoldSet, logExported, personalOpened, rowRefused, subjectErased } from './events.ts';
import { auditOperations } from './operations.ts';
import { auditType, policies } from './resources.ts';

/** What the audit log gives to the house. */
export const auditModule = (edges: { readonly keys: Keys }): Module => ({
  name: 'audit',
  operations: auditOperations(edges),
  events: [rowRefused, logExported, personalOpened, subjectErased, legalHoldSet],
  resources: [auditType],
  policies,
});
