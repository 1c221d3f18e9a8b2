/** Who keeps the rules of separated duties, who may except from them, and who may look. */
export const sodPolicies = `
@id("sod.officers_keep_rules")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"sod_rule.create", Reeve::Action::"sod_rule.change", Reeve::Action::"sod_rule.retire"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("sod.officers_and_owners_except")
permit (
  principal is Reeve::Identity,
  action == Reeve::Action::"sod_exception.grant",
  resource is Reeve::SodRule
)
when {
  principal.state == "active" &&
  (principal.roles.contains("security_officer") || (resource has owner && resource.owner == principal))
};

@id("sod.nobody_excepts_themself")
forbid (principal, action == Reeve::Action::"sod_exception.grant", resource)
when { context has beneficiary && context.beneficiary == principal };

@id("sod.officers_and_owners_end_exceptions")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod_exception.end", resource is Reeve::SodException)
when {
  principal.state == "active" &&
  (principal.roles.contains("security_officer") || (resource has ruleOwner && resource.ruleOwner == principal))
};

@id("sod.those_who_see_to_a_control_say_it_ran")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod_exception.record_run", resource is Reeve::SodException)
when {
  principal.state == "active" &&
  (principal.roles.contains("security_officer") ||
   (resource has controlOwner && resource.controlOwner == principal) ||
   (resource has ruleOwner && resource.ruleOwner == principal))
};

@id("sod.nobody_proves_their_own_exception")
forbid (principal, action == Reeve::Action::"sod_exception.record_run", resource is Reeve::SodException)
when { resource.holder == principal };

@id("sod.owners_of_rule_and_control_read_their_exceptions")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod_exception.read", resource is Reeve::SodException)
when {
  principal.state == "active" &&
  ((resource has controlOwner && resource.controlOwner == principal) ||
   (resource has ruleOwner && resource.ruleOwner == principal))
};

@id("sod.watchers_read")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"sod_rule.list", Reeve::Action::"sod_rule.read",
    Reeve::Action::"sod_exception.list", Reeve::Action::"sod_exception.read",
    Reeve::Action::"sod.check"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("sod.owners_read_theirs")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod_rule.read", resource is Reeve::SodRule)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("sod.people_check_themselves_and_their_reports")
permit (principal is Reeve::Identity, action == Reeve::Action::"sod.check", resource is Reeve::Identity)
when { principal.state == "active" && (resource == principal || (resource has manager && resource.manager == principal)) };

@id("sod.decide_announces_lapses")
permit (
  principal == Reeve::Component::"decide",
  action in [Reeve::Action::"sod_exception.lapse", Reeve::Action::"sod_exception.miss_evidence"],
  resource is Reeve::SodException
);
`;
