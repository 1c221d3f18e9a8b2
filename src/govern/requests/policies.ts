/** Who may ask, for whom; who decides; and that nobody decides to their own benefit, whatever else is permitted. */
export const policies = `
@id("requests.active_people_ask_for_themselves")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.submit", Reeve::Action::"request.preview"],
  resource == Reeve::Platform::"reeve"
)
when { principal.state == "active" };

@id("requests.people_ask_for_their_reports_and_what_they_answer_for")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.submit", Reeve::Action::"request.preview"],
  resource is Reeve::Identity
)
when {
  principal.state == "active" &&
  (resource == principal ||
   (resource has manager && resource.manager == principal) ||
   (resource has owner && resource.owner == principal) ||
   (context has owner && context.owner == principal) ||
   principal.roles.contains("administrator"))
};

@id("requests.active_people_list_theirs")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.list", Reeve::Action::"approval.list"],
  resource
)
when { principal.state == "active" };

@id("requests.those_concerned_read_and_comment")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.read", Reeve::Action::"request.comment"],
  resource is Reeve::Request
)
when {
  principal.state == "active" &&
  (resource.requester == principal || resource.beneficiary == principal || resource.involved.contains(principal) ||
   (resource has manager && resource.manager == principal))
};

@id("requests.those_who_run_watch_or_audit_read_all")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.read", Reeve::Action::"request.list_all", Reeve::Action::"approval_policy.read"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("requests.those_asked_decide")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.approve", Reeve::Action::"request.deny"],
  resource is Reeve::Request
)
when { principal.state == "active" && resource.approvers.contains(principal) };

@id("requests.those_who_decide_see_the_evidence")
permit (principal is Reeve::Identity, action == Reeve::Action::"request.read_evidence", resource is Reeve::Request)
when {
  principal.state == "active" &&
  (resource.involved.contains(principal) || principal.roles.containsAny(["administrator", "security_officer", "auditor"]))
};

@id("requests.nobody_decides_to_their_own_benefit")
forbid (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.approve", Reeve::Action::"request.deny"],
  resource is Reeve::Request
)
when { resource.benefits.contains(principal) };

@id("requests.each_step_is_decided_by_another")
forbid (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.approve", Reeve::Action::"request.deny"],
  resource is Reeve::Request
)
when { resource.deciders.contains(principal) };

@id("requests.who_asked_or_benefits_withdraws_and_reminds")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.withdraw", Reeve::Action::"request.remind"],
  resource is Reeve::Request
)
when { principal.state == "active" && (resource.requester == principal || resource.beneficiary == principal) };

@id("requests.holders_give_back")
permit (principal is Reeve::Identity, action == Reeve::Action::"grant.give_back", resource is Reeve::Grant)
when { principal.state == "active" && resource.holder == principal };

@id("requests.holders_managers_owners_and_officers_ask_for_removal")
permit (principal is Reeve::Identity, action == Reeve::Action::"grant.ask_removal", resource is Reeve::Grant)
when {
  principal.state == "active" &&
  (resource.holder == principal ||
   (resource has manager && resource.manager == principal) ||
   (resource has entitlement && resource.entitlement has owner && resource.entitlement.owner == principal) ||
   principal.roles.containsAny(["administrator", "security_officer"]))
};

@id("requests.colleagues_of_one_manager_compare")
permit (principal is Reeve::Identity, action == Reeve::Action::"request.compare", resource is Reeve::Identity)
when {
  principal.state == "active" && resource has manager &&
  (resource.manager == principal || (principal has manager && principal.manager == resource.manager))
};

@id("requests.those_who_answer_for_it_or_run_the_house_compare")
permit (principal is Reeve::Identity, action == Reeve::Action::"request.compare", resource is Reeve::Identity)
when {
  principal.state == "active" &&
  (resource == principal || (resource has owner && resource.owner == principal) ||
   principal.roles.containsAny(["administrator", "security_officer"]))
};

@id("requests.people_keep_their_carts")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request_order.start", Reeve::Action::"request_order.list"],
  resource == Reeve::Platform::"reeve"
)
when { principal.state == "active" };

@id("requests.a_cart_is_of_who_began_it")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"request_order.read", Reeve::Action::"request_order.change", Reeve::Action::"request_order.submit",
    Reeve::Action::"request_order.withdraw", Reeve::Action::"request_order.discard",
    Reeve::Action::"request_order.ask_exceptions"
  ],
  resource is Reeve::RequestOrder
)
when { principal.state == "active" && resource.requester == principal };

@id("requests.officers_end_access")
permit (principal is Reeve::Identity, action == Reeve::Action::"grant.end", resource is Reeve::Grant)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("requests.officers_set_who_approves")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"approval_policy.change", Reeve::Action::"approval_policy.try"],
  resource
)
when { principal.state == "active" && principal.roles.contains("security_officer") };

@id("requests.officers_and_administrators_reevaluate")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.preview_reevaluation", Reeve::Action::"request.reevaluate"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator"]) };

@id("requests.people_appoint_their_deputies_and_see_them")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"approval_deputy.appoint", Reeve::Action::"approval_deputy.list"],
  resource == Reeve::Platform::"reeve"
)
when { principal.state == "active" && principal.kind == "person" };

@id("requests.people_end_their_deputies")
permit (principal is Reeve::Identity, action == Reeve::Action::"approval_deputy.end", resource is Reeve::ApprovalDeputy)
when { principal.state == "active" && (resource.of == principal || resource.deputy == principal) };

@id("requests.officers_appoint_deputies_for_others")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"approval_deputy.appoint", Reeve::Action::"approval_deputy.end"],
  resource
)
when { principal.state == "active" && principal.roles.contains("security_officer") };

@id("requests.those_who_run_watch_or_audit_see_deputies")
permit (principal is Reeve::Identity, action == Reeve::Action::"approval_deputy.list_all", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("requests.reeve_keeps_requests_moving")
permit (
  principal == Reeve::Component::"requests",
  action in [Reeve::Action::"request.follow_up", Reeve::Action::"request.note"],
  resource is Reeve::Request
);
`;
