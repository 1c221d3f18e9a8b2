-- module: certifications. Decision 0034. A review asks about a grant, a part of a role, an account nobody answers for, an exception from duties or a holding nobody granted; what happens, a clock and a calendar open reviews.

create table campaign_schedule (
  id uuid not null,
  name text not null,
  kind text not null,
  scope jsonb not null,
  reviewer_rule text not null,
  delta boolean not null,
  no_response text not null,
  days integer not null,
  every_months integer not null,
  first_at timestamptz not null,
  next_at timestamptz not null,
  occurrences integer not null default 0,
  created_by uuid not null,
  created_at timestamptz not null,
  stopped_at timestamptz,
  stopped_by uuid,
  constraint campaign_schedule_pk primary key (id),
  constraint campaign_schedule_has_a_name check (btrim(name) <> ''),
  constraint campaign_schedule_gives_some_days check (days between 1 and 366),
  constraint campaign_schedule_repeats_every_so_many_months check (every_months between 1 and 60),
  constraint campaign_schedule_scope_is_an_object check (jsonb_typeof(scope) = 'object'),
  constraint campaign_schedule_is_made_by_an_identity foreign key (created_by) references identity (id),
  constraint campaign_schedule_is_stopped_by_an_identity foreign key (stopped_by) references identity (id),
  constraint stopped_campaign_schedule_says_who check ((stopped_at is null) = (stopped_by is null))
);
comment on table campaign_schedule is 'A campaign that is launched again every so many months. next_at moves in the transaction that launches.';
create index campaign_schedule_due on campaign_schedule (next_at) where stopped_at is null;

alter table campaign
  add column opened_by text,
  add column schedule_id uuid,
  add column occurrence integer,
  drop constraint campaign_kind_is_known;
alter table campaign
  add constraint campaign_kind_is_known check (
    kind in ('manager', 'owner', 'system', 'role_membership', 'privileged', 'service_accounts', 'vendors', 'ad_hoc',
             'role_composition', 'orphan_accounts', 'sod_exceptions', 'event', 'continuous')
  ),
  add constraint campaign_opened_by_is_known check (opened_by in ('mover', 'drift', 'risk', 'out_of_band_grant', 'clock')),
  add constraint campaign_says_what_opened_it check ((kind in ('event', 'continuous')) = (opened_by is not null)),
  add constraint campaign_is_of_a_schedule foreign key (schedule_id) references campaign_schedule (id),
  add constraint campaign_of_a_schedule_says_which_time check ((schedule_id is null) = (occurrence is null)),
  add constraint campaign_of_a_schedule_is_launched_once unique (schedule_id, occurrence);
comment on column campaign.opened_by is 'What happened that opened it; null where a person or a schedule did.';

alter table campaign_item
  alter column grant_id drop not null,
  alter column identity_id drop not null,
  add column subject text not null default 'grant',
  add column role_content_id uuid,
  add column account_id uuid,
  add column entitlement_id uuid,
  add column exception_id uuid,
  add column action text,
  add column ends uuid[] not null default '{}',
  add column problem text,
  add constraint campaign_item_is_about_a_part_of_a_role foreign key (role_content_id) references role_content (id),
  add constraint campaign_item_is_about_an_account foreign key (account_id) references account (id),
  add constraint campaign_item_is_about_an_entitlement foreign key (entitlement_id) references entitlement (id),
  add constraint campaign_item_is_about_an_exception foreign key (exception_id) references sod_exception (id),
  add constraint campaign_item_is_about_one_subject check (
    num_nonnulls(grant_id, role_content_id, account_id, exception_id) = 1
    and case subject
          when 'grant' then num_nulls(grant_id, identity_id) = 0 and entitlement_id is null
          when 'role_content' then role_content_id is not null and identity_id is null and entitlement_id is null
          when 'account' then account_id is not null and identity_id is null and entitlement_id is null
          when 'exception' then num_nulls(exception_id, identity_id) = 0 and entitlement_id is null
          when 'holding' then num_nulls(account_id, entitlement_id, identity_id) = 0
          else false
        end
  ),
  add constraint campaign_item_action_is_known check (action in ('person', 'role'));
comment on column campaign_item.subject is 'What it is about: a grant, a part of a role, an account nobody answers for, an exception from duties, a holding nobody granted.';
comment on column campaign_item.action is 'How a revocation ends the access. person (also where null): every way by which this person has it. role: what roles give is taken out of the roles.';
comment on column campaign_item.ends is 'Grants beside its own that ended with it, because they gave the same.';
comment on column campaign_item.problem is 'Why a revocation is not carried out yet.';
create index campaign_item_by_role_content on campaign_item (role_content_id) where role_content_id is not null;
create index campaign_item_by_account on campaign_item (account_id) where account_id is not null;
create index campaign_item_by_exception on campaign_item (exception_id) where exception_id is not null;
create index campaign_item_ends on campaign_item using gin (ends) where state = 'revoking';
create index campaign_item_revoking on campaign_item (subject, id) where state = 'revoking';
create index campaign_item_asked on campaign_item (grant_id) where state in ('open', 'decided') and grant_id is not null;

create table review_policy (
  number integer not null,
  policy jsonb not null,
  reason text not null,
  made_by uuid not null,
  made_at timestamptz not null,
  constraint review_policy_pk primary key (number),
  constraint review_policy_counts_from_one check (number > 0),
  constraint review_policy_is_an_object check (jsonb_typeof(policy) = 'object'),
  constraint review_policy_says_why check (btrim(reason) <> ''),
  constraint review_policy_is_made_by_an_identity foreign key (made_by) references identity (id)
);
comment on table review_policy is 'Which events open reviews, who reviews, how long, and how often grants come due. The highest number is in force; without one nothing opens by itself.';

create table review_wanted (
  id uuid not null,
  opened_by text not null,
  grant_id uuid,
  account_id uuid,
  entitlement_id uuid,
  identity_id uuid not null,
  because text not null,
  noted_at timestamptz not null,
  campaign_id uuid,
  constraint review_wanted_pk primary key (id),
  constraint review_wanted_opened_by_is_known check (opened_by in ('mover', 'drift', 'risk', 'out_of_band_grant', 'clock')),
  constraint review_wanted_is_about_one_thing check ((grant_id is null) = (num_nulls(account_id, entitlement_id) = 0)),
  constraint review_wanted_is_about_a_grant foreign key (grant_id) references access_grant (id),
  constraint review_wanted_is_about_an_account foreign key (account_id) references account (id),
  constraint review_wanted_is_about_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint review_wanted_is_about_an_identity foreign key (identity_id) references identity (id),
  constraint review_wanted_is_in_a_campaign foreign key (campaign_id) references campaign (id)
);
comment on table review_wanted is 'What an event or a clock wants reviewed; without a campaign it waits to be collected with others into one.';
create unique index review_wanted_waits_once on review_wanted (opened_by, grant_id) where campaign_id is null and grant_id is not null;
create unique index review_wanted_holding_waits_once on review_wanted (opened_by, account_id, entitlement_id) where campaign_id is null and grant_id is null;
create index review_wanted_in_campaign on review_wanted (campaign_id, grant_id);
