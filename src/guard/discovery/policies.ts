/** Default policies: officers and auditors see, officers read, look and answer, administrators connect, say when and sweep; Reeve itself reads and looks. */
export const policies = `
@id("discovery.administrators_connect_systems")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"system.connect", Reeve::Action::"system.configure", Reeve::Action::"system.pin", Reeve::Action::"system.schedule",
    Reeve::Action::"discovery.schedule", Reeve::Action::"discovery.sweep"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("discovery.officers_read_systems_and_answer_findings")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"system.ask_reading", Reeve::Action::"discovery_run.accept", Reeve::Action::"discovery.look",
    Reeve::Action::"finding.answer", Reeve::Action::"finding.change"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("discovery.officers_and_auditors_see_findings")
permit (principal is Reeve::Identity, action == Reeve::Action::"finding.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("discovery.reeve_reads_targets")
permit (
  principal == Reeve::Component::"discovery",
  action in [
    Reeve::Action::"system.read_target", Reeve::Action::"system.ask_reading", Reeve::Action::"discovery.keep", Reeve::Action::"discovery.look",
    Reeve::Action::"finding.carry_out"
  ],
  resource
);
`;
