export { ADMIN_ROLES, REEVE_SYSTEM_ID, type AdminRole } from './admin-roles.ts';
export type * from './model.ts';
export type * from './readings/model.ts';
export {
  accountLinked,
  accountMarked,
  accountRead,
  accountUnlinked,
  endedByLeaving,
  entitlementNested,
  entitlementPut,
  entitlementsGone,
  grantEnded,
  grantStarted,
  grantsStarted,
  identityChanged,
  identityImported,
  roleChanged,
  systemChanged,
  systemRead,
} from './events.ts';
export {
  identityBack,
  identityJoined,
  identityLeft,
  identityMerged,
  identityMoved,
  identityProofsEnded,
  identityRested,
  identityReturned,
  identitySplit,
  sshKeyRemoved,
} from './lifecycle-events.ts';
export { createIdentity } from './identities/create-identity.ts';
export { changeIdentityFacts } from './identities/change-identity-facts.ts';
export { chainAbove } from './identities/chain-above.ts';
export { holdIdentities } from './identities/hold-identities.ts';
export { nowOf, survivorsOf } from './identities/merges.ts';
export { reserveIdentities } from './identities/reserve-identities.ts';
export { putIdentities, type IdentityRow, type PutResult } from './identities/put-identities.ts';
export {
  findIdentitiesByEmail,
  findIdentityByUsername,
  getIdentities,
  getIdentity,
  listIdentities,
  type IdentityFilter,
} from './identities/read-identities.ts';
export {
  changeSystem,
  getSystem,
  listSystems,
  pinSystem,
  registerSystem,
  requireSystem,
  type NewSystem,
  type SystemChange,
} from './systems/systems.ts';
export {
  accountsThere,
  findAccount,
  getAccount,
  getAccounts,
  listAccounts,
  listHoldings,
  type AccountFilter,
} from './accounts/read-accounts.ts';
export { linkAccount, linkAccounts, unlinkAccount } from './accounts/link-account.ts';
export { markPrivileged } from './accounts/mark-privileged.ts';
export {
  findAccountEntitlement,
  findEntitlement,
  getEntitlement,
  getEntitlements,
  listEntitlements,
  type EntitlementFilter,
} from './entitlements/read-entitlements.ts';
export {
  describeEntitlement,
  licenceOf,
  putEntitlement,
  type EntitlementDescription,
  type NewEntitlement,
} from './entitlements/put-entitlement.ts';
export {
  factSays,
  neededBy,
  prerequisitesOf,
  setPrerequisites,
  type Prerequisite,
} from './entitlements/prerequisites.ts';
export {
  activeWindows,
  eligibilitiesAmong,
  eligibilitiesFor,
  eligibleNow,
  ELIGIBILITY,
  followWhatItIsFor,
  layOutEligibility,
  makeEligibility,
  windowsWithoutEligibility,
  type ActiveWindow,
  type Eligibility,
  type Eligible,
} from './eligibility/index.ts';
export { endEntitlements } from './entitlements/end-entitlements.ts';
export { OWN_ACCOUNT, putOwnAccount } from './entitlements/own-account.ts';
export { renameEntitlement } from './entitlements/rename-entitlement.ts';
export { addEdge, removeEdge } from './entitlements/nest-entitlements.ts';
export {
  createRole,
  describeRole,
  endRole,
  getRole,
  getRoles,
  layOutRole,
  listRoles,
  requireRole,
  type RoleDescription,
} from './roles/roles.ts';
export {
  allRoleMarks,
  carryRoleMark,
  layOutRoleMarks,
  markRoles,
  ROLE_MEMBER,
  type ToMark,
} from './roles/role-marks.ts';
export { grantsOfRoles, type GrantOfRole } from './roles/grants-of-role.ts';
export {
  asIfRoleParts,
  refuseCircle,
  roleContent,
  roleParts,
  setRoleContent,
  setRoleParts,
  type RoleContent,
  type RolePart,
} from './roles/set-role-content.ts';
export {
  getGrant,
  grantsDueToStart,
  grantVersions,
  lapsedGrants,
  listGrants,
  holdLiveGrants,
  type GrantFilter,
  type GrantVersion,
} from './grants/read-grants.ts';
export { beginGrant, startGrant, type NewGrant } from './grants/start-grant.ts';
export { startGrants, type GrantToStart } from './grants/start-grants.ts';
export {
  controlsInWords,
  NO_CONTROLS,
  onlyInSessions,
  stricterThan,
  uniteControls,
  type GrantControls,
} from './grants/controls.ts';
export { addGrantControls, controlsOfGrants } from './grants/grant-controls.ts';
export { changeGrantEnd, endGrant } from './grants/end-grant.ts';
export { endGrants } from './grants/end-grants.ts';
export { applyReading, type ReadingInput } from './readings/apply-reading.ts';
export { applyChanges, changedAnything, type ChangesInput } from './readings/apply-changes.ts';
export {
  beginReading,
  forgetReading,
  getStagedReading,
  keepPiece,
  type StagedReading,
} from './readings/stage/keep-pieces.ts';
export { getReadingMark, loseMark, type ReadingMark } from './readings/reading-mark.ts';
export {
  applyAccountReading,
  applyAccountReadings,
  type AccountLookedAt,
  type AccountReadingResult,
} from './readings/apply-account-reading.ts';
export { effectiveAccess, effectiveAccessOf, type AccessWindow } from './closure/effective-access.ts';
export { reachOfEverybody, type ReachOfOne } from './closure/reach-of-everybody.ts';
export { reachedFrom, type Reached } from './closure/reached-from.ts';
export { refuseLastAdministrator } from './grants/last-administrator.ts';
export { whoCouldReach, type ReachQuestion } from './closure/who-could-reach.ts';
export { privilegeOf } from './closure/privilege-of.ts';
export { drift, driftQuery, type DriftFilter } from './closure/drift.ts';
export { loadPrincipal, loadPrincipals, type PrincipalSnapshot } from './load-principal.ts';
export { accessRealised, accessWithdrawn, accountCreated, riskJumped, useEnded } from './uses/effects.ts';
export { lastUsesOf, usableAccounts, type LastUse, type UsableAccount } from './uses/last-uses.ts';
export { replayWithout, type ReplayWithout } from './uses/replay-without.ts';
export { endUse, listUses, startUse, type AccessUse } from './uses/uses.ts';
export { graphModule } from './module.ts';
