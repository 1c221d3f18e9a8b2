import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const run = { runId: pub(z.uuid()) };

export const miningAsked = defineEvent('role_mining.asked', {
  ...run,
  systemIds: pub(z.array(z.uuid())),
  tolerance: pub(z.number()),
  seed: pub(z.int()),
});
export const miningBegun = defineEvent('role_mining.begun', run);
export const miningDone = defineEvent('role_mining.done', {
  ...run,
  people: pub(z.int()),
  candidates: pub(z.int()),
  outliers: pub(z.int()),
});
export const miningFailed = defineEvent('role_mining.failed', { ...run, problem: pub(z.string()) });
export const miningCancelled = defineEvent('role_mining.cancelled', run);
/** A person made a role of a candidate; nobody has it yet. */
export const candidateDrafted = defineEvent('candidate_role.drafted', {
  ...run,
  candidateId: pub(z.uuid()),
  roleId: pub(z.uuid()),
  /** Where what few used became a role of its own. */
  onDemandRoleId: pub(z.uuid().optional()),
});
/** A person asked that a drafted role is given in place of direct grants: `massChangeId` carries it out. */
export const candidateApplied = defineEvent('candidate_role.applied', {
  candidateId: pub(z.uuid()),
  roleId: pub(z.uuid()),
  massChangeId: pub(z.uuid()),
  because: personal(z.string()),
});

const improvementRun = { runId: pub(z.uuid()) };
export const improvementsAsked = defineEvent('role_improvement.asked', { ...improvementRun, days: pub(z.int()) });
export const improvementsFound = defineEvent('role_improvement.found', {
  ...improvementRun,
  roles: pub(z.int()),
  found: pub(z.int()),
});
export const improvementsFailed = defineEvent('role_improvement.failed', {
  ...improvementRun,
  problem: pub(z.string()),
});
export const improvementsCancelled = defineEvent('role_improvement.cancelled', improvementRun);

export const events = [
  improvementsAsked,
  improvementsFound,
  improvementsFailed,
  improvementsCancelled,
  miningAsked,
  miningBegun,
  miningDone,
  miningFailed,
  miningCancelled,
  candidateDrafted,
  candidateApplied,
];
