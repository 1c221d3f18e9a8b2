import type { Module } from '#spine/operations/contract.ts';
import { legalHoldSet, logExported, logVerified, personalOpened, rowRefused, subjectErased } from './events.ts';
import { auditOperations } from './operations.ts';
import { auditType, policies } from './resources.ts';
import { verifyOperation, type VerifyEdges } from './verify/verify-operation.ts';

/** What the audit log gives to the house. */
export const auditModule = (edges: VerifyEdges): Module => ({
  name: 'audit',
  operations: [...auditOperations(edges), verifyOperation(edges)],
  events: [rowRefused, logExported, logVerified, personalOpened, subjectErased, legalHoldSet],
  resources: [auditType],
  policies,
});
