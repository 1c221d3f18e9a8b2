import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';

export { countEntries, learnWords } from './catalogue/count-entries.ts';
export type { CatalogueFilter } from './catalogue/model.ts';
export { searchCatalogue } from './catalogue/search-catalogue.ts';

const policies = `
@id("entitlements.administrators_describe")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"entitlement.describe", Reeve::Action::"entitlement.describe_many",
    Reeve::Action::"account.assign", Reeve::Action::"account.release", Reeve::Action::"system.import"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("entitlements.owners_describe_theirs")
permit (principal is Reeve::Identity, action == Reeve::Action::"entitlement.describe", resource is Reeve::Entitlement)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("entitlements.stewards_describe_what_they_see_to")
permit (principal is Reeve::Identity, action == Reeve::Action::"entitlement.describe", resource is Reeve::Entitlement)
when { principal.state == "active" && resource.stewards.contains(principal) };
`;

/** The entitlement catalogue: what access is for, who answers for it, whether it may be asked for. */
export const entitlementsModule: Module = { name: 'entitlements', operations, events, policies };
