-- module: emergency, requests, signin. Decision 0037. Emergency access is reviewed or shut; weighty decisions need a fresh proof; a policy keeps what trying it came to.

create table step_up (
  id uuid not null,
  identity_id uuid not null,
  signin_id uuid,
  action text not null,
  resource_id text not null,
  challenge text,
  tries smallint not null default 0,
  asked_at timestamptz not null,
  ends_at timestamptz not null,
  method text,
  proved_at timestamptz,
  used_at timestamptz,
  constraint step_up_pk primary key (id),
  constraint step_up_is_by_an_identity foreign key (identity_id) references identity (id),
  constraint step_up_ends_after_it_was_asked check (ends_at > asked_at),
  constraint step_up_method_is_known check (method in ('passkey', 'totp')),
  constraint step_up_is_proved_by_a_method check ((method is null) = (proved_at is null)),
  constraint step_up_is_used_once_proved check (used_at is null or proved_at is not null),
  constraint step_up_has_few_tries check (tries between 0 and 5)
);
comment on table step_up is 'A fresh proof that it is really them, asked for one act on one thing by one sign-in; used once.';
comment on column step_up.signin_id is 'The console sign-in or API token that asked; null: neither, as within Reeve.';
comment on column step_up.challenge is 'WebAuthn challenge; null: a one-time code is asked for.';
create index step_up_by_identity on step_up (identity_id, ends_at) where used_at is null;

alter table approval_step
  add column step_up_method text,
  add column step_up_at timestamptz,
  add constraint approval_step_step_up_method_is_known check (step_up_method in ('passkey', 'totp')),
  add constraint approval_step_step_up_is_whole check ((step_up_method is null) = (step_up_at is null)),
  add constraint approval_step_step_up_is_of_its_decision check (step_up_at is null or decided_by is not null);
comment on column approval_step.step_up_method is 'How whoever decided proved afresh that it was them; null: it was not asked for.';

alter table approval_policy add column tried jsonb,
  add constraint approval_policy_tried_is_an_object check (jsonb_typeof(tried) = 'object');
comment on column approval_policy.tried is 'What trying it came to on the last requests when it was put in force, held against the version before; null: from before that was kept.';

alter table access_grant drop constraint grant_origin_is_known,
  add constraint grant_origin_is_known check (origin in ('birthright', 'request', 'jit', 'exception', 'import', 'admin', 'emergency'));

create table emergency_path (
  id uuid not null,
  name text not null,
  purpose text not null,
  entitlement_id uuid,
  role_id uuid,
  user_ids uuid[] not null,
  users_hold_id uuid,
  reviewer_ids uuid[] not null,
  longest_seconds integer not null,
  review_seconds integer not null,
  defined_by uuid not null,
  defined_at timestamptz not null,
  closed_at timestamptz,
  locked_at timestamptz,
  locked_because text,
  locked_by_use_id uuid,
  constraint emergency_path_pk primary key (id),
  constraint emergency_path_is_to_one_thing check (num_nonnulls(entitlement_id, role_id) = 1),
  constraint emergency_path_to_an_entitlement foreign key (entitlement_id) references entitlement (id),
  constraint emergency_path_to_a_role foreign key (role_id) references role (id),
  constraint emergency_path_is_defined_by_an_identity foreign key (defined_by) references identity (id),
  constraint emergency_path_says_what_for check (btrim(name) <> '' and btrim(purpose) <> ''),
  constraint emergency_path_is_for_somebody check (cardinality(user_ids) > 0 or users_hold_id is not null),
  constraint emergency_path_is_reviewed_by_somebody check (cardinality(reviewer_ids) > 0),
  constraint emergency_path_is_not_defined_for_oneself check (not defined_by = any (user_ids)),
  constraint emergency_path_is_short check (longest_seconds between 60 and 86400),
  constraint emergency_path_is_reviewed_soon check (review_seconds between 60 and 2592000),
  constraint emergency_path_locked_says_why check (num_nulls(locked_at, locked_because, locked_by_use_id) in (0, 3))
);
comment on table emergency_path is 'Defined beforehand: who may take what at once without approval, for how long, and who reviews each use by when. Locked while a use went unreviewed past its limit.';
create unique index emergency_path_name_is_one_of_those_open on emergency_path (lower(name)) where closed_at is null;

create table emergency_use (
  id uuid not null,
  path_id uuid not null,
  identity_id uuid not null,
  grant_id uuid not null,
  reason text not null,
  used_at timestamptz not null,
  ends_at timestamptz not null,
  review_due_at timestamptz not null,
  step_up_method text not null,
  step_up_at timestamptz not null,
  overdue_at timestamptz,
  verdict text,
  reviewed_by uuid,
  reviewed_at timestamptz,
  comment text,
  constraint emergency_use_pk primary key (id),
  constraint emergency_use_of_a_path foreign key (path_id) references emergency_path (id),
  constraint emergency_use_by_an_identity foreign key (identity_id) references identity (id),
  constraint emergency_use_gives_a_grant foreign key (grant_id) references access_grant (id),
  constraint emergency_use_has_its_own_grant unique (grant_id),
  constraint emergency_use_is_reviewed_by_an_identity foreign key (reviewed_by) references identity (id),
  constraint emergency_use_says_why check (btrim(reason) <> ''),
  constraint emergency_use_ends check (ends_at > used_at),
  constraint emergency_use_is_to_be_reviewed check (review_due_at > used_at),
  constraint emergency_use_step_up_method_is_known check (step_up_method in ('passkey', 'totp')),
  constraint emergency_use_verdict_is_known check (verdict in ('justified', 'not_justified')),
  constraint emergency_use_review_is_whole check (num_nulls(verdict, reviewed_by, reviewed_at, comment) in (0, 4)),
  constraint emergency_use_is_reviewed_by_another check (reviewed_by <> identity_id),
  constraint emergency_use_is_overdue_once_due check (overdue_at >= review_due_at)
);
comment on table emergency_use is 'One use of an emergency path with its review. Due times are columns: whoever looks next acts on them, whatever died meanwhile.';
alter table emergency_path add constraint emergency_path_is_locked_by_a_use foreign key (locked_by_use_id) references emergency_use (id);
create index emergency_use_by_path on emergency_use (path_id, used_at);
create index emergency_use_by_identity on emergency_use (identity_id, used_at);
create index emergency_use_to_review on emergency_use (review_due_at) where verdict is null;

create table emergency_opening (
  id uuid not null,
  path_id uuid not null,
  reason text not null,
  asked_by uuid not null,
  asked_at timestamptz not null,
  ends_at timestamptz not null,
  agreed_by uuid,
  agreed_at timestamptz,
  constraint emergency_opening_pk primary key (id),
  constraint emergency_opening_of_a_path foreign key (path_id) references emergency_path (id),
  constraint emergency_opening_is_asked_by_an_identity foreign key (asked_by) references identity (id),
  constraint emergency_opening_is_agreed_by_an_identity foreign key (agreed_by) references identity (id),
  constraint emergency_opening_says_why check (btrim(reason) <> ''),
  constraint emergency_opening_is_decided_by_two check (agreed_by <> asked_by),
  constraint emergency_opening_agreement_is_whole check ((agreed_by is null) = (agreed_at is null)),
  constraint emergency_opening_ends check (ends_at > asked_at)
);
comment on table emergency_opening is 'Opening a locked emergency path again: one asks, another agrees.';
create index emergency_opening_by_path on emergency_opening (path_id, asked_at);
