/** Default policies of lifecycle: who runs sources, who answers for what, and who sees what followed for whom. */
export const policies = `
@id("lifecycle.administrators_say_who_answers")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"identity.make", Reeve::Action::"identity.set_owner", Reeve::Action::"identity.renew",
    Reeve::Action::"handover.settle", Reeve::Action::"owner_terms.put"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("lifecycle.whoever_answers_renews_and_asks_others")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"identity.renew", Reeve::Action::"identity.set_owner"],
  resource is Reeve::Identity
)
when { principal.state == "active" && principal.kind == "person" && resource has owner && resource.owner == principal };

@id("lifecycle.whoever_is_asked_accepts_or_names_another")
permit (principal is Reeve::Identity, action == Reeve::Action::"handover.settle", resource is Reeve::Handover)
when { principal.state == "active" && principal.kind == "person" && resource has acting && resource.acting == principal };

@id("lifecycle.managers_of_whoever_answers_renew")
permit (principal is Reeve::Identity, action == Reeve::Action::"identity.renew", resource is Reeve::Identity)
when { principal.state == "active" && principal.kind == "person" && context has above && context.above == principal };

@id("lifecycle.managers_renew_whom_nobody_else_answers_for")
permit (principal is Reeve::Identity, action == Reeve::Action::"identity.renew", resource is Reeve::Identity)
when {
  principal.state == "active" && principal.kind == "person" &&
  !(resource has owner) && resource has manager && resource.manager == principal
};

@id("lifecycle.nobody_renews_suspends_or_answers_for_themselves")
forbid (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"identity.renew", Reeve::Action::"identity.suspend", Reeve::Action::"identity.resume",
    Reeve::Action::"identity.set_owner"
  ],
  resource is Reeve::Identity
)
when { principal == resource };

@id("lifecycle.nobody_accepts_to_answer_for_themselves")
forbid (principal is Reeve::Identity, action == Reeve::Action::"handover.settle", resource is Reeve::Handover)
when { resource.about == principal };

@id("lifecycle.those_who_run_or_watch_suspend")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"identity.suspend", Reeve::Action::"identity.resume"],
  resource is Reeve::Identity
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("lifecycle.those_who_run_watch_or_audit_see_who_answers")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"handover.list", Reeve::Action::"identity.list_lacking", Reeve::Action::"owner_terms.read"
  ],
  resource
)
when {
  principal.state == "active" &&
  principal.roles.containsAny(["administrator", "auditor", "security_officer"])
};

@id("lifecycle.people_see_what_they_are_asked_for")
permit (principal is Reeve::Identity, action == Reeve::Action::"handover.list", resource is Reeve::Identity)
when { principal.state == "active" && principal == resource };

@id("lifecycle.administrators_run_sources")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"source.put", Reeve::Action::"source.feed", Reeve::Action::"feed_run.accept", Reeve::Action::"feed_run.undo",
    Reeve::Action::"source.preview", Reeve::Action::"source.look", Reeve::Action::"source.collect",
    Reeve::Action::"source_case.resolve", Reeve::Action::"correlation_rules.put",
    Reeve::Action::"birthright.put", Reeve::Action::"birthright.remove",
    Reeve::Action::"correlation_case.resolve", Reeve::Action::"correlation_case.look"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("lifecycle.those_who_run_or_watch_finish_leavers")
permit (principal is Reeve::Identity, action == Reeve::Action::"leaver.finish", resource is Reeve::Identity)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("lifecycle.those_who_run_or_watch_say_who_is_who")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"identity.merge", Reeve::Action::"identity.merge_preview",
    Reeve::Action::"identity.split", Reeve::Action::"identity.split_preview"
  ],
  resource is Reeve::Identity
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("lifecycle.nobody_says_who_they_are_themselves")
forbid (
  principal is Reeve::Identity,
  action in [Reeve::Action::"identity.merge", Reeve::Action::"identity.split"],
  resource is Reeve::Identity
)
when { principal == resource };

@id("lifecycle.those_who_run_watch_or_audit_see_sources")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"source.list", Reeve::Action::"feed_run.list", Reeve::Action::"feed_run.read", Reeve::Action::"feed_run.undo_preview",
    Reeve::Action::"birthright.list", Reeve::Action::"birthright.preview",
    Reeve::Action::"correlation_case.list", Reeve::Action::"correlation_case.read",
    Reeve::Action::"source_case.list", Reeve::Action::"correlation_rules.read",
    Reeve::Action::"correlation_rules.preview", Reeve::Action::"identity.lineage",
    Reeve::Action::"receipt.list", Reeve::Action::"receipt.read"
  ],
  resource
)
when {
  principal.state == "active" &&
  principal.roles.containsAny(["administrator", "auditor", "security_officer"])
};

@id("lifecycle.people_see_where_their_own_facts_are_from")
permit (principal is Reeve::Identity, action == Reeve::Action::"identity.lineage", resource is Reeve::Identity)
when { principal.state == "active" && principal == resource };

@id("lifecycle.managers_see_what_followed_for_their_reports")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"receipt.list", Reeve::Action::"receipt.read"],
  resource is Reeve::Identity
)
when { principal.state == "active" && resource has manager && resource.manager == principal };

@id("lifecycle.reeve_applies_what_was_decided")
permit (principal == Reeve::Component::"lifecycle", action == Reeve::Action::"lifecycle.apply", resource);

@id("lifecycle.reeve_collects_files_of_people")
permit (principal == Reeve::Component::"lifecycle", action == Reeve::Action::"source.feed", resource);
`;
