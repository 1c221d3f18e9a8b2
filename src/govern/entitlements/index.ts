import { z } from 'zod';
import { systemRead } from '#spine/graph/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { defineJob, defineReaction, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { ownAccountPolicies } from './own-accounts.ts';
import { followReading } from './stewardship/follow-reading.ts';
import { remindStewards } from './stewardship/remind-stewards.ts';

export { countEntries, learnWords, sumKinds } from './catalogue/count-entries.ts';
export type { CatalogueFilter } from './catalogue/model.ts';
export { searchCatalogue } from './catalogue/search-catalogue.ts';
export { catalogueEdits } from './edits/apply-edits.ts';

const FOLLOW = 'entitlements.follow';

const policies = `
@id("entitlements.administrators_describe")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"entitlement.describe", Reeve::Action::"entitlement.describe_many",
    Reeve::Action::"account.assign", Reeve::Action::"account.release", Reeve::Action::"system.import",
    Reeve::Action::"entitlement_steward.name", Reeve::Action::"rename_case.answer"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("entitlements.those_who_run_watch_or_audit_see_stewards")
permit (principal is Reeve::Identity, action == Reeve::Action::"entitlement_steward.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "auditor", "security_officer"]) };

@id("entitlements.owners_describe_theirs")
permit (principal is Reeve::Identity, action == Reeve::Action::"entitlement.describe", resource is Reeve::Entitlement)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("entitlements.stewards_describe_what_they_see_to")
permit (principal is Reeve::Identity, action == Reeve::Action::"entitlement.describe", resource is Reeve::Entitlement)
when { principal.state == "active" && resource.stewards.contains(principal) };

@id("entitlements.reeve_follows_readings")
permit (
  principal == Reeve::Component::"entitlements",
  action in [Reeve::Action::"catalogue.follow", Reeve::Action::"catalogue.remind"],
  resource
);
`;

/** The entitlement catalogue: what access is for, who answers for it, whether it may be asked for. */
export const entitlementsModule: Module = {
  name: 'entitlements',
  operations,
  actions: [{ action: 'catalogue.follow' }, { action: 'catalogue.remind' }],
  jobs: [
    defineJob({
      name: FOLLOW,
      input: z.object({ systemId: z.uuid() }),
      run: (job, { systemId }) => followReading(job, systemId),
    }),
    defineJob({
      name: 'entitlements.remind_stewards',
      input: z.object({}).loose(),
      every: '0 6 * * 1',
      maxAttempts: 3,
      run: (job) => remindStewards(job),
    }),
  ],
  reactions: [
    defineReaction({
      on: systemRead,
      name: 'entitlements.follow_reading',
      run: async (job, { data }) => {
        await job.db.tx((tx) =>
          enqueue(tx, FOLLOW, { systemId: data.systemId }, { key: `${FOLLOW}:${data.systemId}` }),
        );
      },
    }),
  ],
  events,
  policies: policies + ownAccountPolicies,
};
