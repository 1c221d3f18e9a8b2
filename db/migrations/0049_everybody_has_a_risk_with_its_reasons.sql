-- module: risk, certifications. Decision 0046. Everybody, and every account of nobody, has a risk with its reasons and its days; a jump of it opens a review, and schedules say how their campaigns are reviewed.

create table identity_risk (
  subject_id uuid not null,
  identity_id uuid,
  account_id uuid,
  score smallint not null,
  level text not null,
  reasons jsonb not null,
  since timestamptz not null,
  jumped_at timestamptz,
  jumped_from smallint,
  jumped_level text,
  constraint identity_risk_pk primary key (subject_id),
  constraint identity_risk_is_of_one_subject check (num_nonnulls(identity_id, account_id) = 1 and subject_id = coalesce(identity_id, account_id)),
  constraint identity_risk_is_of_an_identity foreign key (identity_id) references identity (id),
  constraint identity_risk_is_of_an_account foreign key (account_id) references account (id),
  constraint identity_risk_is_at_most_a_hundred check (score between 0 and 100),
  constraint identity_risk_level_is_known check (level in ('low', 'medium', 'high', 'critical')),
  constraint identity_risk_says_why check (jsonb_typeof(reasons) = 'array' and (score = 0) = (reasons = '[]')),
  constraint identity_risk_jumped_from_somewhere check (num_nulls(jumped_at, jumped_from, jumped_level) in (0, 3))
);
comment on table identity_risk is 'How risky somebody is now, or an account nobody owns, and why. The points of the reasons add up to the score.';
comment on column identity_risk.since is 'When the score became so.';
comment on column identity_risk.jumped_level is 'The level it jumped to: coming back to it within the days of the policy is no jump again.';
create index identity_risk_riskiest on identity_risk (score desc, subject_id) where score > 0;
create index identity_risk_jumped on identity_risk (jumped_at desc, subject_id) where jumped_at is not null;

create table identity_risk_day (
  subject_id uuid not null,
  day date not null,
  score smallint not null,
  least smallint not null,
  level text not null,
  reasons jsonb not null,
  constraint identity_risk_day_pk primary key (subject_id, day),
  constraint identity_risk_day_is_of_a_subject foreign key (subject_id) references identity_risk (subject_id),
  constraint identity_risk_day_is_at_most_a_hundred check (score between 0 and 100 and least between 0 and score),
  constraint identity_risk_day_level_is_known check (level in ('low', 'medium', 'high', 'critical')),
  constraint identity_risk_day_reasons_are_a_list check (jsonb_typeof(reasons) = 'array')
);
comment on table identity_risk_day is 'What the risk of somebody was at the end of each day on which it changed.';
comment on column identity_risk_day.least is 'What it was at least on that day, since it jumped where it did.';

create table risk_policy (
  number integer not null,
  policy jsonb not null,
  reason text not null,
  made_by uuid not null,
  made_at timestamptz not null,
  constraint risk_policy_pk primary key (number),
  constraint risk_policy_counts_from_one check (number > 0),
  constraint risk_policy_is_an_object check (jsonb_typeof(policy) = 'object'),
  constraint risk_policy_says_why check (btrim(reason) <> ''),
  constraint risk_policy_is_made_by_an_identity foreign key (made_by) references identity (id)
);
comment on table risk_policy is 'From which score on somebody is of which level, and what is a jump; the newest is in force.';

create index campaign_item_unanswered on campaign_item (grant_id) where state = 'unanswered' and grant_id is not null;

alter table campaign drop constraint campaign_opened_by_is_known,
  add constraint campaign_opened_by_is_known check (opened_by in ('mover', 'drift', 'risk', 'risk_jump', 'out_of_band_grant', 'clock'));
alter table review_wanted drop constraint review_wanted_opened_by_is_known,
  add constraint review_wanted_opened_by_is_known check (opened_by in ('mover', 'drift', 'risk', 'risk_jump', 'out_of_band_grant', 'clock'));

alter table campaign_hold add column told_days smallint,
  add constraint campaign_hold_is_told_before_its_end check (told_days > 0);
comment on column campaign_hold.told_days is 'So many days before the end of its campaign both sides were told last that it is still held.';

alter table campaign_schedule add column review jsonb not null default '{"stages": null, "reciprocal": "allow", "holdFrom": 20, "canaries": 0, "challengeDays": 0, "challengePrivileged": false}',
  add constraint campaign_schedule_says_how_it_is_reviewed check (jsonb_typeof(review) = 'object' and review ?& array['stages', 'reciprocal', 'holdFrom', 'canaries', 'challengeDays', 'challengePrivileged']);
alter table campaign_schedule alter column review drop default;
comment on column campaign_schedule.review is 'How each of its campaigns is reviewed: stages, independence, held batches, known-wrong lines, what the person concerned may say.';

alter table campaign_item drop constraint canary_never_touches_access,
  add constraint canary_never_touches_access check (
    canary is null
    or subject <> 'account' and (identity_id is null) = (subject = 'role_content') and ends = '{}'
    and num_nonnulls(grant_id, role_content_id, account_id, entitlement_id, exception_id) = 0 and canary ? 'grantId'
    and state in ('open', 'decided', 'held', 'checked', 'spared')
  );
