/** Who defines emergency access, who takes it, who reviews it and who opens a locked path again. */
export const policies = `
@id("emergency.active_people_look_for_their_paths")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"emergency_path.list", Reeve::Action::"emergency_use.list"],
  resource
)
when { principal.state == "active" && principal.kind == "person" };

@id("emergency.those_concerned_read_a_path")
permit (principal is Reeve::Identity, action == Reeve::Action::"emergency_path.read", resource is Reeve::EmergencyPath)
when {
  principal.state == "active" && (resource.users.contains(principal) || resource.reviewers.contains(principal))
};

@id("emergency.those_who_run_watch_or_audit_read_all")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"emergency_path.read", Reeve::Action::"emergency_use.read", Reeve::Action::"emergency_use.list_all"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("emergency.officers_define_and_close")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"emergency_path.define", Reeve::Action::"emergency_path.close"],
  resource
)
when { principal.state == "active" && principal.roles.contains("security_officer") };

@id("emergency.named_people_take_it")
permit (principal is Reeve::Identity, action == Reeve::Action::"emergency_path.use", resource is Reeve::EmergencyPath)
when { principal.state == "active" && principal.kind == "person" && resource.users.contains(principal) };

@id("emergency.nobody_takes_what_they_defined")
forbid (principal is Reeve::Identity, action == Reeve::Action::"emergency_path.use", resource is Reeve::EmergencyPath)
when { resource.definer == principal };

@id("emergency.two_of_those_who_run_or_watch_open_again")
permit (principal is Reeve::Identity, action == Reeve::Action::"emergency_path.open", resource is Reeve::EmergencyPath)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("emergency.nobody_opens_what_their_use_locked")
forbid (principal is Reeve::Identity, action == Reeve::Action::"emergency_path.open", resource is Reeve::EmergencyPath)
when { resource has lockedBy && resource.lockedBy == principal };

@id("emergency.those_concerned_read_a_use")
permit (principal is Reeve::Identity, action == Reeve::Action::"emergency_use.read", resource is Reeve::EmergencyUse)
when { principal.state == "active" && (resource.user == principal || resource.reviewers.contains(principal)) };

@id("emergency.reviewers_and_officers_review")
permit (principal is Reeve::Identity, action == Reeve::Action::"emergency_use.review", resource is Reeve::EmergencyUse)
when {
  principal.state == "active" && (resource.reviewers.contains(principal) || principal.roles.contains("security_officer"))
};

@id("emergency.nobody_reviews_their_own_use")
forbid (principal is Reeve::Identity, action == Reeve::Action::"emergency_use.review", resource is Reeve::EmergencyUse)
when { resource.user == principal };

@id("emergency.reeve_shuts_what_nobody_reviewed")
permit (
  principal == Reeve::Component::"emergency",
  action == Reeve::Action::"emergency_path.shut",
  resource is Reeve::EmergencyPath
);
`;
