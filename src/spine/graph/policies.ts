/** Default policies of the graph: who may see who has what. Writing goes through the modules that cause it. */
export const graphPolicies = `
@id("graph.active_people_see_themselves")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"identity.read", Reeve::Action::"identity.list", Reeve::Action::"account.list",
             Reeve::Action::"grant.list", Reeve::Action::"access.explain"],
  resource is Reeve::Identity
)
when { principal.state == "active" && resource == principal };

@id("graph.active_people_see_their_accounts")
permit (principal is Reeve::Identity, action == Reeve::Action::"account.read", resource is Reeve::Account)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("graph.active_people_see_their_grants")
permit (principal is Reeve::Identity, action == Reeve::Action::"grant.read", resource is Reeve::Grant)
when { principal.state == "active" && resource.holder == principal };

@id("graph.owners_see_what_they_answer_for")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"identity.read", Reeve::Action::"account.list", Reeve::Action::"grant.list"],
  resource is Reeve::Identity
)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("graph.managers_see_their_reports")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"identity.read", Reeve::Action::"account.list", Reeve::Action::"grant.list",
             Reeve::Action::"access.explain"],
  resource is Reeve::Identity
)
when { principal.state == "active" && resource has manager && resource.manager == principal };

@id("graph.managers_see_their_reports_accounts")
permit (principal is Reeve::Identity, action == Reeve::Action::"account.read", resource is Reeve::Account)
when { principal.state == "active" && resource has manager && resource.manager == principal };

@id("graph.managers_see_their_reports_grants")
permit (principal is Reeve::Identity, action == Reeve::Action::"grant.read", resource is Reeve::Grant)
when { principal.state == "active" && resource has manager && resource.manager == principal };

@id("graph.active_people_see_the_catalogue")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"entitlement.list", Reeve::Action::"entitlement.read",
             Reeve::Action::"role.list", Reeve::Action::"role.read"],
  resource
)
when { principal.state == "active" };

@id("graph.entitlement_owners_see_who_has_theirs")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"grant.list", Reeve::Action::"access.trace"],
  resource is Reeve::Entitlement
)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("graph.system_owners_see_theirs")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"system.read", Reeve::Action::"access.trace"],
  resource is Reeve::System
)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("graph.those_who_run_watch_or_audit_see_all")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"identity.list", Reeve::Action::"identity.read",
    Reeve::Action::"system.list", Reeve::Action::"system.read",
    Reeve::Action::"account.list", Reeve::Action::"account.read",
    Reeve::Action::"grant.list", Reeve::Action::"grant.read",
    Reeve::Action::"access.explain", Reeve::Action::"access.trace"
  ],
  resource
)
when {
  principal.state == "active" &&
  principal.roles.containsAny(["administrator", "auditor", "security_officer"])
};

@id("graph.helpdesk_finds_people")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"identity.list", Reeve::Action::"identity.read",
    Reeve::Action::"system.list", Reeve::Action::"system.read",
    Reeve::Action::"account.list", Reeve::Action::"account.read",
    Reeve::Action::"grant.list", Reeve::Action::"grant.read"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("helpdesk") };
`;
