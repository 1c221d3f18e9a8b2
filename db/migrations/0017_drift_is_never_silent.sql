-- module: reconciliation. What targets hold that nobody granted, and what was granted that they do not hold: found, decided, carried out, proved.

create table drift_reaction (
  system_id uuid,
  situation text not null,
  reaction text not null,
  privileged_reaction text not null,
  recorded_from timestamptz not null default reeve_now(),
  constraint drift_reaction_is_once_for_system_and_situation unique nulls not distinct (system_id, situation),
  constraint drift_reaction_is_of_a_system foreign key (system_id) references system (id),
  constraint drift_reaction_fits_its_situation check (
    (situation = 'out_of_band' and reaction in ('review', 'adopt', 'remove') and privileged_reaction in ('review', 'adopt', 'remove')) or
    (situation = 'missing' and reaction in ('review', 'restore') and privileged_reaction in ('review', 'restore')) or
    (situation in ('orphan_account', 'leaver_account') and reaction in ('review', 'disable') and privileged_reaction in ('review', 'disable')))
);
comment on table drift_reaction is 'What follows of itself from each situation; system_id null: on systems that have none of their own.';

create table drift_baseline (
  system_id uuid not null,
  since timestamptz not null,
  constraint drift_baseline_pk primary key (system_id),
  constraint drift_baseline_is_of_a_system foreign key (system_id) references system (id)
);
comment on table drift_baseline is 'When a system was first read whole: what was there then is no change behind anybody''s back.';

create table drift_case (
  id uuid not null,
  situation text not null,
  system_id uuid not null,
  account_id uuid,
  entitlement_id uuid,
  identity_id uuid,
  grant_id uuid,
  privileged boolean not null,
  since timestamptz not null,
  state text not null default 'open',
  reaction text,
  problem text,
  opened_at timestamptz not null,
  settled_at timestamptz,
  decided_by text,
  because text,
  accepted_until timestamptz,
  constraint drift_case_pk primary key (id),
  constraint drift_case_is_on_a_system foreign key (system_id) references system (id),
  constraint drift_case_is_about_an_account foreign key (account_id) references account (id),
  constraint drift_case_is_about_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint drift_case_is_about_an_identity foreign key (identity_id) references identity (id),
  constraint drift_case_is_about_a_grant foreign key (grant_id) references access_grant (id),
  constraint drift_case_situation_is_known check (situation in ('out_of_band', 'missing', 'orphan_account', 'leaver_account')),
  constraint drift_case_names_what_it_is_about check (
    (situation = 'out_of_band' and num_nulls(account_id, entitlement_id) = 0) or
    (situation = 'missing' and num_nulls(grant_id, entitlement_id, identity_id) = 0) or
    (situation in ('orphan_account', 'leaver_account') and account_id is not null)),
  constraint drift_case_state_is_known check (state in ('open', 'reacting', 'accepted', 'adopted', 'removed', 'restored', 'disabled', 'gone')),
  constraint reacting_drift_case_says_how check (state <> 'reacting' or reaction is not null),
  constraint accepted_drift_case_says_why_and_until_when check (state <> 'accepted' or num_nulls(because, accepted_until, decided_by) = 0),
  constraint drift_case_is_settled_with_a_time check ((state in ('open', 'reacting', 'accepted')) = (settled_at is null))
);
comment on table drift_case is 'One difference between what should be and what is that came after the baseline. Told once while it lasts.';
create unique index drift_case_is_told_once on drift_case (situation, system_id, account_id, entitlement_id, grant_id)
  nulls not distinct where state in ('open', 'reacting', 'accepted');
create index drift_case_by_system on drift_case (system_id, state, id);
create index drift_case_by_identity on drift_case (identity_id) where identity_id is not null;
