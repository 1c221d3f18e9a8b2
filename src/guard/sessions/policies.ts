import { keepingPolicies } from './keeping/policies.ts';
import { commandPolicies } from './commands/policies.ts';
import { livePolicies } from './live/policies.ts';
import { searchPolicies } from './search/policies.ts';

/** Default policies of sessions. */
export const policies = `${livePolicies}${commandPolicies}${searchPolicies}${keepingPolicies}
@id("sessions.active_people_open_what_they_were_granted")
@obligation("record")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.open", resource is Reeve::Account)
when { principal.state == "active" && context.grants > 0 };

@id("sessions.people_see_their_own")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.list_own", resource)
when { principal.state == "active" };

@id("sessions.people_read_their_own")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.read", resource is Reeve::Session)
when { principal.state == "active" && resource.holder == principal };

@id("sessions.people_end_their_own")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.end", resource is Reeve::Session)
when { principal.state == "active" && resource.holder == principal };

@id("sessions.officers_and_auditors_watch")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"session.list", Reeve::Action::"session.read", Reeve::Action::"session.replay"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "auditor", "administrator"]) };

@id("sessions.managers_watch_their_reports")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"session.read", Reeve::Action::"session.replay"],
  resource is Reeve::Session
)
when { principal.state == "active" && resource has manager && resource.manager == principal };

@id("sessions.officers_end")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.end", resource)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator"]) };

@id("sessions.reeve_keeps_the_record")
permit (
  principal is Reeve::Component,
  action in [Reeve::Action::"session.finish", Reeve::Action::"session.refuse", Reeve::Action::"session.end", Reeve::Action::"session.hold_for_recording"],
  resource
)
when { [Reeve::Component::"gateway", Reeve::Component::"sessions", Reeve::Component::"worker"].contains(principal) };
`;
