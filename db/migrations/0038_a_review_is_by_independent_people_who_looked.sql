-- module: certifications. Decision 0035. An item may be given on, decided in another's name, want several votes, be held because nobody looked, and wait for the answer of the person concerned.

-- Whoever appointed a deputy until now meant requests.
alter table approval_deputy add column about text[];
update approval_deputy set about = '{requests}';
alter table approval_deputy
  add constraint approval_deputy_is_about_something_known check (about <@ '{requests,certifications}' and cardinality(about) > 0);
comment on column approval_deputy.about is 'What they decide about in the other''s name: requests, certifications; null: both.';

alter table campaign
  add column stages jsonb,
  add column reciprocal text not null default 'allow',
  add column hold_from integer default 20,
  add column canaries smallint not null default 0,
  add column challenge_days smallint not null default 0,
  add column challenge_privileged boolean not null default false,
  add constraint campaign_has_one_to_three_stages check (jsonb_array_length(stages) between 1 and 3),
  add constraint campaign_reciprocal_is_known check (reciprocal in ('allow', 'reroute')),
  add constraint campaign_holds_from_some_decisions_on check (hold_from >= 5),
  add constraint campaign_canaries_are_few check (canaries between 0 and 5),
  add constraint campaign_challenge_is_thirty_days_at_most check (challenge_days between 0 and 30);
comment on column campaign.stages is 'Who is asked in which stage and how their votes make the outcome; null: one reviewer by the rule decides.';
comment on column campaign.reciprocal is 'Whether two may review one another, or what would make it so goes to the next in line.';
comment on column campaign.hold_from is 'So many identical decisions in under two seconds each are held at signing; null: none are.';
comment on column campaign.canaries is 'Lines known to be wrong that each reviewer is shown among the true ones.';
comment on column campaign.challenge_days is 'How long the person concerned may answer before a revocation goes on; 0: it is at once.';
comment on column campaign.challenge_privileged is 'Whether that is so for privileged access too; otherwise that ends at once.';

alter table campaign_item
  add column stage smallint not null default 1,
  add column seat smallint not null default 1,
  add column asked_at timestamptz,
  add column rerouted_because text,
  add column decided_for uuid,
  add column canary jsonb,
  add column canary_found boolean,
  add column answer_by timestamptz,
  add column objection text,
  add column objected_at timestamptz,
  drop constraint campaign_item_is_about_one_subject,
  drop constraint campaign_item_is_there_once,
  drop constraint campaign_item_state_is_known,
  drop constraint campaign_item_routed_is_known,
  drop constraint decided_item_says_what_who_and_when;
alter table campaign_item
  add column case_id uuid generated always as (
    coalesce(
      case when subject = 'holding' then md5(account_id::text || entitlement_id::text)::uuid end,
      grant_id, role_content_id, exception_id, account_id, (canary ->> 'grantId')::uuid
    )
  ) stored;
alter table campaign_item
  add constraint campaign_item_is_there_once unique (campaign_id, case_id, stage, seat),
  add constraint campaign_item_state_is_known check (
    state in ('waiting', 'open', 'decided', 'held', 'voted', 'spared', 'challenged', 'kept', 'revoking', 'revoked', 'unanswered', 'checked')
  ),
  add constraint campaign_item_routed_is_known check (
    routed in ('rule', 'manager', 'owner', 'system_owner', 'named', 'campaign_owner', 'overseer', 'given')
  ),
  add constraint campaign_item_seat_counts_from_one check (stage between 1 and 3 and seat between 1 and 3),
  add constraint campaign_item_is_decided_for_an_identity foreign key (decided_for) references identity (id),
  add constraint campaign_item_is_decided_for_another check (decided_for <> decided_by),
  add constraint decided_item_says_what_who_and_when check (
    state in ('waiting', 'open', 'spared', 'unanswered') or no_response
      or (decision is not null and decided_by is not null and decided_at is not null)
  ),
  add constraint campaign_item_is_about_one_subject check (
    canary is not null
    or num_nonnulls(grant_id, role_content_id, account_id, exception_id) = 1
    and case subject
          when 'grant' then num_nulls(grant_id, identity_id) = 0 and entitlement_id is null
          when 'role_content' then role_content_id is not null and identity_id is null and entitlement_id is null
          when 'account' then account_id is not null and identity_id is null and entitlement_id is null
          when 'exception' then num_nulls(exception_id, identity_id) = 0 and entitlement_id is null
          when 'holding' then num_nulls(account_id, entitlement_id, identity_id) = 0
          else false
        end
  ),
  add constraint canary_never_touches_access check (
    canary is null
    or subject = 'grant' and identity_id is not null and ends = '{}'
    and num_nonnulls(grant_id, role_content_id, account_id, entitlement_id, exception_id) = 0 and canary ? 'grantId'
    and state in ('open', 'decided', 'held', 'checked', 'spared')
  ),
  add constraint only_a_canary_is_checked check (state <> 'checked' or (canary is not null and canary_found is not null)),
  add constraint challenged_item_says_until_when check (state <> 'challenged' or (answer_by is not null and decision = 'revoke')),
  add constraint objection_says_when check ((objection is null) = (objected_at is null));
comment on column campaign_item.stage is 'Stages follow one another. Each seat of a stage is a row: one vote about one case.';
comment on column campaign_item.case_id is 'What is voted about, whatever it is: the same in each seat. A holding has the digest of its two ids, a canary the grant it looks like.';
comment on column campaign_item.asked_at is 'When its stage was opened, where that was after the launch.';
comment on column campaign_item.rerouted_because is 'Why the first by the rule, or who had it before, does not review it.';
comment on column campaign_item.decided_for is 'Whose deputy took the decision; null: it was taken in their own right.';
comment on column campaign_item.canary is 'A line known to be wrong, about no grant: {grantId, thingId} to look like one. It never leads to anything.';
create index campaign_item_challenged on campaign_item (answer_by) where state = 'challenged';
create index campaign_item_held on campaign_item (campaign_id, decided_by) where state = 'held';
create index campaign_item_challenge_of on campaign_item (identity_id) where state = 'challenged';

create index identity_facts_with_a_grade on identity_facts (identity_id) where attributes ?| array['grade', 'level'];
create index identity_facts_history_with_a_grade on identity_facts_history (identity_id) where attributes ?| array['grade', 'level'];

create table campaign_item_move (
  id uuid not null,
  campaign_id uuid not null,
  item_id uuid not null,
  from_id uuid not null,
  to_id uuid not null,
  because text not null,
  words text,
  moved_by text not null,
  moved_at timestamptz not null,
  constraint campaign_item_move_pk primary key (id),
  constraint campaign_item_move_is_of_an_item foreign key (item_id) references campaign_item (id),
  constraint campaign_item_move_is_of_a_campaign foreign key (campaign_id) references campaign (id),
  constraint campaign_item_move_is_from_an_identity foreign key (from_id) references identity (id),
  constraint campaign_item_move_is_to_an_identity foreign key (to_id) references identity (id),
  constraint campaign_item_move_is_to_another check (to_id <> from_id),
  constraint campaign_item_move_reason_is_known check (
    because in ('given', 'reassigned', 'reciprocal', 'same_reviewer', 'subject_deputy', 'not_independent', 'quality')
  ),
  constraint campaign_item_given_on_says_why check (because not in ('given', 'reassigned') or btrim(words) <> '')
);
comment on table campaign_item_move is 'Who had an item before, who has it since, and why. Reviewers are not forgotten.';
create index campaign_item_move_by_item on campaign_item_move (item_id, moved_at);
create index campaign_item_move_by_taker on campaign_item_move (to_id);
create index campaign_item_move_by_giver on campaign_item_move (campaign_id, from_id, to_id);

create table campaign_hold (
  id uuid not null,
  campaign_id uuid not null,
  reviewer_id uuid not null,
  held_at timestamptz not null,
  decisions integer not null,
  alike integer not null,
  fast integer not null,
  canaries integer not null,
  missed integer not null,
  outcome text,
  because text,
  settled_at timestamptz,
  settled_by text,
  constraint campaign_hold_pk primary key (id),
  constraint campaign_hold_is_of_a_campaign foreign key (campaign_id) references campaign (id),
  constraint campaign_hold_is_of_a_reviewer foreign key (reviewer_id) references identity (id),
  constraint campaign_hold_outcome_is_known check (outcome in ('released', 'reopened', 'rerouted', 'closed')),
  constraint settled_hold_says_when_and_why check ((outcome is null) = (settled_at is null) and (outcome is null or btrim(because) <> '')),
  constraint campaign_hold_counts_add_up check (alike <= decisions and fast <= alike and missed <= canaries)
);
comment on table campaign_hold is 'A batch that looked as if nobody had looked, and what became of it.';
create unique index reviewer_has_one_hold_at_a_time on campaign_hold (campaign_id, reviewer_id) where outcome is null;

create table campaign_advice (
  campaign_id uuid not null,
  rule text not null,
  what text not null,
  decided integer not null,
  overturned integer not null,
  constraint campaign_advice_pk primary key (campaign_id, rule, what),
  constraint campaign_advice_is_of_a_campaign foreign key (campaign_id) references campaign (id),
  constraint campaign_advice_is_known check (what in ('keep', 'revoke', 'look')),
  constraint campaign_advice_is_overturned_at_most_as_often_as_decided check (overturned between 0 and decided)
);
comment on table campaign_advice is 'How often a rule recommended something that somebody decided, and how often they decided otherwise. Weighed once the campaign is closed.';

-- Seats that are not asked (yet), and canaries that were found out, are nobody's work.
create or replace function count_campaign_items() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    insert into campaign_reviewer as r
    select campaign_id, reviewer_id, coalesce(sum(n) filter (where state not in ('waiting', 'spared', 'checked')), 0),
           coalesce(sum(n) filter (where state = 'open'), 0),
           coalesce(sum(n) filter (where state = 'decided'), 0), coalesce(sum(n) filter (where state = 'kept'), 0),
           coalesce(sum(n) filter (where state = 'revoking'), 0), coalesce(sum(n) filter (where state = 'revoked'), 0),
           coalesce(sum(n) filter (where state = 'unanswered'), 0)
      from (select campaign_id, reviewer_id, state, 1 as n from came union all select campaign_id, reviewer_id, state, -1 from went) x
     group by campaign_id, reviewer_id order by campaign_id, reviewer_id
        on conflict on constraint campaign_reviewer_pk do update set
           items = r.items + excluded.items, open = r.open + excluded.open, decided = r.decided + excluded.decided,
           kept = r.kept + excluded.kept, revoking = r.revoking + excluded.revoking, revoked = r.revoked + excluded.revoked,
           unanswered = r.unanswered + excluded.unanswered;
  else
    insert into campaign_reviewer as r
    select campaign_id, reviewer_id, count(*) filter (where state not in ('waiting', 'spared', 'checked')),
           count(*) filter (where state = 'open'), count(*) filter (where state = 'decided'),
           count(*) filter (where state = 'kept'), count(*) filter (where state = 'revoking'),
           count(*) filter (where state = 'revoked'), count(*) filter (where state = 'unanswered')
      from came group by campaign_id, reviewer_id order by campaign_id, reviewer_id
        on conflict on constraint campaign_reviewer_pk do update set
           items = r.items + excluded.items, open = r.open + excluded.open, decided = r.decided + excluded.decided,
           kept = r.kept + excluded.kept, revoking = r.revoking + excluded.revoking, revoked = r.revoked + excluded.revoked,
           unanswered = r.unanswered + excluded.unanswered;
  end if;
  return null;
end
$$;
