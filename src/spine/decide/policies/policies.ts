/**
 * Who reads policies and who changes them. The forbid stands above anything a customer writes: no custom policy can
 * hand the pen to somebody who is no administrator, or to anything that is no person.
 */
export const policyPolicies = `
@id("policy.watchers_read")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"policy.list", Reeve::Action::"policy_version.read", Reeve::Action::"policy.validate"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("policy.administrators_write")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"policy.draft", Reeve::Action::"policy.dry_run",
    Reeve::Action::"policy.compare", Reeve::Action::"policy.publish"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("policy.only_administrators_who_are_people_write")
forbid (
  principal,
  action in [Reeve::Action::"policy.draft", Reeve::Action::"policy.dry_run", Reeve::Action::"policy.publish"],
  resource
)
unless { principal.kind == "person" && principal.roles.contains("administrator") };

@id("policy.decide_forgets")
permit (principal == Reeve::Component::"decide", action == Reeve::Action::"decision.forget", resource);
`;
