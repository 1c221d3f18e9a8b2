-- module: rotation. Decision 0049. A rotation is a row whose every step is committed; it follows from policies, goes in waves, takes dependants along. Whether a credential works is known, and since when.

alter table rotation
  add column cause text not null default 'asked',
  add column back_version integer,
  add column run_id uuid,
  add column wave integer,
  add column through text not null default 'connection';
alter table rotation drop constraint rotation_state_is_known;
alter table rotation add constraint rotation_state_is_known check (state in
  ('planned', 'sealed', 'applied', 'promoted', 'returning', 'returned', 'done', 'failed', 'cancelled'));
alter table rotation drop constraint ended_rotation_is_done_or_failed;
alter table rotation add constraint ended_rotation_is_done_failed_or_cancelled check
  ((ended_at is not null) = (state in ('done', 'failed', 'cancelled')));
alter table rotation drop constraint rotation_with_a_value_names_its_version;
alter table rotation add constraint rotation_with_a_value_names_its_version check
  (state in ('planned', 'failed', 'cancelled') or version is not null);
alter table rotation add constraint rotation_that_goes_back_names_what_to check (state <> 'returned' or back_version is not null);
alter table rotation add constraint rotation_cause_is_known check (cause in
  ('asked', 'created', 'age', 'use', 'checkout', 'leaver', 'incident', 'drift', 'wave'));
alter table rotation add constraint rotation_of_a_run_has_a_wave check ((run_id is null) = (wave is null));
alter table rotation add constraint rotation_wave_counts_from_zero check (wave >= 0);
alter table rotation add constraint rotation_goes_through_an_account_of_reeve check (through in ('connection', 'reconcile'));
comment on table rotation is 'planned: to be done. sealed: the new value is in the vault, pending. applied: set on the target. promoted: logged in with it, it is the current one; dependants follow. done: the old one is refused. returning, returned: a dependant could not follow, all of it goes back. failed: the problem says what is as it was. cancelled: before anything was changed.';
comment on column rotation.back_version is 'The version that holds the old value again, sealed before it was set on the target again.';
comment on column rotation.through is 'Which account of Reeve''s changed the target: that of its connection, or the reconcile account.';
create index rotation_that_is_open on rotation (planned_at) where ended_at is null;

create table rotation_step (
  rotation_id uuid not null,
  position integer not null,
  step text not null,
  outcome text not null,
  detail text,
  tries integer not null default 1,
  at timestamptz not null default reeve_now(),
  constraint rotation_step_pk primary key (rotation_id, position),
  constraint rotation_step_is_of_a_rotation foreign key (rotation_id) references rotation (id) on delete cascade,
  constraint rotation_step_outcome_is_known check (outcome in ('done', 'trouble', 'refused')),
  constraint rotation_step_is_tried check (tries > 0)
);
comment on table rotation_step is 'What a rotation did, committed with each move. trouble: it is tried again. refused: it was not done, and what followed says why.';

create table credential_check (
  secret_id uuid not null,
  state text not null,
  version integer,
  checked_at timestamptz not null,
  since timestamptz not null,
  next_at timestamptz not null,
  problem text,
  constraint credential_check_pk primary key (secret_id),
  constraint credential_check_is_of_a_secret foreign key (secret_id) references secret (id),
  constraint credential_check_state_is_known check (state in ('works', 'refused', 'unknown')),
  constraint credential_that_does_not_work_says_why check (state = 'works' or problem is not null)
);
create index credential_check_that_is_due on credential_check (next_at);
comment on table credential_check is 'Whether the current value of a secret logs in, as last tried. refused: reported, and repaired where the policy says so. unknown: the target could not be asked.';

create table rotation_policy (
  id uuid not null,
  system_id uuid,
  account_id uuid,
  max_age_days integer,
  max_uses integer,
  after_checkout boolean not null default true,
  after_leaver boolean not null default true,
  check_every_hours integer not null default 24,
  on_drift text not null default 'repair',
  generator jsonb not null default '{}',
  time_window jsonb,
  set_at timestamptz not null default reeve_now(),
  constraint rotation_policy_pk primary key (id),
  constraint rotation_policy_is_of_one_thing check (system_id is null or account_id is null),
  constraint rotation_policy_is_of_a_system foreign key (system_id) references system (id),
  constraint rotation_policy_is_of_an_account foreign key (account_id) references account (id),
  constraint rotation_policy_age_is_some_days check (max_age_days between 1 and 3650),
  constraint rotation_policy_uses_are_some check (max_uses between 1 and 100000),
  constraint rotation_policy_checks_within_a_month check (check_every_hours between 1 and 720),
  constraint rotation_policy_answers_drift check (on_drift in ('repair', 'report')),
  constraint rotation_policy_generator_is_an_object check (jsonb_typeof(generator) = 'object'),
  constraint rotation_policy_window_is_an_object check (jsonb_typeof(time_window) = 'object')
);
create unique index place_has_one_rotation_policy on rotation_policy
  ((coalesce(account_id, system_id, '00000000-0000-0000-0000-000000000000'::uuid)));
comment on table rotation_policy is 'When credentials are rotated and checked, and what new ones are like. Of an account before that of its system before that of the house (neither).';

create table reconcile_account (
  system_id uuid not null,
  secret_id uuid not null,
  set_at timestamptz not null default reeve_now(),
  constraint reconcile_account_pk primary key (system_id),
  constraint reconcile_account_is_of_a_system foreign key (system_id) references system (id),
  constraint reconcile_account_has_a_secret foreign key (secret_id) references secret (id)
);
comment on table reconcile_account is 'A second account of Reeve''s on a system, by which the credential of its connection is repaired when that one is refused.';

create table rotation_run (
  id uuid not null,
  because text not null,
  incident boolean not null default false,
  state text not null default 'waiting',
  canary integer not null,
  wave_size integer not null,
  may_fail integer not null,
  tolerated integer not null default 0,
  time_window jsonb,
  released_to integer not null default -1,
  last_wave integer not null default -1,
  planned_whole boolean not null default false,
  planned_by uuid,
  planned_at timestamptz not null default reeve_now(),
  ended_at timestamptz,
  problem text,
  constraint rotation_run_pk primary key (id),
  constraint rotation_run_state_is_known check (state in ('waiting', 'running', 'stopped', 'done', 'cancelled')),
  constraint rotation_run_that_ended_is_done_or_cancelled check ((ended_at is not null) = (state in ('done', 'cancelled'))),
  constraint rotation_run_waves_have_some check (wave_size between 1 and 1000 and canary between 0 and 1000 and may_fail >= 0),
  constraint rotation_run_says_why check (btrim(because) <> '')
);
alter table rotation add constraint rotation_run_is_a_run foreign key (run_id) references rotation_run (id);
create index rotation_by_run on rotation (run_id, wave) where run_id is not null;
comment on column rotation_run.tolerated is 'Failures after which a person let it go on.';
comment on table rotation_run is 'Many rotations at once: planned by the change guard, released wave by wave, the canary first. stopped: more failed than may; a person goes on or cancels.';

create table credential_dependant (
  id uuid not null,
  secret_id uuid not null,
  position integer not null,
  name text not null,
  system_id uuid not null,
  place jsonb not null,
  added_at timestamptz not null default reeve_now(),
  removed_at timestamptz,
  constraint credential_dependant_pk primary key (id),
  constraint credential_dependant_is_of_a_secret foreign key (secret_id) references secret (id),
  constraint credential_dependant_is_on_a_system foreign key (system_id) references system (id),
  constraint credential_dependant_place_is_an_object check (jsonb_typeof(place) = 'object'),
  constraint credential_dependant_has_a_name check (btrim(name) <> '')
);
create index credential_dependant_by_secret on credential_dependant (secret_id, position) where removed_at is null;
comment on table credential_dependant is 'Where else the value of a credential stands: updated in order when it is rotated, read back, and put back together.';

create table rotation_dependant (
  rotation_id uuid not null,
  dependant_id uuid not null,
  position integer not null,
  state text not null default 'waiting',
  problem text,
  at timestamptz not null default reeve_now(),
  constraint rotation_dependant_pk primary key (rotation_id, dependant_id),
  constraint rotation_dependant_is_of_a_rotation foreign key (rotation_id) references rotation (id) on delete cascade,
  constraint rotation_dependant_is_a_dependant foreign key (dependant_id) references credential_dependant (id),
  constraint rotation_dependant_state_is_known check (state in ('waiting', 'updated', 'refused', 'returned', 'stale'))
);
comment on table rotation_dependant is 'How a rotation fares with each dependant. stale: it could be neither updated nor put back, and holds a value that is not the current one.';
