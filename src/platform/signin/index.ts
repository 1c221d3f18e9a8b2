import type { Module } from '#spine/operations/index.ts';
import type { SigninEdges } from './edges.ts';
import { endWithIdentity, endWithLock, endWithMerge, endWithRest } from './end-with-identity.ts';
import { events } from './events.ts';
import { enterOperations } from './operations-enter.ts';
import { mineOperations } from './operations-mine.ts';
import { policies } from './policies.ts';
import { stepUpOperations } from './step-up/operations.ts';

export { createAuthenticator, proveTokens, signinHolds, type Proof } from './authenticate.ts';
export { rewrapCodes } from './rewrap-codes.ts';
export { lastSignIn } from './last-sign-in.ts';
export { createToken } from './tokens.ts';
export { proveByCode } from './step-up/prove-step-up.ts';
export { forgetTries, takeTry, tryKey } from './wrong-tries.ts';
export { takeStepUp } from './step-up/take-step-up.ts';
export { makeEnrolmentLink, needsFirstAdministrator } from './enrolment-link.ts';

/** Signing in to Reeve itself, and what proves somebody afterwards. */
export const signinModule = (edges: SigninEdges): Module => ({
  name: 'signin',
  operations: [...enterOperations(edges), ...mineOperations(edges), ...stepUpOperations(edges)],
  reactions: [endWithIdentity, endWithMerge, endWithRest, endWithLock],
  events,
  policies,
});
