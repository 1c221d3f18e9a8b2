/** Default policies of role versions. */
export const policies = `
@id("role_versions.administrators_and_owners_draft")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"role_version.draft", Reeve::Action::"role.describe"],
  resource is Reeve::Role
)
when {
  principal.state == "active" &&
  (principal.roles.contains("administrator") || (resource has owner && resource.owner == principal))
};

@id("role_versions.administrators_make_roles")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"role.create", Reeve::Action::"role.retire"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("role_versions.drafters_and_owners_go_on")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"role_version.look", Reeve::Action::"role_version.ask", Reeve::Action::"role_version.withdraw"
  ],
  resource is Reeve::RoleVersion
)
when {
  principal.state == "active" &&
  (principal.roles.containsAny(["administrator", "security_officer"]) || (resource has owner && resource.owner == principal))
};

@id("role_versions.owners_and_officers_decide")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"role_version.publish", Reeve::Action::"role_version.return"],
  resource is Reeve::RoleVersion
)
when {
  principal.state == "active" &&
  (principal.roles.containsAny(["administrator", "security_officer"]) || (resource has owner && resource.owner == principal))
};

@id("role_versions.nobody_publishes_their_own")
forbid (principal is Reeve::Identity, action == Reeve::Action::"role_version.publish", resource is Reeve::RoleVersion)
when { resource.drafter == principal };

@id("role_versions.watchers_and_owners_read")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"role_version.read", Reeve::Action::"role_version.list", Reeve::Action::"role.holders"],
  resource
)
when {
  principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"])
};

@id("role_versions.owners_read_theirs")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"role_version.list", Reeve::Action::"role.holders"],
  resource is Reeve::Role
)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("role_versions.owners_read_versions_of_theirs")
permit (principal is Reeve::Identity, action == Reeve::Action::"role_version.read", resource is Reeve::RoleVersion)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("role_versions.reeve_reports_and_follows")
permit (
  principal == Reeve::Component::"role_versions",
  action in [Reeve::Action::"role_version.report", Reeve::Action::"role_version.follow_dates"],
  resource
);
`;
