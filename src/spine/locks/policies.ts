/** Who locks and unlocks, and that whoever is locked does nothing. */
export const policies = `
@id("locks.officers_lock_and_unlock")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"lock.place", Reeve::Action::"lock.lift"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator"]) };

@id("locks.only_administrators_lock_who_runs_reeve")
forbid (principal is Reeve::Identity, action == Reeve::Action::"lock.place", resource is Reeve::Identity)
when { !resource.roles.isEmpty() && !principal.roles.contains("administrator") };

@id("locks.nobody_locks_themselves")
forbid (principal is Reeve::Identity, action == Reeve::Action::"lock.place", resource is Reeve::Identity)
when { resource == principal };

@id("locks.only_administrators_unlock_who_runs_reeve")
forbid (principal is Reeve::Identity, action == Reeve::Action::"lock.lift", resource is Reeve::Lock)
when { resource has identity && !resource.identity.roles.isEmpty() && !principal.roles.contains("administrator") };

@id("locks.those_who_run_watch_or_audit_see_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"lock.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator", "auditor"]) };

@id("locks.who_is_locked_does_nothing")
forbid (principal is Reeve::Identity, action, resource)
when { principal.state == "locked" };
`;
