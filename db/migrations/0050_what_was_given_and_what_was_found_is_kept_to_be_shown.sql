-- module: direct_grants, roles, certifications. What an administrator gave without a request is found among millions of other grants. How a mined candidate was used is found by its run, and not by whoever asks. Whom an item was about before a merge is kept, so that taking the merge back gives it back.

create index grant_given_directly on access_grant (id) where origin = 'admin';

alter table candidate_role
  add column uses jsonb,
  add constraint candidate_role_use_is_of_each_it_gives check (uses is null or jsonb_array_length(uses) = cardinality(entitlement_ids));
comment on column candidate_role.uses is 'How each of entitlement_ids was used by those in it who hold it, as its run found; null: mined before runs looked.';

alter table campaign_item add column merged_from uuid;
comment on column campaign_item.merged_from is 'Whom it was about when they turned out to be another; null: nobody did. A spared item of theirs is asked again when that is taken back.';
