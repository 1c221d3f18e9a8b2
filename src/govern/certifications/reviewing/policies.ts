/** Who may do what while a campaign is reviewed, as shipped. */
export const reviewingPolicies = `
@id("certifications.reviewers_give_on_what_is_theirs")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.reassign", resource is Reeve::Campaign)
when {
  principal.state == "active" &&
  (resource.reviewers.contains(principal) || resource.deputies.contains(principal)) &&
  !context.everything
};

@id("certifications.owners_reassign_and_settle_what_was_held")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"campaign.reassign", Reeve::Action::"campaign.settle_hold", Reeve::Action::"campaign.read_holds"],
  resource is Reeve::Campaign
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "campaign_owner", "security_officer"]) };

@id("certifications.auditors_see_what_was_held")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign.read_holds", resource is Reeve::Campaign)
when { principal.state == "active" && principal.roles.contains("auditor") };

@id("certifications.people_see_what_is_about_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign_item.list_about_me", resource)
when { principal.state == "active" };

@id("certifications.people_answer_what_is_about_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign_item.object", resource is Reeve::CampaignItem)
when { principal.state == "active" && resource has speaker && resource.speaker == principal };

@id("certifications.reviewers_answer_objections")
permit (principal is Reeve::Identity, action == Reeve::Action::"campaign_item.settle_objection", resource is Reeve::CampaignItem)
when { principal.state == "active" && resource.reviewer == principal };

@id("certifications.nobody_answers_objections_about_themselves")
forbid (principal is Reeve::Identity, action == Reeve::Action::"campaign_item.settle_objection", resource is Reeve::CampaignItem)
when {
  (resource has holder && resource.holder == principal) || (resource has speaker && resource.speaker == principal)
};
`;
