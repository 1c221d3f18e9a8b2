import { reviewingPolicies } from './reviewing/policies.ts';

/** Who may do what with campaigns, as shipped. */
export const policies = `${reviewingPolicies}
@id("certifications.owners_build_and_run_campaigns")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"campaign.create", Reeve::Action::"campaign.launch", Reeve::Action::"campaign.close"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer"]) };

@id("certifications.owners_say_what_opens_reviews")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"review_policy.put", Reeve::Action::"campaign_schedule.make", Reeve::Action::"campaign_schedule.stop"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer"]) };

@id("certifications.overseers_see_what_opens_reviews")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"review_policy.read", Reeve::Action::"campaign_schedule.list"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer", "auditor"]) };

@id("certifications.reviewers_find_their_campaigns")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.list", resource)
when { principal.state == "active" && !context.everything };

@id("certifications.overseers_see_all_campaigns")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer", "auditor"]) };

@id("certifications.reviewers_read_what_they_review")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.read", resource is Reeve::Campaign)
when {
  principal.state == "active" &&
  (resource.reviewers.contains(principal) || resource.deputies.contains(principal)) &&
  !(context has everything && context.everything)
};

@id("certifications.overseers_read_campaigns")
permit (principal is Reeve::Identity, action in [Reeve::Action::"campaign.read", Reeve::Action::"campaign_item.read"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer", "auditor"]) };

@id("certifications.reviewers_decide")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"campaign_item.read", Reeve::Action::"campaign_item.decide",
    Reeve::Action::"campaign_item.choose", Reeve::Action::"campaign_item.name_owner"
  ],
  resource is Reeve::CampaignItem
)
when { principal.state == "active" && (resource.reviewer == principal || resource.deputies.contains(principal)) };

@id("certifications.reviewers_decide_together_and_sign")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"campaign.decide", Reeve::Action::"campaign.sign"],
  resource is Reeve::Campaign
)
when { principal.state == "active" && (resource.reviewers.contains(principal) || resource.deputies.contains(principal)) };

@id("certifications.nobody_decides_their_own_access")
forbid (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"campaign_item.decide", Reeve::Action::"campaign_item.choose", Reeve::Action::"campaign_item.name_owner"
  ],
  resource is Reeve::CampaignItem
)
when { resource has holder && resource.holder == principal };

@id("certifications.reeve_freezes_and_closes")
permit (
  principal == Reeve::Component::"certifications",
  action in [Reeve::Action::"campaign.freeze", Reeve::Action::"campaign.settle", Reeve::Action::"campaign.open"],
  resource
);

@id("certifications.reeve_notes_effects")
permit (
  principal == Reeve::Component::"certifications",
  action in [Reeve::Action::"campaign_item.note_effect", Reeve::Action::"campaign_item.end"],
  resource
);
`;
