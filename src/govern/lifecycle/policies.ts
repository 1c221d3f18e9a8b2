/** Default policies of lifecycle: who runs sources, and who sees what followed for whom. */
export const policies = `
@id("lifecycle.administrators_run_sources")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"source.put", Reeve::Action::"source.feed", Reeve::Action::"feed_run.accept",
    Reeve::Action::"source.preview", Reeve::Action::"source_case.resolve", Reeve::Action::"correlation_rules.put",
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
    Reeve::Action::"source.list", Reeve::Action::"feed_run.list", Reeve::Action::"feed_run.read",
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
