import { z } from 'zod';
import type { Decide } from '#spine/decide/index.ts';
import { defineJob, type Module } from '#spine/operations/index.ts';
import { FIND_ACTS, findActs } from './acts/find-acts.ts';
import { actOperations } from './acts/operations.ts';
import { warningOperations } from './ending/operations.ts';
import { warnOfEndsJob } from './ending/warn-of-ends.ts';
import { sodWingEvents } from './events.ts';
import { followChanges } from './follow-changes.ts';
import { lookAtEverybody, PASS } from './look-at-everybody.ts';
import { libraryOperations } from './library/operations.ts';
import { sodOperations } from './operations.ts';
import { whatIfAccess } from './what-if-access.ts';
import { whatIfOperations } from './what-if.ts';
import { tellLapse, tellOverdueEvidence } from './tell-owners.ts';

export { violationsCleared, violationsOpened } from './events.ts';

const policies = `
@id("sod.those_who_run_watch_or_audit_see_violations")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"sod_violation.list", Reeve::Action::"sod_rule.try"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("sod.officers_ask_for_a_pass")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod_pass.run", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("sod.those_who_run_watch_or_audit_see_when_owners_are_warned")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod_warning_terms.read", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("sod.officers_say_when_owners_are_warned")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod_warning_terms.put", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("sod.reeve_keeps_violations")
permit (principal == Reeve::Component::"sod", action == Reeve::Action::"sod_violation.keep", resource);

@id("sod.reeve_tells_of_lapses")
permit (principal == Reeve::Component::"sod", action == Reeve::Action::"sod_exception.tell", resource is Reeve::SodException);
`;

/** Finds conflicts of duties that exist, tries rules before they are made, keeps them as a file. The rules themselves and their verdict are decide's. */
export const sodModule = (edges: { readonly decide: Decide }): Module => ({
  name: 'sod',
  operations: [
    ...sodOperations(edges),
    ...libraryOperations(edges),
    ...actOperations(edges),
    ...warningOperations,
    ...whatIfOperations,
    whatIfAccess,
  ],
  jobs: [
    defineJob({
      name: PASS,
      input: z.object({}).loose(),
      every: '37 1 * * *',
      maxAttempts: 5,
      run: (job) => lookAtEverybody(job),
    }),
    defineJob({
      name: FIND_ACTS,
      input: z.object({}).loose(),
      every: '7 * * * *',
      maxAttempts: 5,
      run: (job) => findActs(job),
    }),
    warnOfEndsJob,
  ],
  reactions: [tellLapse, tellOverdueEvidence, ...followChanges],
  events: sodWingEvents,
  policies,
});
