/** Who says how long recordings are kept, and who holds them. */
export const keepingPolicies = `
@id("recordings.those_who_run_or_audit_see_how_they_are_kept")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"recording.see_keeping", Reeve::Action::"recording_hold.read"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "auditor", "administrator"]) };

@id("recordings.administrators_say_how_long")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"recording_class.put", Reeve::Action::"recording_class.remove"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("recordings.officers_and_auditors_hold")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"recording_hold.place", Reeve::Action::"recording_hold.lift"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "auditor", "administrator"]) };

@id("recordings.officers_let_many_be_purged")
permit (principal is Reeve::Identity, action == Reeve::Action::"recording_purge.judge", resource)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator"]) };

@id("recordings.reeve_purges")
permit (
  principal == Reeve::Component::"sessions",
  action in [Reeve::Action::"recording.purge", Reeve::Action::"recording_purge.plan"],
  resource
);
`;
