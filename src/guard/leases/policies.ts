/** Default policies of leases. Who may ask follows from grants: `context.grants` is how many lead to the template now. */
export const policies = `
@id("leases.who_was_granted_it_asks")
@obligation("record")
permit (principal is Reeve::Identity, action == Reeve::Action::"lease.ask", resource is Reeve::LeaseTemplate)
when { principal.state == "active" && context.grants > 0 };

@id("leases.people_see_what_there_is")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"lease.list_own", Reeve::Action::"lease_template.list"],
  resource
)
when { principal.state == "active" };

@id("leases.holders_keep_their_own")
@obligation("record")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"lease.read", Reeve::Action::"lease.take", Reeve::Action::"lease.renew", Reeve::Action::"lease.end"],
  resource is Reeve::Lease
)
when { principal.state == "active" && resource.holder == principal };

@id("leases.officers_and_auditors_see")
permit (principal is Reeve::Identity, action in [Reeve::Action::"lease.list", Reeve::Action::"lease.read"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("leases.officers_end_and_keep_templates")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"lease.end", Reeve::Action::"lease_template.make", Reeve::Action::"lease_template.remove"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("leases.reeve_makes_and_ends_users")
permit (principal == Reeve::Component::"leases", action in [Reeve::Action::"lease.make", Reeve::Action::"lease.end"], resource);
`;
