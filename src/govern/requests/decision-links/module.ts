import type { Keys } from '#kit/crypto/index.ts';
import type { Decide } from '#spine/decide/index.ts';
import type { Module, TakeStepUp } from '#spine/operations/index.ts';
import { decisionLinkUsed, linkSettingsChanged } from './events.ts';
import { decisionLinkOperations } from './operations.ts';

const policies = `
@id("decision_links.whoever_has_the_mail_opens")
permit (
  principal,
  action in [Reeve::Action::"decision_link.open", Reeve::Action::"decision_link.decide"],
  resource == Reeve::Platform::"reeve"
)
when { principal is Reeve::Anonymous || (principal is Reeve::Identity && principal.state == "active") };

@id("decision_links.those_who_run_watch_or_audit_see_settings")
permit (principal is Reeve::Identity, action == Reeve::Action::"decision_link_setting.read", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("decision_links.officers_set_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"decision_link_setting.change", resource)
when { principal.state == "active" && principal.roles.contains("security_officer") };
`;

/** A mail about an approval carries a link by which the one it was sent to decides, once. */
export const decisionLinksModule = (edges: {
  readonly decide: Decide;
  readonly keys: Keys;
  readonly takeStepUp: TakeStepUp;
}): Module => ({
  name: 'decisionLinks',
  operations: decisionLinkOperations(edges),
  events: [decisionLinkUsed, linkSettingsChanged],
  policies,
});
