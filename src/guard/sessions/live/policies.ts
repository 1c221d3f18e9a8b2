/** Who watches, observes and directs sessions as they run. */
export const livePolicies = `
@id("sessions.those_who_run_or_audit_watch_live")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.watch", resource is Reeve::Session)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "auditor", "administrator"]) };

@id("sessions.officers_direct_and_observe")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"session.observe", Reeve::Action::"session.message",
    Reeve::Action::"session.pause", Reeve::Action::"session.resume"
  ],
  resource is Reeve::Session
)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator"]) };

@id("sessions.managers_direct_and_observe_their_reports")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"session.watch", Reeve::Action::"session.observe", Reeve::Action::"session.message",
    Reeve::Action::"session.pause", Reeve::Action::"session.resume", Reeve::Action::"session.end"
  ],
  resource is Reeve::Session
)
when { principal.state == "active" && resource has manager && resource.manager == principal };

@id("sessions.nobody_directs_or_observes_their_own")
forbid (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"session.watch", Reeve::Action::"session.observe",
    Reeve::Action::"session.pause", Reeve::Action::"session.resume"
  ],
  resource is Reeve::Session
)
when { resource.holder == principal };

@id("sessions.only_people_observe")
forbid (principal is Reeve::Identity, action == Reeve::Action::"session.observe", resource is Reeve::Session)
when { principal.kind != "person" };

@id("sessions.nobody_observes_what_acts_for_them")
forbid (principal is Reeve::Identity, action == Reeve::Action::"session.observe", resource is Reeve::Session)
when {
  ["service", "workload", "agent"].contains(resource.holder.kind) &&
  resource.holder has owner && resource.holder.owner == principal
};

@id("sessions.who_watches_follows_while_they_may")
permit (principal is Reeve::Identity, action == Reeve::Action::"session_watch.follow", resource is Reeve::SessionWatch)
when {
  principal.state == "active" && resource.watcher == principal &&
  (principal.roles.containsAny(["security_officer", "auditor", "administrator"]) ||
   (resource.session has manager && resource.session.manager == principal))
};

@id("sessions.who_watches_leaves")
permit (principal is Reeve::Identity, action == Reeve::Action::"session_watch.leave", resource is Reeve::SessionWatch)
when { resource.watcher == principal };

@id("sessions.reeve_closes_watches")
permit (principal == Reeve::Component::"sessions", action == Reeve::Action::"session.end_watch", resource);
`;
